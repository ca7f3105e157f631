// AttentionForward in fp32: the sampler's kernel, over pages filled as the sampler fills them.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/thread_pool.h"
#include "runner/model/transformer/kernels/attention.h"
#include "trainer/model/attention.h"

namespace assay {
namespace {

using kernels::kPagePositions;

struct Floats {
  const AttentionShape& shape;
  const float *q, *k, *v;
  float *out, *log_sum;
};

// One key/value head and the queries that share it, for the segments of one family in order. The
// pages hold the prompt and behind it the response at hand: what an earlier, longer response left
// there is later than every position that is asked about.
class HeadOfFamily {
 public:
  HeadOfFamily(const Floats& arrays, std::int64_t kv_head, std::int64_t positions)
      : arrays_(arrays), kv_head_(kv_head) {
    const AttentionShape& shape = arrays.shape;
    const std::int64_t pages = kernels::RoundUp(positions, kPagePositions) / kPagePositions;
    for (std::int64_t page = 0; page < pages; ++page) {
      page_ids_.push_back(static_cast<std::int32_t>(page));
    }
    args_.group = shape.heads / shape.kv_heads;
    args_.head_dim = shape.head_dim;
    args_.page_stride = kernels::PageNumbers(shape.head_dim);
    args_.run_stride = kernels::kRunPages * args_.page_stride;
    args_.scale = static_cast<float>(shape.scale);
    pages_.resize(static_cast<std::size_t>(pages * args_.page_stride));
    scratch_.resize(static_cast<std::size_t>(args_.group * pages * kPagePositions));
    args_.pool = pages_.data();
    args_.page_ids = page_ids_.data();
    args_.scratch = scratch_.data();
  }

  // `before`: positions of the segment's prefix.
  void Run(const Segment& segment, std::int64_t before) {
    for (std::int64_t t = segment.begin; t < segment.end; ++t) {
      const std::int64_t position = before + t - segment.begin;
      const std::int64_t at = (t * arrays_.shape.kv_heads + kv_head_) * args_.head_dim;
      kernels::WriteKeyValue(arrays_.k + at, arrays_.v + at, args_.head_dim,
                             position % kPagePositions,
                             pages_.data() + position / kPagePositions * args_.page_stride);
    }
    for (std::int64_t t = segment.begin; t < segment.end; ++t) {
      const std::int64_t head = t * arrays_.shape.heads + kv_head_ * args_.group;
      args_.positions = before + t - segment.begin + 1;
      args_.queries = arrays_.q + head * args_.head_dim;
      args_.out = arrays_.out + head * args_.head_dim;
      kernels::Attend(args_);
      for (std::int64_t i = 0; i < args_.group; ++i) arrays_.log_sum[head + i] = LogSum(i);
    }
  }

 private:
  // log sum exp(score) of a query, from the weights exp(score - max) that Attend leaves: the
  // largest is 1, and its score is computed again.
  float LogSum(std::int64_t query) const {
    const float* weights =
        args_.scratch + query * kernels::RoundUp(args_.positions, kPagePositions);
    constexpr std::int64_t kLanes = 8;
    float lanes[kLanes] = {};
    std::int64_t t = 0;
    for (; t + kLanes <= args_.positions; t += kLanes) {
      for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += weights[t + lane];
    }
    for (; t < args_.positions; ++t) lanes[0] += weights[t];
    float sum = 0;
    for (const float lane : lanes) sum += lane;
    const std::int64_t largest = std::find(weights, weights + args_.positions, 1.0F) - weights;
    if (largest == args_.positions) return sum;  // scores that are not finite: NaN
    const float* q = args_.queries + query * args_.head_dim;
    const float* k =
        pages_.data() + largest / kPagePositions * args_.page_stride + largest % kPagePositions;
    float score = 0;
    for (std::int64_t d = 0; d < args_.head_dim; ++d) score += q[d] * k[d * kPagePositions];
    return score * args_.scale + std::log(sum);
  }

  const Floats& arrays_;
  std::int64_t kv_head_;
  kernels::AttentionArgs args_;
  std::vector<float> pages_;
  std::vector<float> scratch_;
  std::vector<std::int32_t> page_ids_;
};

}  // namespace

void AttentionForward(const AttentionShape& shape, std::span<const Segment> segments,
                      const float* q, const float* k, const float* v, float* out, float* log_sum,
                      std::size_t threads) {
  const Floats arrays{shape, q, k, v, out, log_sum};
  const auto families = FamiliesOf(segments);
  const auto kv_heads = static_cast<std::size_t>(shape.kv_heads);
  ParallelFor(families.size() * kv_heads, threads, [&](std::size_t job) {
    const auto& family = families[job / kv_heads];
    HeadOfFamily head(arrays, static_cast<std::int64_t>(job % kv_heads),
                      LongestReach(segments, family));
    for (std::size_t i = family.first; i < family.second; ++i) {
      const Segment prefix = PrefixOf(segments, segments[i]);
      head.Run(segments[i], prefix.end - prefix.begin);
    }
  });
}

}  // namespace assay
