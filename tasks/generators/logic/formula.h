// tasks/generators/logic/formula.h -- Propositional formulas for generators.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

enum class Connective { kVariable, kNot, kAnd, kOr, kImplies, kIff };

struct Formula {
  Connective connective = Connective::kVariable;
  int variable = 0;            // of kVariable
  std::vector<Formula> parts;  // one for kNot, two for the others
};

// A formula over variables 0 … variables - 1 with `size` connectives besides negations of
// variables.
Formula RandomFormula(Rng& rng, int variables, int size);
// Bit i of `assignment` is variable i.
bool Holds(const Formula& formula, unsigned assignment);
// "(P and not Q) implies R", with the variables' names; brackets around compound parts.
std::string FormulaText(const Formula& formula, const std::vector<std::string>& names);
// Nested arrays for draft.params, and back: 2 is variable 2, ["not", 2], ["and", 0, 1].
Json FormulaJson(const Formula& formula);
Formula FormulaFrom(const Json& json);

// Whether the sequent `left` |- `right` (all of left, some of right) is valid, by backward proof
// search in Gentzen's LK.
bool Provable(std::vector<Formula> left, std::vector<Formula> right);

}  // namespace assay
