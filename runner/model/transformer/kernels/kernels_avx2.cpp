// The kernels for avx2. This file alone is compiled for it, so nothing here may come from a header
// that others share inline code with.
#include "runner/model/transformer/kernels/vec_avx2.h"
#define ASSAY_KERNELS_NAME avx2
#include "runner/model/transformer/kernels/exp_impl.h"
#include "runner/model/transformer/kernels/kernel_sets.h"
#include "runner/model/transformer/kernels/types.h"
// These use the names above.
#include "runner/model/transformer/kernels/attention_impl.h"
#include "runner/model/transformer/kernels/linear_impl.h"
#include "runner/model/transformer/kernels/norm_impl.h"
#include "runner/model/transformer/kernels/softmax_impl.h"

namespace assay::kernels {

extern const KernelTable kAvx2Kernels = {"avx2",        avx2::Linear,      avx2::QuantizeRow,
                                         avx2::RmsNorm, avx2::Rotate,      avx2::Attend,
                                         avx2::ToHalf,  avx2::SwiGluRow,   avx2::SoftCap,
                                         avx2::MaxOf,   avx2::Exponentials};

}  // namespace assay::kernels
