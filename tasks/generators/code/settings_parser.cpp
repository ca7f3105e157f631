// Write a parser for lines of settings under drawn rules of syntax.
#include <algorithm>
#include <sstream>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Again { kLast, kFirst, kList, kJoin };

struct Params {
  char separator = '=';
  char comment = '#';
  Again again = Again::kLast;       // a key that comes up again
  bool fold = false;                // keys in lower case
  bool sections = false;            // "[name]" lines prefix keys
  char glue = '.';                  // between section and key
  bool numbers = false;             // values of digits are integers
  std::optional<std::string> bare;  // the value of a line without separator; absent: ignored
  bool trailing = false;            // comments also start within a line
};

std::string Trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool IsNumber(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Json ValueOf(const Params& params, const std::string& text) {
  if (params.numbers && IsNumber(text)) return std::stoll(text);
  return text;
}

void Store(const Params& params, Json& settings, const std::string& key, const Json& value) {
  const bool known = settings.contains(key);
  switch (params.again) {
    case Again::kLast:
      settings[key] = value;
      return;
    case Again::kFirst:
      if (!known) settings[key] = value;
      return;
    case Again::kList:
      if (!known) settings[key] = Json::array();
      settings[key].push_back(value);
      return;
    case Again::kJoin:
      settings[key] =
          known ? Json(settings[key].get<std::string>() + "," + value.get<std::string>()) : value;
  }
}

Json Solve(const Params& params, const Json& arguments) {
  Json settings = Json::object();
  std::string section;
  std::istringstream lines(arguments[0].get<std::string>());
  for (std::string line; std::getline(lines, line);) {
    if (params.trailing) line = line.substr(0, line.find(params.comment));
    line = Trimmed(line);
    if (line.empty() || line[0] == params.comment) continue;
    if (params.sections && line.front() == '[' && line.back() == ']') {
      section = Trimmed(line.substr(1, line.size() - 2));
      continue;
    }
    const auto at = line.find(params.separator);
    if (at == std::string::npos && !params.bare) continue;
    std::string key = Trimmed(line.substr(0, at));
    const std::string value = at == std::string::npos ? *params.bare : Trimmed(line.substr(at + 1));
    if (!section.empty()) key = section + params.glue + key;
    if (params.fold) {
      for (char& c : key) c = c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    }
    Store(params, settings, key, ValueOf(params, value));
  }
  return settings;
}

std::string Python(const Params& params) {
  std::string text =
      "def parse(text):\n    settings = {}\n    section = ''\n"
      "    for line in text.split('\\n'):\n";
  if (params.trailing) text += "        line = line.split('{comment}')[0]\n";
  text +=
      "        line = line.strip()\n        if not line or line[0] == '{comment}':\n"
      "            continue\n";
  if (params.sections) {
    text +=
        "        if line[0] == '[' and line[-1] == ']':\n"
        "            section = line[1:-1].strip()\n            continue\n";
  }
  text += "        if '{separator}' not in line:\n";
  text += params.bare ? "            line += '{separator}{bare}'\n" : "            continue\n";
  text +=
      "        key, value = line.split('{separator}', 1)\n"
      "        key, value = key.strip(), value.strip()\n";
  if (params.sections) text += "        if section:\n            key = section + '{glue}' + key\n";
  if (params.fold) text += "        key = key.lower()\n";
  if (params.numbers) text += "        if value.isdigit():\n            value = int(value)\n";
  static const std::vector<std::string> stores = {
      "        settings[key] = value\n", "        settings.setdefault(key, value)\n",
      "        settings.setdefault(key, []).append(value)\n",
      "        settings[key] = settings[key] + ',' + value if key in settings else value\n"};
  return Fill(text + stores[std::size_t(params.again)] + "    return settings\n",
              {{"comment", std::string(1, params.comment)},
               {"separator", std::string(1, params.separator)},
               {"bare", params.bare.value_or("")},
               {"glue", std::string(1, params.glue)}});
}

std::string Words(const Params& params) {
  std::string text =
      "- Spaces at both ends of a line do not matter. Empty lines are ignored, and so "
      "are lines that start with `{comment}`.\n";
  if (params.trailing) {
    text +=
        "- Within a line, too, `{comment}` starts a comment that runs to the end of the line.\n";
  }
  if (params.sections) {
    text +=
        "- A line of the form `[name]` starts a section: until the next such line, every key gets "
        "the section's name and `{glue}` put in front. Spaces inside the brackets at both ends do "
        "not belong to the name, and after `[]` no prefix is used.\n";
  }
  text +=
      "- Another line is a key, the first `{separator}` in it, and a value; spaces around key and "
      "value are removed. The value may be empty and may contain further `{separator}`.\n";
  text += params.bare ? "- A line without `{separator}` is a key with the value '{bare}'.\n"
                      : "- A line without `{separator}` is ignored.\n";
  if (params.fold) text += "- Keys (with their prefix, if any) are turned into lower case.\n";
  if (params.numbers) text += "- A value of nothing but digits becomes an integer.\n";
  static const std::vector<std::string> agains = {
      "- If a key comes up again, the later value replaces the earlier.",
      "- If a key comes up again, the first value stays.",
      "- Every key is mapped to the list of its values in order, even if there is only one.",
      "- If a key comes up again, its value is appended to the one before with a comma between."};
  return Fill(text + agains[std::size_t(params.again)],
              {{"comment", std::string(1, params.comment)},
               {"separator", std::string(1, params.separator)},
               {"bare", params.bare.value_or("")},
               {"glue", std::string(1, params.glue)}});
}

std::string DrawText(Rng& rng, const Params& params, std::int64_t lines) {
  static const std::vector<std::string> keys = {"size", "Size", "colour", "path",
                                                "mode", "Mode", "x"};
  static const std::vector<std::string> values = {"12", "0", "red", "a b", "", "007", "on", "7up"};
  const auto space = [&] { return rng.Chance(0.3) ? std::string(" ") : std::string(); };
  const std::string separator(1, params.separator);
  std::string text;
  for (std::int64_t i = 0; i < lines; ++i) {
    if (i > 0) text += "\n";
    const auto kind = rng.Int(0, 11);
    if (kind == 0) {
      text += space() + std::string(1, params.comment) + " note" + separator + "1";
    } else if (kind == 1) {
      text += "  ";
    } else if (kind == 2 || kind == 3) {
      text += rng.Pick(std::vector<std::string>{"[disk]", "[ Net ]", "[]"});
    } else if (kind == 4) {
      text += rng.Pick(keys) + space();
    } else {
      text += space() + rng.Pick(keys) + space() + separator + space() + rng.Pick(values);
      if (rng.Chance(0.15)) text += separator + rng.Pick(values);
      if (rng.Chance(0.2)) text += " " + std::string(1, params.comment) + " old";
      text += space();
    }
  }
  return text;
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.separator = rng.Pick(std::string("=:>|"));
  params.comment = rng.Pick(std::string("#;%!"));
  params.again = Again(rng.Int(0, level <= 2 ? 1 : 3));
  params.fold = level >= 3 && rng.Chance(0.6);
  params.sections = level >= 5;
  params.glue = rng.Pick(std::string("./-_"));
  params.numbers = level >= 4 && params.again != Again::kJoin && rng.Chance(0.7);
  if (level >= 2 && rng.Chance(0.6)) {
    params.bare = rng.Pick(std::vector<std::string>{"yes", "on", "1", "true"});
  }
  params.trailing = level >= 7;
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "parse";
  const auto input = [&](std::int64_t lines) {
    return Json::array({DrawText(rng, params, lines)});
  };
  task.inputs = {input(4), input(0), input(1)};
  task.shown = 1;
  for (int i = 0; i < 14; ++i) task.inputs.push_back(input(rng.Int(4, ByLevel(level, 6, 14))));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { p.again = p.again == Again::kLast ? Again::kFirst : Again::kLast; });
  change([](Params& p) { p.fold = !p.fold; });
  change([](Params& p) { p.separator = p.separator == '=' ? ':' : '='; });
  if (params.sections) change([](Params& p) { p.sections = false; });
  if (params.numbers) change([](Params& p) { p.numbers = false; });
  if (params.bare) change([](Params& p) { p.bare.reset(); });
  change([](Params& p) { p.trailing = !p.trailing; });
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `parse(text)` that reads settings from a text of lines parted by "
       "newlines and returns them as a dictionary. The rules:\n\n{words}",
       "A program keeps its settings in a format of its own. Implement `parse(text)` in Python, "
       "which returns a dictionary of them:\n\n{words}"},
      {{"words", Words(params)}});
  task.tags = {"parsing", "strings", "dictionaries"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family SettingsParser() {
  return {"settings_parser",
          "code",
          "Reading settings from text",
          "Written for this project; after INI files",
          Generate,
          ProvenByTests};
}

}  // namespace assay
