#include "verifiers/math/term_ratio.h"

#include <acb_hypgeom.h>
#include <acb_poly.h>
#include <flint/fmpz_poly_factor.h>

#include <algorithm>

#include "verifiers/math/balls.h"

namespace assay::math {
namespace {

constexpr slong kMaxDegree = 40;

// p(x + shift)
void Shift(RationalPoly& p, const Rational& shift) {
  RationalPoly linear;
  fmpq_poly_set_coeff_fmpq(linear.get(), 0, shift.raw());
  fmpq_poly_set_coeff_si(linear.get(), 1, 1);
  fmpq_poly_compose(p.get(), p.get(), linear.get());
}

Rational Coefficient(const RationalPoly& p, slong i) {
  Rational r;
  fmpq_poly_get_coeff_fmpq(r.raw(), p.get(), i);
  return r;
}

void Set(Ball& out, const Rational& r, slong precision) {
  acb_set_fmpq(out.get(), r.raw(), precision);
}

}  // namespace

TermRatio::TermRatio(const Ref& body, std::string_view name, Balls& balls, slong precision,
                     Budget& budget)
    : name_(name), balls_(balls), precision_(precision), budget_(budget) {
  fmpq_poly_one(top_.get());
  fmpq_poly_one(bottom_.get());
  fmpq_poly_one(ratio_top_.get());
  fmpq_poly_one(ratio_bottom_.get());
  acb_one(scale_.get());
  acb_one(power_.get());
  known_ = Factor(body, 1, 0) && top_.degree() <= kMaxDegree && bottom_.degree() <= kMaxDegree;
  if (known_) FormRatio();
}

bool TermRatio::Has(const Ref& e) const { return Mentions(e, name_); }

// Multiplies the term by e^power.
bool TermRatio::Factor(const Ref& e, int power, int depth) {
  if (depth > 24 || !budget_.Spend(20)) return false;
  if (!Has(e)) {
    Ball value;
    if (!balls_.Of(e, value.get())) return false;
    if (power < 0 && acb_contains_zero(value.get()) != 0) return false;
    acb_pow_si(value.get(), value.get(), power, precision_);
    acb_mul(scale_.get(), scale_.get(), value.get(), precision_);
    return true;
  }
  switch (e.op()) {
    case Op::kMul:
      for (std::size_t i = 0; i < e.kid_count(); ++i) {
        if (!Factor(e.kid(i), power, depth + 1)) return false;
      }
      return true;
    case Op::kDiv:
      return Factor(e.kid(0), power, depth + 1) && Factor(e.kid(1), -power, depth + 1);
    case Op::kNeg:
      if (power % 2 != 0) acb_neg(scale_.get(), scale_.get());
      return Factor(e.kid(0), power, depth + 1);
    case Op::kPow:
      return PowerFactor(e, power, depth);
    case Op::kFactorial:
      return FactorialOf(e.kid(0), power);
    default:
      break;
  }
  RationalPoly p;
  if (!Polynomial(e, p, 0)) return false;
  for (int i = 0; i < std::abs(power); ++i) {
    RationalPoly& side = power > 0 ? top_ : bottom_;
    if (side.degree() + p.degree() > kMaxDegree) return false;
    fmpq_poly_mul(side.get(), side.get(), p.get());
  }
  return true;
}

bool TermRatio::PowerFactor(const Ref& e, int power, int depth) {
  const Ref base = e.kid(0);
  const Ref exponent = e.kid(1);
  if (!Has(exponent)) {
    const auto exact = ExactValue(exponent, budget_);
    const auto n = exact ? exact->ToInt() : std::nullopt;
    if (!n || std::abs(*n) * std::abs(power) > 20) return false;
    return Factor(base, static_cast<int>(*n) * power, depth + 1);
  }
  std::int64_t slope = 0;
  Rational offset;
  if (Has(base) || !Linear(exponent, &slope, &offset) || std::abs(slope * power) > 64) return false;
  const auto shift = offset.ToInt();
  if (!shift || std::abs(*shift) > 1000) return false;
  slope *= power;
  const auto exact = ExactValue(base, budget_);
  if (exact && *exact == Rational(-1)) {
    if (slope % 2 != 0) alternating_ = !alternating_;
    if (*shift * power % 2 != 0) acb_neg(scale_.get(), scale_.get());
    return true;
  }
  Ball value;
  if (!balls_.Of(base, value.get()) || acb_contains_zero(value.get()) != 0) return false;
  other_powers_ = true;
  Ball c;
  acb_pow_si(c.get(), value.get(), slope, precision_);
  acb_mul(power_.get(), power_.get(), c.get(), precision_);
  return true;
}

// (a k + b)!: the ratio of neighbours is (a k + b + 1) … (a k + b + a).
bool TermRatio::FactorialOf(const Ref& argument, int power) {
  std::int64_t slope = 0;
  Rational offset;
  if (!Linear(argument, &slope, &offset) || slope < 1 || slope > 8 || !offset.IsInteger())
    return false;
  factorials_ = true;
  for (int i = 0; i < std::abs(power); ++i) {
    for (std::int64_t j = 1; j <= slope; ++j) {
      RationalPoly p;
      fmpq_poly_set_coeff_fmpq(p.get(), 0, (offset + Rational(j)).raw());
      fmpq_poly_set_coeff_si(p.get(), 1, slope);
      RationalPoly& side = power > 0 ? ratio_top_ : ratio_bottom_;
      if (side.degree() >= kMaxDegree) return false;
      fmpq_poly_mul(side.get(), side.get(), p.get());
    }
  }
  return true;
}

bool TermRatio::Polynomial(const Ref& e, RationalPoly& out, int depth) {
  if (depth > 24 || !budget_.Spend(20)) return false;
  if (!Has(e)) {
    const auto value = ExactValue(e, budget_);
    if (!value || value->Bits() > 2000) return false;
    fmpq_poly_zero(out.get());
    fmpq_poly_set_coeff_fmpq(out.get(), 0, value->raw());
    return true;
  }
  RationalPoly next;
  switch (e.op()) {
    case Op::kSymbol:
      fmpq_poly_zero(out.get());
      fmpq_poly_set_coeff_si(out.get(), 1, 1);
      return true;
    case Op::kNeg:
      if (!Polynomial(e.kid(0), out, depth + 1)) return false;
      fmpq_poly_neg(out.get(), out.get());
      return true;
    case Op::kAdd:
    case Op::kMul:
      if (!Polynomial(e.kid(0), out, depth + 1)) return false;
      for (std::size_t i = 1; i < e.kid_count(); ++i) {
        if (!Polynomial(e.kid(i), next, depth + 1)) return false;
        if (out.degree() + next.degree() > kMaxDegree) return false;
        if (e.op() == Op::kAdd) {
          fmpq_poly_add(out.get(), out.get(), next.get());
        } else {
          fmpq_poly_mul(out.get(), out.get(), next.get());
        }
      }
      return true;
    case Op::kDiv: {
      const auto value = Has(e.kid(1)) ? std::nullopt : ExactValue(e.kid(1), budget_);
      if (!value || value->IsZero() || !Polynomial(e.kid(0), out, depth + 1)) return false;
      fmpq_poly_scalar_div_fmpq(out.get(), out.get(), value->raw());
      return true;
    }
    case Op::kPow: {
      const auto value = Has(e.kid(1)) ? std::nullopt : ExactValue(e.kid(1), budget_);
      const auto n = value ? value->ToInt() : std::nullopt;
      if (!n || *n < 0 || *n > 20 || !Polynomial(e.kid(0), out, depth + 1)) return false;
      if (out.degree() * *n > kMaxDegree) return false;
      fmpq_poly_pow(out.get(), out.get(), static_cast<ulong>(*n));
      return true;
    }
    default:
      return false;
  }
}

bool TermRatio::Linear(const Ref& e, std::int64_t* slope, Rational* offset) {
  RationalPoly p;
  if (!Polynomial(e, p, 0) || p.degree() != 1) return false;
  const auto a = Coefficient(p, 1).ToInt();
  if (!a || std::abs(*a) > 64) return false;
  *slope = *a;
  *offset = Coefficient(p, 0);
  return true;
}

// C P(k+1) Q(k) / (P(k) Q(k+1)) and the factors of the factorials.
void TermRatio::FormRatio() {
  RationalPoly next_top = top_;
  RationalPoly next_bottom = bottom_;
  Shift(next_top, Rational(1));
  Shift(next_bottom, Rational(1));
  for (const RationalPoly* p : {&next_top, &bottom_})
    fmpq_poly_mul(ratio_top_.get(), ratio_top_.get(), p->get());
  for (const RationalPoly* p : {&top_, &next_bottom})
    fmpq_poly_mul(ratio_bottom_.get(), ratio_bottom_.get(), p->get());
  if (alternating_) acb_neg(power_.get(), power_.get());
}

std::optional<bool> TermRatio::Series() const {
  if (!known_ || ratio_top_.degree() < 0 || ratio_bottom_.degree() < 0) return std::nullopt;
  if (!other_powers_ && !factorials_) return std::nullopt;
  if (ratio_top_.degree() < ratio_bottom_.degree()) return true;
  if (ratio_top_.degree() > ratio_bottom_.degree()) return std::nullopt;
  Ball limit;
  Set(limit,
      Coefficient(ratio_top_, ratio_top_.degree()) /
          Coefficient(ratio_bottom_, ratio_bottom_.degree()),
      precision_);
  acb_mul(limit.get(), limit.get(), power_.get(), precision_);
  arb_t size;
  arb_init(size);
  acb_abs(size, limit.get(), precision_);
  arb_sub_ui(size, size, 1, precision_);
  const bool below = arb_is_negative(size) != 0;
  arb_clear(size);
  return below ? std::optional<bool>(true) : std::nullopt;
}

bool TermRatio::BoundFrom(std::int64_t k, Ball& q) const {
  if (k < 2) return false;
  const slong degree = std::max(ratio_top_.degree(), ratio_bottom_.degree());
  if (!budget_.Spend(10 * (degree + 1))) return false;
  // in u = 1/k from 0 to 1/k: both polynomials divided by k^degree of the lower one
  Ball u;
  acb_set_si(u.get(), 1);
  acb_div_si(u.get(), u.get(), 2 * k, 64);
  mag_t radius;
  mag_init(radius);
  acb_get_mag(radius, u.get());
  acb_add_error_mag(u.get(), radius);
  mag_clear(radius);
  arb_zero(acb_imagref(u.get()));
  const auto reversed = [&](const RationalPoly& p, slong power, Ball& out) {
    acb_zero(out.get());
    Ball c;
    for (slong i = 0; i <= p.degree(); ++i) {  // Horner in u, the leading coefficient last
      acb_mul(out.get(), out.get(), u.get(), 64);
      Set(c, Coefficient(p, i), 64);
      acb_add(out.get(), out.get(), c.get(), 64);
    }
    for (slong i = p.degree(); i < power; ++i) acb_mul(out.get(), out.get(), u.get(), 64);
  };
  Ball top;
  Ball bottom;
  reversed(ratio_top_, ratio_bottom_.degree(), top);
  reversed(ratio_bottom_, ratio_bottom_.degree(), bottom);
  if (acb_contains_zero(bottom.get()) != 0) return false;
  acb_div(q.get(), top.get(), bottom.get(), 64);
  acb_mul(q.get(), q.get(), power_.get(), 64);
  arb_t size;
  arb_init(size);
  acb_abs(size, q.get(), 64);
  mag_t bound;
  mag_init(bound);
  arb_get_mag(bound, size);
  arf_t upper;
  arf_init(upper);
  arf_set_mag(upper, bound);
  const bool below = arf_cmp_d(upper, 0.999) < 0;
  acb_zero(q.get());
  arb_set_arf(acb_realref(q.get()), upper);
  arf_clear(upper);
  mag_clear(bound);
  arb_clear(size);
  return below;
}

// The part of the sum that the pole `root` of order `times` gives.
bool TermRatio::PartialFraction(const Rational& root, slong times, std::int64_t from,
                                acb_ptr out) const {
  const Rational start = Rational(from) - root;
  if (start.IsInteger() && start.Sign() <= 0) return false;  // a term is undefined
  RationalPoly p = top_;
  RationalPoly g = bottom_;
  Shift(p, root);
  Shift(g, root);
  fmpq_poly_shift_right(g.get(), g.get(), times);
  RationalPoly series;
  fmpq_poly_div_series(series.get(), p.get(), g.get(), times);
  Ball s;
  Ball value;
  Ball half;
  Ball c;
  Ball order;
  acb_zero(out);
  for (slong i = 0; i < times; ++i) {
    const Rational coefficient = Coefficient(series, i);
    if (coefficient.IsZero()) continue;
    const slong j = times - i;
    Set(c, coefficient, precision_);
    budget_.Spend(1000);
    Set(s, start, precision_);
    acb_set_si(order.get(), j);
    if (!alternating_) {
      if (j == 1) {
        acb_digamma(value.get(), s.get(), precision_);
        acb_neg(value.get(), value.get());
      } else {
        acb_hurwitz_zeta(value.get(), order.get(), s.get(), precision_);
      }
    } else {
      // split into even and odd distances: 2^-j (zeta(j, s/2) - zeta(j, (s+1)/2))
      Set(half, start / Rational(2), precision_);
      Set(s, (start + Rational(1)) / Rational(2), precision_);
      if (j == 1) {
        acb_digamma(value.get(), s.get(), precision_);
        acb_digamma(s.get(), half.get(), precision_);
        acb_sub(value.get(), value.get(), s.get(), precision_);
      } else {
        acb_hurwitz_zeta(value.get(), order.get(), half.get(), precision_);
        acb_hurwitz_zeta(s.get(), order.get(), s.get(), precision_);
        acb_sub(value.get(), value.get(), s.get(), precision_);
      }
      acb_mul_2exp_si(value.get(), value.get(), -j);
      if (from % 2 != 0) acb_neg(value.get(), value.get());
    }
    acb_addmul(out, c.get(), value.get(), precision_);
  }
  return true;
}

bool TermRatio::RationalSum(std::int64_t from, acb_ptr out) const {
  if (!known_ || other_powers_ || factorials_) return false;
  if (top_.degree() < 0) {
    acb_zero(out);
    return true;
  }
  if (bottom_.degree() - top_.degree() < (alternating_ ? 1 : 2)) return false;
  fmpz_poly_t whole;
  fmpz_poly_init(whole);
  fmpq_poly_get_numerator(whole, bottom_.get());
  fmpz_poly_factor_t factors;
  fmpz_poly_factor_init(factors);
  fmpz_poly_factor(factors, whole);
  bool fine = budget_.Spend(2000);
  acb_zero(out);
  Ball part;
  for (slong i = 0; fine && i < factors->num; ++i) {
    fine = fmpz_poly_degree(factors->p + i) == 1;
    if (!fine) break;
    Rational root;
    fmpz_poly_get_coeff_fmpz(fmpq_numref(root.raw()), factors->p + i, 0);
    fmpz_poly_get_coeff_fmpz(fmpq_denref(root.raw()), factors->p + i, 1);
    fmpz_neg(fmpq_numref(root.raw()), fmpq_numref(root.raw()));
    fmpq_canonicalise(root.raw());
    fine = PartialFraction(root, factors->exp[i], from, part.get());
    acb_add(out, out, part.get(), precision_);
  }
  fmpz_poly_factor_clear(factors);
  fmpz_poly_clear(whole);
  acb_mul(out, out, scale_.get(), precision_);
  return fine;
}

bool SplitTerms(const Ref& e, std::vector<Tree>& parts) {
  const auto part = [&](const Ref& addend) -> Tree& {
    parts.push_back(*e.tree);
    parts.back().set_root(addend.id);
    return parts.back();
  };
  if (e.op() == Op::kAdd) {
    if (e.kid_count() > 16) return false;
    for (std::size_t i = 0; i < e.kid_count(); ++i) part(e.kid(i));
    return true;
  }
  if (e.op() == Op::kNeg || e.op() == Op::kDiv) {
    std::vector<Tree> inner;
    if (!SplitTerms(e.kid(0), inner)) return false;
    for (Tree& tree : inner) {
      const NodeId root = e.op() == Op::kNeg ? tree.Add(Op::kNeg, {tree.root()})
                                             : tree.Add(Op::kDiv, {tree.root(), e.kid(1).id});
      tree.set_root(root);
      parts.push_back(std::move(tree));
    }
    return true;
  }
  if (e.op() == Op::kMul) {
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      std::vector<Tree> inner;
      if (!SplitTerms(e.kid(i), inner)) continue;
      for (Tree& tree : inner) {
        std::vector<NodeId> kids;
        for (std::size_t k = 0; k < e.kid_count(); ++k)
          kids.push_back(k == i ? tree.root() : e.kid(k).id);
        tree.set_root(tree.Add(Op::kMul, kids));
        parts.push_back(std::move(tree));
      }
      return true;
    }
  }
  return false;
}

}  // namespace assay::math
