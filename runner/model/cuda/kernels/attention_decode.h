// runner/model/cuda/kernels/attention_decode.h -- The road that AttendDecode takes for Bf16 and
// Half with heads up to kMostTileDim wide.
#pragma once

#include "runner/model/cuda/kernels/attention.h"

namespace assay::cuda {

template <class T>
void AttendDecodeByTiles(void* stream, const AttentionArgs<T>& args, std::int64_t splits,
                         const DecodeRoom& room);

}  // namespace assay::cuda
