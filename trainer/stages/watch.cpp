#include "trainer/stages/watch.h"

#include <fmt/format.h>

#include "trainer/stages/describe.h"

namespace assay {
namespace {

constexpr double kMuchClipped = 0.5;
constexpr double kMostlyFlat = 0.9;
constexpr double kEntropyLeft = 0.02;     // of the first step's
constexpr double kFarFromSampler = 1e-2;  // in log-probability
constexpr double kRewardUp = 0.02;

}  // namespace

void Watch::Say(const std::string& kind, std::string text) {
  const auto told = last_.find(kind);
  if (told != last_.end() && step_ - told->second < kQuietSteps) return;
  last_[kind] = step_;
  said_.push_back(fmt::format("step {}: {}", step_, text));
}

bool Watch::Lasting(const std::string& kind, bool now, int steps) {
  int& count = in_a_row_[kind];
  count = now ? count + 1 : 0;
  return count >= steps;
}

void Watch::LookAtSamples(const Metrics& metrics) {
  const auto reward = Named(metrics, "reward");
  if (!reward) return;
  reward_sum_ += *reward;
  ++reward_steps_;
  const double clipped = Named(metrics, "completions/clipped_ratio").value_or(0);
  const double length = Named(metrics, "completions/mean_length").value_or(0);
  // A model that never ends its turn by design (one token more would be none) has short responses.
  if (Lasting("clipped", clipped > kMuchClipped && length > 8, kClippedSteps)) {
    Say("clipped", fmt::format("{:.0f} % of the responses were cut off, so most rewards judge "
                               "unfinished text: raise rollout.max_tokens, or teach the model to "
                               "end (sft), or weigh reward.overlong",
                               100 * clipped));
  }
  const double flat = Named(metrics, "frac_reward_zero_std").value_or(0);
  const double deviation = Named(metrics, "reward_std").value_or(0);
  const bool no_reward = deviation == 0 && flat == 1;
  if (Lasting("nothing", no_reward, kUnrewardedSteps)) {
    Say("nothing",
        fmt::format("all samples of a step have the same reward ({:.3f}): nothing can be "
                    "learnt. {}",
                    *reward,
                    *reward > 0.5 ? "The problems are too easy: name higher levels"
                                  : "The problems are too hard for the start: begin "
                                    "with sft, or with lower levels"));
  } else if (Lasting("flat", flat > kMostlyFlat, kFlatSteps)) {
    Say("flat", fmt::format("{:.0f} % of the groups have no spread in reward and teach nothing: "
                            "set rollout.refill_rounds or data.curriculum, or change the levels",
                            100 * flat));
  }
  if (const double unscored = Named(metrics, "unscored").value_or(0); unscored > 0) {
    Say("unscored", fmt::format("{:.1f} % of the samples could not be scored; they have no part in "
                                "the update",
                                100 * unscored));
  }
}

void Watch::LookAtUpdate(const Metrics& metrics) {
  const auto entropy = Named(metrics, "entropy");
  if (!entropy) return;
  if (!first_entropy_) first_entropy_ = *entropy;
  const double reward_std = Named(metrics, "reward_std").value_or(0);
  if (Lasting("entropy", *entropy < kEntropyLeft * *first_entropy_ && reward_std > 0, kFlatSteps)) {
    Say("entropy", fmt::format("entropy fell from {:.3f} to {:.4f}: the policy hardly explores any "
                               "more. Raise loss.eps_high or loss.entropy_bonus, or lower "
                               "optimizer.learning_rate",
                               *first_entropy_, *entropy));
  }
  const double apart = Named(metrics, "sampling/sampling_logp_difference/max").value_or(0);
  if (apart > kFarFromSampler) {
    Say("sampler", fmt::format("sampler and learner differ by {:.1e} in the log-probability of a "
                               "token: rewards go to other probabilities than were sampled from",
                               apart));
  }
}

void Watch::LookAtHeldOut(const Metrics& metrics) {
  const auto correct = Named(metrics, "eval/correct");
  if (!correct) return;
  const Evaluation now = {reward_steps_ > 0 ? reward_sum_ / reward_steps_ : 0, *correct,
                          Named(metrics, "eval/low").value_or(*correct)};
  const double high = Named(metrics, "eval/high").value_or(*correct);
  if (best_ && reward_steps_ > 0 && now.reward > best_->reward + kRewardUp &&
      now.correct < best_->low && high < best_->correct) {
    Say("hacking", fmt::format("the training reward rose from {:.3f} to {:.3f} while the held-out "
                               "score fell from {:.3f} to {:.3f}, beyond their 95 % intervals: the "
                               "reward is being earned without the answers (look at the samples: "
                               "assay report), or the training problems are learnt by heart",
                               best_->reward, now.reward, best_->correct, now.correct));
  }
  if (!best_ || now.correct >= best_->correct) best_ = now;
  reward_sum_ = reward_steps_ = 0;
}

std::vector<std::string> Watch::Look(std::int64_t step, const Metrics& metrics) {
  step_ = step;
  said_.clear();
  LookAtSamples(metrics);
  LookAtUpdate(metrics);
  LookAtHeldOut(metrics);
  return said_;
}

}  // namespace assay
