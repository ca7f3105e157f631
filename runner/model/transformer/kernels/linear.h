// runner/model/transformer/kernels/linear.h -- y = x W^T with packed weights.
//
// Order of sums, the same for every batch size, thread count and instruction set:
//   f32, bf16: s = 0; for k ascending: s = fma(x[k], w[k], s). bf16 weights are widened exactly.
//   int8: for blocks of 32 inputs ascending: s = fma(float(sum of qx[k] * qw[k]) * x_scale,
//   w_scale, s),
//         the inner sum being an exact integer.
//   int4: likewise, then s = fma(float(sum of qx[k]) * x_scale, w_offset, s) for each block.
// Then s + bias, then the epilogue. So a row's result depends on nothing but the row and the
// weights.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "runner/model/transformer/kernels/aligned_buffer.h"
#include "runner/model/transformer/kernels/table.h"

namespace assay::kernels {

// Weights [outputs, inputs] in panels of 32 outputs. f32: [panel][input][32]; bf16: the same with
// the first and the last 16 outputs interleaved; int8, int4: see types.h. Missing outputs of the
// last panel are zero. Movable; const methods are thread-safe.
class PackedMatrix {
 public:
  // Writes the `inputs` weights of output `row` to `out`. Called from several threads, with rows of
  // different panels.
  using ReadRow = std::function<void(std::int64_t row, float* out)>;

  PackedMatrix() = default;
  PackedMatrix(WeightFormat format, std::int64_t outputs, std::int64_t inputs);
  // In the caller's memory: bytes() from a multiple of 64, for as long as the matrix is used.
  PackedMatrix(WeightFormat format, std::int64_t outputs, std::int64_t inputs, void* memory);
  // What such a matrix takes.
  static std::int64_t BytesOf(WeightFormat format, std::int64_t outputs, std::int64_t inputs);
  // (Re)packs panels [first, last). Values that are not finite are kept in f32 and bf16 and make
  // the whole output NaN in int8.
  void Pack(const ReadRow& read_row, std::int64_t first_panel, std::int64_t last_panel);
  void PackAll(const ReadRow& read_row) { Pack(read_row, 0, panels()); }

  // 32 weights q[i] * scale + offset: numbers 0 to 15 and half floats, as in Q4_1 files.
  struct Int4Block {
    std::uint16_t scale = 0;
    std::uint16_t offset = 0;
    std::array<std::uint8_t, 32> values = {};
  };
  // Writes the blocks of output `row` to `out`, zeros beforehand.
  using ReadBlocks = std::function<void(std::int64_t row, Int4Block* out)>;
  // Pack for int4, which is only ever a copy of weights that have this form already.
  void PackBlocks(const ReadBlocks& read_blocks, std::int64_t first_panel, std::int64_t last_panel);

  // The weights of one output as floats, as the products see them.
  void UnpackRow(std::int64_t row, float* out) const;

  // Of int8 and int4 weights: block `block` of one output, each weight values[i] * scale + offset.
  struct Block {
    float scale = 0;
    float offset = 0;
    std::array<std::int32_t, 32> values = {};
  };
  Block BlockOf(std::int64_t row, std::int64_t block) const;

  WeightFormat format() const { return format_; }
  std::int64_t outputs() const { return outputs_; }
  std::int64_t inputs() const { return inputs_; }
  std::int64_t panels() const { return (outputs_ + kPanel - 1) / kPanel; }
  std::int64_t bytes() const { return BytesOf(format_, outputs_, inputs_); }
  const void* data() const { return data_; }
  // Arguments with the weights filled in.
  LinearArgs Args() const;

 private:
  std::int64_t PanelBytes() const { return BytesOf(format_, kPanel, inputs_); }

  WeightFormat format_ = WeightFormat::kF32;
  std::int64_t outputs_ = 0;
  std::int64_t inputs_ = 0;
  AlignedBuffer buffer_;
  void* data_ = nullptr;  // the buffer's, or the caller's
};

// The panels of an f32 matrix whose weights lie in memory as rows of `columns` numbers, `stride`
// apart: W = the rows [count, columns], or W = their transpose [columns, count]. For products of
// activations with each other. Missing outputs of the last panel are left as they are.
void PackRows(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t columns,
              float* panels);
void PackTransposed(const float* rows, std::int64_t stride, std::int64_t count,
                    std::int64_t columns, float* panels);

// A stride of rows of activations that keeps the rows of a tile from falling into the same sets of
// the L1 cache.
inline std::int64_t RowStride(std::int64_t columns) { return RoundUp(columns, 16) + 16; }

// Panels [first_panel, last_panel) of the product: the unit that threads share.
inline void Linear(const LinearArgs& args, std::int64_t first_panel, std::int64_t last_panel) {
  Kernels().linear(args, first_panel, last_panel);
}

// A row of activations for int8 weights: per block of 32 a scale = max|x| / 127, values
// round_to_even(x * (127 / max|x|)) and their sum. NaN and infinity make the block's scale NaN.
// `values` holds RoundUp(n, 32) entries, zero beyond n.
inline void QuantizeRow(const float* x, std::int64_t n, std::int8_t* values, float* scales,
                        std::int32_t* sums) {
  Kernels().quantize_row(x, n, values, scales, sums);
}

}  // namespace assay::kernels
