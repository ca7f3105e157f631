// Write a function that is defined by cases on its argument; hard levels need a memo.
#include <map>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Params {
  std::int64_t base = 2, offset = 1;  // f(n) = n + offset for n < base
  std::int64_t m = 2, r = 0;          // the cases: n % m == r
  std::int64_t a = 2, b = 1;          // first case: a f(n // m) + b
  std::int64_t c = 1, p = 2, q = 2;   // else: c f(n // p) + f(n // q) + n
  std::optional<std::int64_t> third;  // n % third == 0 (checked first): f(n // third) - n
  std::int64_t modulus = 0;           // all values are remainders; 0: none
};

class Calculator {
 public:
  explicit Calculator(const Params& params) : params_(params) {}
  std::int64_t Value(std::int64_t n) {
    if (n < params_.base) return Reduce(n + params_.offset);
    if (const auto known = memo_.find(n); known != memo_.end()) return known->second;
    std::int64_t value = 0;
    if (params_.third && n % *params_.third == 0) {
      value = Value(n / *params_.third) - n;
    } else if (n % params_.m == params_.r) {
      value = params_.a * Value(n / params_.m) + params_.b;
    } else {
      value = params_.c * Value(n / params_.p) + Value(n / params_.q) + n;
    }
    return memo_[n] = Reduce(value);
  }

 private:
  std::int64_t Reduce(std::int64_t value) const {
    if (params_.modulus == 0) return value;
    return ((value % params_.modulus) + params_.modulus) % params_.modulus;
  }
  const Params& params_;
  std::map<std::int64_t, std::int64_t> memo_;
};

Json Solve(const Params& params, const Json& arguments) {
  return Calculator(params).Value(arguments[0].get<std::int64_t>());
}

Slots SlotsOf(const Params& params) {
  const auto text = [](std::int64_t n) { return std::to_string(n); };
  return {{"base", text(params.base)},  {"offset", text(params.offset)},
          {"m", text(params.m)},        {"r", text(params.r)},
          {"a", text(params.a)},        {"b", text(params.b)},
          {"c", text(params.c)},        {"p", text(params.p)},
          {"q", text(params.q)},        {"third", text(params.third.value_or(0))},
          {"mod", text(params.modulus)}};
}

std::string Python(const Params& params) {
  const std::string reduce = params.modulus == 0 ? "" : " % {mod}";
  std::string text =
      "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef f(n):\n"
      "    if n < {base}:\n        return (n + {offset})" +
      reduce + "\n";
  if (params.third) {
    text += "    if n % {third} == 0:\n        return (f(n // {third}) - n)" + reduce + "\n";
  }
  text += "    if n % {m} == {r}:\n        return ({a} * f(n // {m}) + {b})" + reduce +
          "\n    return ({c} * f(n // {p}) + f(n // {q}) + n)" + reduce + "\n";
  return Fill(text, SlotsOf(params));
}

std::string Words(const Params& params) {
  std::string text = "- f(n) = n + {offset} if n < {base};\n";
  const std::string otherwise = "- otherwise ";
  if (params.third)
    text += otherwise + "f(n) = f(n // {third}) - n if n is divisible by {third};\n";
  text += otherwise +
          "f(n) = {a} * f(n // {m}) + {b} if n leaves the remainder {r} when divided by {m};\n" +
          otherwise + "f(n) = {c} * f(n // {p}) + f(n // {q}) + n.";
  if (params.modulus != 0) {
    text += "\n\nEvery value of f is reduced to its remainder modulo {mod}, from 0 to {mod} - 1.";
  }
  return Fill(text, SlotsOf(params));
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.base = rng.Int(2, 8);
  params.offset = rng.Int(1, 9);
  params.m = rng.Int(2, 5);
  params.r = rng.Int(0, params.m - 1);
  params.a = rng.Int(2, 4);
  params.b = rng.Int(1, 9);
  params.c = rng.Int(1, 3);
  params.p = rng.Int(2, 4);
  params.q = params.p + rng.Int(0, 1);
  if (level >= 4) params.third = params.m + rng.Int(1, 4);
  params.modulus = level <= 3 ? 0 : rng.Int(100, 99'999);
  std::int64_t most = 200;
  for (int i = 1; i < level; ++i) most *= level <= 5 ? 4 : 25;
  FunctionTask task;
  task.entry = "f";
  task.inputs = {Json::array({rng.Int(params.base, 40)}), Json::array({rng.Int(40, 200)}),
                 Json::array({0}), Json::array({params.base - 1}), Json::array({params.base})};
  for (int i = 0; i < 14; ++i) task.inputs.push_back(Json::array({rng.Int(params.base, most)}));
  for (int i = 0; i < 4; ++i) task.inputs.push_back(Json::array({rng.Int(most / 2, most)}));
  task.cpu_ms = 2000;
  std::vector<Params> wrong(5, params);
  wrong[0].r = (params.r + 1) % params.m;
  wrong[1].base += 1;
  wrong[2].b += 1;
  wrong[3].c += 1;
  wrong[4].offset += 1;
  if (params.third) {
    wrong.push_back(params);
    wrong.back().third.reset();
  }
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"A function f on whole numbers n >= 0 is defined as follows, where // is division rounded "
       "down:\n\n{words}\n\nWrite it in Python as `f(n)`. n may be as large as {most}.",
       "Implement `f(n)` in Python for 0 <= n <= {most}. With // for division without remainder, "
       "the first case that applies counts:\n\n{words}"},
      {{"words", Words(params)}, {"most", std::to_string(most)}});
  task.tags = {"recursion"};
  task.fingerprint = Words(params);
  return FunctionDraft(rng, task);
}

}  // namespace

Family RecursiveRule() {
  return {"recursive_rule",
          "code",
          "A function defined by recursive cases",
          "Divide-and-conquer recurrences; memoisation (Michie, 1968)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
