// Write a C++ program that folds a stream of numbers by rules, the first that applies counting.
#include <algorithm>
#include <sstream>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Number = std::int64_t;

// A test or a change in words, in C++ source, and as a function of (x, a).
struct Test {
  std::string words, source;
  std::function<bool(Number x, Number a)> holds;
};
struct Change {
  std::string words, source;
  std::function<Number(Number x, Number a)> apply;
};
struct FoldRule {
  Test test;
  Change change;
};

struct Params {
  Number start = 0, modulus = 1000;
  std::vector<FoldRule> rules;
  Change otherwise;
  bool count = false;  // print how often the last rule applied
  bool most = false;   // print the largest a that occurred
};

Number Reduced(Number value, Number modulus) { return ((value % modulus) + modulus) % modulus; }

std::string Solve(const Params& params, const std::string& input) {
  std::istringstream in(input);
  Number n = 0;
  in >> n;
  Number a = params.start;
  Number most = a;
  Number others = 0;
  for (Number i = 0; i < n; ++i) {
    Number x = 0;
    in >> x;
    const Change* change = nullptr;
    for (const FoldRule& rule : params.rules) {
      if (change == nullptr && rule.test.holds(x, a)) change = &rule.change;
    }
    others += change == nullptr ? 1 : 0;
    a = Reduced((change == nullptr ? params.otherwise : *change).apply(x, a), params.modulus);
    most = std::max(most, a);
  }
  std::string text = std::to_string(a);
  if (params.most) text += " " + std::to_string(most);
  if (params.count) text += " " + std::to_string(others);
  return text + "\n";
}

std::string Source(const Params& params) {
  std::string text = R"(#include <cstdio>

int main() {
  long long n = 0, x = 0, a = {start}, most = {start}, others = 0;
  std::scanf("%lld", &n);
  while (n-- > 0) {
    std::scanf("%lld", &x);
)";
  for (std::size_t i = 0; i < params.rules.size(); ++i) {
    text += std::string(i == 0 ? "    if (" : "    } else if (") + params.rules[i].test.source +
            ") {\n      a = " + params.rules[i].change.source + ";\n";
  }
  text += "    } else {\n      a = " + params.otherwise.source + R"(;
      ++others;
    }
    a = ((a % {modulus}) + {modulus}) % {modulus};
    if (a > most) most = a;
  }
  std::printf("%lld", a);
)";
  if (params.most) text += "  std::printf(\" %lld\", most);\n";
  if (params.count) text += "  std::printf(\" %lld\", others);\n";
  return Fill(
      text + "  std::printf(\"\\n\");\n  return 0;\n}\n",
      {{"start", std::to_string(params.start)}, {"modulus", std::to_string(params.modulus)}});
}

Test DrawTest(Rng& rng) {
  const Number k = rng.Int(3, 9);
  const std::string s = std::to_string(k);
  switch (rng.Int(0, 5)) {
    case 0:
      return {"x is divisible by " + s, "x % " + s + " == 0",
              [k](Number x, Number) { return x % k == 0; }};
    case 1:
      return {"x is negative", "x < 0", [](Number x, Number) { return x < 0; }};
    case 2:
      return {"x is greater than a", "x > a", [](Number x, Number a) { return x > a; }};
    case 3:
      return {"a is odd", "a % 2 == 1", [](Number, Number a) { return a % 2 == 1; }};
    case 4:
      return {"a + x is divisible by " + s, "(a + x) % " + s + " == 0",
              [k](Number x, Number a) { return (a + x) % k == 0; }};
    default:
      return {"a is less than " + std::to_string(20 * k), "a < " + std::to_string(20 * k),
              [k](Number, Number a) { return a < 20 * k; }};
  }
}

Change DrawChange(Rng& rng) {
  const Number k = rng.Int(2, 9);
  const std::string s = std::to_string(k);
  switch (rng.Int(0, 5)) {
    case 0:
      return {"a + " + s + " * x", "a + " + s + " * x",
              [k](Number x, Number a) { return a + k * x; }};
    case 1:
      return {s + " * a + x", s + " * a + x", [k](Number x, Number a) { return k * a + x; }};
    case 2:
      return {"a * x + " + s, "a * x + " + s, [k](Number x, Number a) { return a * x + k; }};
    case 3:
      return {"x * x - a", "x * x - a", [](Number x, Number a) { return x * x - a; }};
    case 4:
      return {"a / " + s + " (rounded down) + x", "a / " + s + " + x",
              [k](Number x, Number a) { return a / k + x; }};
    default:
      return {"a - " + s + " * x", "a - " + s + " * x",
              [k](Number x, Number a) { return a - k * x; }};
  }
}

std::string Words(const Params& params) {
  std::string text =
      "A number a starts at {start}. For each x in turn, the first rule that applies gives "
      "the new a:\n";
  for (const FoldRule& rule : params.rules) {
    text += "\n- if " + rule.test.words + ", it is " + rule.change.words + ";";
  }
  text += "\n- otherwise it is " + params.otherwise.words +
          ".\n\nThe new a is then reduced to its remainder modulo {modulus}, from 0 to {modulus} - "
          "1. Print the "
          "last a";
  std::vector<std::string> more;
  if (params.most) more.emplace_back("the largest value that a had (the start included)");
  if (params.count) more.emplace_back("how often the last rule (\"otherwise\") was used");
  if (!more.empty()) text += ", then " + Listed(more, " and then ") + ", with spaces between";
  return Fill(text + ".", {{"start", std::to_string(params.start)},
                           {"modulus", std::to_string(params.modulus)}});
}

std::string DrawInput(Rng& rng, Number count) {
  std::string text = std::to_string(count) + "\n";
  for (Number i = 0; i < count; ++i) {
    text += std::to_string(rng.Int(-300, 900)) + (i + 1 == count ? "\n" : " ");
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.start = rng.Int(0, 60);
  params.modulus = rng.Int(500, 9999);
  const int rules = ByLevel(level, 1, 5);
  while (int(params.rules.size()) < rules) {
    const Test test = DrawTest(rng);
    const bool again =
        std::any_of(params.rules.begin(), params.rules.end(),
                    [&](const FoldRule& rule) { return rule.test.words == test.words; });
    if (!again) params.rules.push_back({test, DrawChange(rng)});
  }
  params.otherwise = DrawChange(rng);
  params.most = level >= 3;
  params.count = level >= 6;
  ProgramTask task;
  task.language = "cpp";
  task.inputs = {DrawInput(rng, 5), DrawInput(rng, 40), DrawInput(rng, 200), DrawInput(rng, 1),
                 DrawInput(rng, 90)};
  std::vector<Params> wrong(2, params);
  wrong[0].otherwise = {"", "x", [](Number x, Number) { return x; }};
  ++wrong[1].modulus;
  if (params.rules.size() > 1) {
    wrong.push_back(params);
    std::swap(wrong.back().rules.front().change, wrong.back().rules.back().change);
    wrong.push_back(params);
    wrong.back().rules.pop_back();
  }
  const auto rule = [](const Params& p) {
    return TextRule{[p](const std::string& input) { return Solve(p, input); }, Source(p)};
  };
  task.right = rule(params);
  for (const Params& other : wrong) task.wrong.push_back(rule(other));
  task.question = Say(rng,
                      {"Write a C++ program that reads n and then n whole numbers x (each of "
                       "absolute value at most "
                       "1000) from standard input. {words}",
                       "A C++ program gets a number n followed by n integers x, -1000 <= x <= "
                       "1000, on standard input. "
                       "Write it so that it does the following. {words}"},
                      {{"words", Words(params)}});
  task.tags = {"programs", "c++"};
  task.fingerprint = Words(params);
  return ProgramDraft(rng, task);
}

}  // namespace

Family CppStream() {
  return {"cpp_stream",
          "code",
          "A C++ program that folds numbers by rules",
          "Written for this project",
          Generate,
          ProvenByTests};
}

}  // namespace assay
