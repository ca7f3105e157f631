// assay train: supervised and reinforcement learning from the verifiers that score.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include "base/files.h"
#include "base/memory.h"
#include "cli/commands.h"
#include "reports/statistics.h"
#include "trainer/stages/describe.h"
#include "trainer/stages/pipeline.h"

namespace assay::cli {
namespace {

struct Options {
  std::string stage;
  std::string config;
  std::string out;
  std::vector<std::string> set;
  double deadline_s = 1800;
  bool dry_run = false;
  bool json = false;
};

// One line a step: what was earned, what was held out, how the policy moved, where the time went.
void PrintStep(std::int64_t step, std::int64_t steps, const Metrics& metrics) {
  std::string line = fmt::format("step {}/{}", step, steps);
  const auto add = [&](std::string_view label, std::string_view name, const char* format) {
    if (const auto value = Named(metrics, name)) {
      line += fmt::format("  {} {}", label, fmt::format(fmt::runtime(format), *value));
    }
  };
  add("reward", "reward", "{:.3f}");
  constexpr std::string_view kComponent = "rewards/", kMean = "/mean";
  for (const auto& [name, value] : metrics) {
    if (!name.starts_with(kComponent) || !name.ends_with(kMean)) continue;
    const auto component =
        name.substr(kComponent.size(), name.size() - kComponent.size() - kMean.size());
    if (component != "accuracy") line += fmt::format("  {} {:.3f}", component, value);
  }
  add("correct", "correct", "{:.3f}");
  add("right", "gathered/right", "{}");
  add("of", "gathered/drawn", "{}");
  add("kept", "gathered/kept", "{}");
  if (const auto correct = Named(metrics, "eval/correct")) {
    line += fmt::format("  held-out {:.3f}", *correct);
    const auto low = Named(metrics, "eval/low");
    const auto high = Named(metrics, "eval/high");
    if (low && high) line += fmt::format(" [{:.3f}, {:.3f}]", *low, *high);
  }
  add("loss", "loss", "{:.4f}");
  add("flat", "frac_reward_zero_std", "{:.2f}");
  add("unscored", "unscored", "{:.2f}");
  add("kl", "kl", "{:.4f}");
  add("entropy", "entropy", "{:.3f}");
  add("length", "completions/mean_length", "{:.1f}");
  add("cut", "completions/clipped_ratio", "{:.2f}");
  add("clip", "clip_ratio/region_mean", "{:.3f}");
  add("grad", "grad_norm", "{:.3f}");
  add("dlogp", "sampling/sampling_logp_difference/max", "{:.1e}");
  for (const auto& [label, name] : {std::pair{"gen", "timing_s/gen"},
                                    {"reward", "timing_s/reward"},
                                    {"old", "timing_s/old_log_prob"},
                                    {"ref", "timing_s/ref"},
                                    {"update", "timing_s/update_actor"},
                                    {"test", "timing_s/testing"}}) {
    const auto seconds = Named(metrics, name);
    if (seconds && *seconds >= 0.005) line += fmt::format("  {} {:.2f}s", label, *seconds);
  }
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
  events.estimate = [](const std::vector<ProblemTally>& tallies) {
    std::vector<ProblemCounts> counts;
    counts.reserve(tallies.size());
    for (const ProblemTally& tally : tallies) counts.push_back({tally.drawn, tally.correct});
    const auto estimate = EstimatePassAtK(counts, 1);
    return estimate ? Interval{estimate->value, estimate->low, estimate->high} : Interval{};
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
                                       const std::filesystem::path& run, const Options& options,
                                       ProcessGroup& group) {
  const auto base = std::filesystem::absolute(options.config).parent_path();
  auto config = ParseTrainConfig(json, stage, base, options.config);
  if (!config) return Pass(config.error());
  auto trainer = Trainer::Open(*config, run, EventsOf(options.json), &group);
  if (!trainer) return Pass(trainer.error());
  return (*trainer)->Run();
}

Result<std::filesystem::path> RunStages(const Json& json, const std::filesystem::path& run,
                                        const Options& options, ProcessGroup& group) {
  const auto base = std::filesystem::absolute(options.config).parent_path();
  const auto pipeline = ParsePipeline(json, base, options.config);
  if (!pipeline) return Pass(pipeline.error());
  PipelineEvents events;
  const std::size_t count = pipeline->stages.size();
  events.on_stage = [&](std::size_t i, const PipelineStage& stage, bool done) {
    if (!options.json) {
      fmt::print("stage {}/{}: {} ({}){}\n", i + 1, count, stage.name, ToString(stage.kind),
                 done ? ", done before" : "");
    }
    return EventsOf(options.json);
  };
  return RunPipeline(*pipeline, json, base, run, events, &group);
}

Result<ModelConfig> ModelOf(const TrainConfig& config) {
  if (config.model.path.empty()) return ParseModelConfig(config.model.fresh, "model.fresh");
  auto parts = OpenCheckpoint(config.model.path);
  if (!parts) return Pass(parts.error());
  return parts->config;
}

Result<void> PrintPlan(const ModelConfig& model, const TrainConfig& config) {
  const auto launch = LaunchFrom();
  if (!launch) return Pass(launch.error());
  std::optional<ModelConfig> teacher;
  if (config.loss.logit_kl > 0) {
    auto parts = OpenCheckpoint(config.run.teacher);
    if (!parts) return Pass(parts.error());
    teacher = parts->config;
  }
  const TrainMemory plan = PlanTraining(model, config, launch->size, teacher ? &*teacher : nullptr);
  const auto mb = [](std::int64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  const std::int64_t program = ResidentMemory();  // loaded libraries, tokenizer
  fmt::print(
      "parameters {}\nprogram {:.1f} MB\nweights {:.1f} MB\ngradients {:.1f} MB\nmoments {:.1f} "
      "MB\nreference {:.1f} MB\nsampler {:.1f} MB\nactivations {:.1f} MB\nexchange {:.1f} "
      "MB\ntotal {:.1f} MB\n",
      model.parameters(), mb(program), mb(plan.weights), mb(plan.gradients), mb(plan.moments),
      mb(plan.reference), mb(plan.sampler), mb(plan.moment), mb(plan.exchange),
      mb(program + plan.total()));
  return {};
}

int DryRun(const Json& json, StageKind stage, const Options& options) {
  const auto base = std::filesystem::absolute(options.config).parent_path();
  auto config = ParseTrainConfig(json, stage, base, options.config);
  if (!config) return Report(config.error());
  auto model = ModelOf(*config);
  if (!model) return Report(model.error());
  if (auto printed = PrintPlan(*model, *config); !printed) return Report(printed.error());
  return kDone;
}

int DryRunPipeline(const Json& json, const Options& options) {
  const auto base = std::filesystem::absolute(options.config).parent_path();
  const auto pipeline = ParsePipeline(json, base, options.config);
  if (!pipeline) return Report(pipeline.error());
  std::optional<ModelConfig> model;  // every stage trains that of the first
  for (const PipelineStage& stage : pipeline->stages) {
    fmt::print("{} ({})\n{}\n", stage.name, ToString(stage.kind), DumpJsonPretty(stage.config));
    Json own = stage.config;
    if (model) {
      own["model"].erase("fresh");
      own["model"].erase("tokenizer");
      own["model"]["path"] = "the checkpoint before";
    }
    auto config = ParseTrainConfig(own, stage.kind, base, options.config);
    if (!config) return Report(config.error());
    if (!model) {
      auto first = ModelOf(*config);
      if (!first) return Report(first.error());
      model = *first;
    }
    if (auto printed = PrintPlan(*model, *config); !printed) return Report(printed.error());
  }
  return kDone;
}

int Train(const Options& options) {
  auto json = ReadConfig(options);
  if (!json) return Report(json.error());
  const auto kind = ParseStageKind(options.stage);
  if (options.dry_run) {
    return kind ? DryRun(*json, *kind, options) : DryRunPipeline(*json, options);
  }
  const std::string name = json->is_object() ? json->value("name", "run") : "run";
  const std::filesystem::path run = options.out.empty() ? "runs/" + name : options.out;
  const auto launch = LaunchFrom();
  if (!launch) return Report(launch.error());
  auto group = Join(
      *launch, std::chrono::milliseconds(static_cast<std::int64_t>(1000 * options.deadline_s)));
  if (!group) return Report(group.error());
  auto checkpoint = kind ? RunStage(*json, *kind, run, options, **group)
                         : RunStages(*json, run, options, **group);
  if (!checkpoint) {
    // One process speaks for all where all of them fail.
    return (*group)->quiet() ? ExitStatus(checkpoint.error().code) : Report(checkpoint.error());
  }
  if (!options.json && (*group)->first()) fmt::print("saved {}\n", checkpoint->string());
  return kDone;
}

}  // namespace

void AddTrain(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("train", "Train a model with the verifiers that score it");
  command->add_option("STAGE", options->stage, "sft, grpo, ppo, reject, distill or pipeline")
      ->required()
      ->check(CLI::IsMember({"sft", "grpo", "ppo", "reject", "distill", "pipeline"}));
  command->add_option("--config", options->config, "JSON file with every hyperparameter")
      ->required();
  command->add_option("--set", options->set,
                      "key=value over the file, as in optimizer.learning_rate=1e-5");
  command->add_option("--out", options->out,
                      "Folder of the run; continued when it is there (default runs/NAME)");
  command
      ->add_option("--deadline", options->deadline_s,
                   "Seconds that the processes of one job (torchrun, srun, mpirun) wait for each "
                   "other")
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Check the file and print the memory plan only");
  command->add_flag("--json", options->json, "One JSON line a step");
  OnRun(command, [options] { return Train(*options); });
}

}  // namespace assay::cli
