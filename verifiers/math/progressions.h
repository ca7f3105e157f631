// verifiers/math/progressions.h -- General solutions that repeat: "\frac{\pi}{4} + k\pi".
//
// An answer that is linear in an integer parameter lists the arithmetic progression of its values,
// several of them a union. Two unions are compared as sets: all periods are rational multiples of
// one, offsets are sorted by whether they differ by rational multiples of it, and within such a
// class the progressions are residues to one modulus. A power of -1 with the parameter in its
// exponent stands for its even and its odd members.
#pragma once

#include <optional>
#include <string_view>

#include "verifiers/math/scalar.h"

namespace assay::math {

// Equal where both answers are unions of progressions with the same members, else nothing. One of
// them must say that its letter is an integer; the other may leave that out for the same letter, k
// and n. Where both leave it out, both must list solutions of one usual unknown (x, \theta), one of
// them several, with multiples of \pi for periods.
std::optional<Match> CompareProgressions(std::string_view a_text, std::string_view b_text,
                                         Budget& budget);

}  // namespace assay::math
