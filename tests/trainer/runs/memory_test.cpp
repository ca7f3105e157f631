// The plan against the peak of a process that does what was planned.
#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

struct Shape {
  const char* name;
  std::string stage;
  std::int64_t vocabulary, hidden, intermediate, layers, tokens;
  bool recompute;
  int lora_rank;
};

Job JobOf(const Shape& shape, const fs::path& run) {
  Job job;
  job.run = run;
  job.stage = shape.stage;
  Json& model = job.config["model"];
  model["fresh"]["vocab_size"] = shape.vocabulary;
  model["fresh"]["hidden_size"] = shape.hidden;
  model["fresh"]["intermediate_size"] = shape.intermediate;
  model["fresh"]["num_hidden_layers"] = shape.layers;
  model["recompute_layers"] = shape.recompute;
  model["lora"] = {{"rank", shape.lora_rank}};
  job.config["optimizer"]["tokens_per_batch"] = shape.tokens;
  // A prompt of the toy task is 5 tokens, a response 4 digits and an end that needs no pass.
  job.config["data"]["count"] = 2000;
  job.config["run"]["steps"] = 2;
  job.config["run"]["batch"] = shape.tokens / 10;  // as the trainer counts
  job.config["rollout"] = {{"prompts", shape.tokens / 21}, {"group", 4}, {"max_tokens", 4}};
  return job;
}

TEST_CASE("the memory plan is within a tenth of the peak", "[trainer][runs][slow]") {
  TempDir dir;
  const Shape shapes[] = {
      {"a large vocabulary", "sft", 32000, 128, 256, 2, 4000, false, 0},
      {"many activations", "sft", 14, 256, 1024, 8, 3000, false, 0},
  };
  for (const Shape& shape : shapes) {
    const Job job = JobOf(shape, dir.path() / shape.name);
    const Child child = StartWorker(job, dir.path());
    const int status = child.Wait();
    INFO(shape.name << ": " << child.Said());
    REQUIRE(status == 0);
    const auto memory = ReadJsonFile(job.run / "memory.json");
    REQUIRE(memory.has_value());
    const auto model = ParseModelConfig(job.config["model"]["fresh"], "fresh");
    REQUIRE(model.has_value());
    const MemoryPlan plan = PlanMemory(*model, ToyConfig(job.config, *ParseStageKind(job.stage)));
    const double measured = memory->at("peak").get<double>() - memory->at("before").get<double>();
    const auto mb = [](double bytes) { return bytes / 1e6; };
    INFO("planned " << mb(static_cast<double>(plan.total())) << " MB (weights "
                    << mb(static_cast<double>(plan.weights)) << ", activations "
                    << mb(static_cast<double>(plan.activations)) << ", sampler "
                    << mb(static_cast<double>(plan.sampler)) << "), measured " << mb(measured)
                    << " MB");
    CHECK(static_cast<double>(plan.total()) == Approx(measured).epsilon(0.1));
  }
}

TEST_CASE("a run that does not fit is refused before it starts", "[trainer][runs]") {
  TempDir dir;
  Job job;
  job.run = dir.path() / "run";
  job.config["memory_gb"] = 0.001;
  const auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kGrpo), job.run, {});
  REQUIRE(!trainer.has_value());
  CHECK(trainer.error().message.find("the run needs about ") == 0);
  CHECK(!fs::exists(job.run / "metrics.jsonl"));
}

}  // namespace
}  // namespace assay
