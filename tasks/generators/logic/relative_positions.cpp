// Places given relative to each other: displacements add up along a chain. The generator knows
// coordinates; the proof only the facts.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// {from, to, east, north}: `to` lies so far east and north of `from`.
using Fact = std::vector<int>;

std::string Distance(int length) { return Plural(std::abs(length), "metre", "metres"); }

std::string FactText(Rng& rng, const Fact& fact, const std::vector<std::string>& names) {
  const int east = fact[2];
  const int north = fact[3];
  const std::string along = east > 0 ? "east" : "west";
  const std::string up = north > 0 ? "north" : "south";
  const std::string back_along = east > 0 ? "west" : "east";
  const std::string back_up = north > 0 ? "south" : "north";
  std::string there;
  std::string back;
  if (east != 0) {
    there = Distance(east) + " " + along;
    back = Distance(east) + " " + back_along;
  }
  if (north != 0) {
    there += (there.empty() ? "" : " and ") + Distance(north) + " " + up;
    back += (back.empty() ? "" : " and ") + Distance(north) + " " + back_up;
  }
  return Say(rng,
             {"The {b} is {there} of the {a}.", "The {a} is {back} of the {b}.",
              "From the {a}, the {b} lies {there}."},
             {{"a", names[fact[0]]}, {"b", names[fact[1]]}, {"there", there}, {"back", back}});
}

std::string Pairs(const IntGrid& displacements) {
  std::string text;
  for (const auto& d : displacements) {
    text += (text.empty() ? "" : ", ") + std::to_string(d[0]) + ", " + std::to_string(d[1]);
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  static const std::vector<std::string> kPlaces = {
      "well",   "oak",  "barn",   "tower", "gate", "bench",  "statue", "shed",    "pond",
      "bridge", "mill", "chapel", "kiosk", "tent", "signal", "hut",    "fountain"};
  const int count = ByLevel(level, 4, 13);
  const int reach = ByLevel(level, 6, 40);
  const auto names = PickSome(rng, kPlaces, std::size_t(count));
  IntGrid at = {{0, 0}};
  std::vector<Fact> facts;
  for (int i = 1; i < count; ++i) {
    // Long chains: mostly joined to one of the last places.
    const int from = int(rng.Int(std::max(0, i - 2), i - 1));
    int east = int(rng.Int(-reach, reach));
    int north = int(rng.Int(-reach, reach));
    if (level <= 4 || rng.Chance(0.3)) (rng.Chance(0.5) ? east : north) = 0;
    if (east == 0 && north == 0) return std::nullopt;
    at.push_back({at[from][0] + east, at[from][1] + north});
    facts.push_back({from, i, east, north});
  }
  const int a = int(rng.Int(0, 1));
  const IntGrid questions = {{a, count - 1}, {count - 2, 1 - a}};
  IntGrid answers;
  for (const auto& q : questions) {
    answers.push_back({at[q[1]][0] - at[q[0]][0], at[q[1]][1] - at[q[0]][1]});
    if (answers.back()[0] == 0 || answers.back()[1] == 0) return std::nullopt;
  }

  Draft draft;
  std::vector<std::string> sentences;
  for (const Fact& fact : facts) sentences.push_back(FactText(rng, fact, names));
  rng.Shuffle(sentences);
  std::string story;
  for (const auto& sentence : sentences) story += (story.empty() ? "" : " ") + sentence;
  std::string asked;
  for (const auto& q : questions) {
    asked +=
        (asked.empty() ? "1. the " : "\n2. the ") + names[q[1]] + ", seen from the " + names[q[0]];
  }
  Ask(rng, draft,
      Say(rng,
          {"{story}\n\nHow far east and how far north are these places (negative numbers for west "
           "and south)?\n\n{asked}",
           "This is about places on a flat field. {story}\n\nGive the position as (metres east, "
           "metres north), with "
           "negative numbers for west and south, of\n\n{asked}",
           "A map has been described in words. {story}\n\nDetermine the displacement to each of "
           "these, first the part to the east, then the part to the north; west and south are "
           "negative.\n\n{asked}"},
          {{"story", story}, {"asked", asked}}),
      AnswerForm::kLine,
      "four numbers separated by commas: east and north for the first, then for the second");
  draft.reference = Pairs(answers);
  draft.verifier = LogicSpec("list");
  draft.tags = {"spatial", "deduction"};
  draft.fingerprint = story + asked;
  IntGrid negated = answers;
  for (auto& d : negated) d = {-d[0], -d[1]};
  IntGrid turned = answers;
  for (auto& d : turned) std::swap(d[0], d[1]);
  draft.near_misses = {Pairs(negated)};
  if (turned != answers) draft.near_misses.push_back(Pairs(turned));
  draft.params = {{"facts", facts}, {"questions", questions}};
  return draft;
}

// Walks the facts, both ways, from the place asked about.
std::optional<std::string> Prove(const Draft& draft) {
  const auto facts = draft.params["facts"].get<IntGrid>();
  IntGrid answers;
  for (const auto& question : draft.params["questions"].get<IntGrid>()) {
    std::map<int, std::pair<int, int>> known = {{question[0], {0, 0}}};
    for (std::size_t size = 0; size != known.size();) {
      size = known.size();
      for (const auto& f : facts) {
        const auto from = known.find(f[0]);
        const auto to = known.find(f[1]);
        if (from != known.end() && to == known.end()) {
          known[f[1]] = {from->second.first + f[2], from->second.second + f[3]};
        } else if (from == known.end() && to != known.end()) {
          known[f[0]] = {to->second.first - f[2], to->second.second - f[3]};
        }
      }
    }
    if (known.count(question[1]) == 0) return "a place cannot be reached";
    answers.push_back({known[question[1]].first, known[question[1]].second});
  }
  if (Pairs(answers) != draft.reference) return "the facts give " + Pairs(answers);
  return std::nullopt;
}

}  // namespace

Family RelativePositions() {
  return {"relative_positions",
          "logic",
          "Places given relative to each other",
          "Weston et al., Towards AI-complete question answering (positional reasoning), 2015",
          Generate,
          Prove};
}

}  // namespace assay
