// Two processes are one, and a process that dies ends the job with one sentence.
#include <cmath>

#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

std::vector<double> Doubles(const std::string& bytes) {
  std::vector<double> numbers(bytes.size() / sizeof(double));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(double));
  return numbers;
}

void RunJob(const Job& job, const fs::path& scratch, int size) {
  for (const Child& child : StartJob(job, scratch, size, FreePort())) {
    const int status = child.Wait();
    INFO(child.Said());
    REQUIRE(status == 0);
  }
}

// Losses to 1e-7 and parameters (and moments) to 1e-6 after five steps, in double precision: with
// single precision AdamW turns the last bit of a gradient near zero into a step of full size.
void CheckTwoAreOne(const Job& job, const fs::path& scratch, const std::string& name) {
  INFO(name);
  Job one = job, two = job;
  one.double_precision = two.double_precision = true;
  one.run = scratch / (name + "-one");
  two.run = scratch / (name + "-two");
  const Left expected = RunHere(one);
  RunJob(two, scratch, 2);
  const Left found = WhatIsLeft(two.run);
  REQUIRE(found.steps.size() == expected.steps.size());
  for (std::size_t step = 0; step < found.steps.size(); ++step) {
    CHECK(std::abs(found.steps[step].at("loss") - expected.steps[step].at("loss")) <= 1e-7);
    CHECK(found.steps[step].at("grad_norm") ==
          Approx(expected.steps[step].at("grad_norm")).epsilon(1e-7));
    CHECK(found.steps[step].at("num_tokens") == expected.steps[step].at("num_tokens"));
  }
  const auto a = Doubles(expected.files.at("trainer.bin") + expected.files.at("moments.bin"));
  const auto b = Doubles(found.files.at("trainer.bin") + found.files.at("moments.bin"));
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  CHECK(worst <= 1e-6);
}

TEST_CASE("two processes equal one on the same batch", "[trainer][runs][distributed]") {
  TempDir dir;
  Job job;  // responses of 1 to 4 tokens, so the halves are uneven
  job.config["rollout"]["prompts"] = 5;
  CheckTwoAreOne(job, dir.path(), "dapo");
  job.config["loss"] = {{"name", "grpo"},
                        {"beta", 0.05},
                        {"entropy_quantile", 0.3},
                        {"entropy_bonus", 0.01},
                        {"scale", "batch"}};
  job.config["rollout"]["refill_rounds"] = 1;
  CheckTwoAreOne(job, dir.path(), "grpo");
  job.config["loss"] = {{"reward_kl", 0.05}, {"minibatches", 2}, {"epochs", 2}};
  job.config["rollout"] = {{"prompts", 6}, {"group", 3}, {"max_tokens", 4}};
  job.stage = "ppo";
  CheckTwoAreOne(job, dir.path(), "ppo");
  job.config.erase("loss");
  job.config.erase("rollout");
  job.config["run"]["batch"] = 7;
  job.stage = "sft";
  CheckTwoAreOne(job, dir.path(), "sft");
}

TEST_CASE("two processes again, or stopped and resumed: the same bytes",
          "[trainer][runs][distributed]") {
  TempDir dir;
  Job job;
  job.run = dir.path() / "first";
  RunJob(job, dir.path(), 2);
  const Left first = WhatIsLeft(job.run);
  job.run = dir.path() / "second";
  job.config["run"]["steps"] = 2;
  RunJob(job, dir.path(), 2);
  job.config["run"]["steps"] = 5;
  RunJob(job, dir.path(), 2);
  CHECK(WhatIsLeft(job.run) == first);
}

// Another one is held up for longer than a busy machine would: it is not gone.
TEST_CASE("a killed process ends the job with one message", "[trainer][runs][distributed]") {
  TempDir dir;
  Job job;
  job.silence_ms = 5000;
  job.run = dir.path() / "run";
  job.config["run"]["steps"] = 100000;
  job.config["run"]["save_every"] = 2;
  const auto begin = std::chrono::steady_clock::now();
  const auto children = StartJob(job, dir.path(), 3, FreePort());
  while (!LastCheckpoint(job.run) &&
         std::chrono::steady_clock::now() - begin < std::chrono::seconds(120)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  REQUIRE(LastCheckpoint(job.run).has_value());
  const auto killed = std::chrono::steady_clock::now();
  ::kill(children[2].pid, SIGSTOP);
  ::kill(children[1].pid, SIGKILL);
  std::this_thread::sleep_for(std::chrono::milliseconds(3500));
  ::kill(children[2].pid, SIGCONT);
  CHECK(children[1].Wait() == -SIGKILL);
  CHECK(children[0].Wait() == 9);
  CHECK(children[2].Wait() == 9);
  CHECK(std::chrono::steady_clock::now() - killed < std::chrono::seconds(60));
  const std::string said = children[0].Said();
  INFO(said);
  CHECK(said.find("message: process 1 of 3 is gone: missed at ") != std::string::npos);
  CHECK(children[2].Said().find("message:") == std::string::npos);
  CHECK(LastCheckpoint(job.run).has_value());
}

}  // namespace
}  // namespace assay
