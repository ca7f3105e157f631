// runner/model/transformer/kernels/types.h -- The arguments of the kernels, as plain pointers.
#pragma once

#include <cstdint>

namespace assay::kernels {

inline constexpr std::int64_t kLanes = 16;       // partial sums of a reduction over a row
inline constexpr std::int64_t kPanel = 32;       // outputs of a packed weight panel
inline constexpr std::int64_t kQuantBlock = 32;  // inputs that share a scale in int8 weights
// One block of a panel of int8 weights: 32 scales as half floats, then 8 x [32 outputs][4 inputs].
inline constexpr std::int64_t kInt8BlockBytes = kPanel * 2 + kPanel * kQuantBlock;
// One block of a panel of int4 weights: 32 scales and 32 offsets as half floats, then 4 x [32
// outputs][4 inputs] bytes whose low halves are inputs 4i to 4i+3 and high halves 16+4i to 19+4i.
inline constexpr std::int64_t kInt4BlockBytes = kPanel * 4 + kPanel * kQuantBlock / 2;
inline constexpr std::int64_t kPagePositions = 16;
inline constexpr std::int64_t kRunPages = 32;   // of one head that lie in a row
inline constexpr std::int64_t kSumBlock = 512;  // logits summed in float before going to double
// gelu(x) = x / (1 + exp(kGeluSlope * x * (1 + kGeluCubic * x^2))); the slope is -2 sqrt(2 / pi).
inline constexpr float kGeluSlope = -1.5957691216F;
inline constexpr float kGeluCubic = 0.044715F;

constexpr std::int64_t RoundUp(std::int64_t n, std::int64_t to) { return (n + to - 1) / to * to; }

enum class WeightFormat { kF32, kBf16, kInt8, kInt4 };

// Whether the product takes rows that QuantizeRow made.
constexpr bool TakesQuantizedRows(WeightFormat format) { return format >= WeightFormat::kInt8; }

// What becomes of a product's sum s (bias already added):
enum class Epilogue {
  kStore,  // y = s
  kAdd,    // y = y + s
  // Outputs come in panels of 16 gates and 16 ups; see activation.h:
  kSwiGlu,  // y = gate / (1 + exp(-gate)) * up
  kGeGlu,   // y = gelu(gate) * up
};
constexpr bool IsGated(Epilogue epilogue) { return epilogue >= Epilogue::kSwiGlu; }

// y [rows, outputs] = x [rows, inputs] * W^T; see linear.h for packing and the order of sums.
struct LinearArgs {
  WeightFormat format = WeightFormat::kF32;
  const void* weights = nullptr;  // packed panels
  std::int64_t inputs = 0;
  std::int64_t outputs = 0;     // of W: twice those of y where gated
  const float* bias = nullptr;  // RoundUp(outputs, kPanel) entries in the order of W, or null
  Epilogue epilogue = Epilogue::kStore;
  std::int64_t rows = 0;
  const float* x = nullptr;  // f32 and bf16 weights; row stride ldx
  std::int64_t ldx = 0;
  const std::int8_t* qx = nullptr;     // int8, int4: rows of RoundUp(inputs, kQuantBlock) values
  const float* scales = nullptr;       // int8, int4: a row's scale per block
  const std::int32_t* sums = nullptr;  // int8, int4: a row's sum of qx per block
  float* y = nullptr;
  std::int64_t ldy = 0;
};

// What keys and values are kept as.
enum class CacheFormat { kF32, kF16 };

// The attention of `group` queries of one position (the heads that share one key/value head) over
// positions [first, positions). Page p holds positions 16p to 16p+15: keys [head_dim][16], then
// values [16][RoundUp(head_dim, 16)]. With i = page_ids[p] it begins (i / kRunPages) * run_stride +
// (i % kRunPages) * page_stride + offset numbers into the pool.
struct AttentionArgs {
  const float* queries = nullptr;  // [group][head_dim]
  std::int64_t group = 0;
  std::int64_t head_dim = 0;
  CacheFormat cache = CacheFormat::kF32;
  const void* pool = nullptr;
  const std::int32_t* page_ids = nullptr;
  std::int64_t page_stride = 0;
  std::int64_t run_stride = 0;
  std::int64_t offset = 0;
  std::int64_t first = 0;
  std::int64_t positions = 0;
  float scale = 1;
  float cap = 0;             // of scores; 0: none
  float* scratch = nullptr;  // group * RoundUp(positions, 16)
  float* out = nullptr;      // [group][head_dim]
};

}  // namespace assay::kernels
