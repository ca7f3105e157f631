#include "runner/model/cuda/plan.h"

#include <algorithm>
#include <bit>

#include "runner/model/cuda/backend.h"
#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/transformer/page_pool.h"

namespace assay::cuda {
namespace {

constexpr std::int64_t kLeastPositions = 4096;                  // of a cache that the plan chooses
constexpr std::int64_t kLibraryBytes = std::int64_t{64} << 20;  // cuBLASLt's and the driver's own
constexpr std::int64_t kMostVocabulary = 1 << 20;               // of the kernel that draws

std::int64_t NumberBytes(WeightType type) { return type == WeightType::kF32 ? 4 : 2; }

std::int64_t WorkBytes(const ModelConfig& config, const Options& options) {
  const WorkSize size = SizeOf(options);
  const auto shares = static_cast<std::int64_t>(options.devices.size());
  const std::int64_t parts = options.deterministic ? shares : 1;
  const std::int64_t network = options.weights == WeightType::kF32
                                   ? Network<float>::WorkBytes(config, size, parts)
                                   : Network<Bf16>::WorkBytes(config, size, parts);
  const std::int64_t kept = options.samples * config.vocabulary * 4;
  const auto room = static_cast<std::int64_t>(DrawRoomBytes(size.samples, config.vocabulary));
  return network + kept + room + LargestStep(size.rows, config.context) * 4 + kLibraryBytes;
}

MemoryPlan WithoutCache(const ModelConfig& config, const Options& options,
                        std::int64_t available_bytes) {
  MemoryPlan plan;
  plan.weights = options.weights;
  plan.batch = options.samples;
  plan.available_bytes = available_bytes;
  plan.weight_bytes = WeightBytes(config, static_cast<std::size_t>(NumberBytes(options.weights)));
  plan.work_bytes = WorkBytes(config, options);
  return plan;
}

std::int64_t CacheBytes(const ModelConfig& config, WeightType type, std::int64_t positions) {
  return PagePool::PagesFor(positions) * PageBytes(config, type);
}

std::int64_t LeastCache(const ModelConfig& config, WeightType type) {
  return CacheBytes(config, type, std::min(config.context, kLeastPositions));
}

std::string LargestThatFits(const ModelConfig& config, const Options& given,
                            std::int64_t available_bytes) {
  Options options = given;
  std::int64_t needed = 0;
  for (options.samples = given.samples; options.samples >= 1; options.samples /= 2) {
    for (const WeightType type : {given.weights, WeightType::kBf16}) {
      options.weights = type;
      needed = WithoutCache(config, options, available_bytes).total_bytes();
      const std::int64_t left = available_bytes - needed;
      if (left < LeastCache(config, type)) continue;
      return fmt::format(
          "the largest that fits is dtype {}, batch {} with {} MB for keys and values",
          ToString(type), options.samples, left >> 20);
    }
  }
  return fmt::format("it fits in no dtype: bf16 at batch 1 needs {} MB",
                     ((needed + LeastCache(config, WeightType::kBf16)) >> 20) + 1);
}

// Sizes that the kernels' 16-byte copies and tables need.
Result<void> CheckShape(std::string_view name, const ModelConfig& c) {
  const auto divisible = [&](std::int64_t n, std::string_view what) -> Result<void> {
    if (n % 8 == 0) return {};
    return Fail(ErrorCode::kUsage, "{}: {} is {}; on a GPU it must be a multiple of 8", name, what,
                n);
  };
  if (auto fine = divisible(c.hidden, "hidden_size"); !fine) return fine;
  if (auto fine = divisible(c.intermediate, "intermediate_size"); !fine) return fine;
  if (auto fine = divisible(c.head_dim, "head_dim"); !fine) return fine;
  if (c.head_dim > kMostHeadDim || c.vocabulary > kMostVocabulary) {
    return Fail(ErrorCode::kUsage,
                "{}: head_dim {} and vocabulary {}: on a GPU at most {} and {} are possible", name,
                c.head_dim, c.vocabulary, kMostHeadDim, kMostVocabulary);
  }
  return {};
}

}  // namespace

WorkSize SizeOf(const Options& options) {
  return {kMostRows,
          static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(options.samples)))};
}

std::int64_t PageBytes(const ModelConfig& config, WeightType type) {
  return config.layers * 2 * kPagePositions * config.kv_columns() * NumberBytes(type);
}

Result<MemoryPlan> PlanDeviceMemory(std::string_view name, const ModelConfig& config,
                                    const Options& options, const DeviceInfo& device) {
  if (options.weights != WeightType::kF32 && options.weights != WeightType::kBf16 &&
      options.weights != WeightType::kF16) {
    return Fail(ErrorCode::kUsage, "dtype {} is for the CPU; a GPU takes bf16, f16 and f32",
                ToString(options.weights));
  }
  if (auto fine = CheckShape(name, config); !fine) return Pass(fine.error());
  const std::int64_t available =
      options.memory_bytes > 0 ? options.memory_bytes : device.free_bytes;
  MemoryPlan plan = WithoutCache(config, options, available);
  const std::int64_t page = PageBytes(config, options.weights);
  if (options.cache_bytes > 0) {
    plan.cache_bytes = options.cache_bytes;
  } else {
    const std::int64_t useful = CacheBytes(config, options.weights, config.context);
    const std::int64_t most = (available - plan.total_bytes()) / 10 * 9;
    plan.cache_bytes =
        std::max(LeastCache(config, options.weights), std::min(useful * options.samples, most));
  }
  plan.cache_bytes = std::max<std::int64_t>(1, plan.cache_bytes / page) * page;
  plan.positions = plan.cache_bytes / page * kPagePositions;
  const std::int64_t spare_page = page;
  plan.work_bytes += spare_page;
  if (plan.total_bytes() <= available) return plan;
  return Fail(ErrorCode::kUsage,
              "{}: {} weights take {} MB of the GPU, work space {} MB, keys and values {} MB, but "
              "{} MB are available; {}",
              name, ToString(plan.weights), plan.weight_bytes >> 20, plan.work_bytes >> 20,
              plan.cache_bytes >> 20, available >> 20, LargestThatFits(config, options, available));
}

}  // namespace assay::cuda
