#include "runner/model/memory_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/model/transformer/kv_pool.h"
#include "runner/model/transformer/transformer.h"
#include "runner/model/transformer/weights.h"

namespace assay {
namespace {

constexpr std::int64_t kLeastPositions = 4096;  // of a cache that the plan chooses

std::int64_t Megabytes(std::int64_t bytes) { return (bytes + (1 << 20) - 1) >> 20; }

std::int64_t CacheBytes(const ModelConfig& config, WeightType weights, std::int64_t positions) {
  return KvPool::PagesFor(positions) * KvPool::PageBytes(config, CacheFormatOf(weights));
}

std::int64_t LeastCache(const ModelConfig& config, WeightType weights) {
  return CacheBytes(config, weights, std::min(config.context, kLeastPositions));
}

// A row of logits for each sample in work, the one after a prompt that its group keeps, and what
// the samplers hold of one.
std::int64_t LogitBytes(const ModelConfig& config, const MemoryNeeds& needs) {
  const std::int64_t rows = 2 * needs.batch + 4 * static_cast<std::int64_t>(needs.threads);
  return rows * config.vocabulary * static_cast<std::int64_t>(sizeof(float));
}

MemoryPlan WithoutCache(const ModelConfig& config, const TensorSource& source,
                        const MemoryNeeds& needs, WeightType weights) {
  MemoryPlan plan;
  plan.weights = weights;
  plan.batch = needs.batch;
  plan.available_bytes = needs.available_bytes;
  plan.weight_bytes = PackedBytes(config, FormatOf(weights), source);
  plan.work_bytes = Transformer::WorkBytes(config, needs.threads) + LogitBytes(config, needs);
  return plan;
}

// The richest weights that leave room for a cache, and how large it may be.
std::string LargestThatFits(const ModelConfig& config, const TensorSource& source,
                            const MemoryNeeds& needs) {
  for (const WeightType type : {WeightType::kF32, WeightType::kBf16, WeightType::kInt8}) {
    if (type < std::min(needs.weights, WeightType::kInt8)) continue;
    const std::int64_t left =
        needs.available_bytes - WithoutCache(config, source, needs, type).total_bytes();
    if (left < LeastCache(config, type)) continue;
    return fmt::format("the largest that fits is dtype {} with {} MB for keys and values",
                       ToString(type), left >> 20);
  }
  return fmt::format(
      "it fits in no dtype: int8 needs {} MB",
      Megabytes(WithoutCache(config, source, needs, WeightType::kInt8).total_bytes() +
                LeastCache(config, WeightType::kInt8)));
}

}  // namespace

Result<MemoryPlan> PlanMemory(std::string_view name, const ModelConfig& config,
                              const TensorSource& source, const MemoryNeeds& given) {
  MemoryNeeds needs = given;
  if (needs.available_bytes == 0) needs.available_bytes = std::int64_t{1} << 50;
  MemoryPlan plan = WithoutCache(config, source, needs, needs.weights);
  if (needs.cache_bytes > 0) {
    plan.cache_bytes = needs.cache_bytes;
  } else {
    const std::int64_t useful = CacheBytes(config, needs.weights, config.context) * needs.batch;
    const std::int64_t quarter = (needs.available_bytes - plan.total_bytes()) / 4;
    plan.cache_bytes = std::max(LeastCache(config, needs.weights), std::min(useful, quarter));
  }
  const std::int64_t page = KvPool::PageBytes(config, CacheFormatOf(needs.weights));
  plan.cache_bytes = std::max<std::int64_t>(1, plan.cache_bytes / page) * page;
  plan.positions = plan.cache_bytes / page * kernels::kPagePositions;
  if (plan.total_bytes() <= needs.available_bytes) return plan;
  return Fail(ErrorCode::kUsage,
              "{}: {} weights take {} MB, work space {} MB, keys and values {} MB, but {} MB are "
              "available; {}",
              name, ToString(plan.weights), Megabytes(plan.weight_bytes),
              Megabytes(plan.work_bytes), Megabytes(plan.cache_bytes), needs.available_bytes >> 20,
              LargestThatFits(config, source, needs));
}

std::string Describe(const MemoryPlan& plan) {
  return fmt::format(
      "weights {} MB ({}), work space {} MB, keys and values {} MB for {} tokens ({} samples of "
      "{}): {} MB of {} MB available",
      Megabytes(plan.weight_bytes), ToString(plan.weights), Megabytes(plan.work_bytes),
      Megabytes(plan.cache_bytes), plan.positions, plan.batch, plan.positions / plan.batch,
      Megabytes(plan.total_bytes()), plan.available_bytes >> 20);
}

}  // namespace assay
