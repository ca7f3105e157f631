// verifiers/math/angles.h -- Formulas that are angles in degrees: "180^\circ - x".
//
// The degree sign may be left out, but it is left out everywhere: an angle in degrees equals the
// same formula without any sign, never one in radians. The argument of a function keeps its sign:
// "\sin 30^\circ" is no angle, and "\sin 30" another number.
#pragma once

#include <optional>

#include "verifiers/math/evaluate.h"

namespace assay::math {

// Whether every term of `e` that is a number carries the degree sign, and one does: 180^\circ - x,
// (n - 2) \cdot 180^\circ, \frac{180^\circ - x}{2}.
bool IsInDegrees(const Ref& e);

// Takes the degree signs off both, in trees of their own, where at least one is an angle in degrees
// and the other is one too or has no degree sign at all. Tells whether it did.
bool DropDegrees(Ref& a, Ref& b, Tree& scratch_a, Tree& scratch_b);

// Takes the degree signs off an angle in degrees.
Ref WithoutDegrees(const Ref& e, Tree& scratch);

}  // namespace assay::math
