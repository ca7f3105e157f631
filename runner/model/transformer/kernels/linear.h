// runner/model/transformer/kernels/linear.h -- y = x W^T with packed weights.
//
// Order of sums, the same for every batch size, thread count and instruction set:
//   f32, bf16: s = 0; for k ascending: s = fma(x[k], w[k], s). bf16 weights are widened exactly.
//   int8: for blocks of 32 inputs ascending: s = fma(float(sum of qx[k] * qw[k]) * x_scale,
//   w_scale, s),
//         the inner sum being an exact integer.
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
// the first and the last 16 outputs interleaved; int8: see kInt8BlockBytes. Missing outputs of the
// last panel are zero. Movable; const methods are thread-safe.
class PackedMatrix {
 public:
  // Writes the `inputs` weights of output `row` to `out`. Called from several threads, with rows of
  // different panels.
  using ReadRow = std::function<void(std::int64_t row, float* out)>;

  PackedMatrix() = default;
  PackedMatrix(WeightFormat format, std::int64_t outputs, std::int64_t inputs);
  // (Re)packs panels [first, last). Values that are not finite are kept in f32 and bf16 and make
  // the whole output NaN in int8.
  void Pack(const ReadRow& read_row, std::int64_t first_panel, std::int64_t last_panel);
  void PackAll(const ReadRow& read_row) { Pack(read_row, 0, panels()); }
  // The weights of one output as floats, as the products see them.
  void UnpackRow(std::int64_t row, float* out) const;

  // Of int8 weights: the 32 integers and the scale of block `block` of one output.
  struct Int8Block {
    float scale;
    std::array<std::int32_t, 32> values;
  };
  Int8Block BlockOf(std::int64_t row, std::int64_t block) const;

  WeightFormat format() const { return format_; }
  std::int64_t outputs() const { return outputs_; }
  std::int64_t inputs() const { return inputs_; }
  std::int64_t panels() const { return (outputs_ + kPanel - 1) / kPanel; }
  std::int64_t bytes() const { return panels() * PanelBytes(); }
  const void* data() const { return buffer_.data(); }
  // Arguments with the weights filled in.
  LinearArgs Args() const;

 private:
  std::int64_t PanelBytes() const;

  WeightFormat format_ = WeightFormat::kF32;
  std::int64_t outputs_ = 0;
  std::int64_t inputs_ = 0;
  AlignedBuffer buffer_;
};

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
