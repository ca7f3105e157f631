// trainer/stages/held_out.h -- Evaluation on held-out problems with the runner that `assay score`
// is.
//
// Each evaluation is a run folder of its own (RUN/held-out/step-000120/run.db), so that `assay
// report` and `assay compare` read it. Generated problems are written as a pack
// (RUN/held-out/pack): `assay score RUN/step-000120 --suite RUN/held-out/pack --seed S` draws and
// judges the very same samples.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "runner/evaluate.h"
#include "trainer/stages/data.h"
#include "trainer/stages/rollout.h"

namespace assay {

struct Interval {
  double value = 0, low = 0, high = 1;
};
// pass@1 with its 95 % interval from (correct, drawn) of each problem. The trainer does no
// statistics of its own: the program hands in the reports'.
struct ProblemTally {
  std::int64_t correct = 0, drawn = 0;
};
using Estimator = std::function<Interval(const std::vector<ProblemTally>&)>;

struct HeldOutResult {
  std::vector<ProblemTally> problems;  // those with a counted sample
  double correct = 0;                  // mean over problems of the share of right samples
  double reward = 0;                   // mean over counted samples
  Unscored unscored;                   // samples without a verdict on the answer
};

class HeldOut {
 public:
  // `suite` is kept; writes the pack where the problems are generated.
  static Result<std::unique_ptr<HeldOut>> Make(const TrainConfig& config, Suite suite,
                                               const std::filesystem::path& run);
  Result<HeldOutResult> Evaluate(Model& model, std::int64_t step);
  // Points into this object.
  const std::vector<PlannedQuestion>& plan() const { return plan_; }

 private:
  HeldOut() = default;
  std::filesystem::path folder_;
  std::uint64_t seed_ = 0;
  EvaluateOptions options_;
  std::vector<QuestionSet> suites_;
  std::vector<PlannedQuestion> plan_;
};

// The samples of a stored run without a verdict on the answer: the verifier failed, or the model.
Result<Unscored> UnscoredIn(const std::filesystem::path& folder);

// The identity record of a run that the trainer makes.
RunRecord TrainerRunRecord(Model& model, std::uint64_t seed,
                           const std::vector<QuestionSet>& suites);

}  // namespace assay
