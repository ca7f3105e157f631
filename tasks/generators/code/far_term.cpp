// A far term of a linear recurrence modulo m; hard levels ask for terms that no loop reaches.
#include <algorithm>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Params {
  std::vector<std::int64_t> factors;  // a(n) = factors[0] a(n-1) + factors[1] a(n-2) + … + constant
  std::vector<std::int64_t> start;    // a(0), a(1), …
  std::int64_t constant = 0;
  std::int64_t modulus = 1000;
  bool sum = false;  // of a(0) … a(n) instead of a(n)
};

using Matrix = std::vector<std::vector<std::int64_t>>;

Matrix Product(const Matrix& a, const Matrix& b, std::int64_t modulus) {
  Matrix c(a.size(), std::vector<std::int64_t>(a.size(), 0));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a.size(); ++j) {
      for (std::size_t k = 0; k < a.size(); ++k) c[i][j] = (c[i][j] + a[i][k] * b[k][j]) % modulus;
    }
  }
  return c;
}

// State: the last terms, 1, and the sum so far.
Matrix StepMatrix(const Params& params) {
  const std::size_t order = params.factors.size();
  Matrix step(order + 2, std::vector<std::int64_t>(order + 2, 0));
  for (std::size_t i = 0; i < order; ++i) step[0][i] = params.factors[i] % params.modulus;
  step[0][order] = params.constant % params.modulus;
  for (std::size_t i = 1; i < order; ++i) step[i][i - 1] = 1;
  step[order][order] = 1;
  step[order + 1] = step[0];
  step[order + 1][order + 1] = 1;
  return step;
}

std::int64_t Term(const Params& params, std::int64_t n) {
  const std::size_t order = params.factors.size();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < order; ++i) {
    sum += params.start[i];
    if (n == std::int64_t(i)) return (params.sum ? sum : params.start[i]) % params.modulus;
  }
  Matrix power(order + 2, std::vector<std::int64_t>(order + 2, 0));
  for (std::size_t i = 0; i < order + 2; ++i) power[i][i] = 1;
  Matrix step = StepMatrix(params);
  for (auto left = n - std::int64_t(order) + 1; left > 0; left /= 2) {
    if (left % 2 == 1) power = Product(power, step, params.modulus);
    step = Product(step, step, params.modulus);
  }
  const std::size_t row = params.sum ? order + 1 : 0;
  std::int64_t value = power[row][order] + power[row][order + 1] * (sum % params.modulus);
  for (std::size_t i = 0; i < order; ++i) {
    value += power[row][i] * (params.start[order - 1 - i] % params.modulus) % params.modulus;
  }
  return value % params.modulus;
}

Json Solve(const Params& params, const Json& arguments) {
  return Term(params, arguments[0].get<std::int64_t>());
}

std::string NumberList(const std::vector<std::int64_t>& numbers) {
  return PythonLiteral(Json(numbers));
}

std::string Python(const Params& params) {
  return Fill(R"(M = {modulus}


def times(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) % M for column in columns] for row in a]


def term(n):
    factors, start = {factors}, {start}
    k = len(factors)
    if n < k:
        return {early} % M
    step = [[0] * (k + 2) for _ in range(k + 2)]
    step[0] = factors + [{constant}, 0]
    for i in range(1, k):
        step[i][i - 1] = 1
    step[k][k] = 1
    step[k + 1] = factors + [{constant}, 1]
    state = [[x] for x in start[::-1]] + [[1], [sum(start)]]
    n -= k - 1
    while n:
        if n % 2:
            state = times(step, state)
        step = times(step, step)
        n //= 2
    return state[{row}][0] % M
)",
              {{"modulus", std::to_string(params.modulus)},
               {"factors", NumberList(params.factors)},
               {"start", NumberList(params.start)},
               {"constant", std::to_string(params.constant)},
               {"early", params.sum ? "sum(start[:n + 1])" : "start[n]"},
               {"row", params.sum ? "k + 1" : "0"}});
}

std::string Naive(const Params& params) {
  return Fill(R"(def term(n):
    factors, terms = {factors}, {start}
    total = sum(terms[:n + 1])
    if n < len(terms):
        return {early} % {modulus}
    for _ in range(n - len(terms) + 1):
        new = (sum(f * t for f, t in zip(factors, terms[::-1])) + {constant}) % {modulus}
        terms = terms[1:] + [new]
        total += new
    return {late} % {modulus}
)",
              {{"modulus", std::to_string(params.modulus)},
               {"factors", NumberList(params.factors)},
               {"start", NumberList(params.start)},
               {"constant", std::to_string(params.constant)},
               {"early", params.sum ? "total" : "terms[n]"},
               {"late", params.sum ? "total" : "terms[-1]"}});
}

std::string Words(const Params& params) {
  std::vector<std::string> starts;
  for (std::size_t i = 0; i < params.start.size(); ++i) {
    starts.push_back("a(" + std::to_string(i) + ") = " + std::to_string(params.start[i]));
  }
  std::string sum;
  for (std::size_t i = 0; i < params.factors.size(); ++i) {
    if (params.factors[i] == 0) continue;
    sum += (sum.empty() ? "" : " + ");
    if (params.factors[i] != 1) sum += std::to_string(params.factors[i]) + " ";
    sum += "a(n - " + std::to_string(i + 1) + ")";
  }
  if (params.constant != 0) sum += " + " + std::to_string(params.constant);
  return Listed(starts) + ", and a(n) = " + sum +
         " for n >= " + std::to_string(params.start.size());
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  const int order = ByLevel(level, 1, 4);
  for (int i = 0; i < order; ++i) {
    params.factors.push_back(i + 1 == order ? rng.Int(1, 6) : rng.Int(0, 6));
    params.start.push_back(rng.Int(0, 9));
  }
  if (order == 1 && params.factors[0] == 1) params.factors[0] = 2;
  if (level >= 2) params.constant = rng.Int(0, 20);
  params.modulus = rng.Int(1000, 1'000'000);
  params.sum = level >= 5 && rng.Chance(0.6);
  std::int64_t most = 40;
  for (int i = 1; i < level; ++i) most *= level <= 4 ? 10 : 75;
  most = std::min<std::int64_t>(most, 1'000'000'000'000'000'000);
  FunctionTask task;
  task.entry = "term";
  task.inputs = {Json::array({rng.Int(3, 9)}), Json::array({rng.Int(10, 40)})};
  for (int n = 0; n < 6; ++n) task.inputs.push_back(Json::array({n}));
  for (int i = 0; i < 5; ++i)
    task.inputs.push_back(Json::array({rng.Int(6, std::min<std::int64_t>(most, 500))}));
  for (int i = 0; i < 6; ++i) task.inputs.push_back(Json::array({rng.Int(most / 2, most)}));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { ++p.factors.back(); });
  change([](Params& p) { ++p.modulus; });
  change([](Params& p) { ++p.start[0]; });
  change([](Params& p) { ++p.constant; });
  if (params.sum) change([](Params& p) { p.sum = false; });
  SetRules(task, params, wrong, Solve, Python);
  task.cpu_ms = 2000;
  const std::string what = params.sum ? "the sum a(0) + a(1) + … + a(n)" : "a(n)";
  task.question =
      Say(rng,
          {"A sequence is given by {words}. Write a Python function `term(n)` that returns {what} "
           "modulo "
           "{modulus}, for 0 <= n <= {most}. The time is limited: it must be fast for the largest "
           "n too.",
           "Let {words}. Implement `term(n)` in Python: the remainder of {what} when divided by "
           "{modulus}. "
           "The argument can be any integer from 0 to {most}, and each call must be quick."},
          {{"words", Words(params)},
           {"what", what},
           {"modulus", std::to_string(params.modulus)},
           {"most", std::to_string(most)}});
  task.tags = {"number theory", "complexity"};
  task.fingerprint = Words(params) + what + std::to_string(params.modulus);
  auto draft = FunctionDraft(rng, task);
  if (draft && level >= 7) draft->near_misses.push_back(Naive(params));
  return draft;
}

}  // namespace

Family FarTerm() {
  return {"far_term",
          "code",
          "A far term of a linear recurrence",
          "Matrix powers; Miller and Brown (1966)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
