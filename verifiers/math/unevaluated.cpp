// Which construct keeps a value from being known.
#include "verifiers/math/scalar.h"

namespace assay::math {
namespace {

// What of `e` is parsed but not evaluated, or nullptr.
const char* Unevaluated(const Ref& e) {
  const auto infinite = [](const Ref& bound) {
    const Ref inside = bound.op() == Op::kNeg ? bound.kid(0) : bound;
    return inside.op() == Op::kConstant &&
           inside.node().aux == static_cast<int>(Constant::kInfinity);
  };
  switch (e.op()) {
    case Op::kIntegral:
      if (e.kid_count() != 4) return "an antiderivative has no value";
      if (infinite(e.kid(2)) || infinite(e.kid(3)))
        return "an integral to infinity is not evaluated";
      return "an integral with a singularity on its segment is not evaluated";
    case Op::kProduct:
      if (infinite(e.kid(3))) return "an infinite product is not evaluated";
      break;
    case Op::kSum:
      if (infinite(e.kid(3))) return "an infinite sum of this kind is not evaluated";
      break;
    case Op::kLimit:
      return "a limit of this kind is not evaluated";
    default:
      break;
  }
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (const char* why = Unevaluated(e.kid(i)); why != nullptr) return why;
  }
  return nullptr;
}

}  // namespace

const char* WhyNoValue(const Ref& a, const Ref& b) {
  for (const Ref& side : {a, b}) {
    if (const char* why = Unevaluated(side); why != nullptr) return why;
  }
  return "it has no value within the bounds";
}

}  // namespace assay::math
