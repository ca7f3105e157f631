// People in a row or round a table, from clues about neighbours and distances.
#include <algorithm>

#include "tasks/generators/logic/placement.h"

namespace assay {
namespace {

std::string RowClue(Rng& rng, const std::vector<std::string>& names, const std::vector<int>& clue) {
  const Slots slots = {{"a", names[clue[1]]},
                       {"b", names[clue[2]]},
                       {"k", std::to_string(clue[3] + 1)},
                       {"between", std::to_string(clue[3] - 1)}};
  switch (clue[0]) {
    case kAt:
      return Say(rng, {"{a} is number {k} from the left."}, slots);
    case kNotAt:
      return Say(rng, {"{a} is not number {k} from the left."}, slots);
    case kNextTo:
      return Say(rng, {"{a} and {b} stand next to each other.", "{a} is a neighbour of {b}."},
                 slots);
    case kNotNextTo:
      return Say(rng, {"{a} and {b} do not stand next to each other."}, slots);
    case kRightAfter:
      return Say(rng,
                 {"{a} is directly to the left of {b}.", "{b} is directly to the right of {a}."},
                 slots);
    case kBefore:
      return Say(rng, {"{a} is somewhere to the left of {b}.", "{b} is further right than {a}."},
                 slots);
    default:
      return Say(rng, {"The number of people between {a} and {b} is {between}."}, slots);
  }
}

std::string TableClue(Rng& rng, const std::vector<std::string>& names,
                      const std::vector<int>& clue) {
  const Slots slots = {
      {"a", names[clue[1]]}, {"b", names[clue[2]]}, {"k", Plural(clue[3], "seat", "seats")}};
  switch (clue[0]) {
    case kNextTo:
      return Say(rng, {"{a} and {b} sit next to each other.", "{a} is a neighbour of {b}."}, slots);
    case kNotNextTo:
      return Say(rng, {"{a} and {b} do not sit next to each other."}, slots);
    case kRightAfter:
      return Say(rng, {"Going clockwise, {b} comes right after {a}."}, slots);
    default:
      return Say(rng,
                 {"{b} sits {k} clockwise from {a}.",
                  "Counting {k} clockwise from {a} you "
                  "reach {b}."},
                 slots);
  }
}

std::string InOrder(const std::vector<std::string>& names, const std::vector<int>& at) {
  std::vector<std::string> order(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) order[at[i]] = names[i];
  return Listed(order, ", ");
}

std::optional<Draft> Generate(bool round, Rng& rng, int level) {
  Placement placement;
  placement.positions = round ? ByLevel(level, 5, 10) : ByLevel(level, 4, 10);
  placement.round = round;
  const int n = placement.positions;
  auto hidden = RandomOrder(rng, n);
  if (round) {  // the first person sits on position 0: only the circle counts
    const int turn = hidden[0];
    for (int& position : hidden) position = (position - turn + n) % n;
    placement.clues.push_back({kAt, 0, 0, 0});
  }
  std::vector<ClueKind> kinds = {kNextTo, kRightAfter, kApart, kNotNextTo};
  if (!round) {
    kinds.insert(kinds.end(), {kBefore, kBefore, kNotAt});
    if (level <= 3) kinds.push_back(kAt);
  } else if (level >= 4) {
    kinds = {kNextTo, kNextTo, kApart, kNotNextTo, kNotNextTo};
  }
  auto clues = UniqueClues(rng, placement, hidden, kinds);
  if (!clues) return std::nullopt;
  if (round) {
    const std::vector<int> anchor = {kAt, 0, 0, 0};
    std::erase(*clues, anchor);
  }
  if (clues->size() < 3) return std::nullopt;

  Draft draft;
  const auto names = PickSome(rng, FirstNames(), std::size_t(n));
  std::string listed;
  for (const auto& clue : *clues) {
    listed += (listed.empty() ? "- " : "\n- ") +
              (round ? TableClue(rng, names, clue) : RowClue(rng, names, clue));
  }
  auto sorted = names;
  std::sort(sorted.begin(), sorted.end());
  const Slots slots = {{"names", Listed(sorted)}, {"clues", listed}, {"first", names[0]}};
  if (round) {
    Ask(rng, draft,
        Say(rng,
            {"{names} sit at a round table, evenly spaced.\n\n{clues}\n\nIn which order do they "
             "sit, "
             "clockwise?",
             "The seats around a circular table are all taken: {names}. Reconstruct the circle "
             "from these facts.\n\n{clues}",
             "{names} hold a meeting at a round table without empty chairs. It is known "
             "that\n\n{clues}\n\nWho sits where?"},
            slots),
        AnswerForm::kLine,
        "all names in clockwise order, starting with " + names[0] + ", separated by commas");
  } else {
    Ask(rng, draft,
        Say(rng,
            {"{names} stand in a row.\n\n{clues}\n\nWhat is the order from left to right?",
             "A photo shows, side by side, {names}. Find their order, seen from the left, using "
             "these facts.\n\n{clues}",
             "Put {names} into a line such that all of this is true:\n\n{clues}"},
            slots),
        AnswerForm::kLine, "all names from left to right, separated by commas");
  }
  draft.reference = InOrder(names, hidden);
  draft.verifier = LogicSpec("list");
  draft.tags = {"deduction", "ordering"};
  draft.fingerprint = DumpJson(*clues) + draft.reference;
  auto swapped = hidden;
  std::swap(swapped[n - 1], swapped[n - 2]);
  auto reversed = hidden;
  for (int& position : reversed) position = round ? (n - position) % n : n - 1 - position;
  draft.near_misses = {InOrder(names, swapped), InOrder(names, reversed)};
  draft.params = {{"positions", n}, {"round", round}, {"clues", *clues}, {"hidden", hidden}};
  return draft;
}

std::optional<std::string> Prove(const Draft& draft) {
  Placement placement{draft.params["positions"].get<int>(), 1, draft.params["round"].get<bool>(),
                      draft.params["clues"].get<IntGrid>()};
  if (placement.round) placement.clues.push_back({kAt, 0, 0, 0});
  std::vector<int> found;
  if (CountPlacementsPlainly(placement, 2, &found) != 1) return "no order fits, or several";
  if (found != draft.params["hidden"].get<std::vector<int>>()) return "another order was found";
  return std::nullopt;
}

}  // namespace

Family SeatingRow() {
  return {"seating_row",
          "logic",
          "People in a row, from clues about their order",
          "Dudeney, Amusements in Mathematics, 1917 (puzzles of arrangement)",
          [](Rng& rng, int level) { return Generate(false, rng, level); },
          Prove};
}

Family RoundTable() {
  return {"round_table",
          "logic",
          "People round a table, from clues about neighbours",
          "Lucas, Theorie des nombres, probleme des menages, 1891",
          [](Rng& rng, int level) { return Generate(true, rng, level); },
          Prove};
}

}  // namespace assay
