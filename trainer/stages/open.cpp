// Opening and resuming a run.
#include <algorithm>

#include "base/files.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "runner/model/resolve.h"
#include "trainer/distributed/nccl_group.h"
#include "trainer/distributed/shards.h"
#include "trainer/model/device.h"
#include "trainer/model/threads.h"
#include "trainer/stages/gguf_files.h"
#include "trainer/stages/trainer.h"

namespace assay {
namespace {

Result<LocalParts> FreshParts(const ModelSection& model) {
  auto config = ParseModelConfig(model.fresh, "model.fresh");
  if (!config) return Pass(config.error());
  if (const auto range = model.fresh.find("initializer_range");
      range != model.fresh.end() && !range->is_number()) {
    return Fail(ErrorCode::kInput, "model.fresh: initializer_range: expected a number");
  }
  auto tokenizer = Tokenizer::FromFolder(model.tokenizer);
  if (!tokenizer) return Pass(tokenizer.error());
  return LocalParts{*config, nullptr, *tokenizer, tokenizer->ChatTemplateSource(), "fresh model"};
}

// Of a model that answers beside the policy and never learns: a reference, a teacher.
LearnerOptions FrozenLike(const LearnerOptions& learner) {
  LearnerOptions options;
  options.frozen = true;
  options.double_precision = learner.double_precision;
  options.device = learner.device;
  options.vocabulary = learner.vocabulary;
  options.head_chunk = learner.head_chunk;
  return options;
}

// Fresh matrices have a spread of 0.02 unless the model's `initializer_range` says otherwise.
void SpreadFresh(const Json& fresh, Learner& learner) {
  const double factor = fresh.value("initializer_range", 0.02) / 0.02;
  if (factor == 1) return;
  for (const ParameterView& view : learner.parameters()) {
    if (view.is_vector || view.name.starts_with("lora.")) continue;
    if (view.is_double) {
      for (double& weight : view.doubles()) weight *= factor;
    } else {
      for (float& weight : view.floats()) weight *= static_cast<float>(factor);
    }
  }
  learner.Merge();
  learner.Changed();
}

// A GGUF file's weights are trained as fp32; the checkpoint gets files of the usual kind.
Result<CheckpointFiles> FilesOfGguf(const std::filesystem::path& path, const ModelConfig& config,
                                    const std::filesystem::path& tokenizer) {
  auto file = GgufFile::Open(path);
  if (!file) return Pass(file.error());
  auto vocabulary = (*file)->Vocabulary();
  if (!vocabulary) return Pass(vocabulary.error());
  if (auto written = WriteTokenizerFiles(*vocabulary, tokenizer); !written) {
    return Within(path.string(), written.error());
  }
  return CheckpointFiles{HuggingFaceConfig(config, *vocabulary), tokenizer};
}

// What may not change between the parts of one run.
Json Unchanging(Json source) {
  if (source.contains("run")) source["run"].erase("steps");
  source.erase("memory_gb");
  source.erase("threads");
  source.erase("device");
  if (source.contains("rollout")) source["rollout"].erase("device");
  source.erase("exchange");
  return source;
}

}  // namespace

Result<void> Trainer::OpenModel() {
  const ModelSection& section = config_.model;
  auto parts = section.path.empty() ? FreshParts(section) : OpenCheckpoint(section.path);
  if (!parts) return Pass(parts.error());
  parts_ = std::make_unique<LocalParts>(std::move(*parts));
  if (section.path.empty()) {
    files_ = {OrderedJson::parse(section.fresh.dump()), section.tokenizer};
  } else {
    auto resolved = ResolveModel(section.path);
    if (!resolved) return Pass(resolved.error());
    if (resolved->layout == ModelFiles::Layout::kGguf) {
      auto files = FilesOfGguf(resolved->path, parts_->config, run_ / "tokenizer");
      if (!files) return Pass(files.error());
      files_ = std::move(*files);
    } else {
      auto json = ReadJsonFile(resolved->path / "config.json");
      if (!json) return Pass(json.error());
      files_ = {OrderedJson::parse(json->dump()), resolved->path};
    }
    files_.config["torch_dtype"] = "float32";
    files_.config.erase("dtype");
  }
  std::optional<LocalParts> teacher;
  if (config_.loss.logit_kl > 0) {
    auto opened = OpenCheckpoint(config_.run.teacher);
    if (!opened) return Within("loss.logit_kl asks a checkpoint of this machine", opened.error());
    teacher = std::move(*opened);
  }
  const TrainMemory plan =
      PlanTraining(parts_->config, config_, group_->size(), teacher ? &teacher->config : nullptr);
  const double limit =
      config_.memory_gb > 0 ? config_.memory_gb * 1e9 : static_cast<double>(AvailableMemory());
  if (limit > 0 && static_cast<double>(plan.total()) > limit) {
    return Fail(ErrorCode::kInput,
                "the run needs about {:.1f} GB and {:.1f} GB are there: lower "
                "optimizer.tokens_per_batch, or set model.recompute_layers or model.lora.rank",
                static_cast<double>(plan.total()) / 1e9, limit / 1e9);
  }
  const auto launch = LaunchFrom();
  if (!launch) return Pass(launch.error());
  auto device = ParseLearnerDevice(config_.device, launch->local_rank);
  if (!device) return Pass(device.error());
  if (auto ready = UseDevice(*device); !ready) return ready;
  config_.model.learner.device = *device;
  auto rollout_device = ParseLearnerDevice(config_.rollout.device, launch->local_rank);
  if (!rollout_device) return Pass(rollout_device.error());
  config_.rollout.device = *rollout_device;
  if (config_.stage == StageKind::kGrpo || config_.stage == StageKind::kPpo) {
    config_.model.learner.vocabulary =
        std::min<std::int64_t>(parts_->config.vocabulary, parts_->tokenizer.VocabularySize());
  }
  const Key key = Key("weights", config_.seed);
  auto learner = section.path.empty()
                     ? Learner::Random(parts_->config, section.learner, key)
                     : Learner::FromWeights(parts_->config, *parts_->weights, section.learner, key);
  if (!learner) return Pass(learner.error());
  learner_ = std::move(*learner);
  if (section.path.empty()) SpreadFresh(section.fresh, *learner_);
  if (auto opened = OpenReference(key); !opened) return opened;
  if (teacher) {
    if (auto opened = OpenTeacher(*teacher, key); !opened) return opened;
  }
  optimizer_ = std::make_unique<AdamW>(config_.optimizer.adamw, learner_->parameters(),
                                       OwnShard(*group_, learner_->parameters()));
  return {};
}

Result<void> Trainer::OpenReference(const Key& key) {
  if (!NeedsReference(config_)) return {};
  const LearnerOptions options = FrozenLike(config_.model.learner);
  auto reference = config_.model.path.empty()
                       ? Learner::Random(parts_->config, options, key)
                       : Learner::FromWeights(parts_->config, *parts_->weights, options, key);
  if (!reference) return Pass(reference.error());
  reference_ = std::move(*reference);
  if (config_.model.path.empty()) SpreadFresh(config_.model.fresh, *reference_);
  return {};
}

// The teacher's weights, for its probabilities of every token.
Result<void> Trainer::OpenTeacher(const LocalParts& parts, const Key& key) {
  const Tokenizer &own = parts_->tokenizer, &theirs = parts.tokenizer;
  bool same = parts.config.vocabulary == parts_->config.vocabulary &&
              own.VocabularySize() == theirs.VocabularySize();
  for (TokenId id = 0; same && id < own.VocabularySize(); ++id) {
    same = own.TokenBytes(id) == theirs.TokenBytes(id);
  }
  if (!same) {
    return Fail(ErrorCode::kInput,
                "{}: loss.logit_kl needs a teacher with the vocabulary of the policy",
                config_.run.teacher);
  }
  auto teacher =
      Learner::FromWeights(parts.config, *parts.weights, FrozenLike(config_.model.learner), key);
  if (!teacher) return Pass(teacher.error());
  teacher_ = std::move(*teacher);
  return {};
}

Result<void> Trainer::CheckContext() const {
  const std::int64_t context = parts_->config.context;
  for (const TrainProblem& problem : data_.problems) {
    const auto prompt = static_cast<std::int64_t>(problem.prompt.size());
    if (prompt + config_.rollout.max_tokens > context && config_.stage != StageKind::kSft) {
      return Fail(ErrorCode::kInput,
                  "{}: a prompt of {} tokens and rollout.max_tokens of {} exceed the model's "
                  "context of {}",
                  problem.id, prompt, config_.rollout.max_tokens, context);
    }
  }
  for (const Example& example : examples_) {
    const auto length = static_cast<std::int64_t>(example.prompt.size() + example.response.size());
    if (length > context) {
      return Fail(ErrorCode::kInput,
                  "data: an example of {} tokens exceeds the model's context of {}", length,
                  context);
    }
  }
  return {};
}

Result<void> Trainer::OpenFolder() {
  std::error_code error;
  std::filesystem::create_directories(run_, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", run_.string(), error.message());
  }
  const auto config_file = run_ / "config.json";
  if (std::filesystem::exists(config_file)) {
    auto before = ReadJsonFile(config_file);
    if (!before) return Pass(before.error());
    if (Unchanging(*before) != Unchanging(config_.source)) {
      return Fail(ErrorCode::kInput, "{}: holds a run of another configuration: name another --out",
                  run_.string());
    }
  }
  RemoveUnfinished(run_);
  return WriteFileAtomically(config_file, DumpJsonPretty(config_.source) + "\n");
}

Result<void> Trainer::OpenRun() {
  if (group_->first()) {
    if (auto opened = OpenFolder(); !opened) return opened;
  }
  if (const auto last = LastCheckpoint(run_)) {
    auto state = LoadCheckpoint(*last, *learner_, *optimizer_, reference_.get());
    if (!state) return Pass(state.error());
    learner_->Changed();
    if (reference_) reference_->Changed();
    state_ = *state;
    saved_step_ = state_.step;
    if (data_.streams) data_.streams->set_state(state_.streams);
  }
  evaluates_ = data_.held_out.has_value();
  if (!group_->first()) return {};
  auto log = MetricsLog::Open(run_, state_.step);
  if (!log) return Pass(log.error());
  metrics_ = std::make_unique<MetricsLog>(std::move(*log));
  if (data_.held_out) {
    auto held_out = HeldOut::Make(config_, std::move(*data_.held_out), run_);
    if (!held_out) return Pass(held_out.error());
    held_out_ = std::move(*held_out);
  }
  return {};
}

Result<void> Trainer::OpenData() {
  auto encoder = PromptEncoder::Make(*parts_, config_.data.chat);
  if (!encoder) return Pass(encoder.error());
  auto data = LoadTrainData(config_, *encoder);
  if (!data) return Pass(data.error());
  data_ = std::move(*data);
  encoder_ = std::move(*encoder);
  if (config_.stage == StageKind::kSft) {
    auto examples = LoadExamples(config_, *encoder_, data_);
    if (!examples) return Pass(examples.error());
    examples_ = std::move(*examples);
  }
  if (data_.problems.empty() && examples_.empty() && !data_.streams) {
    return Fail(ErrorCode::kInput, "data: there is nothing to train on");
  }
  return CheckContext();
}

Result<void> Trainer::OpenAll() {
  SetTrainingThreads(config_.threads);
  if (auto opened = OpenModel(); !opened) return opened;
  if (auto opened = OpenData(); !opened) return opened;
  return OpenRun();
}

Result<void> Trainer::OpenExchange() {
  NcclOptions options;
  options.device = config_.model.learner.device;
  auto bulk = OpenBulk(*group_, config_.exchange, options);
  if (!bulk) return Pass(bulk.error());
  if (!bulk->told.empty()) Warn(bulk->told);
  over_nccl_ = std::move(bulk->over_nccl);
  if (over_nccl_) group_ = over_nccl_.get();
  return {};
}

Result<std::unique_ptr<Trainer>> Trainer::Open(const TrainConfig& config,
                                               const std::filesystem::path& run, TrainEvents events,
                                               ProcessGroup* group) {
  std::unique_ptr<Trainer> trainer(new Trainer());
  trainer->config_ = config;
  trainer->run_ = run;
  if (group == nullptr) trainer->alone_ = Alone();
  trainer->group_ = group == nullptr ? trainer->alone_.get() : group;
  if (trainer->group_->first()) trainer->events_ = std::move(events);
  const Result<void> opened = trainer->OpenAll();
  if (auto agreed = trainer->group_->Agree("the start", opened); !agreed) {
    return Pass(agreed.error());
  }
  if (auto chosen = trainer->OpenExchange(); !chosen) return Pass(chosen.error());
  return trainer;
}

}  // namespace assay
