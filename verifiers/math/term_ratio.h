// verifiers/math/term_ratio.h -- How the terms of an infinite sum follow each other.
#pragma once

#include <flint/fmpq_poly.h>

#include <optional>
#include <string_view>
#include <vector>

#include "verifiers/math/evaluate.h"

namespace assay::math {

class Balls;

// Owns one polynomial with rational coefficients.
class RationalPoly {
 public:
  RationalPoly() { fmpq_poly_init(raw_); }
  RationalPoly(const RationalPoly& other) {
    fmpq_poly_init(raw_);
    fmpq_poly_set(raw_, other.raw_);
  }
  RationalPoly& operator=(const RationalPoly& other) {
    if (this != &other) fmpq_poly_set(raw_, other.raw_);
    return *this;
  }
  ~RationalPoly() { fmpq_poly_clear(raw_); }
  fmpq_poly_struct* get() { return raw_; }
  const fmpq_poly_struct* get() const { return raw_; }
  slong degree() const { return fmpq_poly_degree(raw_); }

 private:
  fmpq_poly_t raw_;
};

// A term t(k) as P(k)/Q(k) times powers c^(a k + b) and factorials of linear functions of k.
class TermRatio {
 public:
  // `body` in the index `name`; constants of it are evaluated by `balls`.
  TermRatio(const Ref& body, std::string_view name, Balls& balls, slong precision, Budget& budget);

  // Whether the term has that form.
  bool known() const { return known_; }
  // Present where the ratio of terms tends to less than 1 in absolute value.
  std::optional<bool> Series() const;
  // An upper bound q < 1 of |t(j+1)/t(j)| for all j >= k, or false.
  bool BoundFrom(std::int64_t k, Ball& q) const;
  // The sum from `from` on where the term is ±P/Q alone and falls fast enough.
  bool RationalSum(std::int64_t from, acb_ptr out) const;

 private:
  bool Factor(const Ref& e, int power, int depth);
  bool PowerFactor(const Ref& e, int power, int depth);
  bool FactorialOf(const Ref& argument, int power);
  bool Has(const Ref& e) const;
  bool Polynomial(const Ref& e, RationalPoly& out, int depth);
  bool Linear(const Ref& e, std::int64_t* slope, Rational* offset);
  void FormRatio();
  bool PartialFraction(const Rational& root, slong times, std::int64_t from, acb_ptr out) const;

  std::string_view name_;
  Balls& balls_;
  slong precision_;
  Budget& budget_;
  bool known_ = false;
  bool alternating_ = false;  // a factor (-1)^k
  bool other_powers_ = false;
  bool factorials_ = false;
  RationalPoly top_;     // P
  RationalPoly bottom_;  // Q
  Ball scale_;           // constant factors of the term
  Ball power_;           // C
  RationalPoly ratio_top_;
  RationalPoly ratio_bottom_;
};

// The addends of a sum, with a common denominator or factor distributed over them. False where
// `e` is no sum.
bool SplitTerms(const Ref& e, std::vector<Tree>& parts);

}  // namespace assay::math
