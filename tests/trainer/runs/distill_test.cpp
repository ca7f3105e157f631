// Distillation from a local teacher's probabilities of every token, not only from its samples.
#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

// The toy task learnt from its references.
fs::path Teacher(const fs::path& run) {
  Job job;
  job.run = run;
  job.stage = "sft";
  job.config["run"] = {{"steps", 150}, {"batch", 64}, {"log_samples", 0}};
  job.config["optimizer"]["learning_rate"] = 0.003;
  RunHere(job);
  return *LastCheckpoint(run);
}

Job Student(const fs::path& run, const std::string& teacher) {
  Job job;
  job.run = run;
  job.stage = "distill";
  job.config["seed"] = 5;
  job.config["run"] = {{"teacher", teacher}, {"samples", 2}, {"keep", 2},
                       {"batch", 32},        {"epochs", 8},  {"log_samples", 0}};
  job.config["loss"] = {{"logit_kl", 0.75}};
  job.config["rollout"]["temperature"] = 0.7;
  job.config["rollout"]["max_tokens"] = 5;  // four digits and the end
  return job;
}

TEST_CASE("a student comes nearer to its teacher's probabilities", "[trainer][runs]") {
  TempDir dir;
  const fs::path teacher = Teacher(dir.path() / "teacher");
  const Job job = Student(dir.path() / "student", teacher.string());
  const Left left = RunHere(job);
  REQUIRE(left.steps.size() > 10);
  const auto& first = left.steps[1];  // 0 tells what was gathered
  const auto& last = left.steps.back();
  CHECK(first.at("teacher_kl") > 0.5);
  CHECK(last.at("teacher_kl") < 0.5 * first.at("teacher_kl"));
  CHECK(last.at("loss") < first.at("loss"));
  // Opened again, the same teacher is asked: the same bytes.
  Job parts = job;
  parts.run = dir.path() / "again";
  CHECK(RunHere(parts).files == left.files);
}

TEST_CASE("a teacher without weights, or of another vocabulary, is refused", "[trainer][runs]") {
  TempDir dir;
  const auto refusal = [&](const Job& job) {
    auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kDistill), job.run, {});
    return trainer ? std::string() : trainer.error().message;
  };
  Job job = Student(dir.path() / "a", "replay:" + (dir.path() / "replies.jsonl").string());
  CHECK(refusal(job).find("loss.logit_kl asks a checkpoint of this machine") == 0);
  Job small;
  small.run = dir.path() / "other";
  small.stage = "sft";
  small.config["model"]["fresh"]["vocab_size"] = 20;
  small.config["run"] = {{"steps", 0}};
  RunHere(small);
  job = Student(dir.path() / "b", LastCheckpoint(small.run)->string());
  CHECK(refusal(job).find("needs a teacher with the vocabulary of the policy") !=
        std::string::npos);
  // The share is one, and for distillation only.
  Json json = job.config;
  json["loss"]["logit_kl"] = 2;
  CHECK_FALSE(ParseTrainConfig(json, StageKind::kDistill, ASSAY_SOURCE_DIR, "toy").has_value());
  json["loss"]["logit_kl"] = 0.5;
  const auto grpo = ParseTrainConfig(json, StageKind::kGrpo, ASSAY_SOURCE_DIR, "toy");
  REQUIRE(!grpo.has_value());
  CHECK(grpo.error().message.find("logit_kl") != std::string::npos);
}

}  // namespace
}  // namespace assay
