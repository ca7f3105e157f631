// Rational functions over atoms, decided by FLINT.
//
// An expression becomes numerator / denominator, both polynomials with rational coefficients in its
// atoms: names, pi, e, i, roots of prime numbers, and whatever else occurs as an opaque piece under
// its printed form. Roots and i are reduced by their minimal relations (r^k = p, i^2 = -1), so a
// difference of 0 proves equality; equality over the names alone also proves difference. Lengths,
// degrees and coefficients are bounded before every operation.
#include <algorithm>
#include <string>

#include "verifiers/math/atoms.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/polynomials.h"

namespace assay::math {
namespace {

constexpr slong kMaxTerms = 3000;
constexpr slong kMaxDegree = 400;
constexpr slong kMaxProduct = 60'000;

struct Fraction {
  Poly top;
  Poly bottom;
};

class Builder {
 public:
  Builder(const Atoms& atoms, const Context& context, Budget& budget)
      : atoms_(atoms), context_(context), budget_(budget) {}

  using Result = std::optional<Fraction>;

  Result Of(const Ref& e) {
    if (!budget_.Spend(10)) return std::nullopt;
    switch (e.op()) {
      case Op::kNumber:
        return Constant(e.number());
      case Op::kSymbol:
        return Generator(atoms_.Find(std::string(e.name()), Atom::kName));
      case Op::kConstant:
        if (e.node().aux == static_cast<int>(math::Constant::kI)) {
          return Generator(atoms_.Find("i", Atom::kImaginary));
        }
        return Generator(atoms_.Find(Print(*e.tree, e.id), Atom::kUnknown));
      case Op::kAdd: {
        Result sum = Of(e.kid(0));
        for (std::size_t i = 1; sum && i < e.kid_count(); ++i) sum = Add(sum, Of(e.kid(i)), false);
        return sum;
      }
      case Op::kMul: {
        Result product = Of(e.kid(0));
        for (std::size_t i = 1; product && i < e.kid_count(); ++i)
          product = Multiply(product, Of(e.kid(i)));
        return product;
      }
      case Op::kNeg:
        return Add(Constant(Rational(0)), Of(e.kid(0)), true);
      case Op::kDiv:
        return Multiply(Of(e.kid(0)), Invert(Of(e.kid(1))));
      case Op::kPercent:
        return Multiply(Of(e.kid(0)), Constant(Rational(1, 100)));
      case Op::kPlusMinus: {
        if (e.sign == 0) return std::nullopt;
        const bool minus = (e.sign > 0) == (e.node().aux == 1);
        Result first = e.kid_count() == 2 ? Of(e.kid(0)) : Constant(Rational(0));
        return Add(first, Of(e.kid(e.kid_count() - 1)), minus);
      }
      case Op::kPow: {
        Budget own(2000);
        const auto exponent = ExactValue(e.kid(1), own);
        if (exponent && exponent->IsInteger()) return Power(Of(e.kid(0)), *exponent);
        return Root(e);
      }
      case Op::kRoot:
        return Root(e);
      default:
        return Generator(atoms_.Find(Atoms::OpaqueKey(e), Atom::kUnknown));
    }
  }

  // By r^k = p and i^2 = -1. False where it would cost too much.
  bool Reduce(Poly& p) {
    for (std::size_t i = 0; i < atoms_.all().size(); ++i) {
      const Atom& atom = atoms_.all()[i];
      if (atom.kind != Atom::kImaginary && atom.kind != Atom::kRootOfPrime) continue;
      const ulong power = atom.kind == Atom::kImaginary ? 2 : static_cast<ulong>(atom.index);
      const slong degree = fmpq_mpoly_degree_si(p.get(), static_cast<slong>(i), p.context());
      if (degree < static_cast<slong>(power)) continue;
      if (!budget_.Spend(p.terms() * (degree + 1))) return false;
      Poly relation(context_);
      Poly quotient(context_);
      Poly rest(context_);
      fmpq_mpoly_gen(relation.get(), static_cast<slong>(i), context_.get());
      fmpq_mpoly_pow_ui(relation.get(), relation.get(), power, context_.get());
      fmpq_mpoly_add_si(relation.get(), relation.get(),
                        atom.kind == Atom::kImaginary ? 1 : -atom.prime, context_.get());
      fmpq_mpoly_divrem(quotient.get(), rest.get(), p.get(), relation.get(), context_.get());
      p = rest;
    }
    return true;
  }

  bool Product(Poly& out, const Poly& a, const Poly& b) {
    const slong work = a.terms() * b.terms();
    if (work > kMaxProduct || a.Degree() + b.Degree() > kMaxDegree || a.Bits() + b.Bits() > 20'000)
      return false;
    if (!budget_.Spend(work + 10)) return false;
    fmpq_mpoly_mul(out.get(), a.get(), b.get(), context_.get());
    return out.terms() <= kMaxTerms && Reduce(out);
  }

 private:
  Result Constant(const Rational& r) {
    Fraction f{Poly(context_), Poly(context_)};
    if (r.Bits() > 10'000) return std::nullopt;
    fmpq_mpoly_set_fmpq(f.top.get(), r.raw(), context_.get());
    fmpq_mpoly_one(f.bottom.get(), context_.get());
    return f;
  }

  Result Generator(slong index) {
    if (index < 0) return std::nullopt;
    Fraction f{Poly(context_), Poly(context_)};
    fmpq_mpoly_gen(f.top.get(), index, context_.get());
    fmpq_mpoly_one(f.bottom.get(), context_.get());
    return f;
  }

  Result Add(const Result& a, const Result& b, bool subtract) {
    if (!a || !b) return std::nullopt;
    Fraction f{Poly(context_), Poly(context_)};
    const auto combine = [&](Poly& out, const Poly& x, const Poly& y) {
      if (subtract) {
        fmpq_mpoly_sub(out.get(), x.get(), y.get(), context_.get());
      } else {
        fmpq_mpoly_add(out.get(), x.get(), y.get(), context_.get());
      }
    };
    if (!budget_.Spend(a->top.terms() + b->top.terms())) return std::nullopt;
    if (fmpq_mpoly_equal(a->bottom.get(), b->bottom.get(), context_.get()) != 0) {
      combine(f.top, a->top, b->top);
      f.bottom = a->bottom;
      return f;
    }
    Poly left(context_);
    Poly right(context_);
    if (!Product(left, a->top, b->bottom) || !Product(right, b->top, a->bottom))
      return std::nullopt;
    combine(f.top, left, right);
    if (!Product(f.bottom, a->bottom, b->bottom)) return std::nullopt;
    return f;
  }

  Result Multiply(const Result& a, const Result& b) {
    if (!a || !b) return std::nullopt;
    Fraction f{Poly(context_), Poly(context_)};
    if (!Product(f.top, a->top, b->top) || !Product(f.bottom, a->bottom, b->bottom))
      return std::nullopt;
    return f;
  }

  Result Invert(const Result& a) {
    if (!a || a->top.IsZero()) return std::nullopt;
    return Fraction{a->bottom, a->top};
  }

  Result Power(Result base, const Rational& exponent) {
    const auto n = exponent.ToInt();
    if (!base || !n || *n > 200 || *n < -200) return std::nullopt;
    if (*n < 0) base = Invert(base);
    if (!base || (*n == 0 && base->top.IsZero())) return std::nullopt;
    Result power = Constant(Rational(1));
    for (std::int64_t k = std::abs(*n); k > 0; k >>= 1) {  // bounded at every product
      if ((k & 1) != 0) power = Multiply(power, base);
      if (k > 1) base = Multiply(base, base);
      if (!power || !base) return std::nullopt;
    }
    return power;
  }

  Result Root(const Ref& e) {
    Rational radicand;
    std::int64_t p = 0;
    std::int64_t q = 0;
    Budget own(5000);
    if (Atoms::RootParts(e, own, &radicand, &p, &q)) {
      if (q == 1) return Power(Constant(radicand), Rational(p));
      if (const auto radical = Atoms::Split(radicand, p, q)) {
        Result product = Constant(radical->factor);
        if (radical->imaginary)
          product = Multiply(product, Generator(atoms_.Find("i", Atom::kImaginary)));
        for (const auto& [prime, exponent] : radical->primes) {
          const slong index =
              atoms_.Find(Atoms::RootKey(prime, radical->index), Atom::kRootOfPrime);
          product = Multiply(product, Power(Generator(index), Rational(exponent)));
        }
        return product;
      }
    }
    return Generator(atoms_.Find(Atoms::OpaqueKey(e), Atom::kUnknown));
  }

  const Atoms& atoms_;
  const Context& context_;
  Budget& budget_;
};

}  // namespace

std::optional<bool> SameNormalForm(const Ref& a, const Ref& b, Budget& budget) {
  Atoms atoms;
  if (!atoms.Collect(a, budget) || !atoms.Collect(b, budget)) return std::nullopt;
  const Context context(static_cast<slong>(std::max<std::size_t>(atoms.all().size(), 1)));
  Builder builder(atoms, context, budget);
  const auto x = builder.Of(a);
  const auto y = x ? builder.Of(b) : std::nullopt;
  if (!x || !y || x->bottom.IsZero() || y->bottom.IsZero()) return std::nullopt;
  Poly left(context);
  Poly right(context);
  if (!builder.Product(left, x->top, y->bottom) || !builder.Product(right, y->top, x->bottom)) {
    return std::nullopt;
  }
  if (fmpq_mpoly_equal(left.get(), right.get(), context.get()) != 0) return true;
  return atoms.OnlyNames() ? std::optional<bool>(false) : std::nullopt;
}

std::optional<Match> ProportionalNormalForms(const Ref& a, const Ref& b, bool positive,
                                             Budget& budget) {
  Atoms atoms;
  if (!atoms.Collect(a, budget) || !atoms.Collect(b, budget)) return std::nullopt;
  const Context context(static_cast<slong>(std::max<std::size_t>(atoms.all().size(), 1)));
  Builder builder(atoms, context, budget);
  const auto x = builder.Of(a);
  const auto y = x ? builder.Of(b) : std::nullopt;
  if (!x || !y || x->bottom.IsZero() || y->bottom.IsZero()) return std::nullopt;
  if (positive && (fmpq_mpoly_is_fmpq(x->bottom.get(), context.get()) == 0 ||
                   fmpq_mpoly_is_fmpq(y->bottom.get(), context.get()) == 0)) {
    return std::nullopt;  // multiplying an inequality by something of unknown sign
  }
  if (x->top.IsZero() || y->top.IsZero()) {
    if (x->top.IsZero() && y->top.IsZero()) return Different(How::kExact, "both hold always");
    return Different(How::kExact);
  }
  Rational c;
  Rational d;
  Poly left = x->top;
  Poly right = y->top;
  if (positive) {  // the constants below the fractions count for the sign
    Rational p;
    fmpq_mpoly_get_fmpq(p.raw(), x->bottom.get(), context.get());
    fmpq_mpoly_scalar_div_fmpq(left.get(), left.get(), p.raw(), context.get());
    fmpq_mpoly_get_fmpq(p.raw(), y->bottom.get(), context.get());
    fmpq_mpoly_scalar_div_fmpq(right.get(), right.get(), p.raw(), context.get());
  }
  fmpq_mpoly_get_term_coeff_fmpq(c.raw(), left.get(), 0, context.get());
  fmpq_mpoly_get_term_coeff_fmpq(d.raw(), right.get(), 0, context.get());
  const Rational ratio = c / d;
  fmpq_mpoly_scalar_mul_fmpq(right.get(), right.get(), ratio.raw(), context.get());
  if (fmpq_mpoly_equal(left.get(), right.get(), context.get()) != 0) {
    if (positive && ratio.Sign() < 0)
      return Different(How::kExact, "the inequality points the other way");
    return Equal(How::kExact, ratio.IsOne() ? "" : "one is a multiple of the other");
  }
  if (atoms.OnlyNames()) return Different(How::kExact);
  return std::nullopt;
}

}  // namespace assay::math
