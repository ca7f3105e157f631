// Smallest contradictory sets of clauses: minimum hitting sets; the proof tries all sets by size.
#include <algorithm>
#include <cstdlib>

#include "tasks/generators/logic/cnf.h"

namespace assay {
namespace {

// For each assignment, the clauses it breaks, as bits. A set of clauses is contradictory when it
// meets all of them.
std::vector<unsigned> Broken(const IntGrid& clauses, int variables) {
  std::vector<unsigned> broken;
  for (unsigned a = 0; a < 1U << variables; ++a) {
    unsigned here = 0;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
      here |= unsigned(!ClauseHolds(clauses[i], a)) << i;
    }
    broken.push_back(here);
  }
  return broken;
}

// A smallest set that meets all of `broken`, of fewer than `best_size` clauses, by branching on the
// members of the smallest set not met yet.
void Hit(const std::vector<unsigned>& broken, unsigned chosen, unsigned banned, unsigned& best,
         int& best_size) {
  if (__builtin_popcount(chosen) >= best_size) return;
  unsigned smallest = 0;
  for (const unsigned set : broken) {
    if ((set & chosen) != 0) continue;
    const unsigned open = set & ~banned;
    if (open == 0) return;
    if (smallest == 0 || __builtin_popcount(open) < __builtin_popcount(smallest)) smallest = open;
  }
  if (smallest == 0) {
    best = chosen;
    best_size = __builtin_popcount(chosen);
    return;
  }
  if (__builtin_popcount(chosen) + 1 >= best_size) return;
  for (; smallest != 0; smallest &= smallest - 1) {
    const unsigned bit = smallest & (~smallest + 1);
    Hit(broken, chosen | bit, banned, best, best_size);
    banned |= bit;
  }
}

std::string Members(unsigned set) {
  std::vector<int> numbers;
  for (int i = 0; i < 32; ++i) {
    if ((set >> i & 1U) != 0) numbers.push_back(i + 1);
  }
  return Numbers(numbers);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = ByLevel(level, 3, 6);
  const int count = ByLevel(level, 7, 17);
  IntGrid clauses;
  while (int(clauses.size()) < count) {
    const int size = int(rng.Int(level <= 3 ? 1 : 2, level <= 3 ? 2 : 3));
    auto clause = RandomClause(rng, n, std::min(size, n));
    if (std::find(clauses.begin(), clauses.end(), clause) == clauses.end())
      clauses.push_back(std::move(clause));
  }
  const auto broken = Broken(clauses, n);
  if (std::count(broken.begin(), broken.end(), 0U) > 0) return std::nullopt;  // satisfiable
  unsigned core = 0;
  int size = count + 1;
  Hit(broken, 0, 0, core, size);
  if (size < ByLevel(level, 3, 8) || size >= count) return std::nullopt;

  Draft draft;
  const std::string text = ClausesText(clauses);
  const Slots slots = {{"clauses", text}, {"size", std::to_string(size)}};
  Ask(rng, draft,
      Say(rng,
          {"These clauses cannot all be true at once:\n\n{clauses}\n\nFind {size} of them that "
           "already contradict each other (no fewer do).",
           "No truth assignment satisfies all of the following lines. Name at most {size} lines "
           "that together are already unsatisfiable.\n\n{clauses}",
           "A configuration with the switches x1, x2, … must meet all of these requirements, which "
           "is impossible. Explain why by picking at most {size} requirements that no setting can "
           "meet together.\n\n{clauses}"},
          slots),
      AnswerForm::kLine, "the numbers of the chosen lines, separated by commas");
  draft.reference = Members(core);
  draft.verifier =
      LogicSpec("unsat_core", {{"variables", n}, {"clauses", clauses}, {"most", size}});
  draft.tags = {"propositional logic", "explanation"};
  draft.fingerprint = text;
  draft.unique = false;
  const unsigned rest = (1U << count) - 1 - core;
  const unsigned other = rest & (~rest + 1);
  draft.near_misses = {Members(core & (core - 1)), Members((1U << count) - 1),
                       Members(core | other)};
  draft.params = {{"clauses", clauses}, {"variables", n}};
  return draft;
}

// Sets of clauses in the order of their size until one is contradictory.
std::optional<std::string> Prove(const Draft& draft) {
  const auto clauses = draft.params["clauses"].get<IntGrid>();
  const auto broken = Broken(clauses, draft.params["variables"].get<int>());
  const int most = draft.verifier["most"].get<int>();
  IntGrid chosen;
  const Json numbers = Json::parse("[" + draft.reference + "]");
  for (const Json& number : numbers) chosen.push_back(clauses[number.get<std::size_t>() - 1]);
  if (int(chosen.size()) != most || Satisfiable(chosen)) return "the core is not contradictory";
  const unsigned end = 1U << clauses.size();
  for (unsigned set = (1U << (most - 1)) - 1; set < end;) {
    const bool core =
        std::all_of(broken.begin(), broken.end(), [&](unsigned one) { return (one & set) != 0; });
    if (core) return "clauses " + Members(set) + " suffice";
    const unsigned low = set & (~set + 1);
    const unsigned next = set + low;
    set = (((next ^ set) >> 2) / low) | next;
  }
  return std::nullopt;
}

}  // namespace

Family UnsatCore() {
  return {"unsat_core",
          "logic",
          "A smallest contradictory set of clauses",
          "Liffiton and Sakallah, On finding all minimally unsatisfiable subformulas, 2005",
          Generate,
          Prove};
}

}  // namespace assay
