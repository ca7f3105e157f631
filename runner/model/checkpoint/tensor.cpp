#include "runner/model/checkpoint/tensor.h"

#include <cstddef>

namespace assay {
namespace {

// Where row `row` of the model is in the file.
std::int64_t StoredRow(const StoredTensor& tensor, std::int64_t row) {
  const std::int64_t dim = tensor.interleaved_head_dim;
  if (dim == 0) return row;
  const std::int64_t head = row / dim;
  const std::int64_t within = row % dim;
  const std::int64_t half = dim / 2;
  return head * dim + 2 * (within % half) + within / half;
}

}  // namespace

const char* RowBytes(const StoredTensor& tensor, std::int64_t row) {
  const BlockLayout layout = LayoutOf(tensor.type);
  const std::int64_t stride = tensor.row_stride_bytes != 0
                                  ? tensor.row_stride_bytes
                                  : tensor.columns / layout.weights * layout.bytes;
  return tensor.bytes.data() + StoredRow(tensor, row) * stride;
}

void ReadRow(const StoredTensor& tensor, std::int64_t row, float* out) {
  const std::int64_t blocks = tensor.columns / LayoutOf(tensor.type).weights;
  Dequantize(tensor.type, RowBytes(tensor, row), blocks, out);
}

Result<const StoredTensor*> Require(const TensorSource& source, std::string_view name,
                                    std::int64_t rows, std::int64_t columns) {
  const StoredTensor* tensor = source.Find(name);
  if (tensor == nullptr) {
    return Fail(ErrorCode::kInput, "{}: tensor \"{}\" is missing", source.Place(), name);
  }
  if (tensor->rows != rows || tensor->columns != columns) {
    return Fail(ErrorCode::kInput,
                "{}: tensor \"{}\" is {} x {}, but the configuration asks for {} x {}",
                source.Place(), name, tensor->rows, tensor->columns, rows, columns);
  }
  return tensor;
}

}  // namespace assay
