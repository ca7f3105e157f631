// What is nothing by definition before the first update is exactly nothing in a run.
#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

// Each checks the same with other arithmetic: all weights, adapters, several micro-batches.
Job OnPolicyJob(const fs::path& run) {
  Job job;
  job.run = run;
  job.config["threads"] = 2;
  job.config["loss"] = {{"name", "grpo"}, {"beta", 0.04}};
  job.config["run"]["steps"] = 3;
  return job;
}

TEST_CASE("sampler and learner agree exactly; the first step has ratio 1, no KL, no clipping",
          "[trainer][runs]") {
  TempDir dir;
  std::vector<Job> jobs(3, OnPolicyJob(dir.path()));
  jobs[1].config["model"]["lora"] = {{"rank", 4}};
  jobs[2].config["optimizer"]["tokens_per_batch"] = 40;  // two groups a micro-batch
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].run = dir.path() / std::to_string(i);
    const Left left = RunHere(jobs[i]);
    REQUIRE(left.steps.size() == 3);
    for (const auto& step : left.steps) {
      CHECK(step.at("sampling/sampling_logp_difference/max") == 0);
      CHECK(step.at("training/rollout_probs_diff_max") == 0);
      CHECK(step.at("ratio_deviation_max") == 0);
      CHECK(step.at("actor/ppo_kl") == 0);
      CHECK(step.at("clip_ratio/region_mean") == 0);
    }
    CHECK(left.steps[0].at("kl") == 0);
    CHECK(left.steps[2].at("kl") > 0);
  }
}

// Samples of a step are told apart from the policy once an update has moved it.
TEST_CASE("the sampler agrees with the policy that was, not with the one that is",
          "[trainer][runs]") {
  TempDir dir;
  Job job = OnPolicyJob(dir.path() / "run");
  job.config["loss"]["epochs"] = 2;
  job.config["loss"]["minibatches"] = 3;
  for (const auto& step : RunHere(job).steps) {
    CHECK(step.at("sampling/sampling_logp_difference/max") == 0);
    CHECK(step.at("ratio_deviation_max") > 0);
  }
}

}  // namespace
}  // namespace assay
