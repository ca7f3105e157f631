// trainer/stages/trainer.h -- A training run: opens or resumes it, takes its steps, saves it.
//
// Everything random is keyed by (seed, step, problem, sample, position), so a run that was stopped
// and continued is, bit by bit, the run that was not.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "trainer/distributed/group.h"
#include "trainer/stages/checkpoint.h"
#include "trainer/stages/data.h"
#include "trainer/stages/held_out.h"
#include "trainer/stages/memory_plan.h"
#include "trainer/stages/metrics.h"
#include "trainer/stages/policy_update.h"
#include "trainer/stages/rollout.h"
#include "trainer/stages/train_config.h"
#include "trainer/stages/watch.h"

namespace assay {

struct TrainEvents {
  // After each step; `step` counts from 1. Called on the training thread.
  std::function<void(std::int64_t step, std::int64_t steps, const Metrics& metrics)> on_step;
  std::function<void(const std::string& message)> on_warning;
  // For the intervals of held-out scores; without it they have none.
  Estimator estimate;
};

class Trainer {
 public:
  // Makes `run` or continues it. kInput when it holds a run of another configuration (the number of
  // steps may differ), or when the plan does not fit the memory. `group` must outlive the trainer;
  // null: this process alone. All its processes open the same run; the first one alone writes to
  // it, evaluates held-out problems and calls `events`. What fails in one process fails in all.
  // Learners on GPUs exchange over NCCL (see OpenBulk).
  static Result<std::unique_ptr<Trainer>> Open(const TrainConfig& config,
                                               const std::filesystem::path& run, TrainEvents events,
                                               ProcessGroup* group = nullptr);
  // Takes the steps that are left and saves. The last checkpoint's folder.
  Result<std::filesystem::path> Run();

  Learner& learner() { return *learner_; }
  const TrainerState& state() const { return state_; }

 private:
  Trainer() = default;
  Result<void> OpenAll();
  Result<void> OpenModel();
  Result<void> OpenReference(const Key& key);
  Result<void> OpenTeacher(const LocalParts& parts, const Key& key);
  Result<void> OpenData();
  Result<void> OpenRun();
  Result<void> OpenFolder();
  // What bulk goes over from here on; the device is in use already.
  Result<void> OpenExchange();
  // Whether prompts and responses fit the model's context.
  Result<void> CheckContext() const;
  Result<void> Step();
  // Writes and reports a step's metrics, and saves where it is time to.
  Result<void> Tell(const Metrics& metrics);
  Result<void> TooManySkipped() const;
  Result<void> StopUnscored(const Unscored& unscored);
  std::string LastSaved() const;
  Result<void> SupervisedStep(Metrics& metrics);
  Result<void> PolicyStep(Metrics& metrics);
  // Nothing once more than reward.max_error_share of the samples drawn are unscored.
  Result<std::vector<RolloutGroup>> Sampled(Unscored& unscored, Metrics& metrics);
  Result<const TrainProblem*> NextProblem();
  void CountStreams(const std::vector<RolloutGroup>& groups, Metrics& metrics);
  Result<void> Gather();
  Result<void> GatherAlone();
  bool IsScore(const HeldOutResult& result) const;
  Result<HeldOutResult> EvaluateAlone(Metrics& metrics);
  Updater UpdaterNow();
  Result<void> EvaluateHeldOut(Metrics& metrics);
  Result<void> RefreshReference();
  Result<void> Save();
  // The policy with the weights of now.
  Result<Model*> Sampler();
  Sampling PolicySampling() const;
  void Warn(const std::string& message);

  TrainConfig config_;
  std::filesystem::path run_;
  std::unique_ptr<ProcessGroup> alone_;      // where nobody gave a group
  std::unique_ptr<ProcessGroup> over_nccl_;  // before the one that was given
  ProcessGroup* group_ = nullptr;
  TrainEvents events_;
  std::unique_ptr<LocalParts> parts_;
  CheckpointFiles files_;
  std::unique_ptr<Learner> learner_;
  std::unique_ptr<Learner> reference_;  // null when no KL term wants it
  std::unique_ptr<Learner> teacher_;    // for loss.logit_kl alone
  std::unique_ptr<AdamW> optimizer_;
  std::unique_ptr<MetricsLog> metrics_;  // of the first process alone
  std::optional<PromptEncoder> encoder_;
  TrainData data_;
  std::deque<TrainProblem> drawn_;  // of this step, from streams
  std::vector<Example> examples_;
  std::unique_ptr<HeldOut> held_out_;  // of the first process alone
  std::unique_ptr<LocalModel> sampler_;
  bool sampler_is_old_ = true;
  bool evaluates_ = false;  // whether there are held-out problems
  Watch watch_;
  std::vector<LoggedSample> logged_;  // of this step
  std::vector<std::string> notes_;    // warnings since the last step was written
  TrainerState state_;
  std::int64_t saved_step_ = -1;
  int skipped_steps_ = 0;  // in a row, up to now, with an update that was skipped
};

}  // namespace assay
