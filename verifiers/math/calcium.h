// verifiers/math/calcium.h -- <calcium/ca.h> for C++: its inline functions assign what flint_malloc
// returns without a cast, which is C only.
#pragma once

#include <acb_poly.h>
#include <antic/nf_elem.h>
#include <flint/flint.h>
#include <flint/fmpq_mat.h>
#include <flint/fmpz_mpoly.h>

namespace assay::math {

struct AnyPointer {
  void* raw;
  template <class T>
  operator T*() const {  // NOLINT(google-explicit-constructor): that is its purpose
    return static_cast<T*>(raw);
  }
};
inline AnyPointer Allocated(std::size_t size) { return {flint_malloc(size)}; }
inline AnyPointer Reallocated(void* old, std::size_t size) { return {flint_realloc(old, size)}; }

}  // namespace assay::math

#define flint_malloc assay::math::Allocated
#define flint_realloc assay::math::Reallocated
#include <calcium/ca.h>
#undef flint_malloc
#undef flint_realloc
