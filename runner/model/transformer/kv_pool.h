// runner/model/transformer/kv_pool.h -- The CPU's pages of keys and values.
#pragma once

#include <cstdint>

#include "runner/model/checkpoint/config.h"
#include "runner/model/transformer/kernels/aligned_buffer.h"
#include "runner/model/transformer/page_pool.h"

namespace assay {

// One thread at a time.
class KvPool : public PagePool {
 public:
  // As many pages as fit `budget_bytes` (at least 1); memory is taken up only once used.
  KvPool(const ModelConfig& config, std::int64_t budget_bytes);

  static std::int64_t PageBytes(const ModelConfig& config);

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
};

}  // namespace assay
