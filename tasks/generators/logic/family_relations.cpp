// Kinship: how one person is related to another, from facts about couples and their children. By
// ways up and down the tree; the proof defines each relation by sets of relatives.
#include <algorithm>
#include <map>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

struct Person {
  bool female = false;
  int parent = -1;  // the one of the blood line; -1 for the founders and who married in
  int spouse = -1;
};

const char* RelationWord(int up, int down, bool female) {
  static const std::map<std::pair<int, int>, std::pair<const char*, const char*>> words = {
      {{1, 0}, {"father", "mother"}},
      {{2, 0}, {"grandfather", "grandmother"}},
      {{3, 0}, {"great-grandfather", "great-grandmother"}},
      {{0, 1}, {"son", "daughter"}},
      {{0, 2}, {"grandson", "granddaughter"}},
      {{0, 3}, {"great-grandson", "great-granddaughter"}},
      {{1, 1}, {"brother", "sister"}},
      {{2, 1}, {"uncle", "aunt"}},
      {{3, 1}, {"great-uncle", "great-aunt"}},
      {{1, 2}, {"nephew", "niece"}},
      {{2, 2}, {"cousin", "cousin"}}};
  const auto found = words.find({up, down});
  if (found == words.end()) return nullptr;
  return female ? found->second.second : found->second.first;
}

using Tree = std::vector<Person>;

// A name of the right kind for each person, or nothing where there are too few.
std::optional<std::vector<std::string>> NamesFor(Rng& rng, const Tree& tree) {
  static const std::vector<std::string> kWomen = {
      "Ada",  "Cleo", "Dora", "Fay",  "Hana", "Jana", "Lena", "Nora", "Pia",  "Rosa",
      "Tara", "Vera", "Yara", "Dina", "Ines", "Olga", "Ruth", "Mona", "Ella", "Greta"};
  static const std::vector<std::string> kMen = {
      "Ben",  "Emil", "Gus",  "Ivo",  "Kofi",  "Milo", "Omar",   "Ugo", "Wim",  "Zeno",
      "Amir", "Chen", "Bela", "Hugo", "Oskar", "Paul", "Viktor", "Tom", "Luis", "Jakob"};
  const auto women = PickSome(rng, kWomen, kWomen.size());
  const auto men = PickSome(rng, kMen, kMen.size());
  std::vector<std::string> names;
  std::size_t taken[2] = {};
  for (const Person& person : tree) {
    const auto& from = person.female ? women : men;
    std::size_t& next = taken[person.female ? 0 : 1];
    if (next == from.size()) return std::nullopt;
    names.push_back(from[next++]);
  }
  return names;
}

// Whoever married in counts as the parent of the couple's children as well.
std::vector<int> Ancestors(const Tree& tree, int person) {
  std::vector<int> line = {person};
  while (tree[line.back()].parent >= 0) line.push_back(tree[line.back()].parent);
  return line;
}

// What `a` is to `b` by blood, or null.
const char* Relation(const Tree& tree, int a, int b) {
  const auto line_a = Ancestors(tree, a);
  const auto line_b = Ancestors(tree, b);
  for (std::size_t up = 0; up < line_b.size(); ++up) {
    for (std::size_t down = 0; down < line_a.size(); ++down) {
      const bool meets = line_a[down] == line_b[up] ||
                         (down == 0 && tree[a].parent < 0 && tree[a].spouse == line_b[up]);
      if (meets && up + down > 0) return RelationWord(int(up), int(down), tree[a].female);
    }
  }
  return nullptr;
}

Tree Grow(Rng& rng, int generations, int children) {
  Tree tree = {{rng.Chance(0.5), -1, 1}};
  tree.push_back({!tree[0].female, -1, 0});
  std::vector<int> parents = {0};
  for (int g = 1; g < generations; ++g) {
    std::vector<int> next;
    for (const int parent : parents) {
      const int count = int(rng.Int(1, children));
      for (int i = 0; i < count; ++i) {
        next.push_back(int(tree.size()));
        tree.push_back({rng.Chance(0.5), parent, -1});
      }
    }
    if (g + 1 < generations) {
      std::vector<int> married;
      rng.Shuffle(next);
      for (const int child : next) {
        if (married.size() >= 2 && rng.Chance(0.4)) continue;
        tree[child].spouse = int(tree.size());
        married.push_back(child);
        tree.push_back({!tree[child].female, -1, child});
      }
      parents = married;
    }
  }
  return tree;
}

// Sentences that fix the tree: couples, and each child by one of its parents or by a sibling.
std::vector<std::string> Facts(Rng& rng, const Tree& tree, const std::vector<std::string>& names,
                               bool indirect) {
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
  const Tree tree = Grow(rng, generations, level <= 5 ? 2 : 3);
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
      const char* word = a == b ? nullptr : Relation(tree, a, b);
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
       "father, mother, son, daughter, brother, sister, uncle, aunt, nephew, niece, cousin, and "
       "these with grand- or great- (grandfather, great-grandson, great-aunt, …)"}};
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
