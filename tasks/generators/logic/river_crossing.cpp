// River crossings: search over which items are across; the proof relaxes from the end.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

struct River {
  int items = 0;
  IntGrid conflicts;
  int seats = 1;

  // Whether nobody is left alone with an enemy; bit `items` says where the boat is.
  bool Safe(unsigned state) const {
    const bool boat = (state >> items & 1U) != 0;
    return std::none_of(conflicts.begin(), conflicts.end(), [&](const auto& pair) {
      const bool first = (state >> pair[0] & 1U) != 0;
      return first == ((state >> pair[1] & 1U) != 0) && first != boat;
    });
  }
  // Calls visit(next, load) for each safe crossing.
  template <class Visit>
  void Crossings(unsigned state, const Visit& visit) const {
    const unsigned all = (1U << items) - 1;
    const bool boat = (state >> items & 1U) != 0;
    const unsigned here = boat ? state & all : ~state & all;
    for (unsigned load = here;; load = (load - 1) & here) {
      const unsigned next = state ^ load ^ 1U << items;
      if (__builtin_popcount(load) <= seats && Safe(next)) visit(next, load);
      if (load == 0) break;
    }
  }
};

// Loads of a fewest-crossings plan, or nothing.
std::optional<std::vector<unsigned>> FewestCrossings(const River& river) {
  const unsigned end = (1U << (river.items + 1)) - 1;
  std::vector<int> before(std::size_t(end) + 1, -1);
  std::vector<unsigned> queue = {0};
  before[0] = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    river.Crossings(queue[i], [&](unsigned next, unsigned) {
      if (before[next] >= 0) return;
      before[next] = int(queue[i]);
      queue.push_back(next);
    });
  }
  if (before[end] < 0) return std::nullopt;
  std::vector<unsigned> loads;
  for (unsigned at = end; at != 0; at = unsigned(before[at])) {
    loads.push_back((at ^ unsigned(before[at])) & ((1U << river.items) - 1));
  }
  std::reverse(loads.begin(), loads.end());
  return loads;
}

std::string LoadsText(const std::vector<unsigned>& loads, const std::vector<std::string>& names) {
  std::string text;
  for (const unsigned load : loads) {
    std::string part;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((load >> i & 1U) != 0) part += (part.empty() ? "" : ", ") + names[i];
    }
    text += (text.empty() ? "" : "; ") + (part.empty() ? "nothing" : part);
  }
  return text;
}

const std::vector<std::string>& Things() {
  static const std::vector<std::string> things = {
      "wolf",  "goat",   "cabbage", "fox",   "goose", "grain", "cat",    "mouse",  "cheese",
      "dog",   "rabbit", "carrots", "snake", "frog",  "hen",   "weasel", "turnip", "cow",
      "panda", "bamboo", "bear",    "honey", "seal",  "fish",  "owl",    "hamster"};
  return things;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  River river;
  river.items = ByLevel(level, 3, 7);
  river.seats = level == 1 ? 1 : level <= 4 ? int(rng.Int(1, 2)) : int(rng.Int(2, 3));
  for (int i = 0; i < river.items; ++i) {
    for (int j = i + 1; j < river.items; ++j) {
      if (rng.Chance(level <= 4 ? 0.4 : 0.5)) river.conflicts.push_back({i, j});
    }
  }
  if (river.conflicts.size() < 2) return std::nullopt;
  const auto loads = FewestCrossings(river);
  const int low = level <= 1 ? 7 : level <= 4 ? 5 : 7 + 2 * (level / 9);
  if (!loads || int(loads->size()) < low) return std::nullopt;

  Draft draft;
  const auto names = PickSome(rng, Things(), std::size_t(river.items));
  std::vector<std::string> pairs;
  for (const auto& pair : river.conflicts)
    pairs.push_back(names[pair[0]] + " and " + names[pair[1]]);
  const Slots slots = {{"items", Listed(names)},
                       {"pairs", Listed(pairs, ", ")},
                       {"seats", Plural(river.seats, "of them", "of them")},
                       {"most", std::to_string(loads->size())}};
  Ask(rng, draft,
      Say(rng,
          {"A ferryman has to bring these across a river: {items}. Besides himself his boat holds "
           "at most {seats}. Without him on the same bank, some pairs must never be together: "
           "{pairs}. The boat does not move by itself. Find a plan with at most {most} crossings "
           "(there and back count one each).",
           "You want to get everything on this list to the other side of a river: {items}. You row "
           "the boat yourself and can take up to {seats} along, or none. Pairs that you must not "
           "leave alone on a bank: {pairs}. Manage it in no more than {most} crossings, counting "
           "each direction.",
           "A farmer crosses a river with {items}. There is room for the farmer and at most "
           "{seats}. As soon as the farmer is on the other side, one of these pairs left together "
           "ends badly: {pairs}. Bring everything over in at most {most} trips, returns included."},
          slots),
      AnswerForm::kLine,
      "what is taken along in each crossing, in order (items separated by commas, or the word "
      "nothing), with semicolons between crossings");
  draft.reference = LoadsText(*loads, names);
  draft.verifier = LogicSpec("river", {{"items", names},
                                       {"conflicts", river.conflicts},
                                       {"seats", river.seats},
                                       {"most", loads->size()}});
  draft.tags = {"planning", "puzzle"};
  draft.fingerprint = Listed(names) + ": " + Listed(pairs) + " " + std::to_string(river.seats);
  draft.unique = false;
  auto fewer = *loads;
  fewer.pop_back();
  draft.near_misses = {LoadsText(fewer, names), LoadsText({(1U << river.items) - 1}, names),
                       "nothing; nothing; " + draft.reference};
  draft.params = {{"items", river.items}, {"conflicts", river.conflicts}, {"seats", river.seats}};
  return draft;
}

// Distances to the end, lowered until nothing changes.
std::optional<std::string> Prove(const Draft& draft) {
  const River river{draft.params["items"].get<int>(), draft.params["conflicts"].get<IntGrid>(),
                    draft.params["seats"].get<int>()};
  const int far = 1 << (river.items + 1);
  std::vector<int> distance(std::size_t(far), far);
  distance[far - 1] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (unsigned state = 0; state < unsigned(far); ++state) {
      if (!river.Safe(state)) continue;
      river.Crossings(state, [&](unsigned next, unsigned) {
        if (distance[next] + 1 >= distance[state]) return;
        distance[state] = distance[next] + 1;
        changed = true;
      });
    }
  }
  if (distance[0] == draft.verifier["most"].get<int>()) return std::nullopt;
  return "the fewest crossings are " + std::to_string(distance[0]);
}

}  // namespace

Family RiverCrossing() {
  return {"river_crossing",
          "logic",
          "Ferry items that must not be left alone together",
          "Alcuin, Propositiones ad acuendos iuvenes, about 800; Pressman and Singmaster, 1989",
          Generate,
          Prove};
}

}  // namespace assay
