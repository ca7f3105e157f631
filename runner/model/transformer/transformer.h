// runner/model/transformer/transformer.h -- The forward pass of a decoder-only transformer on the
// CPU.
//
// Every row (one token of one sequence) goes through the same arithmetic in the same order whatever
// else is in the batch: results do not depend on batch size, order, threads, or on whether
// positions before it were computed in this call or an earlier one. Activations are fp32 always;
// the weight format decides memory and speed (see kernels/linear.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runner/model/checkpoint/config.h"
#include "runner/model/checkpoint/tensor.h"
#include "runner/model/transformer/forward_row.h"
#include "runner/model/transformer/kernels/rope.h"
#include "runner/model/transformer/kv_pool.h"
#include "runner/model/transformer/thread_team.h"
#include "runner/model/transformer/weights.h"

namespace assay {

// One call at a time.
class Transformer {
 public:
  // At most this many rows a call.
  static constexpr std::int64_t kMaxRows = 256;

  // What a transformer takes beside its weights and the cache.
  static std::int64_t WorkBytes(const ModelConfig& config, std::size_t threads);

  // kInput naming the tensor that is missing or misshapen.
  static Result<std::unique_ptr<Transformer>> Load(const ModelConfig& config,
                                                   std::shared_ptr<const TensorSource> source,
                                                   kernels::WeightFormat format,
                                                   std::shared_ptr<ThreadTeam> team);
  // Packs the weights again from the source, whose numbers have changed (after a training step),
  // over the old ones. After a failure the transformer is of no use.
  Result<void> Reload();

  // `logits` receives config().vocabulary floats for each row that wants them, in order. Tokens
  // must be within the vocabulary and positions within the context.
  void Forward(std::span<const ForwardRow> rows, KvPool& pool, float* logits);

  const ModelConfig& config() const { return config_; }
  const Weights& weights() const { return weights_; }
  ThreadTeam& team() { return *team_; }

 private:
  struct Buffers;
  Transformer(const ModelConfig& config, std::shared_ptr<const TensorSource> source,
              kernels::WeightFormat format, std::shared_ptr<ThreadTeam> team);

  void Embed(std::span<const ForwardRow> rows);
  void Layer(std::int64_t layer, std::span<const ForwardRow> rows, KvPool& pool,
             std::size_t thread);
  void Attention(std::int64_t layer, std::span<const ForwardRow> rows, KvPool& pool,
                 std::size_t thread);
  void Head(std::span<const ForwardRow> rows, float* logits);
  void Norm(const std::vector<float>& weight, std::int64_t rows);
  // x + W * input, by way of `norm` where the architecture has such.
  void AddProduct(const kernels::PackedMatrix& weights, const std::vector<float>& bias,
                  const std::vector<float>& norm, const float* input, std::int64_t ld,
                  std::int64_t rows);
  void RotateAndKeep(std::int64_t layer, const ForwardRow& row, float* qkv, KvPool& pool);
  void Product(const kernels::PackedMatrix& weights, const std::vector<float>& bias,
               kernels::Epilogue epilogue, const float* x, std::int64_t ldx, std::int64_t rows,
               float* y, std::int64_t ldy);

  ModelConfig config_;
  std::shared_ptr<const TensorSource> source_;
  kernels::WeightFormat format_;
  std::shared_ptr<ThreadTeam> team_;
  Weights weights_;
  kernels::RopeTable rope_;
  std::optional<kernels::RopeTable> window_rope_;  // of windowed layers, where it is another one
  std::shared_ptr<Buffers> buffers_;
};

}  // namespace assay
