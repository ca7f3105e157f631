// A later term of a sequence that a polynomial gives, from its first terms.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::int64_t ValueAt(const std::vector<std::int64_t>& coefficients, std::int64_t n) {
  std::int64_t value = 0;
  for (std::size_t i = coefficients.size(); i-- > 0;) value = value * n + coefficients[i];
  return value;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int degree = ByLevel(level, 1, 5);
  const std::int64_t size = ByLevel(level, 9, 6);
  std::vector<std::int64_t> coefficients;
  for (int i = 0; i <= degree; ++i) coefficients.push_back(rng.Int(-size, size));
  if (coefficients.back() == 0) return std::nullopt;
  // Just as many terms as the polynomial needs.
  std::vector<std::string> shown;
  std::vector<std::string> places;
  std::vector<std::string> firsts;
  std::vector<std::int64_t> terms;
  for (int n = 1; n <= degree + 1; ++n) {
    places.push_back("\\(" + std::to_string(n) + "\\)");
    firsts.push_back("\\(a_{" + std::to_string(n) + "}\\)");
    terms.push_back(ValueAt(coefficients, n));
    shown.push_back(std::to_string(terms.back()));
  }
  const auto at = degree + 1 + rng.Int(2, ByLevel(level, 12, 6));
  const auto value = ValueAt(coefficients, at);
  const std::string list = Listed(shown, ", ");
  return MathDraft(rng, {{"The \\(n\\)-th term of a sequence is a polynomial in \\(n\\) of degree "
                          "at most {d}. The sequence begins "
                          "with {terms}. What is its term number {n}?",
                          "A polynomial \\(P\\) of degree at most {d} takes the values {terms} at "
                          "{places}, in this "
                          "order. Find \\(P({n})\\).",
                          "Let \\(a_n\\) be given by a polynomial in \\(n\\) of degree not above "
                          "{d}, with {firsts} "
                          "equal to {terms}. Compute \\(a_{{n}}\\)."},
                         {{"d", std::to_string(degree)},
                          {"places", Listed(places)},
                          {"firsts", Listed(firsts)},
                          {"terms", list},
                          {"n", std::to_string(at)}},
                         std::to_string(value),
                         "sequences",
                         list + " at " + std::to_string(at),
                         {std::to_string(ValueAt(coefficients, at - 1) + (degree == 0 ? 1 : 0)),
                          std::to_string(value + 1), std::to_string(ValueAt(coefficients, at + 1))},
                         {{"terms", terms}, {"at", at}}});
}

// Extends the table of differences term by term.
std::optional<std::string> Prove(const Draft& draft) {
  auto row = draft.params["terms"].get<std::vector<std::int64_t>>();
  const auto at = draft.params["at"].get<std::int64_t>();
  std::vector<std::int64_t> last;  // of each row of differences
  while (!row.empty()) {
    last.push_back(row.back());
    for (std::size_t i = 0; i + 1 < row.size(); ++i) row[i] = row[i + 1] - row[i];
    row.pop_back();
  }
  for (auto n = std::int64_t(last.size()); n < at; ++n) {
    for (std::size_t i = last.size() - 1; i-- > 0;) last[i] += last[i + 1];
  }
  return Agree(draft, last[0], "the table of differences");
}

}  // namespace

Family DifferenceTable() {
  return {"difference_table",
          "math",
          "A later term of a polynomial sequence",
          "Newton's forward differences (1687)",
          Generate,
          Prove};
}

}  // namespace assay
