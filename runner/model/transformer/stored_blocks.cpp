#include "runner/model/transformer/stored_blocks.h"

#include <cstring>

#include "runner/model/checkpoint/half.h"

namespace assay {

bool HoldsInt4(const StoredTensor& tensor) {
  return tensor.type == StoredType::kQ4_0 || tensor.type == StoredType::kQ4_1;
}

void ReadInt4Row(const StoredTensor& tensor, std::int64_t row,
                 kernels::PackedMatrix::Int4Block* out) {
  const bool has_offset = tensor.type == StoredType::kQ4_1;
  const BlockLayout layout = LayoutOf(tensor.type);
  const char* stored = RowBytes(tensor, row);
  for (std::int64_t b = 0; b < tensor.columns / layout.weights; ++b, ++out) {
    std::memcpy(&out->scale, stored, 2);
    // Q4_0 numbers stand for q - 8. A half float times a power of two is exact.
    if (has_offset) {
      std::memcpy(&out->offset, stored + 2, 2);
    } else {
      out->offset = FloatToHalf(-8 * HalfToFloat(out->scale));
    }
    const char* numbers = stored + (has_offset ? 4 : 2);
    for (std::size_t i = 0; i < 16; ++i) {
      const auto byte = static_cast<std::uint8_t>(numbers[i]);
      out->values[i] = byte & 15;
      out->values[i + 16] = byte >> 4;
    }
    stored += layout.bytes;
  }
}

}  // namespace assay
