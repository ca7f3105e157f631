// trainer/model/learner.h -- The transformer that learns: log-probabilities of packed responses,
// and their gradients. Free of LibTorch's headers.
//
// The model is the one runner/model samples from: same ModelConfig, same weight names. Arithmetic
// is fp32 (fp64 for tests). On the CPU in fp32 log-probabilities are, bit for bit, those that
// runner/model tells of the same tokens, whatever else is in the batch, at any number of threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "trainer/model/packed_batch.h"
#include "trainer/model/parameters.h"

namespace assay {

struct LoraOptions {
  std::int64_t rank = 0;  // 0: every weight is trained
  double alpha = 16;      // the update is alpha / rank * B A
  // Which matrices of each layer: "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj",
  // "down_proj".
  std::vector<std::string> modules = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                      "gate_proj", "up_proj", "down_proj"};
};

struct LearnerOptions {
  bool double_precision = false;
  bool recompute_layers = false;  // activation checkpointing: less memory, a third more work
  bool plain = false;             // tensor operations only: the slow truth
  // Tokens from here on have no probability, as a sampler never draws what its tokenizer does not
  // know; 0: all that the model has.
  std::int64_t vocabulary = 0;
  std::int64_t head_chunk = 1024;  // response tokens whose logits exist at once
  bool frozen = false;             // no gradients, nor memory for them: a reference policy
  bool value_head = false;         // a linear value estimate per response token (PPO)
  // Where tensors are computed with: "cpu", or "cuda:0" and the like. The parameters' views stay in
  // this process' ordinary memory; see Changed and CollectGradients.
  std::string device = "cpu";
  bool mirror = false;  // as on a GPU, on the CPU: compute with copies of the parameters (tests)
  LoraOptions lora;
};

// One entry a response token of the batch, in its order.
struct TokenOutputs {
  std::vector<double> logps;  // at the temperature asked for
  std::vector<double> entropies;
  std::vector<double> values;  // empty without a value head
  std::vector<double>
      teacher_kl{};  // KL(teacher || learner) over the vocabulary; empty without one
};

// d loss / d output; an empty vector means zero.
struct TokenGradients {
  std::vector<double> logps;
  std::vector<double> entropies;
  std::vector<double> values;
  std::vector<double> teacher_kl{};
};

// One call at a time.
class Learner {
 public:
  // kInput naming the tensor when one is missing or misshapen, or the LoRA module that is unknown.
  // Adapter and value-head weights start from `key`.
  static Result<std::unique_ptr<Learner>> FromWeights(const ModelConfig& config,
                                                      const TensorSource& weights,
                                                      const LearnerOptions& options,
                                                      const Key& key);
  // Normal(0, 0.02) matrices, unit norms, zero biases.
  static Result<std::unique_ptr<Learner>> Random(const ModelConfig& config,
                                                 const LearnerOptions& options, const Key& key);
  ~Learner();

  // Without gradients.
  TokenOutputs Evaluate(const PackedBatch& batch, double temperature);

  // Calls `loss` with the outputs and adds the gradients of what it returns to the parameters'.
  // `teacher`, of the same vocabulary and precision, is asked about the same tokens; null: no
  // teacher_kl.
  using LossFunction = std::function<TokenGradients(const TokenOutputs& outputs)>;
  void Accumulate(const PackedBatch& batch, double temperature, const LossFunction& loss,
                  Learner* teacher = nullptr);

  void ZeroGradients();

  // Where tensors lie on another device: to be called after parameters were written to, and before
  // gradients are read. Without effect on the CPU.
  void Changed();
  void CollectGradients();

  // All parameters in a fixed order.
  const std::vector<ParameterView>& parameters() const;
  const ModelConfig& config() const;

  // The weights as a checkpoint holds them (adapters merged, fp32), in this learner's memory. What
  // it gives out follows later training steps once Merge is called; without adapters, always.
  const TensorSource& weights() const;
  void Merge();

 private:
  struct State;
  explicit Learner(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace assay
