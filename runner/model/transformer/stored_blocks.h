// runner/model/transformer/stored_blocks.h -- 4-bit weights as they are stored, without rounding
// them again.
#pragma once

#include "runner/model/checkpoint/tensor.h"
#include "runner/model/transformer/kernels/linear.h"

namespace assay {

// Whether the tensor is of blocks of 32 with 4-bit numbers (Q4_0, Q4_1).
bool HoldsInt4(const StoredTensor& tensor);

// The blocks of one row of such a tensor.
void ReadInt4Row(const StoredTensor& tensor, std::int64_t row,
                 kernels::PackedMatrix::Int4Block* out);

}  // namespace assay
