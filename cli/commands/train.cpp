// assay train: supervised and reinforcement learning from the verifiers that score.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "base/files.h"
#include "cli/commands.h"
#include "trainer/stages/trainer.h"

namespace assay::cli {
namespace {

struct Options {
  std::string stage;
  std::string config;
  std::string out;
  std::vector<std::string> set;
  bool dry_run = false;
  bool json = false;
};

double Named(const Metrics& metrics, const char* name, double otherwise) {
  for (const auto& [known, value] : metrics) {
    if (known == name) return value;
  }
  return otherwise;
}

void PrintStep(std::int64_t step, std::int64_t steps, const Metrics& metrics) {
  std::string line = fmt::format("step {}/{}", step, steps);
  const auto add = [&](const char* label, const char* name, const char* format) {
    const double value = Named(metrics, name, NAN);
    if (!std::isnan(value))
      line += fmt::format("  {} {}", label, fmt::format(fmt::runtime(format), value));
  };
  add("reward", "reward", "{:.3f}");
  add("correct", "correct", "{:.3f}");
  add("held-out", "eval/correct", "{:.3f}");
  add("loss", "loss", "{:.4f}");
  add("flat", "frac_reward_zero_std", "{:.2f}");
  add("kl", "kl", "{:.4f}");
  add("entropy", "entropy", "{:.3f}");
  add("length", "completions/mean_length", "{:.1f}");
  add("clipped", "clip_ratio/high_mean", "{:.3f}");
  add("grad", "grad_norm", "{:.3f}");
  add("dlogp", "sampling/sampling_logp_difference/max", "{:.1e}");
  add("gen", "timing_s/gen", "{:.2f}s");
  add("update", "timing_s/update_actor", "{:.2f}s");
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void PrintJson(std::int64_t step, const Metrics& metrics) {
  Json line = {{"step", step}};
  for (const auto& [name, value] : metrics) line[name] = value;
  fmt::print("{}\n", DumpJson(line));
  std::fflush(stdout);
}

TrainEvents EventsOf(bool json) {
  TrainEvents events;
  events.on_step = [json](std::int64_t step, std::int64_t steps, const Metrics& metrics) {
    if (json) {
      PrintJson(step, metrics);
    } else {
      PrintStep(step, steps, metrics);
    }
  };
  events.on_warning = [](const std::string& message) {
    fmt::print(stderr, "assay: {}\n", message);
  };
  return events;
}

Result<Json> ReadConfig(const Options& options) {
  auto json = ReadJsonFile(options.config);
  if (!json) return json;
  for (const std::string& assignment : options.set) {
    if (auto done = SetKey(*json, assignment); !done) return Pass(done.error());
  }
  return json;
}

Result<std::filesystem::path> RunStage(const Json& json, StageKind stage,
                                       const std::filesystem::path& run, const Options& options) {
  const auto base = std::filesystem::absolute(options.config).parent_path();
  auto config = ParseTrainConfig(json, stage, base, options.config);
  if (!config) return Pass(config.error());
  auto trainer = Trainer::Open(*config, run, EventsOf(options.json));
  if (!trainer) return Pass(trainer.error());
  return (*trainer)->Run();
}

// One stage after the other, each from the checkpoint before it; a finished stage is not run again.
Result<std::filesystem::path> RunPipeline(const Json& json, const std::filesystem::path& run,
                                          const Options& options) {
  Fields fields(json, options.config);
  fields.OptionalString("name");
  const Json& stages = fields.Array("stages");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  std::filesystem::path checkpoint;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    Json stage = stages[i];
    const std::string name = stage.is_object() ? stage.value("stage", "") : "";
    const auto kind = ParseStageKind(name);
    if (!kind) {
      return Fail(ErrorCode::kInput,
                  "{}: stages[{}].stage is \"{}\": expected sft, grpo, reject or distill",
                  options.config, i, name);
    }
    stage.erase("stage");
    if (!checkpoint.empty()) {
      for (const char* key : {"path", "fresh", "tokenizer"}) stage["model"].erase(key);
      stage["model"]["path"] = checkpoint.string();
    }
    const auto folder = run / fmt::format("{:02}-{}", i + 1, name);
    if (const auto done = ReadFile(folder / "done"); done) {
      checkpoint = *done;
      continue;
    }
    fmt::print("stage {}: {}\n", i + 1, name);
    auto result = RunStage(stage, *kind, folder, options);
    if (!result) return result;
    checkpoint = *result;
    if (auto marked = WriteFileAtomically(folder / "done", checkpoint.string()); !marked) {
      return Pass(marked.error());
    }
  }
  return checkpoint;
}

int DryRun(const Json& json, StageKind stage, const Options& options) {
  const auto base = std::filesystem::absolute(options.config).parent_path();
  auto config = ParseTrainConfig(json, stage, base, options.config);
  if (!config) return Report(config.error());
  Result<ModelConfig> model = ModelConfig();
  if (config->model.path.empty()) {
    model = ParseModelConfig(config->model.fresh, "model.fresh");
  } else if (auto parts = OpenCheckpoint(config->model.path); parts) {
    model = parts->config;
  } else {
    return Report(parts.error());
  }
  if (!model) return Report(model.error());
  const MemoryPlan plan = PlanMemory(*model, *config);
  const auto mb = [](std::int64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  fmt::print(
      "parameters {}\nweights {:.1f} MB\ngradients {:.1f} MB\nmoments {:.1f} MB\n"
      "reference {:.1f} MB\nsampler {:.1f} MB\nactivations {:.1f} MB\ntotal {:.1f} MB\n",
      model->parameters(), mb(plan.weights), mb(plan.gradients), mb(plan.moments),
      mb(plan.reference), mb(plan.sampler), mb(plan.activations), mb(plan.total()));
  return kDone;
}

int Train(const Options& options) {
  auto json = ReadConfig(options);
  if (!json) return Report(json.error());
  const auto kind = ParseStageKind(options.stage);
  if (options.dry_run && kind) return DryRun(*json, *kind, options);
  const std::string name = json->is_object() ? json->value("name", "run") : "run";
  const std::filesystem::path run = options.out.empty() ? "runs/" + name : options.out;
  auto checkpoint = kind ? RunStage(*json, *kind, run, options) : RunPipeline(*json, run, options);
  if (!checkpoint) return Report(checkpoint.error());
  if (!options.json) fmt::print("saved {}\n", checkpoint->string());
  return kDone;
}

}  // namespace

void AddTrain(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("train", "Train a model with the verifiers that score it");
  command->add_option("STAGE", options->stage, "sft, grpo, reject, distill or pipeline")
      ->required()
      ->check(CLI::IsMember({"sft", "grpo", "reject", "distill", "pipeline"}));
  command->add_option("--config", options->config, "JSON file with every hyperparameter")
      ->required();
  command->add_option("--set", options->set,
                      "key=value over the file, as in optimizer.learning_rate=1e-5");
  command->add_option("--out", options->out,
                      "Folder of the run; continued when it is there (default runs/NAME)");
  command->add_flag("--dry-run", options->dry_run, "Check the file and print the memory plan only");
  command->add_flag("--json", options->json, "One JSON line a step");
  OnRun(command, [options] { return Train(*options); });
}

}  // namespace assay::cli
