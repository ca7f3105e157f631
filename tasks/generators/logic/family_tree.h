// tasks/generators/logic/family_tree.h -- Couples and their children over some generations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

struct Person {
  bool female = false;
  int parent = -1;  // the one of the blood line; -1 for the founders and who married in
  int spouse = -1;
};

using FamilyTree = std::vector<Person>;

// One founding couple; every couple has 1 to `children` children.
FamilyTree GrowTree(Rng& rng, int generations, int children);
// A name of the right kind for each person, or nothing where there are too few.
std::optional<std::vector<std::string>> NamesFor(Rng& rng, const FamilyTree& tree);
// What `a` is to `b` by blood ("great-aunt"), or null.
const char* BloodRelation(const FamilyTree& tree, int a, int b);

}  // namespace assay
