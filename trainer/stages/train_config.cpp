#include "trainer/stages/train_config.h"

#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <numbers>

#include "base/suggest.h"
#include "runner/model/weight_type.h"
#include "tasks/generators/registry.h"
#include "trainer/distributed/nccl_group.h"
#include "trainer/loss/shaping.h"
#include "trainer/model/device.h"

namespace assay {
namespace {

// Copies a key over its default where it is there.
void Take(Fields& f, const char* key, double& to) { to = f.OptionalNumber(key).value_or(to); }
void Take(Fields& f, const char* key, bool& to) { to = f.OptionalBool(key).value_or(to); }
void Take(Fields& f, const char* key, std::string& to) { to = f.OptionalString(key).value_or(to); }
void Take(Fields& f, const char* key, std::filesystem::path& to,
          const std::filesystem::path& base) {
  if (const auto path = f.OptionalString(key)) to = base / *path;
}
template <class Int>
void TakeInt(Fields& f, const char* key, Int& to, std::int64_t low, std::int64_t high = 1LL << 40) {
  to = static_cast<Int>(f.OptionalInt(key, low, high).value_or(static_cast<std::int64_t>(to)));
}
void TakeOptional(Fields& f, const char* key, std::optional<double>& to) {
  if (const auto value = f.OptionalNumber(key)) to = *value;
}

template <class Parsed>
void TakeName(Fields& f, const char* key, std::optional<Parsed> (*parse)(std::string_view),
              Parsed& to, const char* known) {
  const auto name = f.OptionalString(key);
  if (!name) return;
  if (const auto parsed = parse(*name)) {
    to = *parsed;
  } else {
    f.Refuse(key, fmt::format("is \"{}\": expected {}", *name, known));
  }
}

const Json& Section(Fields& f, const char* key) {
  static const Json empty = Json::object();
  const Json* section = f.OptionalAny(key);
  if (section == nullptr) return empty;
  if (!section->is_object()) {
    f.Refuse(key, "expected an object");
    return empty;
  }
  return *section;
}

Result<void> ReadModel(Fields& f, ModelSection& model, const std::filesystem::path& base) {
  Take(f, "path", model.path);
  if (const Json* fresh = f.OptionalAny("fresh")) model.fresh = *fresh;
  Take(f, "tokenizer", model.tokenizer, base);
  Take(f, "recompute_layers", model.learner.recompute_layers);
  TakeInt(f, "head_chunk", model.learner.head_chunk, 1);
  Fields lora(Section(f, "lora"), "model.lora");
  TakeInt(lora, "rank", model.learner.lora.rank, 0, 4096);
  Take(lora, "alpha", model.learner.lora.alpha);
  if (const auto modules = lora.OptionalStrings("modules")) model.learner.lora.modules = *modules;
  if (model.path.empty() == model.fresh.is_null()) {
    f.Refuse("path", "expected either \"path\" or \"fresh\"");
  }
  if (!model.fresh.is_null() && model.tokenizer.empty()) {
    f.Refuse("tokenizer", "is needed for a fresh model: a folder with tokenizer.json");
  }
  if (auto done = lora.Done(); !done) return done;
  return f.Done();
}

// "3" or "2-5", or the number itself.
void ReadLevels(Fields& f, StreamSection& stream) {
  const Json* level = f.OptionalAny("level");
  if (level == nullptr) return;
  const std::string text = level->is_string() ? level->get<std::string>() : DumpJson(*level);
  const auto dash = text.find('-');
  const std::string low = text.substr(0, dash);
  const std::string high = dash == std::string::npos ? low : text.substr(dash + 1);
  const auto read = [](const std::string& word, int& into) {
    const auto end = word.data() + word.size();
    const auto done = std::from_chars(word.data(), end, into);
    return done.ec == std::errc() && done.ptr == end && into >= 1 && into <= 10;
  };
  if (!read(low, stream.low_level) || !read(high, stream.high_level) ||
      stream.low_level > stream.high_level) {
    f.Refuse("level", fmt::format("is {}: expected a level from 1 to 10, or two like \"2-5\"",
                                  DumpJson(*level)));
  }
}

Result<void> ReadStreams(Fields& f, DataSection& data) {
  const Json* list = f.OptionalAny("streams");
  if (list == nullptr) return {};
  if (!list->is_array() || list->empty()) {
    f.Refuse("streams", "expected a list like [{\"family\": \"gcd_lcm\", \"level\": \"1-3\"}]");
    return {};
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    Fields own((*list)[i], fmt::format("data.streams[{}]", i));
    StreamSection stream;
    stream.family = own.String("family");
    ReadLevels(own, stream);
    Take(own, "weight", stream.weight);
    if (stream.weight <= 0) own.Refuse("weight", "must be above 0");
    if (FindFamily(stream.family) == nullptr) {
      own.Refuse("family", fmt::format("is \"{}\", which is no family{}", stream.family,
                                       DidYouMean(stream.family, FamilyNames())));
    }
    if (auto done = own.Done(); !done) return done;
    data.streams.push_back(std::move(stream));
  }
  return {};
}

Result<void> ReadData(Fields& f, DataSection& data, StageKind stage,
                      const std::filesystem::path& base) {
  Take(f, "suite", data.suite);
  Take(f, "problems", data.problems, base);
  if (auto read = ReadStreams(f, data); !read) return read;
  TakeInt(f, "sort_digits", data.sort_digits, 1, 12);
  TakeInt(f, "add_digits", data.add_digits, 1, 9);
  Take(f, "curriculum", data.curriculum);
  Take(f, "curriculum_memory", data.curriculum_memory);
  Take(f, "curriculum_floor", data.curriculum_floor);
  TakeInt(f, "count", data.count, 1);
  Take(f, "prompt_template", data.prompt_template);
  Take(f, "chat", data.chat);
  Take(f, "response_template", data.response_template);
  Take(f, "responses", data.responses, base);
  Take(f, "held_out", data.held_out);
  TakeInt(f, "held_out_count", data.held_out_count, 1);
  if (const auto seed = f.OptionalInt("held_out_seed", 0)) {
    data.held_out_seed = static_cast<std::uint64_t>(*seed);
  }
  TakeInt(f, "held_out_samples", data.held_out_samples, 1, 4096);
  Take(f, "held_out_temperature", data.held_out_temperature);
  Take(f, "allow_overlap", data.allow_overlap);
  const int sources = int{!data.suite.empty()} + int{!data.problems.empty()} +
                      int{!data.streams.empty()} + int{data.sort_digits > 0} +
                      int{data.add_digits > 0};
  const bool needs_problems = stage != StageKind::kSft || data.responses.empty();
  if (sources > 1 || (needs_problems && sources == 0)) {
    f.Refuse(
        "suite",
        "expected one of \"suite\", \"problems\", \"streams\", \"sort_digits\", \"add_digits\"");
  }
  if (data.prompt_template.find("{prompt}") == std::string::npos) {
    f.Refuse("prompt_template", "lacks {prompt}");
  }
  if (data.curriculum_memory < 0 || data.curriculum_memory >= 1) {
    f.Refuse("curriculum_memory", "must be at least 0 and below 1");
  }
  if (data.curriculum_floor <= 0 || data.curriculum_floor > 1) {
    f.Refuse("curriculum_floor", "must be above 0 and at most 1");
  }
  if (data.held_out_temperature == 0 && data.held_out_samples > 1) {
    f.Refuse("held_out_samples", "is above 1 at held_out_temperature 0: greedy samples are equal");
  }
  return f.Done();
}

Result<void> ReadReward(Fields& f, RewardSection& reward) {
  Take(f, "accuracy", reward.accuracy);
  Take(f, "format", reward.format);
  Take(f, "overlong", reward.overlong);
  TakeInt(f, "overlong_cache", reward.overlong_cache, 1);
  Take(f, "repetition", reward.repetition);
  TakeInt(f, "repetition_words", reward.repetition_words, 1, 100);
  Take(f, "language", reward.language);
  Take(f, "script", reward.script);
  Take(f, "max_error_share", reward.max_error_share);
  TakeInt(f, "budget_ms", reward.budget_ms, 1, 3'600'000);
  Take(f, "shuffle", reward.shuffle);
  if (!KnownScript(reward.script)) f.Refuse("script", "is unknown");
  return f.Done();
}

Result<void> ReadRollout(Fields& f, RolloutSection& rollout) {
  TakeInt(f, "prompts", rollout.prompts, 1);
  TakeInt(f, "group", rollout.group, 1);
  TakeInt(f, "max_tokens", rollout.max_tokens, 1);
  Take(f, "temperature", rollout.temperature);
  if (const auto stop = f.OptionalStrings("stop")) rollout.stop = *stop;
  Take(f, "mask_truncated", rollout.mask_truncated);
  TakeInt(f, "refill_rounds", rollout.refill_rounds, 0, 1000);
  Take(f, "device", rollout.device);
  Take(f, "dtype", rollout.dtype);
  if (rollout.temperature <= 0) f.Refuse("temperature", "must be above 0");
  if (!ParseLearnerDevice(rollout.device, 0)) {
    f.Refuse("device", "must be cpu, cuda or cuda:INDEX");
  }
  if (!ParseWeightType(rollout.dtype)) f.Refuse("dtype", "must be f32, bf16, f16 or int8");
  return f.Done();
}

void ReadPolicy(Fields& f, LossSection& loss) {
  PolicyLossConfig& policy = loss.policy;
  Take(f, "eps_low", policy.eps_low);
  Take(f, "eps_high", policy.eps_high);
  TakeOptional(f, "delta", policy.delta);
  TakeOptional(f, "dual_clip", policy.dual_clip);
  Take(f, "beta", policy.beta);
  TakeName(f, "kl", ParseKlEstimator, policy.kl, "k1, abs, k2, k3, k1+ or k3+");
  Take(f, "kl_times_ratio", policy.kl_times_ratio);
  Take(f, "entropy_bonus", policy.entropy_bonus);
  TakeOptional(f, "off_policy_threshold", policy.off_policy_threshold);
  if (const auto level = f.OptionalString("ratio")) {
    if (*level != "token" && *level != "sequence") f.Refuse("ratio", "is token or sequence");
    policy.level = *level == "sequence" ? RatioLevel::kSequence : RatioLevel::kToken;
  }
  if (policy.dual_clip && *policy.dual_clip <= 1) f.Refuse("dual_clip", "must be above 1");
}

Result<void> ReadLoss(Fields& f, LossSection& loss, StageKind stage) {
  if (stage == StageKind::kPpo) loss.name = "ppo";
  Take(f, "name", loss.name);
  const auto preset = PolicyLossPreset(loss.name);
  if (!preset) {
    f.Refuse("name", fmt::format("is \"{}\": expected one of {}", loss.name,
                                 fmt::join(PolicyLossPresets(), ", ")));
    return f.Done();
  }
  loss.policy = *preset;
  if (loss.name == "dr_grpo") loss.scale.scale = AdvantageScale::kNone;
  if (loss.name == "rloo") loss.advantage = AdvantageKind::kLeaveOneOut;
  if (loss.name == "reinforce++") loss.advantage = AdvantageKind::kReinforce;
  ReadPolicy(f, loss);
  TakeName(f, "advantage", ParseAdvantageKind, loss.advantage,
           "mean, leave_one_out, reinforce++ or reinforce++_baseline");
  TakeName(f, "scale", ParseAdvantageScale, loss.scale.scale, "group, batch or none");
  TakeInt(f, "std_ddof", loss.scale.ddof, 0, 1);
  Take(f, "std_eps", loss.scale.std_eps);
  Take(f, "normalize_then_sum", loss.scale.normalize_then_sum);
  SamplerCorrection correction;
  if (f.OptionalAny("sampler_correction") != nullptr) {
    TakeName(f, "sampler_correction", ParseSamplerCorrection, correction,
             "token_truncate, token_mask, sequence_truncate or sequence_mask");
    loss.correction = correction;
  }
  std::optional<double> low, high;
  TakeOptional(f, "correction_low", low);
  TakeOptional(f, "correction_high", high);
  if (loss.correction) {
    loss.correction->low = low;
    loss.correction->high = high;
  }
  Take(f, "entropy_quantile", loss.entropy_quantile);
  TakeInt(f, "epochs", loss.epochs, 1, 1000);
  TakeInt(f, "minibatches", loss.minibatches, 1, 1000);
  TakeInt(f, "reference_refresh", loss.reference_refresh, 0);
  Take(f, "gamma", loss.gamma);
  Take(f, "lambda", loss.lambda);
  Take(f, "whiten", loss.whiten);
  Take(f, "value_weight", loss.value_weight);
  Take(f, "value_eps", loss.value_eps);
  Take(f, "reward_kl", loss.reward_kl);
  Take(f, "logit_kl", loss.logit_kl);
  if (loss.logit_kl < 0 || loss.logit_kl > 1) f.Refuse("logit_kl", "must be from 0 to 1");
  if (loss.logit_kl > 0 && stage != StageKind::kDistill) f.Refuse("logit_kl", "is for distill");
  return f.Done();
}

std::optional<Schedule> ParseSchedule(std::string_view name) {
  if (name == "constant") return Schedule::kConstant;
  if (name == "linear") return Schedule::kLinear;
  if (name == "cosine") return Schedule::kCosine;
  return std::nullopt;
}

Result<void> ReadOptimizer(Fields& f, OptimizerSection& optimizer) {
  Take(f, "learning_rate", optimizer.learning_rate);
  Take(f, "beta1", optimizer.adamw.beta1);
  Take(f, "beta2", optimizer.adamw.beta2);
  Take(f, "eps", optimizer.adamw.eps);
  Take(f, "weight_decay", optimizer.adamw.weight_decay);
  Take(f, "max_grad_norm", optimizer.max_grad_norm);
  TakeName(f, "schedule", ParseSchedule, optimizer.schedule, "constant, linear or cosine");
  TakeInt(f, "warmup", optimizer.warmup, 0);
  Take(f, "final_fraction", optimizer.final_fraction);
  TakeInt(f, "tokens_per_batch", optimizer.tokens_per_batch, 1);
  return f.Done();
}

Result<void> ReadRun(Fields& f, RunSection& run, StageKind stage) {
  TakeInt(f, "steps", run.steps, 0);
  TakeInt(f, "save_every", run.save_every, 0);
  TakeInt(f, "keep_last", run.keep_last, 1, 1000);
  Take(f, "keep_best", run.keep_best);
  TakeInt(f, "eval_every", run.eval_every, 0);
  TakeInt(f, "batch", run.batch, 1);
  TakeInt(f, "samples", run.samples, 1);
  TakeInt(f, "keep", run.keep, 1);
  TakeInt(f, "log_samples", run.log_samples, 0, 1000);
  TakeInt(f, "epochs", run.epochs, 1);
  Take(f, "teacher", run.teacher);
  if (stage == StageKind::kDistill && run.teacher.empty()) {
    f.Refuse("teacher", "is needed: the model whose verified responses are learnt");
  }
  return f.Done();
}

// Sizes that do not divide, options that do not go together.
Result<void> CheckTogether(const TrainConfig& c, const std::string& place) {
  const bool grpo = c.stage == StageKind::kGrpo;
  if (!grpo && c.stage != StageKind::kPpo) return {};
  if (c.rollout.prompts % c.loss.minibatches != 0) {
    return Fail(ErrorCode::kInput,
                "{}: rollout.prompts ({}) must be a multiple of loss.minibatches ({})", place,
                c.rollout.prompts, c.loss.minibatches);
  }
  if (grpo && c.rollout.group < 2 && c.loss.advantage != AdvantageKind::kReinforce) {
    return Fail(ErrorCode::kInput, "{}: rollout.group is {}: a group needs 2 samples to compare",
                place, c.rollout.group);
  }
  if (c.rollout.refill_rounds > 0 && c.rollout.group < 2) {
    return Fail(ErrorCode::kInput,
                "{}: rollout.refill_rounds replaces groups without spread: rollout.group must be "
                "2 or more",
                place);
  }
  if (grpo && c.loss.reward_kl != 0) {
    return Fail(ErrorCode::kInput,
                "{}: loss.reward_kl is for ppo: use loss.beta for a KL term in the loss", place);
  }
  return {};
}

}  // namespace

std::optional<StageKind> ParseStageKind(std::string_view name) {
  if (name == "sft") return StageKind::kSft;
  if (name == "grpo") return StageKind::kGrpo;
  if (name == "ppo") return StageKind::kPpo;
  if (name == "reject") return StageKind::kReject;
  if (name == "distill") return StageKind::kDistill;
  return std::nullopt;
}

std::string_view ToString(StageKind kind) {
  switch (kind) {
    case StageKind::kSft:
      return "sft";
    case StageKind::kGrpo:
      return "grpo";
    case StageKind::kPpo:
      return "ppo";
    case StageKind::kReject:
      return "reject";
    case StageKind::kDistill:
      return "distill";
  }
  return "";
}

Result<TrainConfig> ParseTrainConfig(const Json& json, StageKind stage,
                                     const std::filesystem::path& base, const std::string& place) {
  TrainConfig config;
  config.stage = stage;
  config.source = json;
  Fields top(json, place);
  Take(top, "name", config.name);
  config.seed = static_cast<std::uint64_t>(top.OptionalInt("seed", 0).value_or(0));
  TakeInt(top, "threads", config.threads, 0, 4096);
  Take(top, "memory_gb", config.memory_gb);
  Take(top, "device", config.device);
  if (auto device = ParseLearnerDevice(config.device, 0); !device) {
    return Within(place, device.error());
  }
  Take(top, "exchange", config.exchange);
  if (auto known = CheckExchange(config.exchange, config.device); !known) {
    return Within(place, known.error());
  }
  Fields model(Section(top, "model"), place + ": model");
  Fields data(Section(top, "data"), place + ": data");
  Fields reward(Section(top, "reward"), place + ": reward");
  Fields rollout(Section(top, "rollout"), place + ": rollout");
  Fields loss(Section(top, "loss"), place + ": loss");
  Fields optimizer(Section(top, "optimizer"), place + ": optimizer");
  Fields run(Section(top, "run"), place + ": run");
  for (const Result<void>& done :
       {top.Done(), ReadModel(model, config.model, base), ReadData(data, config.data, stage, base),
        ReadReward(reward, config.reward), ReadRollout(rollout, config.rollout),
        ReadLoss(loss, config.loss, stage), ReadOptimizer(optimizer, config.optimizer),
        ReadRun(run, config.run, stage)}) {
    if (!done) return Pass(done.error());
  }
  config.loss.policy.max_length = config.rollout.max_tokens;
  config.model.learner.value_head = stage == StageKind::kPpo;
  if (auto done = CheckTogether(config, place); !done) return Pass(done.error());
  return config;
}

Result<void> SetKey(Json& json, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Fail(ErrorCode::kUsage, "--set {}: expected key=value", assignment);
  }
  const std::string value = assignment.substr(equals + 1);
  Json* at = &json;
  std::size_t begin = 0;
  while (true) {
    const std::size_t dot = assignment.find('.', begin);
    const std::string key = assignment.substr(begin, std::min(dot, equals) - begin);
    if (at->is_array()) {
      std::size_t index = at->size();
      const auto read = std::from_chars(key.data(), key.data() + key.size(), index);
      if (read.ec != std::errc() || index >= at->size()) {
        return Fail(ErrorCode::kUsage, "--set {}: {} is none of the {} places of a list",
                    assignment, key, at->size());
      }
      at = &(*at)[index];
      if (dot == std::string::npos || dot > equals) break;
      begin = dot + 1;
      continue;
    }
    if (!at->is_object() && !at->is_null()) {
      return Fail(ErrorCode::kUsage, "--set {}: {} is inside something that has no keys",
                  assignment, key);
    }
    at = &(*at)[key];
    if (dot == std::string::npos || dot > equals) break;
    begin = dot + 1;
  }
  const auto parsed = ParseJson(value);
  *at = parsed ? *parsed : Json(value);
  return {};
}

double LearningRateAt(const OptimizerSection& optimizer, std::int64_t step, std::int64_t steps) {
  const double peak = optimizer.learning_rate;
  if (step < optimizer.warmup) {
    return peak * static_cast<double>(step + 1) / static_cast<double>(optimizer.warmup);
  }
  const auto span = static_cast<double>(std::max<std::int64_t>(steps - optimizer.warmup, 1));
  const double done = std::min(1.0, static_cast<double>(step - optimizer.warmup) / span);
  const double low = optimizer.final_fraction;
  switch (optimizer.schedule) {
    case Schedule::kConstant:
      return peak;
    case Schedule::kLinear:
      return peak * (1 - (1 - low) * done);
    case Schedule::kCosine:
      return peak * (low + (1 - low) * (1 + std::cos(std::numbers::pi * done)) / 2);
  }
  return peak;
}

}  // namespace assay
