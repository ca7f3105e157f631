// Every family: one line each in its domain's families.inc, sorted.
#include "tasks/generators/registry.h"

namespace assay {

#define FAMILY(Name) Family Name();
#include "tasks/generators/code/families.inc"
#include "tasks/generators/logic/families.inc"
#include "tasks/generators/math/families.inc"
#undef FAMILY

#define FAMILY(Name) Name(),

std::vector<Family> CodeFamilies() {
  return {
#include "tasks/generators/code/families.inc"
  };
}

std::vector<Family> LogicFamilies() {
  return {
#include "tasks/generators/logic/families.inc"
  };
}

std::vector<Family> MathFamilies() {
  return {
#include "tasks/generators/math/families.inc"
  };
}

#undef FAMILY

}  // namespace assay
