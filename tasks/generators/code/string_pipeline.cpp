// Write a function from a chain of text steps: shift, cut, sort words, encode runs.
#include <algorithm>
#include <sstream>

#include "tasks/generators/code/pipeline.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Words = std::vector<std::string>;

// Python's text.split(' ').
Words Split(const std::string& text) {
  Words words(1);
  for (const char c : text) {
    if (c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::string Join(const Words& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : " ") + words[i];
  return text;
}

// A step over std::string as one over Json.
Step TextStep(std::string words, std::string python,
              std::function<std::string(const std::string&)> apply) {
  return {std::move(words), std::move(python), [apply = std::move(apply)](const Json& value) {
            return Json(apply(value.get_ref<const std::string&>()));
          }};
}

std::string EncodeRuns(const std::string& text) {
  std::string encoded;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && text[end] == text[i]) ++end;
    encoded += text[i] + std::to_string(end - i);
    i = end;
  }
  return encoded;
}

Step CharacterStep(Rng& rng) {
  const auto k = std::size_t(rng.Int(2, 5));
  const std::string s = std::to_string(k);
  const char c = rng.Pick(std::string("aeionrst"));
  const std::string quoted = std::string("'") + c + "'";
  switch (rng.Int(0, 7)) {
    case 0:
      return TextStep("reverse the text", "text[::-1]",
                      [](const std::string& t) { return std::string(t.rbegin(), t.rend()); });
    case 1:
      return TextStep("remove every " + quoted, "text.replace(" + quoted + ", '')",
                      [c](std::string t) {
                        t.erase(std::remove(t.begin(), t.end(), c), t.end());
                        return t;
                      });
    case 2:
      return TextStep("write every " + quoted + " twice",
                      "text.replace(" + quoted + ", " + quoted + " * 2)",
                      [c](const std::string& t) {
                        std::string out;
                        for (const char x : t) out += std::string(x == c ? 2 : 1, x);
                        return out;
                      });
    case 3:
      return TextStep("move the first " + s +
                          " characters to the end (a text of at most that length stays as it is)",
                      "text[" + s + ":] + text[:" + s + "]", [k](const std::string& t) {
                        return t.size() <= k ? t : t.substr(k) + t.substr(0, k);
                      });
    case 4:
      return TextStep("replace each lower-case letter by the one " + s +
                          " places later in the alphabet, going on with 'a' after 'z'",
                      "''.join(chr((ord(c) - 97 + " + s +
                          ") % 26 + 97) if 'a' <= c <= 'z' else c for c in text)",
                      [k](std::string t) {
                        for (char& x : t) {
                          if (x >= 'a' && x <= 'z') x = char('a' + (x - 'a' + int(k)) % 26);
                        }
                        return t;
                      });
    case 5:
      return TextStep("keep the characters at the positions 0, " + s + ", " +
                          std::to_string(2 * k) + ", … only (the first character has position 0)",
                      "text[::" + s + "]", [k](const std::string& t) {
                        std::string out;
                        for (std::size_t i = 0; i < t.size(); i += k) out += t[i];
                        return out;
                      });
    case 6:
      return TextStep("replace every run of equal characters by one of them",
                      "''.join(c for i, c in enumerate(text) if i == 0 or text[i - 1] != c)",
                      [](std::string t) {
                        t.erase(std::unique(t.begin(), t.end()), t.end());
                        return t;
                      });
    default:
      return TextStep(
          "replace every run of equal characters by the character followed by the run's length "
          "(\"aab\" becomes \"a2b1\")",
          "''.join(c + str(len(list(run))) for c, run in groupby(text))", EncodeRuns);
  }
}

Step WordStep(Rng& rng) {
  const auto k = std::size_t(rng.Int(3, 5));
  const std::string s = std::to_string(k);
  const auto each = [](const std::function<std::string(const std::string&)>& change) {
    return [change](const std::string& t) {
      Words words = Split(t);
      for (auto& word : words) word = change(word);
      return Join(words);
    };
  };
  switch (rng.Int(0, 4)) {
    case 0:
      return TextStep("reverse every word, where words are what single spaces part",
                      "' '.join(w[::-1] for w in text.split(' '))",
                      each([](const std::string& w) { return std::string(w.rbegin(), w.rend()); }));
    case 1:
      return TextStep("sort the words, which single spaces part, by their character codes",
                      "' '.join(sorted(text.split(' ')))", [](const std::string& t) {
                        Words words = Split(t);
                        std::sort(words.begin(), words.end());
                        return Join(words);
                      });
    case 2:
      return TextStep("drop the words of fewer than " + s +
                          " characters, and put one space between those that stay",
                      "' '.join(w for w in text.split(' ') if len(w) >= " + s + ")",
                      [k](const std::string& t) {
                        Words kept;
                        for (auto& word : Split(t)) {
                          if (word.size() >= k) kept.push_back(word);
                        }
                        return Join(kept);
                      });
    case 3:
      return TextStep("put the words, which single spaces part, in reverse order",
                      "' '.join(text.split(' ')[::-1])", [](const std::string& t) {
                        Words words = Split(t);
                        std::reverse(words.begin(), words.end());
                        return Join(words);
                      });
    default:
      return TextStep(
          "if a word (what single spaces part) starts with a lower-case letter, make that a "
          "capital",
          "' '.join(w[:1].upper() + w[1:] for w in text.split(' '))",
          each([](const std::string& w) {
            const bool lower = !w.empty() && w[0] >= 'a' && w[0] <= 'z';
            return lower ? std::string(1, char(w[0] - 32)) + w.substr(1) : w;
          }));
  }
}

Step DrawStep(Rng& rng) { return rng.Chance(0.6) ? CharacterStep(rng) : WordStep(rng); }

std::string DrawText(Rng& rng) {
  Words words;
  const auto count = rng.Int(1, 6);
  for (std::int64_t i = 0; i < count; ++i) {
    std::string word;
    const auto size = rng.Int(1, 7);
    for (std::int64_t j = 0; j < size; ++j) {
      const bool again = j > 0 && rng.Chance(0.25);
      word += again ? word.back() : rng.Pick(std::string("aabdeeghiiknoorrssttuvz"));
    }
    words.push_back(word);
  }
  return Join(words);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const auto steps = DrawSteps(rng, ByLevel(level, 1, 7), DrawStep);
  FunctionTask task;
  task.entry = "rewrite";
  for (int i = 0; i < 2; ++i) task.inputs.push_back({DrawText(rng)});
  for (const char* edge : {"", "a", "zz", "tea  so", " rain"}) task.inputs.push_back({edge});
  for (int i = 0; i < 12; ++i) task.inputs.push_back({DrawText(rng)});
  SetPipeline(task, "text", steps, "from itertools import groupby\n\n\n");
  task.question =
      Say(rng,
          {"Write a Python function `rewrite(text)` that changes a text by these steps, "
           "in this order, and returns what comes out:\n\n{steps}",
           "A function `rewrite(text)` takes a string of ASCII characters. It applies "
           "the following changes one after the other and returns the result:\n\n{steps}",
           "Implement `rewrite(text)` in Python. Each step works on the result of the "
           "step before:\n\n{steps}\n\nThe function returns the final text."},
          {{"steps", Numbered(steps)}});
  task.tags = {"strings"};
  task.fingerprint = Numbered(steps);
  return FunctionDraft(rng, task);
}

}  // namespace

Family StringPipeline() {
  return {"string_pipeline",          "code",   "A function made of text steps",
          "Written for this project", Generate, ProvenByTests};
}

}  // namespace assay
