#include "runner/model/transformer/kv_pool.h"

#include <algorithm>
#include <cstring>

#include "runner/model/transformer/kernels/attention.h"

namespace assay {
namespace {

std::int64_t NumberBytes(CacheFormat format) {
  return format == CacheFormat::kF32 ? sizeof(float) : sizeof(std::uint16_t);
}

}  // namespace

std::int64_t KvPool::PageBytes(const ModelConfig& config, CacheFormat format) {
  return config.layers * config.kv_heads * kernels::PageNumbers(config.head_dim) *
         NumberBytes(format);
}

KvPool::KvPool(const ModelConfig& config, CacheFormat format, std::int64_t budget_bytes)
    : PagePool(std::clamp<std::int64_t>(budget_bytes / PageBytes(config, format), 1, 1 << 30)),
      format_(format),
      head_dim_(config.head_dim),
      kv_heads_(config.kv_heads),
      heads_(config.layers * config.kv_heads),
      head_numbers_(kernels::PageNumbers(config.head_dim)),
      buffer_(static_cast<std::size_t>(kernels::RoundUp(pages(), kernels::kRunPages) *
                                       PageBytes(config, format))) {}

void KvPool::Copy(PageId from, PageId to) {
  const std::int64_t bytes = NumberBytes(format_);
  auto* numbers = static_cast<char*>(buffer_.data());
  for (std::int64_t i = 0; i < heads_; ++i) {
    const std::int64_t offset = i * kernels::kRunPages * head_numbers_;
    std::memcpy(numbers + (Start(to) + offset) * bytes, numbers + (Start(from) + offset) * bytes,
                static_cast<std::size_t>(head_numbers_ * bytes));
  }
}

void KvPool::Write(PageId page, std::int64_t layer, std::int64_t head, std::int64_t slot,
                   const float* key, const float* value) {
  const std::int64_t at = Start(page) + Offset(layer, head);
  if (format_ == CacheFormat::kF32) {
    auto* numbers = static_cast<float*>(buffer_.data());
    kernels::WriteKeyValue(key, value, head_dim_, slot, numbers + at);
  } else {
    auto* numbers = static_cast<std::uint16_t*>(buffer_.data());
    kernels::WriteKeyValue(key, value, head_dim_, slot, numbers + at);
  }
}

}  // namespace assay
