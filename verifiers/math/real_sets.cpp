#include "verifiers/math/compare.h"
namespace assay::math {
std::optional<Match> CompareRealSets(const Ref&, const Ref&, Budget&) { return std::nullopt; }
}  // namespace assay::math
