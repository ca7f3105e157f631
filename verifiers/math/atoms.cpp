#include "verifiers/math/atoms.h"

#include <algorithm>

namespace assay::math {
namespace {

constexpr std::size_t kMaxAtoms = 24;

}  // namespace

bool Atoms::Collect(const Ref& e, Budget& budget) {
  if (!budget.Spend(2)) return false;
  switch (e.op()) {
    case Op::kNumber:
      return true;
    case Op::kSymbol:
      return Put({Atom::kName, std::string(e.name()), 0, 0});
    case Op::kConstant:
      if (e.node().aux == static_cast<int>(Constant::kI)) return Put({Atom::kImaginary, "i", 0, 0});
      return Put({Atom::kUnknown, Print(*e.tree, e.id), 0, 0});
    case Op::kAdd:
    case Op::kMul:
    case Op::kDiv:
    case Op::kNeg:
    case Op::kPercent:
    case Op::kPlusMinus:
      for (std::size_t i = 0; i < e.kid_count(); ++i) {
        if (!Collect(e.kid(i), budget)) return false;
      }
      return true;
    case Op::kPow: {
      Budget own(2000);
      const auto exponent = ExactValue(e.kid(1), own);
      if (exponent && exponent->IsInteger()) return Collect(e.kid(0), budget);
      return CollectRoot(e, budget);
    }
    case Op::kRoot:
      return CollectRoot(e, budget);
    default:
      return Put({Atom::kUnknown, OpaqueKey(e), 0, 0});
  }
}

slong Atoms::Find(const std::string& key, Atom::Kind kind) const {
  for (std::size_t i = 0; i < atoms_.size(); ++i) {
    if (atoms_[i].key == key && atoms_[i].kind == kind) return static_cast<slong>(i);
  }
  return -1;
}

bool Atoms::OnlyNames() const {
  return std::all_of(atoms_.begin(), atoms_.end(),
                     [](const Atom& a) { return a.kind == Atom::kName; });
}

std::optional<Atoms::Radical> Atoms::Split(const Rational& radicand, std::int64_t p,
                                           std::int64_t q) {
  if (q < 2 || q > 12 || p > 24 || p < -24 || radicand.IsZero() || radicand.Bits() > 60)
    return std::nullopt;
  Radical r;
  r.index = static_cast<int>(q);
  Rational n = radicand;
  if (n.Sign() < 0) {
    if (q != 2 || (p != 1 && p != -1)) return std::nullopt;
    r.imaginary = true;
    n = -n;
    if (p == -1) r.factor = Rational(-1);
  }
  // numerator and denominator
  for (const int side : {1, -1}) {
    fmpz_t f;
    fmpz_init(f);
    fmpz_set(f, side == 1 ? fmpq_numref(n.raw()) : fmpq_denref(n.raw()));
    std::int64_t m = fmpz_get_si(f);
    fmpz_clear(f);
    const auto take = [&](std::int64_t prime, std::int64_t times) {
      std::int64_t e = times * p * side;
      std::int64_t whole = e >= 0 ? e / q : -((-e + q - 1) / q);
      r.factor = r.factor * Rational(prime).Pow(whole);
      e -= whole * q;
      if (e != 0) r.primes.emplace_back(prime, static_cast<int>(e));
    };
    for (std::int64_t d = 2; d * d <= m && d < 2000; ++d) {
      std::int64_t times = 0;
      while (m % d == 0) {
        m /= d;
        ++times;
      }
      if (times > 0) take(d, times);
    }
    if (m >= 4'000'000) return std::nullopt;  // perhaps composite
    if (m > 1) take(m, 1);
  }
  return r;
}

bool Atoms::RootParts(const Ref& e, Budget& budget, Rational* radicand, std::int64_t* p,
                      std::int64_t* q) {
  const auto base = ExactValue(e.kid(0), budget);
  const auto exponent = ExactValue(e.kid(1), budget);
  if (!base || !exponent || exponent->Bits() > 16 || exponent->IsZero()) return false;
  *radicand = *base;
  const Rational power = e.op() == Op::kRoot ? Rational(1) / *exponent : *exponent;
  *p = fmpz_get_si(fmpq_numref(power.raw()));
  *q = fmpz_get_si(fmpq_denref(power.raw()));
  return true;
}

bool Atoms::CollectRoot(const Ref& e, Budget& budget) {
  Rational radicand;
  std::int64_t p = 0;
  std::int64_t q = 0;
  Budget own(5000);
  if (RootParts(e, own, &radicand, &p, &q)) {
    if (q == 1) return true;
    if (const auto radical = Split(radicand, p, q)) {
      if (radical->imaginary && !Put({Atom::kImaginary, "i", 0, 0})) return false;
      for (const auto& [prime, exponent] : radical->primes) {
        if (!Put({Atom::kRootOfPrime, RootKey(prime, radical->index), prime, radical->index}))
          return false;
      }
      return budget.Spend(100);
    }
  }
  return Put({Atom::kUnknown, OpaqueKey(e), 0, 0});
}

bool Atoms::Put(Atom atom) {
  if (Find(atom.key, atom.kind) >= 0) return true;
  if (atoms_.size() >= kMaxAtoms) return false;
  atoms_.push_back(std::move(atom));
  return true;
}

}  // namespace assay::math
