// verifiers/math/compare.h -- Whether an answer equals a reference, whatever kind of thing they
// are.
#pragma once

#include <string_view>
#include <vector>

#include "verifiers/math/scalar.h"

namespace assay::math {

// Symmetric, but for the rules that a spec turns on. `a_text` and `b_text` are what was parsed, for
// answers in words.
Match Compare(const Tree& a, std::string_view a_text, const Tree& b, std::string_view b_text,
              const Rules& rules, Budget& budget);

// Behind Compare, one file each.
Match CompareValues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);
Match CompareRelations(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);
Match CompareLists(const std::vector<Ref>& a, const std::vector<Ref>& b, bool ordered,
                   const Rules& rules, Budget& budget);

// The elements of a list, ± written out. A single value is a list of one.
std::vector<Ref> Elements(const Ref& e);

// "x = 5" names a value: the right side, or `e` itself. The name goes to `name`.
Ref StripAssignment(const Ref& e, std::string* name);

// Whether two sides of "≈" may be the same number: one rounds the other, to the nearest or cut off,
// in the digits that it gives. True where there is nothing to check (free names).
bool RoundsTo(const Ref& a, const Ref& b);
// Whether `rounded` is a number in digits that rounds `value`, the last digit being worth at most
// 10^place.
bool IsRoundingOf(const Ref& rounded, const Ref& value, int place);

// The values of two sides, at least one of which is a chain or names a value. A chain "2/3 ≈ 0.67"
// whose links hold also gives its rounded value, which may equal a number in digits.
Match CompareChainValues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);

// The relation that holds when the sides are exchanged.
Relation Mirror(Relation r);

// Sets of real numbers: intervals, unions, solved inequalities. Nothing where either side is none.
std::optional<Match> CompareRealSets(const Ref& a, const Ref& b, Budget& budget);

// Whether a = c b with a constant c != 0 (c > 0 if `positive`) by their normal forms. Nothing where
// these do not decide.
std::optional<Match> ProportionalNormalForms(const Ref& a, const Ref& b, bool positive,
                                             Budget& budget);

}  // namespace assay::math
