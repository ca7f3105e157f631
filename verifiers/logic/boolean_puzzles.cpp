// Formulas in conjunctive normal form. Literals are numbers: 3 is x3, -3 is not x3.
#include <algorithm>
#include <set>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

constexpr int kMaxVariables = 64;
constexpr int kMaxCoreVariables = 14;  // a core is checked over all assignments

IntLists ReadClauses(Fields& fields, int variables) {
  auto clauses = ReadIntLists(fields, "clauses", -variables, variables);
  for (const auto& clause : clauses) {
    if (clause.empty() || std::count(clause.begin(), clause.end(), 0) > 0) {
      fields.Refuse("clauses", "expected non-empty lists of literals");
    }
  }
  return clauses;
}

bool Holds(const std::vector<int>& clause, std::uint64_t assignment) {
  return std::any_of(clause.begin(), clause.end(), [&](int literal) {
    const bool value = (assignment >> (std::abs(literal) - 1) & 1U) != 0;
    return value == (literal > 0);
  });
}

}  // namespace

// {"variables": n, "clauses": [[1, -2]]}: every variable as a literal, "1, -2, 3".
PuzzleCheck MakeSat(Fields& fields, const std::string&) {
  const int n = int(fields.Int("variables", 1, kMaxVariables));
  const auto clauses = ReadClauses(fields, n);
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto literals = WholeNumbers(answer);
    if (!literals || literals->size() != std::size_t(n)) return "not one literal for each variable";
    std::uint64_t assignment = 0;
    std::uint64_t seen = 0;
    for (const auto literal : *literals) {
      if (literal == 0 || std::abs(literal) > n) return std::to_string(literal) + " is no literal";
      const std::uint64_t bit = std::uint64_t{1} << (std::abs(literal) - 1);
      if ((seen & bit) != 0) return "a variable stands twice";
      seen |= bit;
      if (literal > 0) assignment |= bit;
    }
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      if (!Holds(clauses[i], assignment))
        return "clause " + std::to_string(i + 1) + " does not hold";
    }
    return std::nullopt;
  };
}

// {"variables": n, "clauses": …, "most": m}: the numbers (from 1) of at most m clauses that cannot
// all hold.
PuzzleCheck MakeUnsatCore(Fields& fields, const std::string&) {
  const int n = int(fields.Int("variables", 1, kMaxCoreVariables));
  const auto clauses = ReadClauses(fields, n);
  const auto most = fields.Int("most", 1, int(kMaxLists));
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto numbers = WholeNumbers(answer);
    if (!numbers || numbers->empty()) return "not a list of clause numbers";
    const std::set<std::int64_t> chosen(numbers->begin(), numbers->end());
    if (chosen.size() != numbers->size()) return "a clause stands twice";
    if (std::int64_t(chosen.size()) > most) return "more than " + std::to_string(most) + " clauses";
    if (*chosen.begin() < 1 || *chosen.rbegin() > std::int64_t(clauses.size()))
      return "there is no such clause";
    for (std::uint64_t assignment = 0; assignment < std::uint64_t{1} << n; ++assignment) {
      const bool all = std::all_of(chosen.begin(), chosen.end(), [&](std::int64_t number) {
        return Holds(clauses[std::size_t(number) - 1], assignment);
      });
      if (all) return "these clauses can hold together";
    }
    return std::nullopt;
  };
}

}  // namespace assay
