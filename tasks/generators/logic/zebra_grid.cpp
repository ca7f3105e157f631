// Zebra puzzles: houses in a row, a value of each attribute for each, one solution.
#include <algorithm>

#include "tasks/generators/logic/placement.h"

namespace assay {
namespace {

struct Attribute {
  const char* heading;
  const char* phrase;  // how a value names its person
  std::vector<std::string> values;
};

const std::vector<Attribute>& Attributes() {
  static const std::vector<Attribute> attributes = {
      {"colour",
       "the person in the {v} house",
       {"red", "green", "blue", "yellow", "white", "brown", "grey", "pink"}},
      {"pet",
       "the owner of the {v}",
       {"cat", "dog", "parrot", "hamster", "rabbit", "turtle", "snake", "zebra"}},
      {"drink",
       "the {v} drinker",
       {"tea", "coffee", "milk", "water", "juice", "cocoa", "lemonade", "soda"}},
      {"job",
       "the {v}",
       {"baker", "teacher", "doctor", "pilot", "painter", "farmer", "lawyer", "tailor"}},
      {"hobby",
       "the person who likes {v}",
       {"chess", "tennis", "sailing", "knitting", "singing", "hiking", "pottery", "fishing"}},
      {"fruit",
       "the person who grows {v}",
       {"apples", "plums", "cherries", "pears", "grapes", "figs", "melons", "quinces"}}};
  return attributes;
}

struct Street {
  std::vector<std::string> headings;             // of each group
  std::vector<std::vector<std::string>> values;  // of each group
  std::vector<std::string> phrases;              // of each value
};

Street MakeStreet(Rng& rng, int houses, int groups) {
  Street street;
  street.headings = {"name"};
  street.values = {PickSome(rng, FirstNames(), std::size_t(houses))};
  street.phrases = street.values[0];
  const auto order = RandomOrder(rng, int(Attributes().size()));
  for (int g = 1; g < groups; ++g) {
    const Attribute& attribute = Attributes()[order[g]];
    street.headings.push_back(attribute.heading);
    street.values.push_back(PickSome(rng, attribute.values, std::size_t(houses)));
    for (const auto& value : street.values.back()) {
      street.phrases.push_back(Say(rng, {attribute.phrase}, {{"v", value}}));
    }
  }
  return street;
}

std::string ClueText(Rng& rng, const Street& street, const std::vector<int>& clue) {
  const Slots slots = {{"a", street.phrases[clue[1]]},
                       {"b", street.phrases[clue[2]]},
                       {"k", std::to_string(clue[3] + 1)},
                       {"between", std::to_string(clue[3] - 1)}};
  std::string text;
  switch (clue[0]) {
    case kAt:
      text = Say(rng, {"{a} lives in house {k}.", "house {k} is where {a} lives."}, slots);
      break;
    case kNotAt:
      text = Say(rng, {"{a} does not live in house {k}."}, slots);
      break;
    case kSame:
      text = Say(rng, {"{a} is {b}.", "{a} and {b} are the same person."}, slots);
      break;
    case kNotSame:
      text = Say(rng, {"{a} is not {b}."}, slots);
      break;
    case kNextTo:
      text = Say(rng, {"{a} and {b} are next-door neighbours.", "{a} lives next to {b}."}, slots);
      break;
    case kRightAfter:
      text =
          Say(rng,
              {"{a} lives directly to the left of {b}.", "{b} lives directly to the right of {a}."},
              slots);
      break;
    case kBefore:
      text = Say(
          rng,
          {"{a} lives somewhere to the left of {b}.", "{b} lives further to the right than {a}."},
          slots);
      break;
    default:
      text = Say(rng, {"the number of houses between those of {a} and {b} is {between}."}, slots);
  }
  text[0] = char(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string Table(const Street& street, const std::vector<int>& at) {
  const std::size_t houses = street.values[0].size();
  std::vector<std::vector<std::string>> rows(houses,
                                             std::vector<std::string>(street.values.size()));
  for (std::size_t v = 0; v < at.size(); ++v) {
    rows[at[v]][v / houses] = street.values[v / houses][v % houses];
  }
  std::string text;
  for (const auto& row : rows) {
    if (!text.empty()) text += "\n";
    for (std::size_t g = 0; g < row.size(); ++g) text += (g == 0 ? "" : " ") + row[g];
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Placement placement;
  placement.positions = level <= 3 ? 3 : level <= 6 ? 4 : 5;
  constexpr int kGroups[] = {2, 3, 4, 3, 4, 5, 4, 5, 5, 6};
  placement.groups = kGroups[level - 1];
  const int houses = placement.positions;
  std::vector<int> hidden;
  for (int g = 0; g < placement.groups; ++g) {
    const auto order = RandomOrder(rng, houses);
    hidden.insert(hidden.end(), order.begin(), order.end());
  }
  std::vector<ClueKind> kinds = {kSame, kSame, kNextTo, kRightAfter, kBefore, kNotAt};
  if (level <= 3) kinds.insert(kinds.end(), {kAt, kAt, kSame});
  if (level >= 5) kinds.insert(kinds.end(), {kApart, kNotSame, kNextTo});
  const auto clues = UniqueClues(rng, placement, hidden, kinds);
  if (!clues) return std::nullopt;

  Draft draft;
  const Street street = MakeStreet(rng, houses, placement.groups);
  std::string listed;
  for (std::size_t i = 0; i < clues->size(); ++i) {
    listed +=
        (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + ClueText(rng, street, (*clues)[i]);
  }
  std::string domains;
  for (std::size_t g = 0; g < street.values.size(); ++g) {
    auto sorted = street.values[g];
    std::sort(sorted.begin(), sorted.end());
    domains += (g == 0 ? "- " : "\n- ") + street.headings[g] + ": " + Listed(sorted, ", ");
  }
  const Slots slots = {{"n", std::to_string(houses)}, {"domains", domains}, {"clues", listed}};
  Ask(rng, draft,
      Say(rng,
          {"{n} houses stand in a row, numbered 1 to {n} from left to right. In each lives one "
           "person; all differ in the following:\n\n{domains}\n\nFind out who is where from these "
           "clues:\n\n{clues}",
           "There are {n} neighbours in houses 1 (far left) to {n} (far right). Each of the values "
           "below belongs to exactly one of them.\n\n{domains}\n\nClues:\n\n{clues}\n\nWork out "
           "the "
           "complete table.",
           "Solve this logic grid: {n} houses from left to right, one person in each, and no value "
           "occurs twice.\n\n{domains}\n\n{clues}"},
          slots),
      AnswerForm::kBlock,
      "one line for each house from 1 to " + std::to_string(houses) + " with its " +
          Listed(street.headings) + " in this order, separated by blanks,");
  draft.reference = Table(street, hidden);
  draft.verifier = LogicSpec("grid");
  draft.tags = {"deduction", "constraints"};
  draft.fingerprint = DumpJson(*clues) + Table(street, hidden);
  auto swapped = hidden;
  std::swap(swapped[0], swapped[1]);
  auto shifted = hidden;
  for (int& position : shifted) position = (position + 1) % houses;
  draft.near_misses = {Table(street, swapped), Table(street, shifted)};
  draft.params = {{"positions", houses}, {"groups", placement.groups}, {"clues", *clues}};
  draft.params["hidden"] = hidden;
  return draft;
}

std::optional<std::string> Prove(const Draft& draft) {
  const Placement placement{draft.params["positions"].get<int>(), draft.params["groups"].get<int>(),
                            false, draft.params["clues"].get<IntGrid>()};
  std::vector<int> found;
  if (CountPlacementsPlainly(placement, 2, &found) != 1) return "no solution, or several";
  if (found != draft.params["hidden"].get<std::vector<int>>()) return "another solution was found";
  return std::nullopt;
}

}  // namespace

Family ZebraGrid() {
  return {"zebra_grid",
          "logic",
          "Who lives where: zebra puzzles",
          "Life International, the zebra puzzle, 1962",
          Generate,
          Prove};
}

}  // namespace assay
