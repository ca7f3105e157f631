// Satisfiable formulas with few models: a hidden assignment, all models counted.
#include <algorithm>
#include <cstdlib>

#include "tasks/generators/logic/cnf.h"

namespace assay {
namespace {

std::string LiteralsText(int variables, unsigned assignment) {
  std::vector<int> literals;
  for (int i = 0; i < variables; ++i) {
    literals.push_back((assignment >> i & 1U) != 0 ? i + 1 : -(i + 1));
  }
  return Numbers(literals);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = ByLevel(level, 5, 14);
  const unsigned hidden = unsigned(rng.Int(0, (std::int64_t{1} << n) - 1));
  std::vector<unsigned> models;
  for (unsigned a = 0; a < 1U << n; ++a) models.push_back(a);
  IntGrid clauses;
  // Clauses that the hidden assignment satisfies and some other model does not.
  while (models.size() > std::size_t(level <= 5 ? 1 : 3)) {
    const auto clause = RandomClause(rng, n, 3);
    if (!ClauseHolds(clause, hidden)) continue;
    const std::size_t before = models.size();
    std::erase_if(models, [&](unsigned a) { return !ClauseHolds(clause, a); });
    if (models.size() < before) clauses.push_back(clause);
    if (clauses.size() > std::size_t(6 * n)) return std::nullopt;
  }
  rng.Shuffle(clauses);
  const unsigned all = (1U << n) - 1;
  for (const unsigned plain : {0U, all}) {
    if (std::find(models.begin(), models.end(), plain) != models.end()) return std::nullopt;
  }

  Draft draft;
  const std::string text = ClausesText(clauses);
  const Slots slots = {{"n", std::to_string(n)}, {"clauses", text}};
  Ask(rng, draft,
      Say(rng,
          {"Find truth values for x1 to x{n} such that every line is true:\n\n{clauses}",
           "Each of these conditions on the {n} switches x1 to x{n} must hold (x3 means that "
           "switch "
           "3 is on, not x3 that it is off). Find a setting.\n\n{clauses}",
           "Give an assignment of the Boolean variables x1, …, x{n} that satisfies all of the "
           "following clauses at once.\n\n{clauses}"},
          slots),
      AnswerForm::kLine,
      "one number for each variable, i when xi is true and -i when it is false (such as 1, -2, 3), "
      "separated by commas");
  draft.reference = LiteralsText(n, hidden);
  draft.verifier = LogicSpec("sat", {{"variables", n}, {"clauses", clauses}});
  draft.tags = {"propositional logic", "constraints"};
  draft.fingerprint = text;
  draft.unique = false;
  // The opposite of a model breaks some clause, or it would be a model as well.
  if (std::find(models.begin(), models.end(), all & ~hidden) == models.end()) {
    draft.near_misses.push_back(LiteralsText(n, all & ~hidden));
  }
  draft.near_misses.push_back(LiteralsText(n, all));
  draft.near_misses.push_back(LiteralsText(n, 0));
  draft.near_misses.push_back(LiteralsText(n - 1, hidden & all >> 1));
  draft.params = {{"clauses", clauses}, {"hidden", hidden}};
  return draft;
}

// The formula by the DPLL procedure; the assignment by adding its literals as clauses.
std::optional<std::string> Prove(const Draft& draft) {
  auto clauses = draft.params["clauses"].get<IntGrid>();
  if (!Satisfiable(clauses)) return "the formula cannot be satisfied";
  const int n = draft.verifier["variables"].get<int>();
  for (int i = 0; i < n; ++i) {
    const bool on = (draft.params["hidden"].get<unsigned>() >> i & 1U) != 0;
    clauses.push_back({on ? i + 1 : -(i + 1)});
  }
  if (!Satisfiable(clauses)) return "the assignment does not satisfy the formula";
  return std::nullopt;
}

}  // namespace

Family SatAssignment() {
  return {"sat_assignment",
          "logic",
          "Satisfy a formula in conjunctive normal form",
          "Cook, The complexity of theorem-proving procedures, 1971",
          Generate,
          Prove};
}

}  // namespace assay
