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

// Sets of real numbers: intervals, unions, solved inequalities. Nothing where either side is none.
std::optional<Match> CompareRealSets(const Ref& a, const Ref& b, Budget& budget);

// Whether a = c b with a constant c != 0 (c > 0 if `positive`) by their normal forms. Nothing where
// these do not decide.
std::optional<Match> ProportionalNormalForms(const Ref& a, const Ref& b, bool positive,
                                             Budget& budget);

}  // namespace assay::math
