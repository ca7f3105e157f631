// runner/model/checkpoint/tensor.h -- Named weight matrices, wherever and however they are stored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

// How numbers are stored in a file. The q-types are llama.cpp's blocks of quantised weights.
enum class StoredType {
  kF32,
  kF16,
  kBf16,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
  kQ4K,
  kQ5K,
  kQ6K,
};
std::string_view ToString(StoredType type);  // "F32", "Q4_1", "Q4_K", …

// Weights per block, and its bytes: 1 and 2 for BF16, 32 and 34 for Q8_0.
struct BlockLayout {
  std::int64_t weights = 1;
  std::int64_t bytes = 4;
};
BlockLayout LayoutOf(StoredType type);

// A matrix [rows, columns] in a file or in memory; a vector has one row. `bytes` points into what
// the source owns.
struct StoredTensor {
  std::string name;
  StoredType type = StoredType::kF32;
  std::int64_t rows = 1;
  std::int64_t columns = 0;
  std::string_view bytes;
  // Not 0: from one row to the next, in a matrix that is some columns of another one.
  std::int64_t row_stride_bytes = 0;
  // Not 0: the rows of each head of this size are stored pairwise interleaved (0, D/2, 1, D/2+1 …),
  // as GGUF files of the llama family do with Q and K. ReadRow undoes it.
  std::int64_t interleaved_head_dim = 0;
};

// Row `row` as `tensor.columns` floats, exactly as stored. Needs a row inside the matrix.
void ReadRow(const StoredTensor& tensor, std::int64_t row, float* out);

// The blocks of row `row` as they are stored.
const char* RowBytes(const StoredTensor& tensor, std::int64_t row);

// `count` blocks at `bytes` as floats: the slow-and-plain definition of every format.
void Dequantize(StoredType type, const char* bytes, std::int64_t blocks, float* out);

// Where weights come from: a folder, a GGUF file, the trainer's memory. Const methods are
// thread-safe.
class TensorSource {
 public:
  virtual ~TensorSource() = default;
  // The tensor with this Hugging Face name ("model.layers.0.self_attn.q_proj.weight"), or null.
  // Lives as long as the source.
  virtual const StoredTensor* Find(std::string_view name) const = 0;
  // For error messages: the file or folder.
  virtual std::string Place() const = 0;
  // SHA-256 over the weights' bytes, in hexadecimal. Reads all of them.
  virtual std::string ContentHash() const = 0;
};

// The tensor, of exactly this shape; kInput naming place, tensor and both shapes otherwise.
Result<const StoredTensor*> Require(const TensorSource& source, std::string_view name,
                                    std::int64_t rows, std::int64_t columns);

}  // namespace assay
