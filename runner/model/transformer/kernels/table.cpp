#include "runner/model/transformer/kernels/table.h"

#include <cstdlib>

namespace assay::kernels {
namespace {

const KernelTable* Named(std::string_view name) {
  for (const KernelTable* table : AvailableKernels()) {
    if (table->name == name) return table;
  }
  return nullptr;
}

const KernelTable* Choose() {
  const char* wanted = std::getenv("ASSAY_KERNELS");
  const KernelTable* named = wanted == nullptr ? nullptr : Named(wanted);
  return named != nullptr ? named : AvailableKernels().front();
}

const KernelTable*& Current() {
  static const KernelTable* current = Choose();
  return current;
}

}  // namespace

std::vector<const KernelTable*> AvailableKernels() {
  std::vector<const KernelTable*> tables;
#if defined(__x86_64__)
  __builtin_cpu_init();
  // Every processor with FMA has F16C, which clang 14 cannot ask for.
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vnni")) {
    tables.push_back(&kAvx512Kernels);
  }
  if (avx2) tables.push_back(&kAvx2Kernels);
#endif
  tables.push_back(&kPortableKernels);
  return tables;
}

const KernelTable& Kernels() { return *Current(); }

bool UseKernels(std::string_view name) {
  const KernelTable* named = Named(name);
  if (named == nullptr) return false;
  Current() = named;
  return true;
}

}  // namespace assay::kernels
