// AttentionBackward in fp32 as products of matrices, by the sampler's linear kernel: for each block
// of queries S = Q K^T, P = exp(S - log sum), dP = dO V^T and dS = P (dP - mean), from which
// dV += P^T dO, dK += dS^T Q and dQ = dS K (FlashAttention-2, algorithm 2; arXiv:2307.08691).
// attention.cpp has the same, number by number, in double precision.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/thread_pool.h"
#include "runner/model/transformer/kernels/linear.h"
#include "trainer/model/attention.h"
#include "trainer/model/lane_dot.h"

namespace assay {
namespace {

using kernels::kPanel;
using kernels::RoundUp;
using kernels::RowStride;

constexpr std::int64_t kBlockQueries = 96;

// Rows of `columns` numbers, `stride` apart.
struct Rows {
  const float* data = nullptr;
  std::int64_t stride = 0;
  const float* Row(std::int64_t i) const { return data + i * stride; }
};

// Weights for kernels::Linear in memory that is used again. Both are W [outputs, inputs].
class Packed {
 public:
  // W = the rows themselves: y = x rows^T.
  void AsOutputs(const Rows& rows, std::int64_t count, std::int64_t columns) {
    Size(count, columns);
    kernels::PackRows(rows.data, rows.stride, count, columns, data_.data());
  }
  // W = the transpose of the rows: y = x rows.
  void AsInputs(const Rows& rows, std::int64_t count, std::int64_t columns) {
    Size(columns, count);
    kernels::PackTransposed(rows.data, rows.stride, count, columns, data_.data());
  }

  // y [rows, outputs] = x W^T, or that much is added to it, for the first `outputs` outputs.
  void Product(const Rows& x, std::int64_t rows, std::int64_t outputs, float* y, std::int64_t ldy,
               bool add) const {
    kernels::LinearArgs args;
    args.weights = data_.data();
    args.inputs = inputs_;
    args.outputs = outputs;
    args.epilogue = add ? kernels::Epilogue::kAdd : kernels::Epilogue::kStore;
    args.rows = rows;
    args.x = x.data;
    args.ldx = x.stride;
    args.y = y;
    args.ldy = ldy;
    kernels::Linear(args, 0, RoundUp(outputs, kPanel) / kPanel);
  }

 private:
  void Size(std::int64_t outputs, std::int64_t inputs) {
    inputs_ = inputs;
    data_.assign(static_cast<std::size_t>(RoundUp(outputs, kPanel) * inputs), 0.0F);
  }

  std::int64_t inputs_ = 0;
  std::vector<float> data_;
};

struct Arrays {
  const AttentionShape& shape;
  const float *q, *k, *v, *out, *log_sum, *grad_out;
  float *grad_q, *grad_k, *grad_v;
};

// The gradients of one key/value head and of the queries that share it, within one family.
class HeadOfFamily {
 public:
  // `longest`: the most keys that one of its queries sees; the memory for them is taken here, once.
  HeadOfFamily(const Arrays& arrays, std::int64_t kv_head, std::int64_t longest)
      : a_(arrays),
        kv_head_(kv_head),
        dim_(arrays.shape.head_dim),
        per_kv_(arrays.shape.heads / arrays.shape.kv_heads) {
    const std::int64_t queries = std::min(longest, kBlockQueries);
    const auto reserve = [](std::vector<float>& floats, std::int64_t count) {
      floats.reserve(static_cast<std::size_t>(count));
    };
    for (auto* rows : {&k_, &v_, &grad_k_, &grad_v_}) reserve(*rows, longest * dim_);
    for (auto* scores : {&p_, &s_}) reserve(*scores, queries * RowStride(longest));
    for (auto* turned : {&p_turned_, &s_turned_}) reserve(*turned, longest * RowStride(queries));
  }

  void Run(const Segment& segment, const Segment& prefix) {
    before_ = prefix.end - prefix.begin;
    const std::int64_t own = segment.end - segment.begin;
    keys_ = before_ + own;
    Gather(a_.k, prefix, segment, k_);
    Gather(a_.v, prefix, segment, v_);
    k_outputs_.AsOutputs({k_.data(), dim_}, keys_, dim_);
    v_outputs_.AsOutputs({v_.data(), dim_}, keys_, dim_);
    grad_k_.assign(k_.size(), 0.0F);
    grad_v_.assign(v_.size(), 0.0F);
    for (std::int64_t begin = 0; begin < own; begin += kBlockQueries) {
      const std::int64_t end = std::min(own, begin + kBlockQueries);
      k_inputs_.AsInputs({k_.data(), dim_}, before_ + end, dim_);
      for (std::int64_t h = 0; h < per_kv_; ++h) {
        Block(segment.begin + begin, end - begin, before_ + end, kv_head_ * per_kv_ + h);
      }
    }
    Scatter(grad_k_, prefix, segment, a_.grad_k);
    Scatter(grad_v_, prefix, segment, a_.grad_v);
  }

 private:
  std::int64_t KeyAt(std::int64_t t) const { return (t * a_.shape.kv_heads + kv_head_) * dim_; }

  void Gather(const float* from, const Segment& prefix, const Segment& segment,
              std::vector<float>& to) const {
    to.resize(static_cast<std::size_t>(keys_ * dim_));
    float* next = to.data();
    for (const Segment* part : {&prefix, &segment}) {
      for (std::int64_t t = part->begin; t < part->end; ++t, next += dim_) {
        std::copy_n(from + KeyAt(t), dim_, next);
      }
    }
  }

  void Scatter(const std::vector<float>& from, const Segment& prefix, const Segment& segment,
               float* to) const {
    const float* next = from.data();
    for (const Segment* part : {&prefix, &segment}) {
      for (std::int64_t t = part->begin; t < part->end; ++t, next += dim_) {
        float* sum = to + KeyAt(t);
        for (std::int64_t d = 0; d < dim_; ++d) sum[d] += next[d];
      }
    }
  }

  // `count` queries of a head from token `first`, whose last one sees `reach` keys.
  void Block(std::int64_t first, std::int64_t count, std::int64_t reach, std::int64_t head) {
    const std::int64_t stride = a_.shape.heads * dim_;
    const std::int64_t at = first * stride + head * dim_;
    const Rows q{a_.q + at, stride}, grad{a_.grad_out + at, stride};
    const std::int64_t width = RowStride(reach);
    p_.resize(static_cast<std::size_t>(count * width));
    s_.resize(p_.size());
    k_outputs_.Product(q, count, reach, p_.data(), width, false);
    v_outputs_.Product(grad, count, reach, s_.data(), width, false);
    const std::int64_t height = RowStride(count);
    p_turned_.resize(static_cast<std::size_t>(reach * height));
    s_turned_.resize(p_turned_.size());
    for (std::int64_t i = 0; i < count; ++i) {
      const float mean = Dot(grad.Row(i), a_.out + at + i * stride, dim_);
      const float log_sum = a_.log_sum[(first + i) * a_.shape.heads + head];
      Scores(i, reach - count + i + 1, reach, log_sum, mean, width, height);
    }
    k_inputs_.Product({s_.data(), width}, count, dim_, a_.grad_q + at, stride, false);
    q_inputs_.AsInputs(q, count, dim_);
    grad_inputs_.AsInputs(grad, count, dim_);
    q_inputs_.Product({s_turned_.data(), height}, reach, dim_, grad_k_.data(), dim_, true);
    grad_inputs_.Product({p_turned_.data(), height}, reach, dim_, grad_v_.data(), dim_, true);
  }

  // Row i of P and dS from those of S and dP, and their transposes; keys from `sees` on have no
  // weight.
  void Scores(std::int64_t i, std::int64_t sees, std::int64_t reach, float log_sum, float mean,
              std::int64_t width, std::int64_t height) {
    const auto scale = static_cast<float>(a_.shape.scale);
    float* p = p_.data() + i * width;
    float* s = s_.data() + i * width;
    for (std::int64_t j = 0; j < sees; ++j) {
      p[j] = std::exp(p[j] * scale - log_sum);
      s[j] = p[j] * (s[j] - mean) * scale;
    }
    std::fill(p + sees, p + reach, 0.0F);
    std::fill(s + sees, s + reach, 0.0F);
    for (std::int64_t j = 0; j < reach; ++j) {
      p_turned_[static_cast<std::size_t>(j * height + i)] = p[j];
      s_turned_[static_cast<std::size_t>(j * height + i)] = s[j];
    }
  }

  const Arrays& a_;
  std::int64_t kv_head_, dim_, per_kv_;
  std::int64_t before_ = 0, keys_ = 0;
  std::vector<float> k_, v_, grad_k_, grad_v_;      // [keys, dim]: the prefix's, then the segment's
  std::vector<float> p_, s_, p_turned_, s_turned_;  // of one block
  Packed k_outputs_, v_outputs_, k_inputs_, q_inputs_, grad_inputs_;
};

}  // namespace

void AttentionBackward(const AttentionShape& shape, std::span<const Segment> segments,
                       std::int64_t tokens, const float* q, const float* k, const float* v,
                       const float* out, const float* log_sum, const float* grad_out, float* grad_q,
                       float* grad_k, float* grad_v, std::size_t threads) {
  std::fill(grad_q, grad_q + tokens * shape.heads * shape.head_dim, 0.0F);
  std::fill(grad_k, grad_k + tokens * shape.kv_heads * shape.head_dim, 0.0F);
  std::fill(grad_v, grad_v + tokens * shape.kv_heads * shape.head_dim, 0.0F);
  const Arrays arrays{shape, q, k, v, out, log_sum, grad_out, grad_q, grad_k, grad_v};
  const auto families = FamiliesOf(segments);
  const auto kv_heads = static_cast<std::size_t>(shape.kv_heads);
  // A family's key/value head is one job: nobody else adds to its gradients.
  ParallelFor(families.size() * kv_heads, threads, [&](std::size_t job) {
    const auto& family = families[job / kv_heads];
    HeadOfFamily head(arrays, static_cast<std::int64_t>(job % kv_heads),
                      LongestReach(segments, family));
    for (std::size_t i = family.first; i < family.second; ++i) {
      head.Run(segments[i], PrefixOf(segments, segments[i]));
    }
  });
}

}  // namespace assay
