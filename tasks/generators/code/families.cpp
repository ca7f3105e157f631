// Every code family: one line each in families.inc, sorted.
#include "tasks/generators/registry.h"

namespace assay {

#define FAMILY(Name) Family Name();
#include "tasks/generators/code/families.inc"
#undef FAMILY

std::vector<Family> CodeFamilies() {
  return {
#define FAMILY(Name) Name(),
#include "tasks/generators/code/families.inc"
#undef FAMILY
  };
}

}  // namespace assay
