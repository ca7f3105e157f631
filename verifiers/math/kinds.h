// verifiers/math/kinds.h -- The comparisons behind CompareValues, which chooses by the kinds of
// both sides. All are symmetric, but for the rules that a spec turns on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "verifiers/math/compare.h"

namespace assay::math {

// Whether `op` makes a number or a formula, as opposed to a collection, a statement or words.
bool IsScalar(Op op);

// Part by part, in order.
Match CompareSequences(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);
// Two sets in braces: the same elements, however often they stand there.
Match CompareSets(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);

// Values by name: "x = 2, y = 3" and "(x, y) = (2, 3)". Empty for anything else.
using NamedRefs = std::vector<std::pair<std::string, Ref>>;
NamedRefs Assignments(const Ref& e);
Match CompareAssignments(NamedRefs a, NamedRefs b, const Rules& rules, Budget& budget);
// "x = 2, y = 3" gives the tuple (2, 3): every value named, no name twice.
std::vector<Ref> NamedValues(const Ref& list);

// Whether it is an angle in degrees, or anything else with the degree sign on it.
bool MeasuresDegrees(const Ref& e);
// Quantities: the values, and the units where both sides give one.
Match CompareQuantities(Ref a, Ref b, const Rules& rules, Budget& budget);
// Angles of which one at least is in degrees; nothing for anything else. An angle in radians is
// another answer.
std::optional<Match> CompareAngles(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);
// a (mod m) against b (mod m).
Match CompareResidues(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);

// Ratios and times of day, at least one of them.
Match CompareColons(const Ref& a, const Ref& b, const Rules& rules, Budget& budget);

// 3i + 4j as the vector (3, 4), of `size` parts; nothing where it is none.
std::optional<Tree> UnitVectors(const Ref& e, std::size_t size);

}  // namespace assay::math
