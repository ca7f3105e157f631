// runner/model/cuda/kernels/rope.h -- Between the product that makes queries, keys and values and
// attention: biases, the norm of each head, rotary positions, and the cache. Their CPU references
// are reference::RmsNorm and reference::Rotate.
#pragma once

#include "runner/model/cuda/kernels/cache.h"

namespace assay::cuda {

// Row r of qkv holds the queries, keys and values of position positions[r]. Queries are replaced by
// what attention takes; keys and values go to the cache.
template <class T>
struct RopeArgs {
  T* qkv = nullptr;  // [rows][(heads + 2 * kv_heads) * head_dim]
  std::int64_t rows = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;          // even
  const float* bias = nullptr;        // as a row of qkv, or null
  const float* query_norm = nullptr;  // [head_dim], or null: no norm
  const float* key_norm = nullptr;
  float epsilon = 0;
  const float* cos = nullptr;  // [position][head_dim / 2]
  const float* sin = nullptr;
  const std::int32_t* positions = nullptr;
  CacheView<T> cache;
};
template <class T>
void RotateAndKeep(void* stream, const RopeArgs<T>& args);

}  // namespace assay::cuda
