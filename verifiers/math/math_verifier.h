// verifiers/math/math_verifier.h -- {"kind": "math"}: whether a response gives the mathematical
// answer that the reference gives. docs/math-verifier.md states every rule.
//
// Spec keys, all optional:
//   profile     "default"; other graders' rules: see profiles.h
//   extract     "default" or "boxed" (nothing but \boxed counts)
//   rel, abs    accepted relative and absolute difference of numbers, 0 by default
//   ordered     lists keep their order (false)
//   units       a unit of the reference must be given (false)
//   percent     a bare number stands for the reference's percentage (false, unless the problem's
//               prompt asks for a percentage)
//   simplified  the answer must be in the reference's form: 2/4 is not 1/2 (false)
//   decimals    a decimal of at least 6 places stands for the number that it rounds (true)
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "verifiers/registry.h"

namespace assay {

// kInput where a key is unknown, or the reference does not parse as an answer (with the byte
// position at which it stopped making sense).
Result<std::unique_ptr<const Verifier>> MakeMathVerifier(const Json& spec,
                                                         const VerifierContext& context);

namespace math {

// How a verdict came about, for people.
struct Explanation {
  Verdict verdict;
  std::string reference;  // the parsed reference, printed
  std::string answer;     // the parsed answer, printed; "" if it did not parse
  std::string rule;       // by which rule the answer was found
};

}  // namespace math

// kInput as above.
Result<math::Explanation> ExplainMath(const Json& spec, const VerifierContext& context,
                                      std::string_view response);

}  // namespace assay
