#include "tasks/generators/registry.h"

#include <algorithm>
#include <string>

#include "base/check.h"

namespace assay {
namespace {

std::vector<Family> Collect() {
  std::vector<Family> families;
  for (auto list : {CodeFamilies(), LogicFamilies(), MathFamilies()}) {
    std::sort(list.begin(), list.end(), [](const Family& a, const Family& b) {
      return std::string_view(a.name) < std::string_view(b.name);
    });
    families.insert(families.end(), list.begin(), list.end());
  }
  return families;
}

}  // namespace

const std::vector<Family>& AllFamilies() {
  static const std::vector<Family> families = Collect();
  return families;
}

const Family* FindFamily(std::string_view name) {
  const auto& families = AllFamilies();
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&](const Family& family) { return name == family.name; });
  return found == families.end() ? nullptr : &*found;
}

std::vector<std::string> FamilyNames() {
  std::vector<std::string> names;
  for (const Family& family : AllFamilies()) names.emplace_back(family.name);
  return names;
}

}  // namespace assay
