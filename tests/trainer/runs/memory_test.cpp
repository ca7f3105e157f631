// The plan against the peak of a process that does what was planned.
#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

struct Shape {
  const char* name;
  std::string stage;
  std::int64_t vocabulary, hidden, intermediate, layers, tokens;
  bool recompute = false;
  int lora_rank = 0;
  std::vector<std::string> modules = LoraOptions().modules;
};

// The toy's tokenizer without the token that ends a response: every response has its full length.
fs::path EndlessTokenizer(const fs::path& folder) {
  fs::create_directories(folder);
  auto json =
      ReadJsonFile(ASSAY_SOURCE_DIR "/trainer/configs/sort-4-digits/tokenizer/tokenizer.json");
  REQUIRE(json.has_value());
  (*json)["added_tokens"] = Json::array();
  Json digits = Json::object();
  for (const auto& [token, id] : (*json)["model"]["vocab"].items()) {
    if (id.get<int>() < 12) digits[token] = id;
  }
  (*json)["model"]["vocab"] = digits;
  REQUIRE(WriteFileAtomically(folder / "tokenizer.json", DumpJson(*json)).has_value());
  return folder;
}

// Micro-batches as full as the plan takes them to be.
Job JobOf(const Shape& shape, const fs::path& scratch) {
  Job job;
  job.run = scratch / shape.name;
  job.stage = shape.stage;
  Json& model = job.config["model"];
  model["fresh"]["vocab_size"] = shape.vocabulary;
  model["fresh"]["hidden_size"] = shape.hidden;
  model["fresh"]["intermediate_size"] = shape.intermediate;
  model["fresh"]["num_hidden_layers"] = shape.layers;
  model["fresh"]["max_position_embeddings"] = 128;
  model["fresh"]["tie_word_embeddings"] = shape.vocabulary > 100;
  model["recompute_layers"] = shape.recompute;
  model["lora"] = {{"rank", shape.lora_rank}, {"modules", shape.modules}};
  job.config["optimizer"]["tokens_per_batch"] = shape.tokens;
  job.config["run"]["steps"] = 2;
  if (shape.stage == "sft") {
    // Twelve digits and "=", then twelve digits and an end.
    job.config["data"]["sort_digits"] = 12;
    job.config["run"]["batch"] = shape.tokens / 26;
  } else {
    // Four digits and "=", then 32 tokens of each of four samples.
    model["tokenizer"] = EndlessTokenizer(scratch / "endless").string();
    job.config["rollout"] = {{"prompts", shape.tokens / 133}, {"group", 4}, {"max_tokens", 32}};
  }
  return job;
}

TEST_CASE("the memory plan is within a tenth of the peak", "[trainer][runs][slow]") {
  TempDir dir;
  const Shape shapes[] = {
      {"a large vocabulary", "sft", 32000, 128, 256, 2, 2600},
      {"sft", "sft", 14, 128, 512, 8, 5200},
      {"grpo", "grpo", 14, 128, 512, 8, 5985},
      {"grpo, recomputed layers", "grpo", 14, 128, 512, 16, 11970, true},
      {"grpo, adapters", "grpo", 14, 128, 512, 8, 5985, false, 8},
      {"sft, two adapters, recomputed",
       "sft",
       14,
       128,
       512,
       16,
       10400,
       true,
       8,
       {"q_proj", "v_proj"}},
  };
  for (const Shape& shape : shapes) {
    const Job job = JobOf(shape, dir.path());
    const Child child = StartWorker(job, dir.path());
    const int status = child.Wait();
    INFO(shape.name << ": " << child.Said());
    REQUIRE(status == 0);
    const auto memory = ReadJsonFile(job.run / "memory.json");
    REQUIRE(memory.has_value());
    const auto model = ParseModelConfig(job.config["model"]["fresh"], "fresh");
    REQUIRE(model.has_value());
    const TrainMemory plan =
        PlanTraining(*model, ToyConfig(job.config, *ParseStageKind(job.stage)));
    const double measured = memory->at("peak").get<double>() - memory->at("before").get<double>();
    const auto mb = [](double bytes) { return bytes / 1e6; };
    const std::string line = fmt::format(
        "{}: planned {:.0f} MB (weights, gradients, moments {:.0f}, sampler {:.0f}, what comes and "
        "goes {:.0f}), measured {:.0f} MB",
        shape.name, mb(static_cast<double>(plan.total())),
        mb(static_cast<double>(plan.weights + plan.gradients + plan.moments)),
        mb(static_cast<double>(plan.sampler)), mb(static_cast<double>(plan.moment)), mb(measured));
    fmt::print("{}\n", line);
    INFO(line);
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
