// Limits by power series: the body as a Laurent series in t > 0, where the variable is a + t, a - t
// or ±1/t. The constant coefficient of a series without a pole is the limit.
//
// Coefficients are balls; a leading coefficient must be certainly nonzero before anything is
// divided by it, so a wrong limit cannot come out. Logarithmic growth, oscillation and infinite
// limits stay undecided.
#include <acb_poly.h>

#include <algorithm>

#include "verifiers/math/balls.h"

namespace assay::math {

namespace {
constexpr slong kLength = 16;
}  // namespace

// t^shift (c_0 + c_1 t + …), known up to `length` coefficients.
class Laurent {
 public:
  Laurent() { acb_poly_init(poly_); }
  Laurent(const Laurent& other) : shift(other.shift), length(other.length) {
    acb_poly_init(poly_);
    acb_poly_set(poly_, other.poly_);
  }
  Laurent& operator=(const Laurent& other) {
    if (this != &other) acb_poly_set(poly_, other.poly_);
    shift = other.shift;
    length = other.length;
    return *this;
  }
  ~Laurent() { acb_poly_clear(poly_); }
  acb_poly_struct* poly() { return poly_; }
  const acb_poly_struct* poly() const { return poly_; }

  // Moves exact zeros at the front into the shift.
  void Normalize() {
    slong zeros = 0;
    Ball c;
    while (zeros < length) {
      acb_poly_get_coeff_acb(c.get(), poly_, zeros);
      if (acb_is_zero(c.get()) == 0) break;
      ++zeros;
    }
    if (zeros == 0) return;
    acb_poly_shift_right(poly_, poly_, zeros);
    shift += zeros;
    length -= zeros;
  }
  Ball Leading() const {
    Ball c;
    acb_poly_get_coeff_acb(c.get(), poly_, 0);
    return c;
  }
  // Certainly different from 0 near t = 0.
  bool HasLeading() const { return length > 0 && acb_contains_zero(Leading().get()) == 0; }
  // 1 or -1 where the series is certainly real and of that sign near 0.
  int Sign() const {
    if (!HasLeading()) return 0;
    for (slong i = 0; i < length; ++i) {
      Ball c;
      acb_poly_get_coeff_acb(c.get(), poly_, i);
      if (!c.IsReal()) return 0;
    }
    return arb_is_positive(acb_realref(Leading().get())) != 0 ? 1 : -1;
  }

  slong shift = 0;
  slong length = kLength;

 private:
  acb_poly_t poly_;
};

class SeriesOf {
 public:
  SeriesOf(Balls& balls, std::string_view name, const Laurent& variable)
      : balls_(balls), name_(name), variable_(variable) {}

  bool Of(const Ref& e, Laurent& out) {
    if (!balls_.budget_.Spend(60)) return false;
    if (!Has(e)) {
      Ball c;
      if (!balls_.Of(e, c.get())) return false;
      Constant(c, out);
      return true;
    }
    if (!Dispatch(e, out)) return false;
    out.Normalize();
    return true;
  }

 private:
  slong prec() const { return balls_.prec(); }

  bool Has(const Ref& e) const { return Mentions(e, name_); }

  static void Constant(const Ball& c, Laurent& out) {
    out.shift = 0;
    out.length = kLength;
    acb_poly_zero(out.poly());
    acb_poly_set_coeff_acb(out.poly(), 0, c.get());
    out.Normalize();
  }

  bool Dispatch(const Ref& e, Laurent& out) {
    Laurent next;
    switch (e.op()) {
      case Op::kSymbol:
        out = variable_;
        return true;
      case Op::kAdd:
      case Op::kMul:
        if (!Of(e.kid(0), out)) return false;
        for (std::size_t i = 1; i < e.kid_count(); ++i) {
          if (!Of(e.kid(i), next)) return false;
          out = e.op() == Op::kAdd ? Sum(out, next) : Product(out, next);
          out.Normalize();
        }
        return true;
      case Op::kNeg:
        if (!Of(e.kid(0), out)) return false;
        acb_poly_neg(out.poly(), out.poly());
        return true;
      case Op::kDiv:
        if (!Of(e.kid(0), out) || !Of(e.kid(1), next) || !Invert(next)) return false;
        out = Product(out, next);
        return true;
      case Op::kPow:
        return Power(e, out);
      case Op::kRoot: {
        const auto index = Has(e.kid(1)) ? std::nullopt : ExactValue(e.kid(1), balls_.budget_);
        return index && index->Sign() > 0 && Of(e.kid(0), out) &&
               ConstantPower(out, Rational(1) / *index);
      }
      case Op::kAbs: {
        if (!Of(e.kid(0), out)) return false;
        const int sign = out.Sign();
        if (sign < 0) acb_poly_neg(out.poly(), out.poly());
        return sign != 0;
      }
      case Op::kCall:
        return Call(e, out);
      default:
        return false;
    }
  }

  Laurent Sum(const Laurent& a, const Laurent& b) const {
    Laurent out;
    out.shift = std::min(a.shift, b.shift);
    out.length = std::min(a.shift + a.length, b.shift + b.length) - out.shift;
    out.length = std::clamp<slong>(out.length, 0, 4 * kLength);
    Laurent x = a;
    Laurent y = b;
    acb_poly_shift_left(x.poly(), x.poly(), std::min<slong>(a.shift - out.shift, 4 * kLength));
    acb_poly_shift_left(y.poly(), y.poly(), std::min<slong>(b.shift - out.shift, 4 * kLength));
    acb_poly_add(out.poly(), x.poly(), y.poly(), prec());
    acb_poly_truncate(out.poly(), out.length);
    return out;
  }

  Laurent Product(const Laurent& a, const Laurent& b) const {
    Laurent out;
    out.shift = a.shift + b.shift;
    out.length = std::min(a.length, b.length);
    acb_poly_mullow(out.poly(), a.poly(), b.poly(), out.length, prec());
    return out;
  }

  bool Invert(Laurent& a) const {
    if (!a.HasLeading()) return false;
    acb_poly_inv_series(a.poly(), a.poly(), a.length, prec());
    a.shift = -a.shift;
    return true;
  }

  // a^exponent for a positive or, where the exponent is an integer, any leading coefficient.
  bool ConstantPower(Laurent& a, const Rational& exponent) const {
    const Rational shift = Rational(a.shift) * exponent;
    const auto whole = shift.ToInt();
    if (!whole || std::abs(*whole) > 1000 || exponent.Bits() > 32) return false;
    if (const auto n = exponent.ToInt(); n && std::abs(*n) <= 64) {
      if (*n < 0 && !Invert(a)) return false;
      Laurent power;
      Ball one;
      acb_one(one.get());
      Constant(one, power);
      for (std::int64_t i = 0; i < std::abs(*n); ++i) power = Product(power, a);
      a = power;
      return true;
    }
    if (a.Sign() <= 0) return false;
    Ball c;
    acb_set_fmpq(c.get(), exponent.raw(), prec());
    acb_poly_pow_acb_series(a.poly(), a.poly(), c.get(), a.length, prec());
    a.shift = *whole;
    return true;
  }

  // Whether `a` has no pole; shifts it into an ordinary power series.
  static bool Regular(Laurent& a) {
    if (a.shift < 0) return false;
    const slong shift = std::min<slong>(a.shift, 4 * kLength);
    acb_poly_shift_left(a.poly(), a.poly(), shift);
    a.length += shift;
    a.shift = 0;
    return true;
  }

  bool Log(Laurent& a) const {
    if (a.shift != 0 || a.Sign() <= 0) return false;
    acb_poly_log_series(a.poly(), a.poly(), a.length, prec());
    return true;
  }

  bool Exp(Laurent& a) const {
    if (a.shift < 0) {
      if (a.Sign() >= 0) return false;
      // falls faster than every power of t
      a.shift = 0;
      a.length = kLength;
      acb_poly_zero(a.poly());
      return true;
    }
    if (!Regular(a)) return false;
    acb_poly_exp_series(a.poly(), a.poly(), a.length, prec());
    return true;
  }

  bool Power(const Ref& e, Laurent& out) {
    if (!Has(e.kid(1))) {
      if (const auto exponent = ExactValue(e.kid(1), balls_.budget_)) {
        return Of(e.kid(0), out) && ConstantPower(out, *exponent);
      }
    }
    Laurent exponent;
    if (!Of(e.kid(1), exponent)) return false;
    if (e.kid(0).op() == Op::kConstant &&
        e.kid(0).node().aux == static_cast<int>(math::Constant::kE)) {
      out = exponent;
      return Exp(out);
    }
    Laurent base;
    if (!Of(e.kid(0), base) || !Log(base)) return false;
    base.Normalize();
    out = Product(base, exponent);
    out.Normalize();
    return Exp(out);
  }

  bool Call(const Ref& e, Laurent& out) {
    const auto f = static_cast<Function>(e.node().aux);
    if (e.kid_count() != 1 || !Of(e.kid(0), out)) return false;
    if (f == Function::kLn || f == Function::kLog) return Log(out);
    if (f == Function::kArctan && out.shift < 0) {  // pi/2 - arctan(1/z)
      const int sign = out.Sign();
      if (sign == 0 || !Invert(out) || !Regular(out)) return false;
      acb_poly_atan_series(out.poly(), out.poly(), out.length, prec());
      acb_poly_neg(out.poly(), out.poly());
      Ball half_pi;
      acb_const_pi(half_pi.get(), prec());
      acb_mul_2exp_si(half_pi.get(), half_pi.get(), -1);
      if (sign < 0) acb_neg(half_pi.get(), half_pi.get());
      Laurent c;
      Constant(half_pi, c);
      out = Sum(out, c);
      return true;
    }
    if (!Regular(out)) return false;
    acb_poly_struct* p = out.poly();
    switch (f) {
      case Function::kSin:
        acb_poly_sin_series(p, p, out.length, prec());
        return true;
      case Function::kCos:
        acb_poly_cos_series(p, p, out.length, prec());
        return true;
      case Function::kTan:
        acb_poly_tan_series(p, p, out.length, prec());
        return true;
      case Function::kSinh:
        acb_poly_sinh_series(p, p, out.length, prec());
        return true;
      case Function::kCosh:
        acb_poly_cosh_series(p, p, out.length, prec());
        return true;
      case Function::kArctan:
        acb_poly_atan_series(p, p, out.length, prec());
        return true;
      default:
        return false;
    }
  }

  Balls& balls_;
  std::string_view name_;
  const Laurent& variable_;
};

bool Balls::Limit(const Ref& e, acb_ptr out) {
  if (analytic_) return false;
  Ref point = e.kid(2);
  int infinite = 1;
  while (point.op() == Op::kNeg) {
    infinite = -infinite;
    point = point.kid(0);
  }
  const bool at_infinity = point.op() == Op::kConstant &&
                           point.node().aux == static_cast<int>(math::Constant::kInfinity);
  Ball value;
  if (!at_infinity && !Of(e.kid(2), value.get())) return false;
  Ball first;
  bool any = false;
  for (const int side : {1, -1}) {
    if (at_infinity ? side != 1 : e.node().aux == -side) continue;
    Laurent variable;
    if (at_infinity) {
      variable.shift = -1;
      acb_poly_set_coeff_si(variable.poly(), 0, infinite);
    } else {
      acb_poly_set_coeff_acb(variable.poly(), 0, value.get());
      acb_poly_set_coeff_si(variable.poly(), 1, side);
    }
    variable.Normalize();
    Laurent series;
    if (!SeriesOf(*this, e.kid(1).name(), variable).Of(e.kid(0), series)) return false;
    // every coefficient up to t^0 must be known, and those before it be none
    if (series.shift + series.length < 1 || (series.shift < 0)) return false;
    if (series.shift == 0) {
      acb_poly_get_coeff_acb(out, series.poly(), 0);
    } else {
      acb_zero(out);
    }
    if (any && acb_overlaps(first.get(), out) == 0) return false;
    acb_set(first.get(), out);
    any = true;
  }
  return any;
}

}  // namespace assay::math
