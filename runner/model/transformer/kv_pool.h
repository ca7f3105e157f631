// runner/model/transformer/kv_pool.h -- The CPU's pages of keys and values.
#pragma once

#include <cstdint>

#include "runner/model/checkpoint/config.h"
#include "runner/model/transformer/kernels/aligned_buffer.h"
#include "runner/model/transformer/kernels/types.h"
#include "runner/model/transformer/page_pool.h"

namespace assay {

using kernels::CacheFormat;

// One thread at a time; Write of different positions from any thread.
class KvPool : public PagePool {
 public:
  // As many pages as fit `budget_bytes` (at least 1); memory is taken up only once used.
  KvPool(const ModelConfig& config, CacheFormat format, std::int64_t budget_bytes);

  static std::int64_t PageBytes(const ModelConfig& config, CacheFormat format);

  void Copy(PageId from, PageId to);
  // Puts head_dim numbers each at place `slot` (0 to 15) of a page.
  void Write(PageId page, std::int64_t layer, std::int64_t head, std::int64_t slot,
             const float* key, const float* value);

  CacheFormat format() const { return format_; }
  const void* data() const { return buffer_.data(); }
  // In numbers, as AttentionArgs has them: from a page to the next one of its run, from a run to
  // the next one, and where a layer's head starts within a run. What a head reads of the pages of a
  // run lies in a row; what all heads have of a run does, too, so that few pages touch little
  // memory.
  std::int64_t page_stride() const { return head_numbers_; }
  std::int64_t run_stride() const { return heads_ * kernels::kRunPages * head_numbers_; }
  std::int64_t Offset(std::int64_t layer, std::int64_t head) const {
    return (layer * kv_heads_ + head) * kernels::kRunPages * head_numbers_;
  }

 private:
  // Where the page's numbers of the first layer's first head begin.
  std::int64_t Start(PageId page) const {
    return page / kernels::kRunPages * run_stride() + page % kernels::kRunPages * page_stride();
  }

  CacheFormat format_;
  std::int64_t head_dim_;
  std::int64_t kv_heads_;
  std::int64_t heads_;         // of all layers
  std::int64_t head_numbers_;  // of a page
  AlignedBuffer buffer_;
};

}  // namespace assay
