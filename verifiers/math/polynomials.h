// verifiers/math/polynomials.h -- FLINT's polynomials in many names, owned.
#pragma once

#include <flint/fmpq_mpoly.h>

#include <algorithm>

namespace assay::math {

// The generators that polynomials are made of; outlives them.
class Context {
 public:
  explicit Context(slong atoms) { fmpq_mpoly_ctx_init(raw_, atoms, ORD_LEX); }
  ~Context() { fmpq_mpoly_ctx_clear(raw_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  const fmpq_mpoly_ctx_struct* get() const { return raw_; }

 private:
  fmpq_mpoly_ctx_t raw_;
};

// One polynomial with rational coefficients.
class Poly {
 public:
  explicit Poly(const Context& context) : context_(&context) {
    fmpq_mpoly_init(raw_, context.get());
  }
  Poly(const Poly& other) : context_(other.context_) {
    fmpq_mpoly_init(raw_, context_->get());
    fmpq_mpoly_set(raw_, other.raw_, context_->get());
  }
  Poly& operator=(const Poly& other) {
    if (this != &other) fmpq_mpoly_set(raw_, other.raw_, context_->get());
    return *this;
  }
  ~Poly() { fmpq_mpoly_clear(raw_, context_->get()); }
  fmpq_mpoly_struct* get() { return raw_; }
  const fmpq_mpoly_struct* get() const { return raw_; }
  const fmpq_mpoly_ctx_struct* context() const { return context_->get(); }
  slong terms() const { return fmpq_mpoly_length(raw_, context_->get()); }
  bool IsZero() const { return fmpq_mpoly_is_zero(raw_, context_->get()) != 0; }
  // The total degree, 0 for constants; kHuge where it does not fit.
  static constexpr slong kHuge = WORD_MAX / 4;
  slong Degree() const {
    fmpz_t d;
    fmpz_init(d);
    fmpq_mpoly_total_degree_fmpz(d, raw_, context_->get());
    const slong degree = fmpz_fits_si(d) != 0 ? fmpz_get_si(d) : kHuge;
    fmpz_clear(d);
    return std::max<slong>(degree, 0);
  }
  slong Bits() const {
    return fmpz_mpoly_max_bits(raw_->zpoly) < 0 ? -fmpz_mpoly_max_bits(raw_->zpoly)
                                                : fmpz_mpoly_max_bits(raw_->zpoly);
  }

 private:
  const Context* context_;
  fmpq_mpoly_t raw_;
};

}  // namespace assay::math
