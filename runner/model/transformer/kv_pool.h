// runner/model/transformer/kv_pool.h -- Pages of keys and values, shared by counting.
//
// A page holds 16 positions for all layers and key/value heads. A sequence is a list of pages; the
// full pages of a prompt are shared by all samples drawn from it.
#pragma once

#include <cstdint>
#include <vector>

#include "runner/model/checkpoint/config.h"
#include "runner/model/transformer/kernels/aligned_buffer.h"

namespace assay {

using PageId = std::int32_t;

// One thread at a time.
class KvPool {
 public:
  // As many pages as fit `budget_bytes` (at least 1); memory is taken up only once used.
  KvPool(const ModelConfig& config, std::int64_t budget_bytes);

  static std::int64_t PageBytes(const ModelConfig& config);
  static std::int64_t PagesFor(std::int64_t positions);

  std::int64_t pages() const { return static_cast<std::int64_t>(users_.size()); }
  std::int64_t free_pages() const { return static_cast<std::int64_t>(free_.size()); }

  // A page with one user. Needs free_pages() > 0.
  PageId Take();
  void AddUser(PageId page);
  // The page is free once its last user has dropped it.
  void Drop(PageId page);
  void Copy(PageId from, PageId to);

  const float* data() const { return static_cast<const float*>(buffer_.data()); }
  std::int64_t page_floats() const { return page_floats_; }
  // Where a layer's head starts within a page, in floats.
  std::int64_t Offset(std::int64_t layer, std::int64_t head) const {
    return (layer * kv_heads_ + head) * head_floats_;
  }
  float* Page(PageId page) { return static_cast<float*>(buffer_.data()) + page * page_floats_; }

 private:
  std::int64_t kv_heads_;
  std::int64_t head_floats_;
  std::int64_t page_floats_;
  AlignedBuffer buffer_;
  std::vector<std::int32_t> users_;
  std::vector<PageId> free_;
};

}  // namespace assay
