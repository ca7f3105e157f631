// Terms and sums of arithmetic sequences.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t first = rng.Int(-ByLevel(level, 5, 60), ByLevel(level, 9, 90));
  const std::int64_t step =
      rng.Int(2, ByLevel(level, 5, 23)) * (level > 4 && rng.Chance(0.4) ? -1 : 1);
  const std::int64_t count = rng.Int(ByLevel(level, 6, 60), ByLevel(level, 15, 400));
  const bool sum = level > 2;
  const std::int64_t last = first + (count - 1) * step;
  const std::int64_t answer = sum ? count * (first + last) / 2 : last;
  const std::vector<std::string> sums = {
      "An arithmetic sequence starts with {a}, {b}, {c}. What is the sum of its first {n} terms?",
      "Add up \\({a} + ({b}) + ({c}) + \\dots + ({last})\\), where each term differs from the one "
      "before by the same amount.",
      "The first term of an arithmetic sequence is {a} and its common difference is {d}. Find the "
      "sum of the first {n} terms."};
  const std::vector<std::string> terms = {
      "An arithmetic sequence starts with {a}, {b}, {c}. What is its term number {n}?",
      "A sequence begins with {a} and each term is {d} more than the one before. What is the "
      "{n}-th term?"};
  return MathDraft(rng, {sum ? sums : terms,
                         {{"a", std::to_string(first)},
                          {"b", std::to_string(first + step)},
                          {"c", std::to_string(first + 2 * step)},
                          {"n", std::to_string(count)},
                          {"d", std::to_string(step)},
                          {"last", std::to_string(last)}},
                         std::to_string(answer),
                         "sequences",
                         std::to_string(first) + " " + std::to_string(step) + " " +
                             std::to_string(count) + (sum ? " sum" : ""),
                         {std::to_string(answer + step), std::to_string(answer - first + 1),
                          std::to_string(answer - last - 1)},
                         {{"first", first}, {"step", step}, {"count", count}, {"sum", sum}}});
}

// Walks along the sequence.
std::optional<std::string> Prove(const Draft& draft) {
  std::int64_t term = draft.params["first"].get<std::int64_t>();
  std::int64_t sum = term;
  for (auto i = draft.params["count"].get<std::int64_t>(); i > 1; --i) {
    term += draft.params["step"].get<std::int64_t>();
    sum += term;
  }
  return Agree(draft, draft.params["sum"].get<bool>() ? sum : term, "walking along");
}

}  // namespace

Family ArithmeticSeries() {
  return {"arithmetic_series",
          "math",
          "Terms and sums of arithmetic sequences",
          "Gauss: pairing the ends of a sum",
          Generate,
          Prove};
}

}  // namespace assay
