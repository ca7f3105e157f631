#include "runner/model/transformer/kv_pool.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "runner/model/transformer/kernels/attention.h"

namespace assay {

std::int64_t KvPool::PageBytes(const ModelConfig& config) {
  return config.layers * config.kv_heads * kernels::PageFloats(config.head_dim) *
         static_cast<std::int64_t>(sizeof(float));
}

std::int64_t KvPool::PagesFor(std::int64_t positions) {
  return kernels::RoundUp(positions, kernels::kPagePositions) / kernels::kPagePositions;
}

KvPool::KvPool(const ModelConfig& config, std::int64_t budget_bytes)
    : kv_heads_(config.kv_heads),
      head_floats_(kernels::PageFloats(config.head_dim)),
      page_floats_(config.layers * config.kv_heads * head_floats_) {
  const std::int64_t bytes = PageBytes(config);
  const std::int64_t count = std::clamp<std::int64_t>(budget_bytes / bytes, 1, 1 << 30);
  buffer_ = AlignedBuffer(static_cast<std::size_t>(count * bytes));
  users_.assign(static_cast<std::size_t>(count), 0);
  for (std::int64_t page = count - 1; page >= 0; --page) free_.push_back(static_cast<PageId>(page));
}

PageId KvPool::Take() {
  ASSAY_CHECK(!free_.empty(), "no free page");
  const PageId page = free_.back();
  free_.pop_back();
  users_[static_cast<std::size_t>(page)] = 1;
  return page;
}

void KvPool::AddUser(PageId page) { ++users_[static_cast<std::size_t>(page)]; }

void KvPool::Drop(PageId page) {
  std::int32_t& users = users_[static_cast<std::size_t>(page)];
  ASSAY_CHECK(users > 0, "page dropped twice");
  if (--users == 0) free_.push_back(page);
}

void KvPool::Copy(PageId from, PageId to) {
  std::memcpy(Page(to), Page(from), static_cast<std::size_t>(page_floats_) * sizeof(float));
}

}  // namespace assay
