// Evaluation in complex balls (Arb): arithmetic, powers, names. See balls.h.
#include <acb_hypgeom.h>

#include <algorithm>
#include <array>

#include "base/rng.h"
#include "verifiers/math/balls.h"

namespace assay::math {
namespace {

// Points with small denominators keep the arithmetic short; the value depends on the name and the
// number of the point only.
void PointValue(std::string_view name, int point, acb_ptr out) {
  const Key key = Key("math point", 20240).With(name).With(static_cast<std::uint64_t>(point));
  const auto block = key.Block(0);
  // even points are positive (most answers are about lengths and counts), odd ones of either sign;
  // some are large, so that |x - 3| does not pass for 3 - x
  constexpr std::array<slong, 6> kScales = {0, 0, 4, 4, 10, 1};
  const auto index = static_cast<std::size_t>(point);
  const slong numerator = 1 + static_cast<slong>(block[0] % 1'500'000);
  const bool negative = point == 3 || (point % 2 == 1 && (block[1] & 1) != 0);
  acb_set_si(out, negative ? -numerator : numerator);
  acb_mul_2exp_si(out, out, -19 + (index < kScales.size() ? kScales[index] : 0));
  acb_add_ui(out, out, 0, 64);
}

// The same for names that stand for integers: small ones of either parity, no two alike.
slong IntegerPoint(std::string_view name, int point) {
  const Key key = Key("math integer", 20240).With(name).With(static_cast<std::uint64_t>(point));
  return 1 + 3 * point + static_cast<slong>(key.Block(0)[0] % 3);
}

}  // namespace

bool Tame(acb_srcptr z) {
  if (acb_is_finite(z) == 0) return false;
  for (arb_srcptr part : {acb_realref(z), acb_imagref(z)}) {
    const arf_struct* mid = arb_midref(part);
    if (arf_is_special(mid) == 0 &&
        (COEFF_IS_MPZ(*ARF_EXPREF(mid)) || std::abs(*ARF_EXPREF(mid)) > kMaxExponent)) {
      return false;
    }
  }
  return true;
}

slong Magnitude(acb_srcptr z) {
  mag_t m;
  mag_init(m);
  acb_get_mag(m, z);
  slong e = 0;
  if (mag_is_special(m) == 0) e = COEFF_IS_MPZ(MAG_EXP(m)) ? kMaxExponent : MAG_EXP(m);
  mag_clear(m);
  return e;
}

bool Balls::Of(const Ref& e, acb_ptr out) {
  if (!budget_.Spend(4 + rules_.precision / 64)) return false;
  return Dispatch(e, out) && Tame(out);
}

bool Balls::Dispatch(const Ref& e, acb_ptr out) {
  switch (e.op()) {
    case Op::kNumber:
      acb_set_fmpq(out, e.number().raw(), prec());
      return true;
    case Op::kSymbol:
      return Name(e.name(), out);
    case Op::kConstant:
      return Constant(static_cast<math::Constant>(e.node().aux), out);
    case Op::kAdd:
    case Op::kMul:
      return Fold(e, out);
    case Op::kNeg:
      if (!Of(e.kid(0), out)) return false;
      acb_neg(out, out);
      return true;
    case Op::kDiv:
      return Divide(e, out);
    case Op::kPow:
      return Power(e, out);
    case Op::kRoot:
      return Root(e, out);
    case Op::kAbs:
      return Absolute(e.kid(0), out);
    case Op::kPlusMinus:
      return PlusMinus(e, out);
    case Op::kFactorial:
      return Factorial(e.kid(0), out);
    case Op::kPercent:
      if (!Of(e.kid(0), out)) return false;
      acb_div_ui(out, out, 100, prec());
      return true;
    case Op::kDegrees:  // inside an expression: an angle
      if (!Of(e.kid(0), out)) return false;
      return Radians(out);
    case Op::kCall:
      return Call(e, out);
    case Op::kApply:
      return Apply(e, out);
    case Op::kSum:
    case Op::kProduct:
      return Big(e, out);
    case Op::kIntegral:
      return Integral(e, out);
    case Op::kLimit:
      return Limit(e, out);
    case Op::kQuantity:
      return Of(e.kid(0), out);
    default:
      return false;
  }
}

bool Balls::Radians(acb_ptr out) {
  Ball pi;
  acb_const_pi(pi.get(), prec());
  acb_mul(out, out, pi.get(), prec());
  acb_div_ui(out, out, 180, prec());
  return true;
}

bool Balls::Name(std::string_view name, acb_ptr out) {
  for (auto it = bound_.rbegin(); it != bound_.rend(); ++it) {
    if (it->first != name) continue;
    acb_set(out, it->second.get());
    return true;
  }
  if (rules_.golden_phi && (name == "phi" || name == "varphi"))
    return Constant(math::Constant::kPhi, out);
  if (rules_.point < 0) return false;
  if (rules_.integers != nullptr &&
      std::find(rules_.integers->begin(), rules_.integers->end(), name) != rules_.integers->end()) {
    acb_set_si(out, IntegerPoint(name, rules_.point));
    return true;
  }
  PointValue(name, rules_.point, out);
  return true;
}

bool Balls::Constant(math::Constant c, acb_ptr out) {
  switch (c) {
    case math::Constant::kPi:
      acb_const_pi(out, prec());
      return true;
    case math::Constant::kE:
      arb_const_e(acb_realref(out), prec());
      arb_zero(acb_imagref(out));
      return true;
    case math::Constant::kI:
      acb_onei(out);
      return true;
    case math::Constant::kPhi:
      acb_set_ui(out, 5);
      acb_sqrt(out, out, prec());
      acb_add_ui(out, out, 1, prec());
      acb_mul_2exp_si(out, out, -1);
      return true;
    default:
      return false;
  }
}

bool Balls::Fold(const Ref& e, acb_ptr out) {
  if (!Of(e.kid(0), out)) return false;
  Ball next;
  for (std::size_t i = 1; i < e.kid_count(); ++i) {
    if (!Of(e.kid(i), next.get())) return false;
    if (e.op() == Op::kAdd) {
      acb_add(out, out, next.get(), prec());
    } else {
      acb_mul(out, out, next.get(), prec());
    }
  }
  return true;
}

bool Balls::Divide(const Ref& e, acb_ptr out) {
  Ball bottom;
  if (!Of(e.kid(0), out) || !Of(e.kid(1), bottom.get())) return false;
  if (acb_contains_zero(bottom.get()) != 0) return false;
  acb_div(out, out, bottom.get(), prec());
  return true;
}

bool Balls::RationalPower(acb_ptr z, const Rational& exponent, acb_ptr out) {
  if (const auto n = exponent.ToInt()) {
    if (*n < 0 && acb_contains_zero(z) != 0) return false;
    const slong size = std::max<slong>(std::abs(Magnitude(z)), 1);
    if (*n > (slong{1} << 40) || *n < -(slong{1} << 40)) {
      // z^n with a huge n: only through logarithms, where that is tame
      return GeneralPower(z, exponent, out);
    }
    if (std::abs(*n) > kMaxExponent / size) return false;
    acb_pow_si(out, z, *n, prec());
    return true;
  }
  const bool odd = fmpz_is_odd(fmpq_denref(exponent.raw())) != 0;
  if (odd && (analytic_ || arb_is_zero(acb_imagref(z)) != 0) &&
      arb_is_negative(acb_realref(z)) != 0) {
    acb_neg(z, z);
    if (!GeneralPower(z, exponent, out)) return false;
    if (fmpz_is_odd(fmpq_numref(exponent.raw())) != 0) acb_neg(out, out);
    return true;
  }
  return GeneralPower(z, exponent, out);
}

bool Balls::GeneralPower(acb_srcptr z, const Rational& exponent, acb_ptr out) {
  Ball w;
  acb_set_fmpq(w.get(), exponent.raw(), prec());
  return ComplexPower(z, w.get(), out);
}

bool Balls::ComplexPower(acb_srcptr z, acb_srcptr w, acb_ptr out) {
  if (acb_is_zero(z) != 0) {
    if (arb_is_positive(acb_realref(w)) == 0) return false;
    acb_zero(out);
    return true;
  }
  if (acb_contains_zero(z) != 0) return false;
  Ball t;
  acb_log_analytic(t.get(), z, analytic_ ? 1 : 0, prec());
  acb_mul(t.get(), t.get(), w, prec());
  return Exp(t.get(), out);
}

bool Balls::Exp(acb_srcptr z, acb_ptr out) {
  if (acb_is_finite(z) == 0 || Magnitude(z) > 30) return false;
  acb_exp(out, z, prec());
  return true;
}

bool Balls::Power(const Ref& e, acb_ptr out) {
  const Ref base = e.kid(0);
  const Ref exponent = e.kid(1);
  Ball z;
  if (base.op() == Op::kConstant &&
      static_cast<math::Constant>(base.node().aux) == math::Constant::kE) {
    if (!Of(exponent, z.get())) return false;
    return Exp(z.get(), out);
  }
  if (!Of(base, z.get())) return false;
  // A literal exponent stays exact.
  if (exponent.op() != Op::kSymbol) {
    if (const auto exact = ExactValue(exponent, budget_)) {
      if (exact->Bits() < 256) {
        if (exact->IsZero() && acb_is_zero(z.get()) != 0) return false;
        return RationalPower(z.get(), *exact, out);
      }
    }
  }
  Ball w;
  if (!Of(exponent, w.get())) return false;
  if (acb_is_int(w.get()) != 0 && Magnitude(w.get()) < 40) {
    const Rational n(arf_get_si(arb_midref(acb_realref(w.get())), ARF_RND_NEAR));
    if (!n.IsZero() || acb_is_zero(z.get()) == 0) return RationalPower(z.get(), n, out);
  }
  return ComplexPower(z.get(), w.get(), out);
}

bool Balls::Root(const Ref& e, acb_ptr out) {
  const auto exact = ExactValue(e.kid(1), budget_);
  if (!exact || exact->IsZero()) {
    Ball z;
    Ball n;
    if (!Of(e.kid(0), z.get()) || !Of(e.kid(1), n.get())) return false;
    if (acb_contains_zero(n.get()) != 0) return false;
    acb_inv(n.get(), n.get(), prec());
    return ComplexPower(z.get(), n.get(), out);
  }
  Ball z;
  if (!Of(e.kid(0), z.get())) return false;
  if (*exact == Rational(2)) {
    acb_sqrt_analytic(out, z.get(), analytic_ ? 1 : 0, prec());
    return true;
  }
  if (exact->Bits() > 64) return false;
  return RationalPower(z.get(), Rational(1) / *exact, out);
}

bool Balls::Absolute(const Ref& e, acb_ptr out) {
  if (e.op() == Op::kMatrix || e.op() == Op::kAngles || e.op() == Op::kParens) {  // a norm
    if (analytic_) return false;
    Ball part;
    acb_zero(out);
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      if (!Absolute(e.kid(i), part.get())) return false;
      acb_mul(part.get(), part.get(), part.get(), prec());
      acb_add(out, out, part.get(), prec());
    }
    acb_sqrt(out, out, prec());
    return true;
  }
  Ball z;
  if (!Of(e, z.get())) return false;
  if (analytic_) {
    acb_real_abs(out, z.get(), 1, prec());
    return true;
  }
  acb_abs(acb_realref(out), z.get(), prec());
  arb_zero(acb_imagref(out));
  return true;
}

bool Balls::PlusMinus(const Ref& e, acb_ptr out) {
  if (e.sign == 0) return false;
  const bool minus = (e.sign > 0) == (e.node().aux == 1);
  if (!Of(e.kid(e.kid_count() - 1), out)) return false;
  if (minus) acb_neg(out, out);
  if (e.kid_count() == 1) return true;
  Ball first;
  if (!Of(e.kid(0), first.get())) return false;
  acb_add(out, first.get(), out, prec());
  return true;
}

bool Balls::Factorial(const Ref& e, acb_ptr out) {
  Ball z;
  if (!Of(e, z.get())) return false;
  acb_add_ui(z.get(), z.get(), 1, prec());
  if (Magnitude(z.get()) > 24) return false;  // its result must stay below 2^kMaxExponent
  if (acb_is_int(z.get()) != 0 && arb_is_nonpositive(acb_realref(z.get())) != 0) return false;
  budget_.Spend(200);
  acb_gamma(out, z.get(), prec());
  return true;
}

bool Balls::Apply(const Ref& e, acb_ptr out) {
  if (rules_.point < 0) return false;
  // a cubic with coefficients of its own for every name
  acb_zero(out);
  Ball x;
  Ball term;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (!Of(e.kid(i), x.get())) return false;
    const Key key =
        Key("math function", static_cast<std::uint64_t>(rules_.point)).With(e.name()).With(i);
    const auto block = key.Block(0);
    acb_set_ui(term.get(), block[0] % 1000 + 1);
    for (std::size_t k = 1; k < 4; ++k) {
      acb_mul(term.get(), term.get(), x.get(), prec());
      acb_add_ui(term.get(), term.get(), block[k] % 1000 + 1, prec());
    }
    acb_add(out, out, term.get(), prec());
  }
  return true;
}

bool Evaluate(const Ref& e, const EvaluationRules& rules, Budget& budget, Ball& out) {
  return Balls(rules, budget).Of(e, out.get());
}

namespace {

bool FreeNames(const Ref& e, std::vector<std::string_view>& bound) {
  if (e.op() == Op::kApply) return true;
  if (e.op() == Op::kSymbol) {
    return std::find(bound.begin(), bound.end(), e.name()) == bound.end();
  }
  const bool binds = e.op() == Op::kSum || e.op() == Op::kProduct || e.op() == Op::kIntegral ||
                     e.op() == Op::kLimit;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (binds && i == 1) continue;
    if (binds && i == 0) bound.push_back(e.kid(1).name());
    const bool found = FreeNames(e.kid(i), bound);
    if (binds && i == 0) bound.pop_back();
    if (found) return true;
  }
  return false;
}

}  // namespace

bool HasFreeNames(const Ref& e) {
  std::vector<std::string_view> bound;
  return FreeNames(e, bound);
}

bool IsMinusOne(const Ref& e) {
  if (e.op() == Op::kNeg) return e.kid(0).op() == Op::kNumber && e.kid(0).number().IsOne();
  return e.op() == Op::kNumber && e.number() == Rational(-1);
}

}  // namespace assay::math
