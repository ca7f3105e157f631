#include "verifiers/math/rational.h"

#include <cmath>
#include <memory>

namespace assay::math {
namespace {

// FLINT keeps freed big numbers for the thread that made them: hand them back when it ends.
struct FlintCache {
  ~FlintCache() { flint_cleanup(); }
};

void RegisterThread() { thread_local FlintCache cache; }

}  // namespace

Rational Rational::FromDigits(std::string_view digits, int decimals) {
  Rational r;
  if (digits.size() <= 18) {
    std::int64_t n = 0;
    for (const char c : digits) n = n * 10 + (c - '0');
    fmpz_set_si(fmpq_numref(r.value_), n);
  } else {
    RegisterThread();
    fmpz_set_str(fmpq_numref(r.value_), std::string(digits).c_str(), 10);
  }
  if (decimals > 0) {
    fmpz_set_ui(fmpq_denref(r.value_), 10);
    fmpz_pow_ui(fmpq_denref(r.value_), fmpq_denref(r.value_), static_cast<ulong>(decimals));
    fmpq_canonicalise(r.value_);
  }
  return r;
}

std::optional<std::int64_t> Rational::ToInt() const {
  if (!IsInteger() || fmpz_fits_si(fmpq_numref(value_)) == 0) return std::nullopt;
  return fmpz_get_si(fmpq_numref(value_));
}

double Rational::ToDouble() const {
  slong e1 = 0;
  slong e2 = 0;
  const double n = fmpz_get_d_2exp(&e1, fmpq_numref(value_));
  const double d = fmpz_get_d_2exp(&e2, fmpq_denref(value_));
  return std::ldexp(n / d, static_cast<int>(e1 - e2));
}

std::string Rational::ToString() const {
  if (Bits() > 4096) return "(a number of " + std::to_string(Bits()) + " bits)";
  const std::unique_ptr<char, void (*)(void*)> text(fmpq_get_str(nullptr, 10, value_), flint_free);
  return text.get();
}

Rational Rational::Floor() const {
  Rational r;
  fmpz_fdiv_q(fmpq_numref(r.value_), fmpq_numref(value_), fmpq_denref(value_));
  return r;
}

Rational Rational::Ceil() const {
  Rational r;
  fmpz_cdiv_q(fmpq_numref(r.value_), fmpq_numref(value_), fmpq_denref(value_));
  return r;
}

Rational Rational::Pow(std::int64_t exponent) const {
  RegisterThread();
  Rational r;
  fmpq_pow_si(r.value_, value_, exponent);
  return r;
}

Rational PowerOfTen(int exponent) { return Rational(10).Pow(exponent); }

}  // namespace assay::math
