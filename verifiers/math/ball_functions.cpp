// Named functions of complex balls. See balls.h.
#include "verifiers/math/balls.h"

namespace assay::math {

namespace {

// Whether the branch cut of an inverse function may meet the ball `z`.
bool MeetsCut(Function f, acb_srcptr z) {
  const auto inside = [](arb_srcptr x) {  // certainly in (-1, 1)
    arb_t size;
    arb_init(size);
    arb_abs(size, x);
    arb_sub_ui(size, size, 1, 64);
    const bool yes = arb_is_negative(size) != 0;
    arb_clear(size);
    return yes;
  };
  const auto beyond_one = [](arb_srcptr x) {
    arb_t rest;
    arb_init(rest);
    arb_sub_ui(rest, x, 1, 64);
    const bool yes = arb_is_positive(rest) != 0;
    arb_clear(rest);
    return yes;
  };
  switch (f) {
    case Function::kArcsin:
    case Function::kArccos:
    case Function::kArtanh:
      return arb_contains_zero(acb_imagref(z)) != 0 && !inside(acb_realref(z));
    case Function::kArctan:
    case Function::kArsinh:
      return arb_contains_zero(acb_realref(z)) != 0 && !inside(acb_imagref(z));
    case Function::kArcosh:
      return arb_contains_zero(acb_imagref(z)) != 0 && !beyond_one(acb_realref(z));
    default:
      return false;
  }
}

}  // namespace

bool Balls::Trigonometric(Function f, acb_ptr z, acb_ptr out) {
  if (Magnitude(z) > 64) return false;
  const auto inverse = [&](bool ok) {
    if (!ok || acb_contains_zero(out) != 0) return false;
    acb_inv(out, out, prec());
    return true;
  };
  switch (f) {
    case Function::kSin:
      acb_sin(out, z, prec());
      return true;
    case Function::kCos:
      acb_cos(out, z, prec());
      return true;
    case Function::kTan:
      acb_tan(out, z, prec());
      return true;
    case Function::kCot:
      acb_cot(out, z, prec());
      return true;
    case Function::kSec:
      return inverse(Trigonometric(Function::kCos, z, out));
    case Function::kCsc:
      return inverse(Trigonometric(Function::kSin, z, out));
    case Function::kSinh:
      if (Magnitude(z) > 30) return false;
      acb_sinh(out, z, prec());
      return true;
    case Function::kCosh:
      if (Magnitude(z) > 30) return false;
      acb_cosh(out, z, prec());
      return true;
    case Function::kTanh:
      if (Magnitude(z) > 30) return false;
      acb_tanh(out, z, prec());
      return true;
    case Function::kCoth:
      return inverse(Trigonometric(Function::kTanh, z, out));
    case Function::kSech:
      return inverse(Trigonometric(Function::kCosh, z, out));
    case Function::kCsch:
      return inverse(Trigonometric(Function::kSinh, z, out));
    default:
      return false;
  }
}

bool Balls::Inverse(Function f, acb_ptr z, acb_ptr out) {
  const auto of_inverse = [&](Function g) {
    if (acb_contains_zero(z) != 0) return false;
    acb_inv(z, z, prec());
    return Inverse(g, z, out);
  };
  if (analytic_ && MeetsCut(f, z)) return false;
  switch (f) {
    case Function::kArcsin:
      acb_asin(out, z, prec());
      return true;
    case Function::kArccos:
      acb_acos(out, z, prec());
      return true;
    case Function::kArctan:
      acb_atan(out, z, prec());
      return true;
    case Function::kArccot:
      return of_inverse(Function::kArctan);
    case Function::kArcsec:
      return of_inverse(Function::kArccos);
    case Function::kArccsc:
      return of_inverse(Function::kArcsin);
    case Function::kArsinh:
      acb_asinh(out, z, prec());
      return true;
    case Function::kArcosh:
      acb_acosh(out, z, prec());
      return true;
    case Function::kArtanh:
      acb_atanh(out, z, prec());
      return true;
    default:
      return false;
  }
}

bool Balls::Integer(Function f, acb_ptr z, acb_ptr out) {
  if (analytic_ || arb_is_zero(acb_imagref(z)) == 0 || Magnitude(z) > 1024) return false;
  arb_zero(acb_imagref(out));
  if (f == Function::kFloor) arb_floor(acb_realref(out), acb_realref(z), prec());
  if (f == Function::kCeil) arb_ceil(acb_realref(out), acb_realref(z), prec());
  return arb_is_int(acb_realref(out)) != 0;  // a ball around an integer decides nothing
}

bool Balls::Logarithm(const Ref& e, acb_ptr z, acb_ptr out) {
  if (acb_contains_zero(z) != 0) return false;
  acb_log_analytic(out, z, analytic_ ? 1 : 0, prec());
  const bool natural = static_cast<Function>(e.node().aux) == Function::kLn;
  if (natural || (e.kid_count() == 1 && !rules_.log_is_decimal)) return true;
  Ball base;
  if (e.kid_count() == 2) {
    if (!Of(e.kid(1), base.get()) || acb_contains_zero(base.get()) != 0) return false;
  } else {
    acb_set_ui(base.get(), 10);
  }
  acb_log(base.get(), base.get(), prec());
  if (acb_contains_zero(base.get()) != 0) return false;
  acb_div(out, out, base.get(), prec());
  return true;
}

bool Balls::Binomial(const Ref& e, acb_ptr out) {
  Ball n;
  Ball k;
  if (e.kid_count() != 2 || !Of(e.kid(0), n.get()) || !Of(e.kid(1), k.get())) return false;
  if (Magnitude(n.get()) > 30 || Magnitude(k.get()) > 30) return false;
  budget_.Spend(600);
  // n! / (k! (n-k)!) by log gamma, which stays tame for large arguments
  Ball t;
  Ball sum;
  acb_add_ui(t.get(), n.get(), 1, prec());
  acb_lgamma(sum.get(), t.get(), prec());
  acb_add_ui(t.get(), k.get(), 1, prec());
  acb_lgamma(t.get(), t.get(), prec());
  acb_sub(sum.get(), sum.get(), t.get(), prec());
  acb_sub(t.get(), n.get(), k.get(), prec());
  acb_add_ui(t.get(), t.get(), 1, prec());
  acb_lgamma(t.get(), t.get(), prec());
  acb_sub(sum.get(), sum.get(), t.get(), prec());
  return Exp(sum.get(), out);
}

bool Balls::Extreme(const Ref& e, acb_ptr out) {
  const auto f = static_cast<Function>(e.node().aux);
  if (!Of(e.kid(0), out)) return false;
  Ball next;
  for (std::size_t i = 1; i < e.kid_count(); ++i) {
    if (!Of(e.kid(i), next.get())) return false;
    if (f == Function::kMax) acb_real_max(out, out, next.get(), analytic_ ? 1 : 0, prec());
    if (f == Function::kMin) acb_real_min(out, out, next.get(), analytic_ ? 1 : 0, prec());
  }
  return true;
}

// Real and imaginary part and their kin: nowhere holomorphic, but for the sign.
bool Balls::Part(Function f, acb_srcptr z, acb_ptr out) {
  if (analytic_ && f != Function::kSign) return false;
  switch (f) {
    case Function::kRe:
      acb_set_arb(out, acb_realref(z));
      return true;
    case Function::kIm:
      acb_set_arb(out, acb_imagref(z));
      return true;
    case Function::kConj:
      acb_conj(out, z);
      return true;
    case Function::kArg:
      acb_arg(acb_realref(out), z, prec());
      arb_zero(acb_imagref(out));
      return true;
    case Function::kSign:
      if (arb_contains_zero(acb_realref(z)) != 0) return false;
      acb_set_si(out, arb_is_positive(acb_realref(z)) != 0 ? 1 : -1);
      return true;
    default:
      return false;
  }
}

bool Balls::Call(const Ref& e, acb_ptr out) {
  const auto f = static_cast<Function>(e.node().aux);
  if (f == Function::kDet || f == Function::kTrace) return false;
  if (f == Function::kBinomial) return Binomial(e, out);
  if (f == Function::kMax || f == Function::kMin) return Extreme(e, out);
  Ball z;
  if (e.kid_count() == 0 || !Of(e.kid(0), z.get())) return false;
  if (f == Function::kLog || f == Function::kLn) return Logarithm(e, z.get(), out);
  if (e.kid_count() != 1) return false;
  budget_.Spend(20);
  switch (f) {
    case Function::kFloor:
    case Function::kCeil:
      return Integer(f, z.get(), out);
    case Function::kRe:
    case Function::kIm:
    case Function::kConj:
    case Function::kArg:
    case Function::kSign:
      return Part(f, z.get(), out);
    case Function::kGammaOf:
      if (Magnitude(z.get()) > 24) return false;
      budget_.Spend(200);
      acb_gamma(out, z.get(), prec());
      return true;
    case Function::kZeta:
      if (Magnitude(z.get()) > 10) return false;
      budget_.Spend(2000);
      acb_zeta(out, z.get(), prec());
      return true;
    default:
      return Trigonometric(f, z.get(), out) || Inverse(f, z.get(), out);
  }
}

}  // namespace assay::math
