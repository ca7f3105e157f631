// The kernels for avx512. This file alone is compiled for it, so nothing here may come from a
// header that others share inline code with.
#include "runner/model/transformer/kernels/vec_avx512.h"
#define ASSAY_KERNELS_NAME avx512
#include "runner/model/transformer/kernels/exp_impl.h"
#include "runner/model/transformer/kernels/kernel_sets.h"
#include "runner/model/transformer/kernels/types.h"
// These use the names above.
#include "runner/model/transformer/kernels/attention_impl.h"
#include "runner/model/transformer/kernels/linear_impl.h"
#include "runner/model/transformer/kernels/norm_impl.h"
#include "runner/model/transformer/kernels/softmax_impl.h"

namespace assay::kernels {

extern const KernelTable kAvx512Kernels = {
    "avx512",        avx512::Linear, avx512::QuantizeRow, avx512::RmsNorm,
    avx512::Rotate,  avx512::Attend, avx512::ToHalf,      avx512::SwiGluRow,
    avx512::SoftCap, avx512::MaxOf,  avx512::Exponentials};

}  // namespace assay::kernels
