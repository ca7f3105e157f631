#include "trainer/model/attention.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/thread_pool.h"
#include "trainer/model/lane_dot.h"

// Compiled for several instruction sets; the loader picks one.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ASSAY_CLONES \
  __attribute__((target_clones("avx512f", "avx2,fma", "default"), optimize("O3")))
#else
#define ASSAY_CLONES
#endif

namespace assay {
namespace {

inline void AddScaled(double scale, const double* x, double* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] += scale * x[i];
}

// The keys that token `t` of a segment sees: first its prefix, then its own.
struct Reach {
  std::int64_t prefix_begin, prefix_count, own_begin, own_count;
  std::int64_t count() const { return prefix_count + own_count; }
  std::int64_t Key(std::int64_t j) const {
    return j < prefix_count ? prefix_begin + j : own_begin + j - prefix_count;
  }
};

Reach ReachOf(std::span<const Segment> segments, const Segment& segment, std::int64_t t) {
  const Segment prefix = PrefixOf(segments, segment);
  return {prefix.begin, prefix.end - prefix.begin, segment.begin, t - segment.begin + 1};
}

struct Arrays {
  const AttentionShape& shape;
  std::span<const Segment> segments;
  const double *q, *k, *v;
  std::int64_t QueryAt(std::int64_t t, std::int64_t head) const {
    return (t * shape.heads + head) * shape.head_dim;
  }
  std::int64_t KeyAt(std::int64_t t, std::int64_t kv_head) const {
    return (t * shape.kv_heads + kv_head) * shape.head_dim;
  }
};

ASSAY_CLONES void ForwardHead(const Arrays& a, const Segment& segment, std::int64_t head,
                              double* out, double* log_sum, double* scores) {
  const std::int64_t dim = a.shape.head_dim;
  const std::int64_t kv_head = head / (a.shape.heads / a.shape.kv_heads);
  for (std::int64_t t = segment.begin; t < segment.end; ++t) {
    const Reach reach = ReachOf(a.segments, segment, t);
    const double* query = a.q + a.QueryAt(t, head);
    double largest = -std::numeric_limits<double>::infinity();
    for (std::int64_t j = 0; j < reach.count(); ++j) {
      scores[j] = a.shape.scale * Dot(query, a.k + a.KeyAt(reach.Key(j), kv_head), dim);
      largest = std::max(largest, scores[j]);
    }
    double sum = 0;
    for (std::int64_t j = 0; j < reach.count(); ++j) {
      scores[j] = std::exp(scores[j] - largest);
      sum += scores[j];
    }
    double* to = out + a.QueryAt(t, head);
    std::fill(to, to + dim, 0.0);
    for (std::int64_t j = 0; j < reach.count(); ++j) {
      AddScaled(scores[j] / sum, a.v + a.KeyAt(reach.Key(j), kv_head), to, dim);
    }
    log_sum[t * a.shape.heads + head] = largest + std::log(sum);
  }
}

struct Gradients {
  const double *out, *log_sum, *grad_out;
  double *grad_q, *grad_k, *grad_v;
};

ASSAY_CLONES void BackwardHead(const Arrays& a, const Segment& segment, std::int64_t head,
                               const Gradients& g) {
  const std::int64_t dim = a.shape.head_dim;
  const std::int64_t kv_head = head / (a.shape.heads / a.shape.kv_heads);
  const double scale = a.shape.scale;
  for (std::int64_t t = segment.begin; t < segment.end; ++t) {
    const Reach reach = ReachOf(a.segments, segment, t);
    const std::int64_t at = a.QueryAt(t, head);
    const double* query = a.q + at;
    const double* grad = g.grad_out + at;
    const double log_sum = g.log_sum[t * a.shape.heads + head];
    // sum_j p_j (grad . v_j) = grad . out
    const double mean = Dot(grad, g.out + at, dim);
    for (std::int64_t j = 0; j < reach.count(); ++j) {
      const std::int64_t key = a.KeyAt(reach.Key(j), kv_head);
      const double p = std::exp(scale * Dot(query, a.k + key, dim) - log_sum);
      const double grad_score = p * (Dot(grad, a.v + key, dim) - mean) * scale;
      AddScaled(p, grad, g.grad_v + key, dim);
      AddScaled(grad_score, query, g.grad_k + key, dim);
      AddScaled(grad_score, a.k + key, g.grad_q + at, dim);
    }
  }
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> FamiliesOf(std::span<const Segment> segments) {
  std::vector<std::pair<std::size_t, std::size_t>> families;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].prefix < 0) families.emplace_back(i, i);
    families.back().second = i + 1;
  }
  return families;
}

Segment PrefixOf(std::span<const Segment> segments, const Segment& segment) {
  return segment.prefix < 0 ? Segment{} : segments[static_cast<std::size_t>(segment.prefix)];
}

std::int64_t LongestReach(std::span<const Segment> segments,
                          std::pair<std::size_t, std::size_t> family) {
  std::int64_t longest = 0;
  for (std::size_t i = family.first; i < family.second; ++i) {
    const Segment prefix = PrefixOf(segments, segments[i]);
    const std::int64_t own = segments[i].end - segments[i].begin;
    longest = std::max(longest, prefix.end - prefix.begin + own);
  }
  return longest;
}

void AttentionForward(const AttentionShape& shape, std::span<const Segment> segments,
                      const double* q, const double* k, const double* v, double* out,
                      double* log_sum, std::size_t threads) {
  const Arrays arrays{shape, segments, q, k, v};
  const auto longest = static_cast<std::size_t>(LongestReach(segments, {0, segments.size()}));
  const auto heads = static_cast<std::size_t>(shape.heads);
  const auto families = FamiliesOf(segments);
  ParallelFor(families.size(), threads, [&](std::size_t f) {
    std::vector<double> scores(longest);
    for (std::size_t i = families[f].first; i < families[f].second; ++i) {
      for (std::size_t head = 0; head < heads; ++head) {
        ForwardHead(arrays, segments[i], static_cast<std::int64_t>(head), out, log_sum,
                    scores.data());
      }
    }
  });
}

void AttentionBackward(const AttentionShape& shape, std::span<const Segment> segments,
                       std::int64_t tokens, const double* q, const double* k, const double* v,
                       const double* out, const double* log_sum, const double* grad_out,
                       double* grad_q, double* grad_k, double* grad_v, std::size_t threads) {
  std::fill(grad_q, grad_q + tokens * shape.heads * shape.head_dim, 0.0);
  std::fill(grad_k, grad_k + tokens * shape.kv_heads * shape.head_dim, 0.0);
  std::fill(grad_v, grad_v + tokens * shape.kv_heads * shape.head_dim, 0.0);
  const Arrays arrays{shape, segments, q, k, v};
  const Gradients gradients{out, log_sum, grad_out, grad_q, grad_k, grad_v};
  const auto families = FamiliesOf(segments);
  const auto kv_heads = static_cast<std::size_t>(shape.kv_heads);
  const auto per_kv = static_cast<std::size_t>(shape.heads / shape.kv_heads);
  // A family's key/value head is one job: nobody else adds to its gradients.
  ParallelFor(families.size() * kv_heads, threads, [&](std::size_t job) {
    const auto [first, last] = families[job / kv_heads];
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t h = 0; h < per_kv; ++h) {
        const std::size_t head = job % kv_heads * per_kv + h;
        BackwardHead(arrays, segments[i], static_cast<std::int64_t>(head), gradients);
      }
    }
  });
}

}  // namespace assay
