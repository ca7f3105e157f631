#include "runner/model/transformer/transformer.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "runner/model/transformer/kernels/activation.h"
#include "runner/model/transformer/kernels/attention.h"
#include "runner/model/transformer/kernels/norm.h"

namespace assay {

using kernels::Epilogue;
using kernels::RoundUp;
using kernels::RowStride;
using kernels::WeightFormat;

// Activations of one call; every matrix has kMaxRows rows.
struct Transformer::Buffers {
  Buffers(const ModelConfig& c, std::size_t threads)
      : ld_hidden(RowStride(c.hidden)),
        ld_qkv(RowStride(c.query_columns() + 2 * c.kv_columns())),
        ld_query(RowStride(c.query_columns())),
        ld_mlp(RowStride(c.intermediate)),
        x(Matrix(ld_hidden)),
        normed(Matrix(ld_hidden)),
        qkv(Matrix(ld_qkv)),
        attended(Matrix(ld_query)),
        activated(Matrix(ld_mlp)),
        scores(threads) {
    const std::int64_t widest =
        RoundUp(std::max({c.hidden, c.query_columns(), c.intermediate}), kernels::kQuantBlock);
    quantized.resize(static_cast<std::size_t>(kMaxRows * widest));
    scales.resize(quantized.size() / kernels::kQuantBlock);
    sums.resize(scales.size());
  }
  static std::vector<float> Matrix(std::int64_t stride) {
    return std::vector<float>(static_cast<std::size_t>(kMaxRows * stride));
  }

  std::int64_t ld_hidden;
  std::int64_t ld_qkv;
  std::int64_t ld_query;
  std::int64_t ld_mlp;
  std::vector<float> x;
  std::vector<float> normed;
  std::vector<float> qkv;
  std::vector<float> attended;
  std::vector<float> activated;
  std::vector<std::vector<float>> scores;  // one a thread
  std::vector<std::int8_t> quantized;
  std::vector<float> scales;
  std::vector<std::int32_t> sums;
};

Transformer::Transformer(const ModelConfig& config, std::shared_ptr<const TensorSource> source,
                         WeightFormat format, std::shared_ptr<ThreadTeam> team)
    : config_(config),
      source_(std::move(source)),
      format_(format),
      team_(std::move(team)),
      rope_(config.rope, config.rotary_dim()),
      buffers_(std::make_shared<Buffers>(config, team_->threads())) {
  if (config.window_rope) window_rope_.emplace(*config.window_rope, config.rotary_dim());
}

std::int64_t Transformer::WorkBytes(const ModelConfig& c, std::size_t threads) {
  const std::int64_t widest = std::max({c.hidden, c.query_columns(), c.intermediate});
  const std::int64_t floats = 2 * RowStride(c.hidden) + RowStride(c.query_columns()) +
                              RowStride(c.query_columns() + 2 * c.kv_columns()) +
                              RowStride(c.intermediate) + RoundUp(widest, kernels::kQuantBlock) / 2;
  // Scores of one query group, and the rotations, grow with the positions in use.
  const std::int64_t per_position = c.heads / c.kv_heads * static_cast<std::int64_t>(threads) +
                                    c.head_dim * (c.window_rope ? 2 : 1);
  return (kMaxRows * floats + c.context * per_position) * static_cast<std::int64_t>(sizeof(float));
}

Result<std::unique_ptr<Transformer>> Transformer::Load(const ModelConfig& config,
                                                       std::shared_ptr<const TensorSource> source,
                                                       WeightFormat format,
                                                       std::shared_ptr<ThreadTeam> team) {
  std::unique_ptr<Transformer> out(
      new Transformer(config, std::move(source), format, std::move(team)));
  if (auto loaded = out->Reload(); !loaded) return Pass(loaded.error());
  return out;
}

Result<void> Transformer::Reload() {
  return LoadWeights(config_, *source_, format_, *team_, weights_);
}

void Transformer::Forward(std::span<const ForwardRow> rows, KvPool& pool, float* logits) {
  ASSAY_CHECK(static_cast<std::int64_t>(rows.size()) <= kMaxRows,
              "too many rows in a forward pass");
  std::int64_t positions = 0;
  for (const ForwardRow& row : rows) positions = std::max(positions, row.position + 1);
  rope_.Grow(RoundUp(positions, 256));
  if (window_rope_) window_rope_->Grow(RoundUp(positions, 256));
  const auto group = static_cast<std::size_t>(config_.heads / config_.kv_heads);
  for (std::vector<float>& scores : buffers_->scores) {
    const std::size_t needed = group * static_cast<std::size_t>(RoundUp(positions, 256));
    if (scores.size() < needed) scores.resize(needed);
  }
  team_->Run([&](std::size_t thread) {
    Embed(rows);
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) Layer(layer, rows, pool, thread);
    Head(rows, logits);
  });
}

void Transformer::Embed(std::span<const ForwardRow> rows) {
  Buffers& b = *buffers_;
  const float scale = config_.embedding_scale();
  team_->Share(static_cast<std::int64_t>(rows.size()), 1,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t r = begin; r < end; ++r) {
                   const TokenId token = rows[static_cast<std::size_t>(r)].token;
                   float* x = b.x.data() + r * b.ld_hidden;
                   ReadRow(*weights_.embedding, token, x);
                   if (!config_.scaled_embedding) continue;
                   for (std::int64_t i = 0; i < config_.hidden; ++i) x[i] *= scale;
                 }
               });
}

void Transformer::Norm(const std::vector<float>& weight, std::int64_t rows) {
  Buffers& b = *buffers_;
  const auto epsilon = static_cast<float>(config_.rms_eps);
  team_->Share(rows, team_->Grain(rows), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      kernels::RmsNorm(b.x.data() + r * b.ld_hidden, weight.data(), config_.hidden, epsilon,
                       b.normed.data() + r * b.ld_hidden);
    }
  });
}

void Transformer::Product(const kernels::PackedMatrix& weights, const std::vector<float>& bias,
                          Epilogue epilogue, const float* x, std::int64_t ldx, std::int64_t rows,
                          float* y, std::int64_t ldy) {
  Buffers& b = *buffers_;
  kernels::LinearArgs args = weights.Args();
  args.bias = bias.empty() ? nullptr : bias.data();
  args.epilogue = epilogue;
  args.rows = rows;
  args.x = x;
  args.ldx = ldx;
  args.y = y;
  args.ldy = ldy;
  if (kernels::TakesQuantizedRows(weights.format())) {
    const std::int64_t inputs = RoundUp(weights.inputs(), kernels::kQuantBlock);
    const std::int64_t blocks = inputs / kernels::kQuantBlock;
    team_->Share(rows, team_->Grain(rows), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t r = begin; r < end; ++r) {
        kernels::QuantizeRow(x + r * ldx, weights.inputs(), b.quantized.data() + r * inputs,
                             b.scales.data() + r * blocks, b.sums.data() + r * blocks);
      }
    });
    args.qx = b.quantized.data();
    args.scales = b.scales.data();
    args.sums = b.sums.data();
  }
  team_->Share(weights.panels(), team_->Grain(weights.panels()),
               [&](std::int64_t begin, std::int64_t end) { kernels::Linear(args, begin, end); });
}

void Transformer::AddProduct(const kernels::PackedMatrix& weights, const std::vector<float>& bias,
                             const std::vector<float>& norm, const float* input, std::int64_t ld,
                             std::int64_t rows) {
  Buffers& b = *buffers_;
  if (norm.empty()) {
    Product(weights, bias, Epilogue::kAdd, input, ld, rows, b.x.data(), b.ld_hidden);
    return;
  }
  Product(weights, bias, Epilogue::kStore, input, ld, rows, b.normed.data(), b.ld_hidden);
  const auto epsilon = static_cast<float>(config_.rms_eps);
  team_->Share(rows, team_->Grain(rows), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      float* output = b.normed.data() + r * b.ld_hidden;
      float* x = b.x.data() + r * b.ld_hidden;
      kernels::RmsNorm(output, norm.data(), config_.hidden, epsilon, output);
      for (std::int64_t i = 0; i < config_.hidden; ++i) x[i] += output[i];
    }
  });
}

void Transformer::Layer(std::int64_t layer, std::span<const ForwardRow> rows, KvPool& pool,
                        std::size_t thread) {
  Buffers& b = *buffers_;
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(layer)];
  const auto count = static_cast<std::int64_t>(rows.size());
  Norm(w.attention_norm, count);
  Product(w.qkv, w.qkv_bias, Epilogue::kStore, b.normed.data(), b.ld_hidden, count, b.qkv.data(),
          b.ld_qkv);
  Attention(layer, rows, pool, thread);
  AddProduct(w.output, w.output_bias, w.attention_output_norm, b.attended.data(), b.ld_query,
             count);
  Norm(w.mlp_norm, count);
  const bool silu = config_.activation == Activation::kSilu;
  Product(w.gate_up, w.gate_up_bias, silu ? Epilogue::kSwiGlu : Epilogue::kGeGlu, b.normed.data(),
          b.ld_hidden, count, b.activated.data(), b.ld_mlp);
  AddProduct(w.down, w.down_bias, w.mlp_output_norm, b.activated.data(), b.ld_mlp, count);
}

void Transformer::RotateAndKeep(std::int64_t layer, const ForwardRow& row, float* qkv,
                                KvPool& pool) {
  const LayerWeights& w = weights_.layers[static_cast<std::size_t>(layer)];
  const bool windowed = window_rope_ && config_.IsWindowed(layer);
  const kernels::RopeTable& rope = windowed ? *window_rope_ : rope_;
  const std::int64_t dim = config_.head_dim;
  const auto epsilon = static_cast<float>(config_.rms_eps);
  for (std::int64_t head = 0; head < config_.heads + config_.kv_heads; ++head) {
    float* values = qkv + head * dim;
    if (config_.qk_norm) {
      const auto& norm = head < config_.heads ? w.query_norm : w.key_norm;
      kernels::RmsNorm(values, norm.data(), dim, epsilon, values);
    }
    kernels::Rotate(values, rope.Cos(row.position), rope.Sin(row.position), config_.rotary_dim());
  }
  const PageId page = row.pages[row.position / kernels::kPagePositions];
  for (std::int64_t head = 0; head < config_.kv_heads; ++head) {
    const float* key = qkv + config_.query_columns() + head * dim;
    pool.Write(page, layer, head, row.position % kernels::kPagePositions, key,
               key + config_.kv_columns());
  }
}

void Transformer::Attention(std::int64_t layer, std::span<const ForwardRow> rows, KvPool& pool,
                            std::size_t thread) {
  Buffers& b = *buffers_;
  const std::int64_t dim = config_.head_dim;
  const std::int64_t group = config_.heads / config_.kv_heads;
  const auto count = static_cast<std::int64_t>(rows.size());
  team_->Share(count, team_->Grain(count), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      RotateAndKeep(layer, rows[static_cast<std::size_t>(r)], b.qkv.data() + r * b.ld_qkv, pool);
    }
  });

  kernels::AttentionArgs args;
  args.group = group;
  args.head_dim = dim;
  args.cache = pool.format();
  args.pool = pool.data();
  args.page_stride = pool.page_stride();
  args.run_stride = pool.run_stride();
  args.scale = config_.attention_scale();
  args.cap = static_cast<float>(config_.score_cap.value_or(0));
  args.scratch = b.scores[thread].data();
  const std::int64_t tasks = count * config_.kv_heads;
  team_->Share(tasks, team_->Grain(tasks), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t head = task / count;
      const std::int64_t r = task % count;
      const ForwardRow& row = rows[static_cast<std::size_t>(r)];
      args.queries = b.qkv.data() + r * b.ld_qkv + head * group * dim;
      args.page_ids = row.pages;
      args.offset = pool.Offset(layer, head);
      args.first = config_.FirstSeen(layer, row.position);
      args.positions = row.position + 1;
      args.out = b.attended.data() + r * b.ld_query + head * group * dim;
      kernels::Attend(args);
    }
  });
}

void Transformer::Head(std::span<const ForwardRow> rows, float* logits) {
  Buffers& b = *buffers_;
  // Gathers the wanted rows to the front of `normed`; every thread counts for itself.
  std::int64_t wanted = 0;
  const auto epsilon = static_cast<float>(config_.rms_eps);
  std::vector<std::int64_t> sources;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].wants_logits) sources.push_back(static_cast<std::int64_t>(r));
  }
  wanted = static_cast<std::int64_t>(sources.size());
  if (wanted == 0) return;
  team_->Share(wanted, team_->Grain(wanted), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      kernels::RmsNorm(b.x.data() + sources[static_cast<std::size_t>(i)] * b.ld_hidden,
                       weights_.final_norm.data(), config_.hidden, epsilon,
                       b.normed.data() + i * b.ld_hidden);
    }
  });
  Product(weights_.head, {}, Epilogue::kStore, b.normed.data(), b.ld_hidden, wanted, logits,
          config_.vocabulary);
  if (!config_.logit_cap) return;
  const std::int64_t all = wanted * config_.vocabulary;
  constexpr std::int64_t kAtOnce = 4096;
  team_->Share(all, kAtOnce, [&](std::int64_t begin, std::int64_t end) {
    kernels::SoftCap(logits + begin, end - begin, static_cast<float>(*config_.logit_cap));
  });
}

}  // namespace assay
