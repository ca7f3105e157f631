// What goes wrong in a run: gradients and rewards that are not numbers, verifiers that fail.
// Nothing that was learnt or saved is lost.
#include <cmath>
#include <limits>

#include "tests/trainer/runs/toy_run.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/policy_update.h"

namespace assay {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<float> AllWeights(const Learner& learner) {
  std::vector<float> all;
  for (const ParameterView& view : learner.parameters()) {
    all.insert(all.end(), view.floats().begin(), view.floats().end());
  }
  return all;
}

TEST_CASE("an update whose gradients are not finite changes nothing", "[trainer][runs]") {
  TempDir dir;
  Job job;
  job.run = dir.path() / "run";
  TrainConfig config = ToyConfig(job.config, StageKind::kGrpo);
  config.optimizer.learning_rate = 0.1;
  auto trainer = Trainer::Open(config, job.run, {});
  REQUIRE(trainer.has_value());
  Learner& learner = (*trainer)->learner();
  AdamW optimizer(config.optimizer.adamw, learner.parameters());
  const auto group = Alone();
  TrainerState state;
  std::vector<std::string> warnings;
  Updater updater{config, learner, nullptr, optimizer, *group, state, [&](const std::string& text) {
                    warnings.push_back(text);
                  }};
  const auto moments = [&] {
    std::string bytes;
    for (const auto part : optimizer.StateBytes()) bytes.append(part.data(), part.size());
    return bytes;
  };
  const auto weights = AllWeights(learner);
  const std::string before = moments();
  for (const double bad : {kNan, HUGE_VAL}) {
    learner.ZeroGradients();
    for (const ParameterView& view : learner.parameters()) view.float_gradient()[0] = 1;
    learner.parameters().back().float_gradient()[0] = static_cast<float>(bad);
    Metrics metrics;
    REQUIRE(updater.ApplyGradients(metrics).has_value());
    CHECK_FALSE(std::isfinite(*Named(metrics, "grad_norm")));
    CHECK_FALSE(Named(metrics, "learning_rate").has_value());
  }
  CHECK(AllWeights(learner) == weights);
  CHECK(moments() == before);
  CHECK(optimizer.steps() == 0);
  CHECK(state.skipped == 2);
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].find("not finite") != std::string::npos);

  // A good one afterwards counts.
  learner.ZeroGradients();
  learner.parameters().back().float_gradient()[0] = 1;
  Metrics metrics;
  REQUIRE(updater.ApplyGradients(metrics).has_value());
  CHECK(AllWeights(learner) != weights);
  CHECK(state.skipped == 2);
}

// A step of this size sends every weight out of the range of its exponentials.
TEST_CASE("a run whose gradients stay infinite ends, and keeps what it saved before",
          "[trainer][runs]") {
  TempDir dir;
  Job job;
  job.run = dir.path() / "run";
  job.stage = "sft";
  job.config["run"] = {{"steps", 2}, {"batch", 8}, {"save_every", 1}, {"keep_last", 1}};
  RunHere(job);
  const Left good = WhatIsLeft(job.run);
  job.config["run"]["steps"] = 40;
  // The same run goes on from weights that somebody broke: a row of the embedding is not a number.
  auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kSft), job.run, {});
  REQUIRE(trainer.has_value());
  for (float& weight : (*trainer)->learner().parameters()[0].floats()) {
    weight = static_cast<float>(kNan);
  }
  const auto ran = (*trainer)->Run();
  REQUIRE(!ran.has_value());
  CHECK(ran.error().code == ErrorCode::kUnavailable);
  CHECK(ran.error().message.find("10 steps in a row") != std::string::npos);
  CHECK(ran.error().message.find("step-000002") != std::string::npos);
  CHECK((*trainer)->state().skipped == 10);
  CHECK(WhatIsLeft(job.run).files == good.files);
}

// A pack whose verifier fails on every response.
fs::path BrokenPack(const fs::path& folder) {
  fs::create_directories(folder);
  REQUIRE(WriteFileAtomically(folder / "pack.json",
                              R"({"name": "broken", "version": "1.0.0", "licence": "CC0-1.0", )"
                              R"("source": "test"})")
              .has_value());
  REQUIRE(WriteFileAtomically(folder / "verify.py", "raise RuntimeError('gone')\n").has_value());
  std::string problems;
  for (int i = 0; i < 12; ++i) {
    problems += fmt::format(R"({{"id": "p{0}", "prompt": "{0:04}=", "reference": "0", )"
                            R"("verifier": {{"kind": "program", "file": "verify.py"}}}})"
                            "\n",
                            i);
  }
  REQUIRE(WriteFileAtomically(folder / "problems.jsonl", problems).has_value());
  return folder;
}

TEST_CASE("a run whose rewards cannot be computed ends with the reason", "[trainer][runs]") {
  TempDir dir;
  Job job;
  job.run = dir.path() / "run";
  job.config["data"] = {{"suite", BrokenPack(dir.path() / "pack").string()}, {"chat", false}};
  job.config["run"] = {{"steps", 3}, {"log_samples", 0}};
  auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kGrpo), job.run, {});
  INFO((trainer ? std::string() : trainer.error().message));
  REQUIRE(trainer.has_value());
  const auto weights = AllWeights((*trainer)->learner());
  const auto ran = (*trainer)->Run();
  REQUIRE(!ran.has_value());
  INFO(ran.error().message);
  CHECK(ran.error().code == ErrorCode::kUnavailable);
  CHECK(ran.error().message.find("step 1: 100% of the samples could not be scored") == 0);
  CHECK(ran.error().message.size() > std::string("step 1: 100% of the samples could not be scored "
                                                 "(reward.max_error_share is 20%): ")
                                         .size());
  CHECK(AllWeights((*trainer)->learner()) == weights);
}

TEST_CASE("a held-out evaluation without verdicts is no score of nought", "[trainer][runs]") {
  TempDir dir;
  Job job;
  job.run = dir.path() / "run";
  job.config["data"]["held_out"] = BrokenPack(dir.path() / "pack").string();
  job.config["run"] = {{"steps", 1}, {"eval_every", 1}, {"log_samples", 0}, {"keep_best", true}};
  TrainEvents events;
  std::vector<std::string> warnings;
  std::vector<Metrics> steps;
  events.on_warning = [&](const std::string& text) { warnings.push_back(text); };
  events.on_step = [&](std::int64_t, std::int64_t, const Metrics& metrics) {
    steps.push_back(metrics);
  };
  auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kGrpo), job.run, events);
  INFO((trainer ? std::string() : trainer.error().message));
  REQUIRE(trainer.has_value());
  REQUIRE((*trainer)->Run().has_value());
  REQUIRE(steps.size() == 2);  // before and after the step
  for (const Metrics& metrics : steps) {
    CHECK(Named(metrics, "eval/unscored") == 12.0);
    CHECK_FALSE(Named(metrics, "eval/correct").has_value());
    CHECK_FALSE(Named(metrics, "eval/low").has_value());
  }
  CHECK((*trainer)->state().best_step == -1);
  REQUIRE(!warnings.empty());
  CHECK(warnings[0].find(
            "step 0: 12 of 12 held-out samples could not be scored: verify() failed") == 0);
}

}  // namespace
}  // namespace assay
