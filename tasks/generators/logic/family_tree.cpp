#include "tasks/generators/logic/family_tree.h"

#include <map>

namespace assay {
namespace {

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

// Whoever married in counts as the parent of the couple's children as well.
std::vector<int> Ancestors(const FamilyTree& tree, int person) {
  std::vector<int> line = {person};
  while (tree[line.back()].parent >= 0) line.push_back(tree[line.back()].parent);
  return line;
}

}  // namespace

std::optional<std::vector<std::string>> NamesFor(Rng& rng, const FamilyTree& tree) {
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

const char* BloodRelation(const FamilyTree& tree, int a, int b) {
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

FamilyTree GrowTree(Rng& rng, int generations, int children) {
  FamilyTree tree = {{rng.Chance(0.5), -1, 1}};
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

}  // namespace assay
