// verifiers/math/definitions.h -- Definitions of functions: "f(x) = x^2" and "f(t) = t^2" are one.
#pragma once

#include "verifiers/math/evaluate.h"

namespace assay::math {

// The f^{-1} of f^{-1}(2).
bool IsInverseFunction(const Ref& e);

// Gives the arguments of two definitions common names, in trees of their own, where both define a
// function of one name with as many arguments. A name that one of them uses without declaring it
// stays what it is. Tells whether it did.
bool UnifyArguments(Ref& a, Ref& b, Tree& scratch_a, Tree& scratch_b);

// Whether two equations give values of one function at numbers that differ: f(2) = 5, f(3) = 5.
bool AtOtherNumbers(const Ref& a, const Ref& b, Budget& budget);

}  // namespace assay::math
