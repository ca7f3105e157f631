// ASSAY_UNROLL before a loop of few, constant rounds: without it GCC keeps accumulators in memory.
#pragma once

#if defined(__clang__)
#define ASSAY_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ASSAY_UNROLL _Pragma("GCC unroll 16")
#endif
