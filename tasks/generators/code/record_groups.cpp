// Write a function that filters records, groups them in a dictionary and reports on the groups.
#include <algorithm>
#include <map>
#include <set>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Record {
  std::string name, kind;
  std::int64_t amount;
};

enum class Filter { kNone, kAtLeast, kNotKind, kLetter };
enum class GroupBy { kName, kKind, kLetter };
enum class Measure { kSum, kCount, kMax, kMin, kRange, kDistinct };
enum class Output { kDict, kRanking, kBest };

struct Params {
  Filter filter = Filter::kNone;
  std::int64_t least = 0;
  std::string kind, letter;
  GroupBy by = GroupBy::kName;
  Measure measure = Measure::kSum;
  std::optional<std::int64_t> having;  // groups of at least this measure
  Output output = Output::kDict;
};

const std::vector<std::string> kNames = {"amber", "bruno", "alba", "cora", "bodil", "cyr", "dag"};
const std::vector<std::string> kKinds = {"rent", "food", "tools", "travel"};

bool Keeps(const Params& params, const Record& record) {
  switch (params.filter) {
    case Filter::kNone:
      return true;
    case Filter::kAtLeast:
      return record.amount >= params.least;
    case Filter::kNotKind:
      return record.kind != params.kind;
    case Filter::kLetter:
      return record.name.substr(0, 1) != params.letter;
  }
  return true;
}

std::string GroupOf(const Params& params, const Record& record) {
  if (params.by == GroupBy::kName) return record.name;
  return params.by == GroupBy::kKind ? record.kind : record.name.substr(0, 1);
}

std::int64_t MeasureOf(const Params& params, const std::vector<Record>& rows) {
  std::int64_t sum = 0;
  std::int64_t most = rows[0].amount;
  std::int64_t least = rows[0].amount;
  std::set<std::string> different;
  for (const Record& row : rows) {
    sum += row.amount;
    most = std::max(most, row.amount);
    least = std::min(least, row.amount);
    different.insert(params.by == GroupBy::kKind ? row.name : row.kind);
  }
  switch (params.measure) {
    case Measure::kSum:
      return sum;
    case Measure::kCount:
      return std::int64_t(rows.size());
    case Measure::kMax:
      return most;
    case Measure::kMin:
      return least;
    case Measure::kRange:
      return most - least;
    case Measure::kDistinct:
      return std::int64_t(different.size());
  }
  return 0;
}

Json Solve(const Params& params, const Json& arguments) {
  std::map<std::string, std::vector<Record>> groups;
  for (const Json& item : arguments[0]) {
    const Record record{item[0], item[1], item[2]};
    if (Keeps(params, record)) groups[GroupOf(params, record)].push_back(record);
  }
  std::vector<std::pair<std::string, std::int64_t>> results;
  for (const auto& [key, rows] : groups) {
    const auto value = MeasureOf(params, rows);
    if (!params.having || value >= *params.having) results.emplace_back(key, value);
  }
  if (params.output == Output::kDict) {
    Json dict = Json::object();
    for (const auto& [key, value] : results) dict[key] = value;
    return dict;
  }
  std::stable_sort(results.begin(), results.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (params.output == Output::kBest) return results.empty() ? Json() : Json(results[0].first);
  Json ranking = Json::array();
  for (const auto& [key, value] : results) ranking.push_back({key, value});
  return ranking;
}

std::string Python(const Params& params) {
  static const std::map<Measure, std::string> measures = {
      {Measure::kSum, "sum(r[2] for r in rows)"},
      {Measure::kCount, "len(rows)"},
      {Measure::kMax, "max(r[2] for r in rows)"},
      {Measure::kMin, "min(r[2] for r in rows)"},
      {Measure::kRange, "max(r[2] for r in rows) - min(r[2] for r in rows)"},
      {Measure::kDistinct, "len({r[OTHER] for r in rows})"}};
  std::string measure = measures.at(params.measure);
  if (params.measure == Measure::kDistinct) {
    measure.replace(measure.find("OTHER"), 5, params.by == GroupBy::kKind ? "0" : "1");
  }
  std::string filter;
  if (params.filter == Filter::kAtLeast) filter = "amount < " + std::to_string(params.least);
  if (params.filter == Filter::kNotKind) filter = "kind == '" + params.kind + "'";
  if (params.filter == Filter::kLetter) filter = "name[0] == '" + params.letter + "'";
  if (!filter.empty()) filter = "        if " + filter + ":\n            continue\n";
  const std::string key =
      params.by == GroupBy::kName ? "name" : (params.by == GroupBy::kKind ? "kind" : "name[0]");
  std::string end = "    return result\n";
  if (params.output == Output::kRanking) {
    end = "    return [[k, v] for k, v in sorted(result.items(), key=lambda p: (-p[1], p[0]))]\n";
  } else if (params.output == Output::kBest) {
    end = "    return min(result, key=lambda k: (-result[k], k)) if result else None\n";
  }
  const std::string having = params.having
                                 ? "    result = {k: v for k, v in result.items() if v >= " +
                                       std::to_string(*params.having) + "}\n"
                                 : "";
  return "def report(records):\n    groups = {}\n    for name, kind, amount in records:\n" +
         filter + "        groups.setdefault(" + key + ", []).append((name, kind, amount))\n" +
         "    result = {key: " + measure + " for key, rows in groups.items()}\n" + having + end;
}

std::string Words(const Params& params) {
  const std::string group =
      params.by == GroupBy::kName
          ? "name"
          : (params.by == GroupBy::kKind ? "kind" : "first letter of the name");
  std::string text;
  if (params.filter == Filter::kAtLeast) {
    text += "Ignore records whose amount is below " + std::to_string(params.least) + ". ";
  } else if (params.filter == Filter::kNotKind) {
    text += "Ignore records of kind '" + params.kind + "'. ";
  } else if (params.filter == Filter::kLetter) {
    text += "Ignore records whose name starts with '" + params.letter + "'. ";
  }
  text += "Group the " + std::string(params.filter == Filter::kNone ? "" : "remaining ") +
          "records by " + group + ". The value of a group is ";
  switch (params.measure) {
    case Measure::kSum:
      text += "the sum of its amounts";
      break;
    case Measure::kCount:
      text += "the number of its records";
      break;
    case Measure::kMax:
      text += "its largest amount";
      break;
    case Measure::kMin:
      text += "its smallest amount";
      break;
    case Measure::kRange:
      text += "its largest amount minus its smallest";
      break;
    case Measure::kDistinct:
      text += std::string("the number of different ") +
              (params.by == GroupBy::kKind ? "names" : "kinds") + " in it";
      break;
  }
  text += ". ";
  if (params.having) {
    text += "Leave out groups whose value is below " + std::to_string(*params.having) + ". ";
  }
  switch (params.output) {
    case Output::kDict:
      return text + "Return a dictionary from each group's " + group + " to its value.";
    case Output::kRanking:
      return text + "Return a list of lists [" + group +
             ", value], the largest value first, and groups of equal value in alphabetical order.";
    case Output::kBest:
      return text + "Return the " + group +
             " of the group with the largest value; of several the alphabetically first, and None "
             "if there is no group.";
  }
  return text;
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.by = GroupBy(rng.Int(0, level <= 2 ? 1 : 2));
  params.measure = Measure(rng.Int(0, level <= 3 ? 3 : 5));
  if (level >= 3) params.filter = Filter(rng.Int(1, 3));
  params.least = rng.Int(5, 40);
  params.kind = rng.Pick(kKinds);
  params.letter = rng.Pick(std::vector<std::string>{"a", "b", "c", "d"});
  const bool small = params.measure == Measure::kCount || params.measure == Measure::kDistinct;
  if (level >= 6) params.having = small ? rng.Int(2, 3) : rng.Int(20, 90);
  if (level >= 4) params.output = level >= 8 ? Output::kRanking : Output(rng.Int(0, 2));
  return params;
}

Json DrawRecords(Rng& rng, std::int64_t count) {
  Json records = Json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    records.push_back({rng.Pick(kNames), rng.Pick(kKinds), rng.Int(1, 99)});
  }
  return Json::array({records});
}

std::vector<Params> Wrong(Rng& rng, const Params& params) {
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    Params other = params;
    edit(other);
    wrong.push_back(other);
  };
  change([&](Params& p) { p.by = p.by == GroupBy::kName ? GroupBy::kKind : GroupBy::kName; });
  change(
      [&](Params& p) { p.measure = p.measure == Measure::kSum ? Measure::kMax : Measure::kSum; });
  if (params.filter != Filter::kNone) change([](Params& p) { p.filter = Filter::kNone; });
  if (params.filter == Filter::kAtLeast) change([](Params& p) { p.least += 15; });
  if (params.having) change([](Params& p) { p.having.reset(); });
  if (params.having) change([](Params& p) { ++*p.having; });
  if (rng.Chance(0.5)) {
    change([](Params& p) { p.output = p.output == Output::kDict ? Output::kBest : Output::kDict; });
  }
  return wrong;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "report";
  task.inputs = {DrawRecords(rng, 4), DrawRecords(rng, 0), DrawRecords(rng, 1)};
  task.shown = 1;
  for (int i = 0; i < 12; ++i) task.inputs.push_back(DrawRecords(rng, rng.Int(6, 24)));
  // A record exactly at the limits.
  task.inputs.push_back(Json::parse("[[[\"dag\", \"food\", 0]]]"));
  task.inputs.back()[0][0][2] = params.having.value_or(params.least);
  SetRules(task, params, Wrong(rng, params), Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `report(records)`. Each record is a list [name, kind, amount] of "
       "two strings and a whole number. {words}",
       "`records` is a list of expenses, each of the form [name, kind, amount]. Implement "
       "`report(records)` in Python as follows. {words}",
       "A bookkeeping program keeps its entries as lists [name, kind, amount]. It needs a Python "
       "function `report(records)`. {words}"},
      {{"words", Words(params)}});
  task.tags = {"dictionaries"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family RecordGroups() {
  return {"record_groups", "code",       "Grouping and summing records", "Written for this project",
          Generate,        ProvenByTests};
}

}  // namespace assay
