// verifiers/math/rational.h -- Exact rational numbers: FLINT's fmpq with an owner.
//
// Numerators and denominators below 2^62 live inside the object, so ordinary answers cost no
// allocation. Callers bound sizes before they multiply: FLINT aborts where memory ends.
#pragma once

#include <flint/fmpq.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace assay::math {

// Larger exact numbers are left to ball arithmetic.
inline constexpr std::uint64_t kMaxBits = 32768;

// A regular value type; one thread at a time.
class Rational {
 public:
  Rational() { fmpq_init(value_); }
  explicit Rational(std::int64_t n) {
    fmpq_init(value_);
    fmpz_set_si(fmpq_numref(value_), n);
  }
  // Needs a denominator other than 0.
  Rational(std::int64_t n, std::int64_t d) {
    fmpq_init(value_);
    fmpz_set_si(fmpq_numref(value_), n);
    fmpz_set_si(fmpq_denref(value_), d);
    fmpq_canonicalise(value_);
  }
  Rational(const Rational& other) {
    fmpq_init(value_);
    fmpq_set(value_, other.value_);
  }
  Rational(Rational&& other) noexcept {
    fmpq_init(value_);
    fmpq_swap(value_, other.value_);
  }
  Rational& operator=(const Rational& other) {
    if (this != &other) fmpq_set(value_, other.value_);
    return *this;
  }
  Rational& operator=(Rational&& other) noexcept {
    fmpq_swap(value_, other.value_);
    return *this;
  }
  ~Rational() { fmpq_clear(value_); }

  // `digits` holds decimal digits only, at most 4,000 of them; the value is digits / 10^decimals.
  static Rational FromDigits(std::string_view digits, int decimals);

  bool IsZero() const { return fmpq_is_zero(value_) != 0; }
  bool IsOne() const { return fmpq_is_one(value_) != 0; }
  bool IsInteger() const { return fmpz_is_one(fmpq_denref(value_)) != 0; }
  int Sign() const { return fmpq_sgn(value_); }
  // The number of bits of the larger of numerator and denominator.
  std::uint64_t Bits() const {
    return std::max(fmpz_bits(fmpq_numref(value_)), fmpz_bits(fmpq_denref(value_)));
  }
  // The value when it is an integer that fits.
  std::optional<std::int64_t> ToInt() const;
  double ToDouble() const;
  std::string ToString() const;  // "3", "-1/2"

  friend bool operator==(const Rational& a, const Rational& b) {
    return fmpq_equal(a.value_, b.value_) != 0;
  }
  friend bool operator<(const Rational& a, const Rational& b) {
    return fmpq_cmp(a.value_, b.value_) < 0;
  }
  friend Rational operator+(const Rational& a, const Rational& b) {
    Rational r;
    fmpq_add(r.value_, a.value_, b.value_);
    return r;
  }
  friend Rational operator-(const Rational& a, const Rational& b) {
    Rational r;
    fmpq_sub(r.value_, a.value_, b.value_);
    return r;
  }
  friend Rational operator*(const Rational& a, const Rational& b) {
    Rational r;
    fmpq_mul(r.value_, a.value_, b.value_);
    return r;
  }
  // Needs b != 0.
  friend Rational operator/(const Rational& a, const Rational& b) {
    Rational r;
    fmpq_div(r.value_, a.value_, b.value_);
    return r;
  }
  Rational operator-() const {
    Rational r;
    fmpq_neg(r.value_, value_);
    return r;
  }
  Rational Abs() const { return Sign() < 0 ? -*this : *this; }
  Rational Floor() const;
  Rational Ceil() const;
  // Needs |exponent| * Bits() within kMaxBits and no 0 to a negative power.
  Rational Pow(std::int64_t exponent) const;

  const fmpq* raw() const { return value_; }
  fmpq* raw() { return value_; }

 private:
  fmpq_t value_;
};

Rational PowerOfTen(int exponent);  // any sign, |exponent| <= 4,000

}  // namespace assay::math
