// trainer/stages/watch.h -- Looks at each step's metrics and says, in a sentence with a remedy,
// when a run goes wrong in one of the ways that are known.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "trainer/stages/metrics.h"

namespace assay {

// One training run; one thread at a time. Each kind of warning is given once, and again only after
// kQuietSteps steps.
class Watch {
 public:
  static constexpr std::int64_t kQuietSteps = 50;
  // How many steps in a row a condition must hold.
  static constexpr int kClippedSteps = 3, kFlatSteps = 5, kUnrewardedSteps = 5;

  // What there is to say about step `step`; usually nothing.
  std::vector<std::string> Look(std::int64_t step, const Metrics& metrics);

 private:
  void Say(const std::string& kind, std::string text);
  bool Lasting(const std::string& kind, bool now, int steps);
  void LookAtSamples(const Metrics& metrics);
  void LookAtUpdate(const Metrics& metrics);
  void LookAtHeldOut(const Metrics& metrics);

  std::int64_t step_ = 0;
  std::vector<std::string> said_;             // in this step
  std::map<std::string, std::int64_t> last_;  // step a kind was told last
  std::map<std::string, int> in_a_row_;
  double reward_sum_ = 0, reward_steps_ = 0;  // since the last evaluation
  std::optional<double> first_entropy_;
  struct Evaluation {
    double reward = 0;  // mean training reward of the steps before it
    double correct = 0, low = 0;
  };
  std::optional<Evaluation> best_;
};

}  // namespace assay
