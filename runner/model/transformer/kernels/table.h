// runner/model/transformer/kernels/table.h -- One set of kernels per instruction set; the best one
// that this processor has is chosen at first use. All sets give the same bits.
#pragma once

#include <string_view>
#include <vector>

#include "runner/model/transformer/kernels/kernel_sets.h"

namespace assay::kernels {

// The set in use. ASSAY_KERNELS=avx2 (or avx512, portable) in the environment chooses another one
// than the best, where this processor has it.
const KernelTable& Kernels();
// The sets that this processor can run, best first; never empty.
std::vector<const KernelTable*> AvailableKernels();
// For tests and measurements: uses the named set from now on; false where it is not available. Not
// to be called while kernels run.
bool UseKernels(std::string_view name);

}  // namespace assay::kernels
