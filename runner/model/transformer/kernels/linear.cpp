#include "runner/model/transformer/kernels/linear.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "runner/model/checkpoint/half.h"

namespace assay::kernels {
namespace {

// Where output `lane` of a panel stands among the 32 numbers of one input.
std::int64_t Place(WeightFormat format, std::int64_t lane) {
  if (format == WeightFormat::kBf16) return lane < 16 ? 2 * lane : 2 * (lane - 16) + 1;
  return lane;
}

// One output's block of 32 weights into a panel's block of int8 weights.
void QuantizeBlock(const float* w, std::int64_t count, std::int64_t lane, std::uint8_t* block) {
  float largest = 0;
  bool finite = true;
  for (std::int64_t i = 0; i < count; ++i) {
    largest = std::max(largest, std::fabs(w[i]));
    finite = finite && std::isfinite(w[i]);
  }
  std::uint16_t half = FloatToHalf(largest / 127.0F);
  // A scale rounded down would clip the largest weight by up to half a step more: harmless.
  const float scale = HalfToFloat(half);
  if (!finite || std::isinf(scale)) half = 0x7E00;  // NaN
  std::memcpy(block + 2 * lane, &half, sizeof half);
  const float factor = scale > 0 && finite ? 1.0F / scale : 0.0F;
  std::uint8_t* values = block + 2 * kPanel;
  for (std::int64_t i = 0; i < kQuantBlock; ++i) {
    const float scaled = i < count && factor > 0 ? std::nearbyint(w[i] * factor) : 0.0F;
    const float clipped = std::clamp(scaled, -127.0F, 127.0F);
    values[i / 4 * 4 * kPanel + 4 * lane + i % 4] =
        static_cast<std::uint8_t>(static_cast<int>(clipped) + 128);
  }
}

}  // namespace

PackedMatrix::PackedMatrix(WeightFormat format, std::int64_t outputs, std::int64_t inputs)
    : PackedMatrix(format, outputs, inputs, nullptr) {
  buffer_ = AlignedBuffer(static_cast<std::size_t>(bytes()));
  data_ = buffer_.data();
}

PackedMatrix::PackedMatrix(WeightFormat format, std::int64_t outputs, std::int64_t inputs,
                           void* memory)
    : format_(format), outputs_(outputs), inputs_(inputs), data_(memory) {}

std::int64_t PackedMatrix::BytesOf(WeightFormat format, std::int64_t outputs, std::int64_t inputs) {
  const std::int64_t panels = (outputs + kPanel - 1) / kPanel;
  switch (format) {
    case WeightFormat::kF32:
      return panels * inputs * kPanel * 4;
    case WeightFormat::kBf16:
      return panels * inputs * kPanel * 2;
    case WeightFormat::kInt8:
      return panels * RoundUp(inputs, kQuantBlock) / kQuantBlock * kInt8BlockBytes;
    case WeightFormat::kInt4:
      break;
  }
  return panels * RoundUp(inputs, kQuantBlock) / kQuantBlock * kInt4BlockBytes;
}

void PackedMatrix::Pack(const ReadRow& read_row, std::int64_t first_panel,
                        std::int64_t last_panel) {
  ASSAY_CHECK(format_ != WeightFormat::kInt4, "int4 weights are packed from blocks");
  std::vector<float> rows(static_cast<std::size_t>(kPanel * inputs_));
  for (std::int64_t panel = first_panel; panel < last_panel; ++panel) {
    auto* start = static_cast<std::uint8_t*>(data_) + panel * PanelBytes();
    const std::int64_t lanes = std::min(kPanel, outputs_ - panel * kPanel);
    std::fill(rows.begin(), rows.end(), 0.0F);
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
      read_row(panel * kPanel + lane, rows.data() + lane * inputs_);
    }
    if (format_ == WeightFormat::kInt8) {
      for (std::int64_t lane = 0; lane < kPanel; ++lane) {
        for (std::int64_t at = 0; at < inputs_; at += kQuantBlock) {
          QuantizeBlock(rows.data() + lane * inputs_ + at, std::min(kQuantBlock, inputs_ - at),
                        lane, start + at / kQuantBlock * kInt8BlockBytes);
        }
      }
      continue;
    }
    for (std::int64_t lane = 0; lane < kPanel; ++lane) {
      const float* row = rows.data() + lane * inputs_;
      const std::int64_t place = Place(format_, lane);
      if (format_ == WeightFormat::kF32) {
        auto* out = reinterpret_cast<float*>(start) + place;
        for (std::int64_t k = 0; k < inputs_; ++k) out[k * kPanel] = row[k];
      } else {
        auto* out = reinterpret_cast<std::uint16_t*>(start) + place;
        for (std::int64_t k = 0; k < inputs_; ++k) out[k * kPanel] = FloatToBf16(row[k]);
      }
    }
  }
}

void PackedMatrix::PackBlocks(const ReadBlocks& read_blocks, std::int64_t first_panel,
                              std::int64_t last_panel) {
  const std::int64_t blocks = RoundUp(inputs_, kQuantBlock) / kQuantBlock;
  std::vector<Int4Block> row(static_cast<std::size_t>(blocks));
  for (std::int64_t panel = first_panel; panel < last_panel; ++panel) {
    auto* start = static_cast<std::uint8_t*>(data_) + panel * PanelBytes();
    for (std::int64_t lane = 0; lane < kPanel; ++lane) {
      std::fill(row.begin(), row.end(), Int4Block());
      if (panel * kPanel + lane < outputs_) read_blocks(panel * kPanel + lane, row.data());
      std::uint8_t* out = start;
      for (const Int4Block& block : row) {
        std::memcpy(out + 2 * lane, &block.scale, sizeof block.scale);
        std::memcpy(out + 2 * kPanel + 2 * lane, &block.offset, sizeof block.offset);
        for (std::size_t i = 0; i < 16; ++i) {
          const auto at = static_cast<std::int64_t>(i);
          out[4 * kPanel + at / 4 * 4 * kPanel + 4 * lane + at % 4] =
              static_cast<std::uint8_t>(block.values[i] | block.values[i + 16] << 4);
        }
        out += kInt4BlockBytes;
      }
    }
  }
}

void PackedMatrix::UnpackRow(std::int64_t row, float* out) const {
  const auto* start = static_cast<const std::uint8_t*>(data_) + row / kPanel * PanelBytes();
  const std::int64_t lane = row % kPanel;
  const std::int64_t place = Place(format_, lane);
  for (std::int64_t k = 0; k < inputs_; ++k) {
    if (format_ == WeightFormat::kF32) {
      out[k] = reinterpret_cast<const float*>(start)[k * kPanel + place];
    } else if (format_ == WeightFormat::kBf16) {
      out[k] = Bf16ToFloat(reinterpret_cast<const std::uint16_t*>(start)[k * kPanel + place]);
    } else {
      const Block block = BlockOf(row, k / kQuantBlock);
      const auto value =
          static_cast<float>(block.values[static_cast<std::size_t>(k % kQuantBlock)]);
      out[k] = value * block.scale + block.offset;
    }
  }
}

PackedMatrix::Block PackedMatrix::BlockOf(std::int64_t row, std::int64_t block) const {
  const bool is_int4 = format_ == WeightFormat::kInt4;
  const auto* start = static_cast<const std::uint8_t*>(data_) + row / kPanel * PanelBytes() +
                      block * (is_int4 ? kInt4BlockBytes : kInt8BlockBytes);
  const std::int64_t lane = row % kPanel;
  std::uint16_t half = 0;
  std::memcpy(&half, start + 2 * lane, sizeof half);
  Block out;
  out.scale = HalfToFloat(half);
  if (is_int4) {
    std::memcpy(&half, start + 2 * kPanel + 2 * lane, sizeof half);
    out.offset = HalfToFloat(half);
  }
  for (std::int64_t i = 0; i < kQuantBlock; ++i) {
    const std::int64_t at = i / 4 * 4 * kPanel + 4 * lane + i % 4;
    std::int32_t& value = out.values[static_cast<std::size_t>(i)];
    if (!is_int4) {
      value = start[2 * kPanel + at] - 128;
    } else if (i < 16) {
      value = start[4 * kPanel + at] & 15;
    } else {
      value = start[4 * kPanel + at - 16 * kPanel] >> 4;
    }
  }
  return out;
}

LinearArgs PackedMatrix::Args() const {
  LinearArgs args;
  args.format = format_;
  args.weights = data();
  args.inputs = inputs_;
  args.outputs = outputs_;
  return args;
}

void PackRows(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t columns,
              float* panels) {
  for (std::int64_t i = 0; i < count; ++i) {
    float* to = panels + i / kPanel * kPanel * columns + i % kPanel;
    for (std::int64_t k = 0; k < columns; ++k) to[k * kPanel] = rows[i * stride + k];
  }
}

void PackTransposed(const float* rows, std::int64_t stride, std::int64_t count,
                    std::int64_t columns, float* panels) {
  for (std::int64_t first = 0; first < columns; first += kPanel) {
    float* to = panels + first * count;
    const std::int64_t lanes = std::min(kPanel, columns - first);
    for (std::int64_t i = 0; i < count; ++i) {
      std::copy_n(rows + i * stride + first, lanes, to + i * kPanel);
    }
  }
}

}  // namespace assay::kernels
