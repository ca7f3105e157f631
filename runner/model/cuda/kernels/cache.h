// runner/model/cuda/kernels/cache.h -- Where keys and values lie on the GPU.
//
// A page is one stretch of memory for 16 positions of all layers and key/value heads:
// [layer][head][keys, then values][16][head_dim], of type T.
#pragma once

#include <cstdint>

#include "runner/model/cuda/platform/platform.h"
#include "runner/model/transformer/kernels/types.h"

namespace assay::cuda {

inline constexpr std::int64_t kPagePositions = kernels::kPagePositions;

template <class T>
struct CacheView {
  T* pool = nullptr;
  std::int64_t page_stride = 0;             // elements of a page
  std::int64_t layer_offset = 0;            // where the layer begins in a page
  const std::int32_t* sequences = nullptr;  // the sequence of each row
  const std::int32_t* tables = nullptr;     // the pages of each sequence
  std::int64_t table_stride = 0;            // entries of a sequence's table

  // Keys of one head in the page that holds `position` for the sequence of `row`; its values are
  // 16 * head_dim elements behind.
  ASSAY_BOTH T* Keys(std::int64_t row, std::int64_t position, std::int64_t head,
                     std::int64_t head_dim) const {
    const std::int64_t page = tables[sequences[row] * table_stride + position / kPagePositions];
    return pool + page * page_stride + layer_offset + head * 2 * kPagePositions * head_dim;
  }
};

}  // namespace assay::cuda
