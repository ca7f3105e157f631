// tasks/review/hints.h -- What an author tells the reviewer about a problem: meta.review.
//
//   response   a whole response that is right, where the reference in the usual form is not one
//   wrong      a list of answers that look right and are wrong; the verifier must refuse each
//   mutants    a list of programs that are wrong; the tests must refuse nine of ten
//   unique     whether only answers equal to the reference are right (default: true, but false for
//              kind "program"); then slips of the reference must be refused too
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tasks/problem.h"

namespace assay {

struct Hints {
  std::optional<std::string> response;
  std::vector<std::string> wrong;
  std::vector<std::string> mutants;
  bool unique = true;
};

// kInput naming the key when meta.review is malformed. `spec` judges the problem.
Result<Hints> ReadHints(const Problem& problem, const Json& spec);

}  // namespace assay
