// trainer/stages/train_config.h -- Every hyperparameter of a training run, from one JSON file.
//
// Unknown keys are refused with the nearest known one. Each section has a struct below; a key's
// name is the field's. docs/training.md lists them with their defaults.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "trainer/loss/advantage.h"
#include "trainer/loss/policy_loss.h"
#include "trainer/loss/sampler_correction.h"
#include "trainer/model/adamw.h"
#include "trainer/model/learner.h"

namespace assay {

enum class StageKind { kSft, kGrpo, kPpo, kReject, kDistill };
std::optional<StageKind> ParseStageKind(std::string_view name);
std::string_view ToString(StageKind kind);

struct ModelSection {
  std::string path;  // a checkpoint as every command takes it; or, for a fresh model:
  Json fresh;        // keys of a Hugging Face config.json
  std::filesystem::path tokenizer;  // folder with tokenizer.json, for a fresh model
  LearnerOptions learner;
};

// A generator family at some levels: {"family": "countdown", "level": "2-5"}.
struct StreamSection {
  std::string family;
  int low_level = 1, high_level = 10;
  double weight = 1;  // relative to the other streams
};

// Where prompts come from: exactly one of the first five.
struct DataSection {
  std::string suite;                   // a suite's name or a pack's folder
  std::filesystem::path problems;      // problems.jsonl
  std::vector<StreamSection> streams;  // generated without end for grpo, `count` of them otherwise
  int sort_digits = 0;                 // toy task: sort so many digits, judged place by place
  int add_digits = 0;                  // toy task: add two numbers of so many digits
  std::int64_t count = 2000;           // problems of the toy tasks and of streams
  // Streams only: draw families and levels more often where about half of the samples are right.
  bool curriculum = false;
  double curriculum_memory = 0.9;  // weight of what was measured before against a new group
  double curriculum_floor = 0.1;   // of a level's weight, however easy or hard it is
  std::string prompt_template = "{prompt}";
  bool chat = true;  // through the model's chat template; else plain completion
  // sft and reject on problems without responses: what is learnt, with {reference} filled in.
  std::string response_template = "{reference}";
  std::filesystem::path responses;  // sft: JSONL with "prompt" | "messages" and "response"
  std::string held_out;             // suite, or "generated" for fresh problems of the same kinds
  std::int64_t held_out_count = 64;
  std::optional<std::uint64_t> held_out_seed;  // of generated ones; absent: the run's seed
  int held_out_samples = 1;                    // of each problem
  double held_out_temperature = 0;             // 0: greedy
  bool allow_overlap = false;  // train on held-out prompts all the same (never for results)
};

// Weights of the reward's components; 0 leaves one out.
struct RewardSection {
  double accuracy = 1;  // the verifier's reward
  double format = 0;    // <think>…</think><answer>…</answer>
  double overlong = 0;  // DAPO's penalty over the last `overlong_cache` tokens
  std::int64_t overlong_cache = 64;
  double repetition = 0;  // minus the share of repeated runs of `repetition_words` words
  int repetition_words = 4;
  double language = 0;  // the share of letters in `script`
  std::string script = "latin";
  double max_error_share = 0.2;  // more unscored samples than this in a step stop the run
  int budget_ms = 5000;          // of one verdict
  bool shuffle = false;          // negative control: rewards are dealt out at random
};

struct RolloutSection {
  std::int64_t prompts = 8;  // groups in a step, over all processes
  std::int64_t group = 8;    // samples of a prompt
  std::int64_t max_tokens = 64;
  double temperature = 1;  // applied by sampler and learner alike
  std::vector<std::string> stop;
  std::string device = "cpu";      // where samples are drawn; on a GPU by the engine's GPU module
  std::string dtype = "f32";       // weights of the sampler; only f32 is the learner's arithmetic
  bool mask_truncated = false;     // truncated responses have no part in the loss
  std::int64_t refill_rounds = 0;  // dynamic sampling: rounds that replace groups without spread
};

struct LossSection {
  std::string name = "dapo";
  PolicyLossConfig policy;
  AdvantageKind advantage = AdvantageKind::kMean;
  AdvantageConfig scale;
  std::optional<SamplerCorrection> correction;
  double entropy_quantile = 0;  // policy term only for tokens above this quantile of entropy
  int epochs = 1;               // passes over a step's samples
  int minibatches = 1;          // optimizer steps a pass
  std::int64_t reference_refresh =
      0;  // steps after which the reference becomes the policy; 0: never
  // PPO only.
  double gamma = 1, lambda = 0.95;  // of generalised advantage estimation
  bool whiten = true;               // advantages over the tokens of the step
  double value_weight = 0.5;        // of the value head's loss
  double value_eps = 0.2;           // how far an estimate may move from the one before the step
  double reward_kl = 0;  // a token's reward loses this times its log-ratio to the reference
  // Distillation only: this share of the loss is KL(teacher || policy) over the vocabulary, the
  // rest minus the log-probability of the teacher's tokens.
  double logit_kl = 0;
};

enum class Schedule { kConstant, kLinear, kCosine };

struct OptimizerSection {
  double learning_rate = 1e-6;
  AdamWConfig adamw;
  double max_grad_norm = 1;  // 0: off
  Schedule schedule = Schedule::kConstant;
  std::int64_t warmup = 0;               // steps
  double final_fraction = 0.1;           // of the learning rate at the end, linear and cosine
  std::int64_t tokens_per_batch = 8192;  // prompt and response tokens of one micro-batch
};

struct RunSection {
  std::int64_t steps = 100;
  std::int64_t save_every = 0;  // 0: at the end only
  int keep_last = 2;
  bool keep_best = false;       // save and keep the checkpoint with the best held-out score too
  std::int64_t eval_every = 0;  // 0: at the end only, where held-out problems are named
  std::int64_t batch = 32;      // sft: responses in a step
  std::int64_t samples = 4;     // reject and distill: responses drawn a problem
  std::int64_t keep = 4;  // reject and distill: of a problem's right responses, the best so many
  std::int64_t log_samples = 4;  // responses of a step that are kept for the report; 0: none
  std::int64_t epochs = 1;       // reject and distill: passes of the fine-tuning
  std::string teacher;           // distill: the checkpoint or endpoint that answers
};

struct TrainConfig {
  std::string name;
  StageKind stage = StageKind::kGrpo;
  std::uint64_t seed = 0;
  std::size_t threads = 0;        // 0: all that this process may use
  std::string device = "cpu";     // of the learner: "cpu", "cuda" (one a process) or "cuda:INDEX"
  std::string exchange = "auto";  // between processes: see OpenBulk
  double memory_gb = 0;           // refuse plans above this; 0: the memory that is free
  ModelSection model;
  DataSection data;
  RewardSection reward;
  RolloutSection rollout;
  LossSection loss;
  OptimizerSection optimizer;
  RunSection run;
  Json source;  // as read, after --set: written into the run
};

// `base` is the folder that relative paths in the file start from. kInput naming the key.
Result<TrainConfig> ParseTrainConfig(const Json& json, StageKind stage,
                                     const std::filesystem::path& base, const std::string& place);

// Sets a dotted key ("optimizer.learning_rate=1e-5"); the value is JSON, or a word as it stands.
Result<void> SetKey(Json& json, const std::string& assignment);

double LearningRateAt(const OptimizerSection& optimizer, std::int64_t step, std::int64_t steps);

}  // namespace assay
