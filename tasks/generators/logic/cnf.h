// tasks/generators/logic/cnf.h -- Formulas in conjunctive normal form: 3 is x3, -3 is not x3.
#pragma once

#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

// `size` different variables, each negated or not, sorted by variable.
std::vector<int> RandomClause(Rng& rng, int variables, int size);
// Bit i of `assignment` is x(i+1).
bool ClauseHolds(const std::vector<int>& clause, unsigned assignment);
// "1. x1 or not x2\n2. …".
std::string ClausesText(const IntGrid& clauses);
// Whether some assignment makes all clauses true, by unit propagation and splitting (Davis, Putnam,
// Logemann and Loveland).
bool Satisfiable(IntGrid clauses);

}  // namespace assay
