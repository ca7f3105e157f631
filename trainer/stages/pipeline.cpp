#include "trainer/stages/pipeline.h"

#include <fmt/format.h>

#include "base/files.h"

namespace assay {
namespace {

// A number of 53 bits, so that any JSON reader keeps it.
std::uint64_t StageSeed(std::uint64_t seed, std::size_t index) {
  return Key("stage", seed).With(static_cast<std::uint64_t>(index)).low() >> 11;
}

// What the file says of stage `index`, over what it says of all.
Json Merged(const Json& common, Json stage, std::uint64_t seed, std::size_t index) {
  stage.erase("stage");
  stage.erase("name");
  Json merged = common;
  merged.merge_patch(stage);
  if (!merged.contains("seed")) merged["seed"] = StageSeed(seed, index);
  if (merged.contains("data") && merged["data"].is_object() &&
      !merged["data"].contains("held_out_seed")) {
    merged["data"]["held_out_seed"] = seed;
  }
  return merged;
}

void StartFrom(Json& config, const std::string& checkpoint) {
  for (const char* key : {"path", "fresh", "tokenizer"}) config["model"].erase(key);
  config["model"]["path"] = checkpoint;
}

std::filesystem::path FolderOf(const std::filesystem::path& run, std::size_t index,
                               const PipelineStage& stage) {
  return run / fmt::format("{:02}-{}", index + 1, stage.name);
}

Result<std::filesystem::path> RunStage(const PipelineStage& stage, const Json& config,
                                       const std::filesystem::path& base,
                                       const std::filesystem::path& folder, TrainEvents events,
                                       ProcessGroup& group) {
  auto parsed = ParseTrainConfig(config, stage.kind, base, stage.name);
  if (!parsed) return Pass(parsed.error());
  auto trainer = Trainer::Open(*parsed, folder, std::move(events), &group);
  if (!trainer) return Within(stage.name, trainer.error());
  return (*trainer)->Run();
}

Result<void> OpenFolder(const std::filesystem::path& run, const Json& source) {
  std::error_code error;
  std::filesystem::create_directories(run, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", run.string(), error.message());
  }
  return WriteFileAtomically(run / "pipeline.json", DumpJsonPretty(source) + "\n");
}

}  // namespace

Result<Pipeline> ParsePipeline(const Json& json, const std::filesystem::path& base,
                               const std::string& place) {
  Fields fields(json, place);
  Pipeline pipeline;
  pipeline.name = fields.OptionalString("name").value_or("pipeline");
  const auto seed = static_cast<std::uint64_t>(fields.OptionalInt("seed", 0).value_or(0));
  const Json* common = fields.OptionalAny("common");
  if (common != nullptr && !common->is_object()) fields.Refuse("common", "expected an object");
  const Json& stages = fields.Array("stages");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (stages.empty()) return Fail(ErrorCode::kInput, "{}: stages is empty", place);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const std::string where = fmt::format("{}: stages[{}]", place, i);
    if (!stages[i].is_object()) return Fail(ErrorCode::kInput, "{}: expected an object", where);
    const std::string kind_name = stages[i].value("stage", "");
    const auto kind = ParseStageKind(kind_name);
    if (!kind) {
      return Fail(ErrorCode::kInput,
                  "{}.stage is \"{}\": expected sft, grpo, ppo, reject or distill", where,
                  kind_name);
    }
    PipelineStage stage{stages[i].value("name", kind_name), *kind,
                        Merged(common == nullptr ? Json::object() : *common, stages[i], seed, i)};
    Json checked = stage.config;
    if (i > 0) {
      StartFrom(checked, "the checkpoint before");
      for (const char* key : {"path", "fresh", "tokenizer"}) {
        if (stages[i].contains("model") && stages[i]["model"].contains(key)) {
          return Fail(ErrorCode::kInput,
                      "{}: model.{} is not for a later stage: it starts from the one before", where,
                      key);
        }
      }
    }
    if (auto parsed = ParseTrainConfig(checked, *kind, base, where); !parsed) {
      return Pass(parsed.error());
    }
    pipeline.stages.push_back(std::move(stage));
  }
  return pipeline;
}

Result<std::filesystem::path> RunPipeline(const Pipeline& pipeline, const Json& source,
                                          const std::filesystem::path& base,
                                          const std::filesystem::path& run,
                                          const PipelineEvents& events, ProcessGroup* given) {
  const auto alone = Alone();
  ProcessGroup& group = given == nullptr ? *alone : *given;
  const Result<void> opened = group.first() ? OpenFolder(run, source) : Result<void>();
  if (auto agreed = group.Agree("the start", opened); !agreed) return Pass(agreed.error());
  std::filesystem::path checkpoint;
  for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
    const PipelineStage& stage = pipeline.stages[i];
    const auto folder = FolderOf(run, i, stage);
    const auto done = ReadFile(folder / "done");
    // Nobody marks the stage before everybody has looked.
    if (auto agreed = group.Agree("the start of a stage", {}); !agreed) return Pass(agreed.error());
    TrainEvents own = events.on_stage && group.first() ? events.on_stage(i, stage, done.has_value())
                                                       : TrainEvents{};
    if (done) {
      checkpoint = folder / *done;
      continue;
    }
    Json config = stage.config;
    if (i > 0) StartFrom(config, std::filesystem::absolute(checkpoint).string());
    auto result = RunStage(stage, config, base, folder, std::move(own), group);
    if (!result) return result;
    checkpoint = *result;
    Result<void> marked;
    if (group.first()) {
      marked = WriteFileAtomically(folder / "done", checkpoint.filename().string());
    }
    if (auto agreed = group.Agree("the end of a stage", marked); !agreed) {
      return Pass(agreed.error());
    }
  }
  return checkpoint;
}

}  // namespace assay
