// Kinship: how one person is related to another, from facts about couples and their children. By
// ways up and down the tree; the proof defines each relation by sets of relatives.
#include <algorithm>
#include <map>
#include <set>

#include "tasks/generators/logic/family_tree.h"

namespace assay {
namespace {

// Sentences that fix the tree: couples, and each child by one of its parents or by a sibling.
std::vector<std::string> Facts(Rng& rng, const FamilyTree& tree,
                               const std::vector<std::string>& names, bool indirect) {
  std::vector<std::string> facts;
  std::map<int, int> elder;  // by parent: a child that is placed already
  for (int i = 0; i < int(tree.size()); ++i) {
    const Person& person = tree[i];
    const Slots slots = {{"a", names[i]},
                         {"b", person.spouse >= 0 ? names[person.spouse] : ""},
                         {"role", person.female ? "wife" : "husband"},
                         {"child", person.female ? "daughter" : "son"},
                         {"sibling", person.female ? "sister" : "brother"}};
    if (person.spouse >= 0 && person.parent < 0 && i > 0)
      facts.push_back(
          Say(rng, {"{a} is the {role} of {b}.", "{b} and {a} are married, {a} is the {role}."},
              slots));
    if (person.parent < 0) continue;
    Slots more = slots;
    const int other = tree[person.parent].spouse;
    more["p"] = names[rng.Chance(0.5) ? person.parent : other];
    const auto placed = elder.find(person.parent);
    if (indirect && placed != elder.end() && rng.Chance(0.5)) {
      more["p"] = names[placed->second];
      facts.push_back(
          Say(rng, {"{a} is the {sibling} of {p}.", "{p} has a {sibling}, {a}."}, more));
    } else {
      facts.push_back(Say(rng, {"{a} is the {child} of {p}.", "{p} has a {child}, {a}."}, more));
    }
    elder.emplace(person.parent, i);
  }
  rng.Shuffle(facts);
  return facts;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int generations = level <= 3 ? 3 : 4;
  const FamilyTree tree = GrowTree(rng, generations, level <= 5 ? 2 : 3);
  const int people = int(tree.size());
  const int low = ByLevel(level, 6, 18);
  if (people < low || people > low + 6) return std::nullopt;
  const auto drawn_names = NamesFor(rng, tree);
  if (!drawn_names) return std::nullopt;
  const auto& names = *drawn_names;
  struct Question {
    int a;
    int b;
    std::string word;
  };
  std::vector<Question> all;
  for (int a = 0; a < people; ++a) {
    for (int b = 0; b < people; ++b) {
      const char* word = a == b ? nullptr : BloodRelation(tree, a, b);
      if (word == nullptr) continue;
      const std::string text = word;
      const bool close = text == "father" || text == "mother" || text == "son" ||
                         text == "daughter" || text == "brother" || text == "sister";
      if (!close) all.push_back({a, b, text});
    }
  }
  rng.Shuffle(all);
  std::set<std::string> words;
  std::vector<Question> chosen;
  for (const auto& question : all) {  // different answers, as far as there are
    if (chosen.size() < 4 && words.insert(question.word).second) chosen.push_back(question);
  }
  if (chosen.size() < 3) return std::nullopt;

  Draft draft;
  const auto facts = Facts(rng, tree, names, level >= 3);
  std::string questions;
  std::string reference;
  std::string swapped;
  Json asked = Json::array();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto& q = chosen[i];
    questions += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". What is " + names[q.a] + " to " +
                 names[q.b] + "?";
    reference += (i == 0 ? "" : ", ") + q.word;
    swapped += (i == 0 ? "" : ", ") + chosen[chosen.size() - 1 - i].word;
    asked.push_back({q.a, q.b});
  }
  std::string story;
  for (const auto& fact : facts) story += (story.empty() ? "" : " ") + fact;
  const Slots slots = {
      {"facts", story},
      {"questions", questions},
      {"words",
       "father, mother, son, daughter, brother, sister, uncle, aunt, nephew, niece, cousin, "
       "grandfather, grandmother, grandson, granddaughter, and some of these with great- in front "
       "(great-grandfather, great-uncle, great-aunt, …)"}};
  Ask(rng, draft,
      Say(rng,
          {"{facts}\n\nNobody was married twice, and children are children of the couple. Only "
           "relations by blood count, described by {words}.\n\n{questions}",
           "About a family it is known: {facts} All children have both spouses as their "
           "parents.\n\nAnswer with the blood relation, one of {words}.\n\n{questions}",
           "Work out the family tree from these facts. {facts} (Each couple's children belong to "
           "both of them.)\n\n{questions}\n\nPossible answers: {words}."},
          slots),
      AnswerForm::kLine, "the words for all questions in order, separated by commas");
  draft.reference = reference;
  draft.verifier = LogicSpec("list");
  draft.tags = {"kinship", "deduction"};
  draft.fingerprint = story + questions;
  draft.near_misses = {chosen.back().word};
  if (swapped != reference) draft.near_misses.push_back(swapped);
  IntGrid rows;
  for (const Person& p : tree) rows.push_back({p.female ? 1 : 0, p.parent, p.spouse});
  draft.params = {{"tree", rows}, {"asked", asked}};
  return draft;
}

using Relatives = std::set<int>;

// Relatives by their definitions, from each person's parents alone.
class Kin {
 public:
  explicit Kin(const IntGrid& rows) : rows_(rows) {}

  Relatives Parents(int x) const {
    if (rows_[x][1] < 0) return {};
    return {rows_[x][1], rows_[rows_[x][1]][2]};
  }
  Relatives Children(int x) const {
    Relatives children;
    for (int i = 0; i < int(rows_.size()); ++i) {
      if (Parents(i).count(x) > 0) children.insert(i);
    }
    return children;
  }
  Relatives Siblings(int x) const {
    Relatives siblings;
    for (const int parent : Parents(x)) {
      for (const int child : Children(parent)) siblings.insert(child);
    }
    siblings.erase(x);
    return siblings;
  }
  template <class Step>
  Relatives Each(const Relatives& people, const Step& step) const {
    Relatives found;
    for (const int person : people) {
      for (const int other : step(person)) found.insert(other);
    }
    return found;
  }
  // The word for what `a` is to `b`.
  std::string Word(int a, int b) const {
    const auto parents = [&](int x) { return Parents(x); };
    const auto children = [&](int x) { return Children(x); };
    const auto siblings = [&](int x) { return Siblings(x); };
    const Relatives grand = Each(Parents(b), parents);
    const Relatives grandchildren = Each(Children(b), children);
    const Relatives aunts = Each(Parents(b), siblings);
    const std::vector<std::pair<Relatives, std::pair<const char*, const char*>>> relations = {
        {grand, {"grandfather", "grandmother"}},
        {Each(grand, parents), {"great-grandfather", "great-grandmother"}},
        {grandchildren, {"grandson", "granddaughter"}},
        {Each(grandchildren, children), {"great-grandson", "great-granddaughter"}},
        {aunts, {"uncle", "aunt"}},
        {Each(grand, siblings), {"great-uncle", "great-aunt"}},
        {Each(Siblings(b), children), {"nephew", "niece"}},
        {Each(aunts, children), {"cousin", "cousin"}}};
    std::string word;
    for (const auto& [people, words] : relations) {
      if (people.count(a) == 0) continue;
      if (!word.empty()) return "two words";
      word = rows_[a][0] == 1 ? words.second : words.first;
    }
    return word;
  }

 private:
  IntGrid rows_;
};

std::optional<std::string> Prove(const Draft& draft) {
  const Kin kin(draft.params["tree"].get<IntGrid>());
  std::string text;
  for (const auto& pair : draft.params["asked"].get<IntGrid>()) {
    text += (text.empty() ? "" : ", ") + kin.Word(pair[0], pair[1]);
  }
  if (text != draft.reference) return "by definition: " + text;
  return std::nullopt;
}

}  // namespace

Family FamilyRelations() {
  return {"family_relations",
          "logic",
          "How members of a family are related",
          "Hinton, Learning distributed representations of concepts, 1986 (family trees)",
          Generate,
          Prove};
}

}  // namespace assay
