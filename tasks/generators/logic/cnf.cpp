#include "tasks/generators/logic/cnf.h"

#include <algorithm>
#include <cstdlib>

namespace assay {
namespace {

// The clauses that are left when `literal` is true.
IntGrid Given(const IntGrid& clauses, int literal) {
  IntGrid rest;
  for (const auto& clause : clauses) {
    if (std::find(clause.begin(), clause.end(), literal) != clause.end()) continue;
    rest.push_back(clause);
    std::erase(rest.back(), -literal);
  }
  return rest;
}

}  // namespace

std::vector<int> RandomClause(Rng& rng, int variables, int size) {
  std::vector<int> clause;
  for (const int variable : RandomOrder(rng, variables)) {
    if (int(clause.size()) < size) clause.push_back(variable + 1);
  }
  std::sort(clause.begin(), clause.end());
  for (int& literal : clause) literal *= rng.Chance(0.5) ? 1 : -1;
  return clause;
}

bool ClauseHolds(const std::vector<int>& clause, unsigned assignment) {
  return std::any_of(clause.begin(), clause.end(), [&](int literal) {
    return ((assignment >> (std::abs(literal) - 1) & 1U) != 0) == (literal > 0);
  });
}

std::string ClausesText(const IntGrid& clauses) {
  std::string text;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    text += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". ";
    for (std::size_t j = 0; j < clauses[i].size(); ++j) {
      const int literal = clauses[i][j];
      text += std::string(j == 0 ? "" : " or ") + (literal < 0 ? "not x" : "x") +
              std::to_string(std::abs(literal));
    }
  }
  return text;
}

bool Satisfiable(IntGrid clauses) {
  for (;;) {
    if (clauses.empty()) return true;
    const auto shortest =
        std::min_element(clauses.begin(), clauses.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (shortest->empty()) return false;
    const int literal = shortest->front();
    if (shortest->size() > 1 && Satisfiable(Given(clauses, literal))) return true;
    clauses = Given(clauses, shortest->size() > 1 ? -literal : literal);
  }
}

}  // namespace assay
