#include "runner/model/local_model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <utility>

#include "base/files.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/thread_pool.h"
#include "runner/model/checkpoint/gguf.h"
#include "runner/model/checkpoint/safetensors.h"
#include "runner/model/checkpoint/usual_tensors.h"
#include "runner/model/cuda/open.h"
#include "runner/model/decode/batcher.h"
#include "runner/model/decode/cpu_backend.h"
#include "runner/model/memory_plan.h"
#include "runner/model/resolve.h"
#include "runner/model/template/chat_template.h"

namespace assay {
namespace {

class CheckpointModel : public LocalModel {
 public:
  CheckpointModel(LocalParts parts, const LocalModelOptions& options, const MemoryPlan& plan,
                  std::vector<std::unique_ptr<Backend>> replicas,
                  Result<ChatTemplate> chat_template)
      : parts_(std::move(parts)),
        options_(options),
        plan_(plan),
        replicas_(std::move(replicas)),
        chat_template_(std::move(chat_template)) {
    for (const auto& replica : replicas_) {
      batchers_.push_back(std::make_unique<Batcher>(*replica, parts_.tokenizer, Limits()));
    }
  }

  void Sample(const std::vector<Request>& requests, const OnFinished& on_finished,
              const std::stop_token& stop) override {
    std::vector<DecodeGroup> groups;
    std::map<std::pair<std::int64_t, std::vector<TokenId>>, std::size_t> known;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Request& request = requests[i];
      auto prompt = PromptIds(request);
      if (!prompt) {
        on_finished(i, Pass(prompt.error()));
        continue;
      }
      std::size_t at = groups.size();
      if (request.group >= 0) at = known.try_emplace({request.group, *prompt}, at).first->second;
      if (at == groups.size()) groups.push_back({*std::move(prompt), {}});
      groups[at].jobs.push_back({i, &request.sampling, request.key});
    }
    std::vector<Batcher*> batchers;
    for (const auto& batcher : batchers_) batchers.push_back(batcher.get());
    Batcher::RunTogether(batchers, std::move(groups), on_finished, stop);
  }

  Result<std::optional<PreparedPrompt>> Prepare(const Request& request) const override {
    PreparedPrompt prepared;
    auto ids = PromptIds(request, &prepared.text);
    if (!ids) return Pass(ids.error());
    prepared.ids = *std::move(ids);
    prepared.bos = parts_.tokenizer.bos();
    if (std::holds_alternative<std::vector<Message>>(request.prompt)) {
      prepared.template_sha256 = Sha256Hex(parts_.chat_template);
    }
    prepared.end_ids = Limits().end_ids;
    prepared.context = parts_.config.context;
    return prepared;
  }

  Result<void> Reload() override {
    const std::lock_guard lock(identity_mutex_);
    identity_.clear();
    for (const auto& replica : replicas_) {
      if (auto done = replica->Reload(); !done) return done;
    }
    return {};
  }

  std::string Identity() const override {
    const std::lock_guard lock(identity_mutex_);
    if (identity_.empty()) {
      identity_ = Sha256Hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", replicas_[0]->Arithmetic(),
                                        ToString(options_.weights), parts_.weights->ContentHash(),
                                        parts_.tokenizer.Identity(), parts_.chat_template,
                                        Fingerprint(parts_.config)));
    }
    return identity_;
  }

  std::string Description() const override {
    const std::size_t replicas = replicas_.size();
    return fmt::format("{} ({}M, {}, {}{})", parts_.name, parts_.config.parameters() / 1000000,
                       ToString(options_.weights), replicas_[0]->Description(),
                       replicas == 1 ? "" : fmt::format(", {} replicas", replicas));
  }

  std::string MemoryUse() const override {
    return (options_.gpus.size() > 1 ? "each GPU: " : "") + Describe(plan_);
  }

  std::size_t PreferredConcurrency() const override {
    return static_cast<std::size_t>(options_.batch) * replicas_.size();
  }

 private:
  BatchLimits Limits() const {
    BatchLimits limits;
    limits.samples = options_.batch;
    limits.vocabulary =
        std::min<std::int64_t>(parts_.config.vocabulary, parts_.tokenizer.VocabularySize());
    limits.end_ids = parts_.config.end_ids;
    const auto& more = parts_.tokenizer.EndIds();
    limits.end_ids.insert(limits.end_ids.end(), more.begin(), more.end());
    std::sort(limits.end_ids.begin(), limits.end_ids.end());
    return limits;
  }

  static std::string FingerprintOfSpecials(const ModelConfig& c) {
    const RopeConfig& rope = c.window_rope.value_or(c.rope);
    return fmt::format("{} {} {} {} | {} {} | {} {} {}", static_cast<int>(c.activation),
                       c.score_width.value_or(0), c.score_cap.value_or(0), c.logit_cap.value_or(0),
                       c.window, fmt::join(c.windowed, ""), static_cast<int>(rope.type), rope.theta,
                       rope.factor);
  }

  // What of the configuration decides the numbers beside the weights themselves.
  static std::string Fingerprint(const ModelConfig& c) {
    std::string ends;
    for (const TokenId id : c.end_ids) ends += fmt::format("{},", id);
    std::string text = fmt::format(
        "{} {} {} {} {} {} | {} {} {} {} {} {} {} {} {} | {}", c.architecture, c.heads, c.kv_heads,
        c.head_dim, c.rms_eps, c.context, static_cast<int>(c.rope.type), c.rope.theta,
        c.rope.factor, c.rope.low_frequency_factor, c.rope.high_frequency_factor,
        c.rope.original_context, c.rope.beta_fast, c.rope.beta_slow, c.rope.attention_factor, ends);
    if (!c.IsPlain()) text += " | " + FingerprintOfSpecials(c);
    if (c.rope.share != 1) text += fmt::format(" | {}", c.rope.share);
    if (c.rope.type == RopeType::kLongRope)
      text += fmt::format(" | {}", fmt::join(c.rope.divisors, " "));
    return text;
  }

  // `text`, where given, gets the prompt as one string.
  Result<std::vector<TokenId>> PromptIds(const Request& request,
                                         std::string* text = nullptr) const {
    if (request.sampling.max_tokens < 1) {
      return Fail(ErrorCode::kUsage, "max_tokens is {}, expected at least 1",
                  request.sampling.max_tokens);
    }
    auto ids = Encode(request, text);
    if (!ids) return ids;
    if (ids->empty()) return Fail(ErrorCode::kInput, "the prompt has no tokens");
    for (const TokenId id : *ids) {
      if (id < 0 || id >= parts_.config.vocabulary) {
        return Fail(ErrorCode::kInput, "token id {} is outside the vocabulary of {}", id,
                    parts_.config.vocabulary);
      }
    }
    return ids;
  }

  Result<std::vector<TokenId>> Encode(const Request& request, std::string* as_text) const {
    if (const auto* ids = std::get_if<std::vector<TokenId>>(&request.prompt)) return *ids;
    EncodeOptions encode;
    if (const auto* text = std::get_if<std::string>(&request.prompt)) {
      encode.add_special = true;
      if (as_text != nullptr) *as_text = *text;
      return parts_.tokenizer.Encode(*text, encode);
    }
    if (!chat_template_) return Pass(chat_template_.error());
    const auto rendered = chat_template_->Render(std::get<std::vector<Message>>(request.prompt));
    if (!rendered) return Pass(rendered.error());
    encode.literal = rendered->user;
    if (as_text != nullptr) *as_text = rendered->text;
    return parts_.tokenizer.Encode(rendered->text, encode);
  }

  LocalParts parts_;
  LocalModelOptions options_;
  MemoryPlan plan_;
  std::vector<std::unique_ptr<Backend>> replicas_;  // at least one, all alike
  Result<ChatTemplate> chat_template_;              // the error is told to those who need it
  std::vector<std::unique_ptr<Batcher>> batchers_;  // one for each replica
  mutable std::mutex identity_mutex_;
  mutable std::string identity_;
};

Result<LocalParts> OpenFolder(const ModelFiles& files) {
  auto config = ReadModelConfig(files.path);
  if (!config) return Pass(config.error());
  auto weights = Safetensors::Open(files.path);
  if (!weights) return Pass(weights.error());
  auto tokenizer = Tokenizer::FromFolder(files.path);
  if (!tokenizer) return Pass(tokenizer.error());
  std::string source = tokenizer->ChatTemplateSource();
  auto usual = UsualTensors(*std::move(weights), *config);
  return LocalParts{*std::move(config), std::move(usual), *std::move(tokenizer), std::move(source),
                    files.name};
}

Result<LocalParts> OpenGguf(const ModelFiles& files) {
  auto file = GgufFile::Open(files.path);
  if (!file) return Pass(file.error());
  auto config = (*file)->Config();
  if (!config) return Pass(config.error());
  auto vocabulary = (*file)->Vocabulary();
  if (!vocabulary) return Pass(vocabulary.error());
  auto tokenizer = Tokenizer::FromGguf(*std::move(vocabulary), files.path.string());
  if (!tokenizer) return Pass(tokenizer.error());
  std::string source = tokenizer->ChatTemplateSource();
  return LocalParts{*std::move(config), *std::move(file), *std::move(tokenizer), std::move(source),
                    files.name};
}

Result<ChatTemplate> ParseTemplate(const LocalParts& parts) {
  if (parts.chat_template.empty()) {
    return Fail(ErrorCode::kInput, "{} has no chat template: give a text prompt", parts.name);
  }
  return ChatTemplate::Parse(parts.chat_template, parts.tokenizer.BosText(),
                             parts.tokenizer.EosText(), parts.name + ": chat template");
}

Result<std::unique_ptr<LocalModel>> OnCpu(LocalParts parts, const LocalModelOptions& options,
                                          Result<ChatTemplate> chat_template) {
  if (options.weights == WeightType::kF16) {
    return Fail(ErrorCode::kUsage, "dtype f16 needs --device cuda; on the CPU use bf16");
  }
  MemoryNeeds needs;
  needs.weights = options.weights;
  needs.batch = options.batch;
  needs.threads = options.threads == 0 ? UsableThreads() : options.threads;
  needs.cache_bytes = options.cache_bytes;
  needs.available_bytes = options.memory_bytes > 0 ? options.memory_bytes : AvailableMemory();
  const auto plan = PlanMemory(parts.name, parts.config, *parts.weights, needs);
  if (!plan) return Pass(plan.error());
  auto transformer = Transformer::Load(parts.config, parts.weights, FormatOf(options.weights),
                                       std::make_shared<ThreadTeam>(needs.threads));
  if (!transformer) return Pass(transformer.error());
  std::vector<std::unique_ptr<Backend>> alone;
  alone.push_back(std::make_unique<CpuBackend>(
      *std::move(transformer), CacheFormatOf(options.weights), plan->cache_bytes, options.batch));
  return std::unique_ptr<LocalModel>(std::make_unique<CheckpointModel>(
      std::move(parts), options, *plan, std::move(alone), std::move(chat_template)));
}

Result<std::unique_ptr<LocalModel>> OnCuda(LocalParts parts, const LocalModelOptions& options,
                                           Result<ChatTemplate> chat_template) {
  if (parts.config.rope.share != 1) {
    return Fail(ErrorCode::kUsage, "{}: rotates a part of each head only: not with --device cuda",
                parts.name);
  }
  cuda::Options wanted;
  wanted.weights = options.weights;
  wanted.samples = options.batch;
  wanted.cache_bytes = options.cache_bytes;
  wanted.memory_bytes = options.memory_bytes;
  wanted.deterministic = options.deterministic;
  const std::vector<int> gpus = options.gpus.empty() ? std::vector<int>{0} : options.gpus;
  const std::size_t shares = options.gpu_shares;
  if (shares < 1 || gpus.size() % shares != 0) {
    return Fail(ErrorCode::kUsage, "{} GPUs cannot be divided into replicas of {}", gpus.size(),
                shares);
  }
  MemoryPlan plan;
  std::vector<std::unique_ptr<Backend>> replicas;
  for (std::size_t first = 0; first < gpus.size(); first += shares) {
    const auto begin = gpus.begin() + static_cast<std::ptrdiff_t>(first);
    wanted.devices.assign(begin, begin + static_cast<std::ptrdiff_t>(shares));
    auto opened = cuda::Open(parts.name, parts.config, parts.weights, wanted);
    if (!opened) return Pass(opened.error());
    plan = opened->plan;
    replicas.push_back(std::move(opened->backend));
  }
  return std::unique_ptr<LocalModel>(std::make_unique<CheckpointModel>(
      std::move(parts), options, plan, std::move(replicas), std::move(chat_template)));
}

}  // namespace

Result<DeviceChoice> ParseDevice(const std::string& name) {
  if (name == "cpu") return DeviceChoice{Device::kCpu, {}};
  if (name == "cuda") return DeviceChoice{Device::kCuda, {0}};
  const std::string head = "cuda:";
  if (name.rfind(head, 0) != 0) {
    return Fail(ErrorCode::kUsage, "device \"{}\" does not exist (there are: cpu, cuda, cuda:0,1)",
                name);
  }
  DeviceChoice choice{Device::kCuda, {}};
  const char* at = name.data() + head.size();
  const char* const end = name.data() + name.size();
  while (true) {
    int index = 0;
    const auto [after, error] = std::from_chars(at, end, index);
    const bool listed =
        std::find(choice.gpus.begin(), choice.gpus.end(), index) != choice.gpus.end();
    if (error != std::errc() || index < 0 || listed || (after != end && *after != ',')) {
      return Fail(ErrorCode::kUsage,
                  "device \"{}\": expected different indices of GPUs, as in cuda:0,1", name);
    }
    choice.gpus.push_back(index);
    if (after == end) return choice;
    at = after + 1;
  }
}

Result<LocalParts> OpenCheckpoint(const std::string& name) {
  const auto files = ResolveModel(name);
  if (!files) return Pass(files.error());
  return files->layout == ModelFiles::Layout::kGguf ? OpenGguf(*files) : OpenFolder(*files);
}

Result<std::unique_ptr<Model>> MakeLocalModel(const std::string& name,
                                              const LocalModelOptions& options) {
  auto parts = OpenCheckpoint(name);
  if (!parts) return Pass(parts.error());
  return MakeLocalModel(*std::move(parts), options);
}

Result<std::unique_ptr<LocalModel>> MakeLocalModel(LocalParts parts,
                                                   const LocalModelOptions& options) {
  const std::int64_t most =
      options.device == Device::kCuda ? cuda::kMostSamples : Transformer::kMaxRows / 2;
  if (options.batch < 1 || options.batch > most) {
    return Fail(ErrorCode::kUsage, "a batch of {} is not possible (1 to {})", options.batch, most);
  }
  if (!options.chat_template.empty()) {
    auto source = ReadFile(options.chat_template);
    if (!source) return Pass(source.error());
    parts.chat_template = *std::move(source);
  }
  Result<ChatTemplate> chat_template = ParseTemplate(parts);
  return options.device == Device::kCuda
             ? OnCuda(std::move(parts), options, std::move(chat_template))
             : OnCpu(std::move(parts), options, std::move(chat_template));
}

}  // namespace assay
