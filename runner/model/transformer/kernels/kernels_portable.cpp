// The kernels for portable. This file alone is compiled for it, so nothing here may come from a
// header that others share inline code with.
#include "runner/model/transformer/kernels/vec_portable.h"
#define ASSAY_KERNELS_NAME portable
#include "runner/model/transformer/kernels/exp_impl.h"
#include "runner/model/transformer/kernels/kernel_sets.h"
#include "runner/model/transformer/kernels/types.h"
// These use the names above.
#include "runner/model/transformer/kernels/attention_impl.h"
#include "runner/model/transformer/kernels/linear_impl.h"
#include "runner/model/transformer/kernels/norm_impl.h"
#include "runner/model/transformer/kernels/softmax_impl.h"

namespace assay::kernels {

extern const KernelTable kPortableKernels = {
    "portable",        portable::Linear, portable::QuantizeRow, portable::RmsNorm,
    portable::Rotate,  portable::Attend, portable::ToHalf,      portable::SwiGluRow,
    portable::SoftCap, portable::MaxOf,  portable::Exponentials};

}  // namespace assay::kernels
