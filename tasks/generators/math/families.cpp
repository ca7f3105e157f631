// Every math family: one line each in families.inc, sorted.
#include "tasks/generators/registry.h"

namespace assay {

#define FAMILY(Name) Family Name();
#include "tasks/generators/math/families.inc"
#undef FAMILY

std::vector<Family> MathFamilies() {
  return {
#define FAMILY(Name) Name(),
#include "tasks/generators/math/families.inc"
#undef FAMILY
  };
}

}  // namespace assay
