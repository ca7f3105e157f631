#include "runner/model/transformer/kv_pool.h"

#include <algorithm>
#include <cstring>

#include "runner/model/transformer/kernels/attention.h"

namespace assay {

std::int64_t KvPool::PageBytes(const ModelConfig& config) {
  return config.layers * config.kv_heads * kernels::PageFloats(config.head_dim) *
         static_cast<std::int64_t>(sizeof(float));
}

KvPool::KvPool(const ModelConfig& config, std::int64_t budget_bytes)
    : PagePool(std::clamp<std::int64_t>(budget_bytes / PageBytes(config), 1, 1 << 30)),
      kv_heads_(config.kv_heads),
      head_floats_(kernels::PageFloats(config.head_dim)),
      page_floats_(config.layers * config.kv_heads * head_floats_),
      buffer_(static_cast<std::size_t>(pages() * PageBytes(config))) {}

void KvPool::Copy(PageId from, PageId to) {
  std::memcpy(Page(to), Page(from), static_cast<std::size_t>(page_floats_) * sizeof(float));
}

}  // namespace assay
