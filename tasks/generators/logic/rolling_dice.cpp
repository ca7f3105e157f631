// Dice rolled over a board: faces are renamed; the proof turns coordinate vectors.
#include <algorithm>
#include <array>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// What shows on top, north, east; the opposite faces make up 7.
using Die = std::array<int, 3>;

Die Roll(const Die& die, char direction) {
  const auto [top, north, east] = die;
  switch (direction) {
    case 'N':
      return {7 - north, top, east};
    case 'S':
      return {north, 7 - top, east};
    case 'E':
      return {7 - east, north, top};
    default:
      return {east, north, 7 - top};
  }
}

std::string Spaced(const std::string& rolls) {
  std::string text;
  for (const char c : rolls) text += (text.empty() ? "" : " ") + std::string(1, c);
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int dice = level <= 3 ? 2 : 3;
  const int length = ByLevel(level, 3, 16);
  std::string listed;
  std::vector<int> answer;
  std::vector<int> at_first;
  std::vector<std::string> all_rolls;
  IntGrid starts;
  for (int d = 0; d < dice; ++d) {
    const auto faces = RandomOrder(rng, 6);
    Die die = {faces[0] + 1, 0, 0};
    for (const int face : faces) {
      const int value = face + 1;
      if (value == die[0] || value == 7 - die[0]) continue;
      if (die[1] == 0) {
        die[1] = value;
      } else if (die[2] == 0 && value != 7 - die[1]) {
        die[2] = value;
      }
    }
    starts.push_back({die[0], die[1], die[2]});
    std::string rolls;
    for (int i = 0; i < length; ++i) rolls += rng.Pick(std::string("NESW"));
    listed += (d == 0 ? "" : "\n") + std::string("Die ") + std::to_string(d + 1) + ": top " +
              std::to_string(die[0]) + ", north " + std::to_string(die[1]) + ", east " +
              std::to_string(die[2]) + "; rolls " + Spaced(rolls);
    for (const char direction : rolls) die = Roll(die, direction);
    for (const int face : die) answer.push_back(face);
    at_first.insert(at_first.end(), starts.back().begin(), starts.back().end());
    all_rolls.push_back(rolls);
  }
  if (answer == at_first) return std::nullopt;

  Draft draft;
  Ask(rng, draft,
      Say(rng,
          {"Dice, whose opposite faces add up to 7, are rolled over a table, a quarter turn in the "
           "given direction each time (N, E, S, W). For each die the faces that point up, north "
           "and "
           "east at the start are given.\n\n{dice}\n\nWhich faces point up, north and east in the "
           "end?",
           "Each of these dice lies on a board whose north is up on the page. Rolling it N, E, S "
           "or "
           "W tips it over that edge by 90 degrees; opposite faces sum to 7.\n\n{dice}\n\nFind the "
           "top, north and east face of each after all its rolls.",
           "{dice}\n\nEvery letter tips the die once onto its side in that direction of the "
           "compass "
           "(N means away from you, E to the right). On these dice opposite sides always have the "
           "sum 7. State the final top, north and east faces."},
          {{"dice", listed}}),
      AnswerForm::kLine,
      "the numbers on top, north and east of each die in order, all separated by commas");
  draft.reference = Numbers(answer);
  draft.verifier = LogicSpec("list");
  draft.tags = {"spatial", "simulation"};
  draft.fingerprint = listed;
  auto swapped = answer;
  std::swap(swapped[0], swapped[1]);
  draft.near_misses = {Numbers(at_first), Numbers(swapped)};
  draft.params = {{"starts", starts}, {"rolls", all_rolls}};
  return draft;
}

// Each face's direction as a vector (east, north, up), turned about an axis by each roll.
std::optional<std::string> Prove(const Draft& draft) {
  const auto starts = draft.params["starts"].get<IntGrid>();
  const auto rolls = draft.params["rolls"].get<std::vector<std::string>>();
  using Vector = std::array<int, 3>;
  std::vector<int> answer;
  for (std::size_t d = 0; d < starts.size(); ++d) {
    std::array<Vector, 7> faces{};
    const Vector axes[] = {{0, 0, 1}, {0, 1, 0}, {1, 0, 0}};
    for (int i = 0; i < 3; ++i) {
      faces[starts[d][i]] = axes[i];
      faces[7 - starts[d][i]] = {-axes[i][0], -axes[i][1], -axes[i][2]};
    }
    for (const char direction : rolls[d]) {
      for (Vector& face : faces) {
        const auto [east, north, up] = face;
        if (direction == 'N') face = {east, up, -north};
        if (direction == 'S') face = {east, -up, north};
        if (direction == 'E') face = {up, north, -east};
        if (direction == 'W') face = {-up, north, east};
      }
    }
    for (const Vector& axis : axes) {
      for (int value = 1; value <= 6; ++value) {
        if (faces[value] == axis) answer.push_back(value);
      }
    }
  }
  if (Numbers(answer) != draft.reference) return "turned vectors give " + Numbers(answer);
  return std::nullopt;
}

}  // namespace

Family RollingDice() {
  return {"rolling_dice",
          "logic",
          "Faces of a die after rolls over a board",
          "Shepard and Metzler, Mental rotation of three-dimensional objects, 1971",
          Generate,
          Prove};
}

}  // namespace assay
