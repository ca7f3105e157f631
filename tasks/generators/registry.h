// tasks/generators/registry.h -- Every family there is.
#pragma once

#include <string_view>
#include <vector>

#include "tasks/generators/family.h"

namespace assay {

// Sorted by domain, then name. Thread-safe.
const std::vector<Family>& AllFamilies();
// Null when there is none of that name.
const Family* FindFamily(std::string_view name);
std::vector<std::string> FamilyNames();

// Filled from tasks/generators/<domain>/families.inc.
std::vector<Family> MathFamilies();
std::vector<Family> CodeFamilies();
std::vector<Family> LogicFamilies();

}  // namespace assay
