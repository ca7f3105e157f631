#include "tasks/review/hints.h"

namespace assay {

Result<Hints> ReadHints(const Problem& problem, const Json& spec) {
  Hints hints;
  hints.unique = !spec.is_object() || spec.value("kind", Json()) != "program";
  const auto review = problem.meta.find("review");
  if (review == problem.meta.end()) return hints;
  if (!review->is_object()) {
    return Fail(ErrorCode::kInput, "{}: meta: \"review\": expected an object", problem.id);
  }
  Fields fields(*review, problem.id + ": meta: review");
  hints.response = fields.OptionalString("response");
  hints.wrong = fields.OptionalStrings("wrong").value_or(hints.wrong);
  hints.mutants = fields.OptionalStrings("mutants").value_or(hints.mutants);
  hints.unique = fields.OptionalBool("unique").value_or(hints.unique);
  if (auto done = fields.Done(); !done) return Pass(done.error());
  return hints;
}

}  // namespace assay
