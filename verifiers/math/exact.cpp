// Exact rational evaluation.
#include <flint/fmpz.h>

#include <algorithm>

#include "verifiers/math/evaluate.h"

namespace assay::math {
namespace {

using Value = std::optional<Rational>;

class Exact {
 public:
  explicit Exact(Budget& budget) : budget_(budget) {}

  Value Of(const Ref& e) {
    if (!budget_.Spend(1)) return std::nullopt;
    Value value = Dispatch(e);
    if (value && value->Bits() > kMaxBits) return std::nullopt;
    return value;
  }

 private:
  Value Dispatch(const Ref& e) {
    switch (e.op()) {
      case Op::kNumber:
        return e.number();
      case Op::kSymbol:
        return Bound(e.name());
      case Op::kAdd:
        return Fold(e, [](const Rational& a, const Rational& b) { return a + b; });
      case Op::kMul:
        return Fold(e, [](const Rational& a, const Rational& b) { return a * b; });
      case Op::kNeg: {
        const Value a = Of(e.kid(0));
        if (!a) return std::nullopt;
        return -*a;
      }
      case Op::kDiv: {
        const Value a = Of(e.kid(0));
        if (!a) return std::nullopt;
        const Value b = Of(e.kid(1));
        if (!b || b->IsZero()) return std::nullopt;
        return *a / *b;
      }
      case Op::kPow:
        return Power(e);
      case Op::kRoot:
        return Root(e);
      case Op::kPlusMinus:
        return PlusMinus(e);
      case Op::kFactorial:
        return Factorial(e);
      case Op::kAbs: {
        const Value a = Of(e.kid(0));
        if (!a) return std::nullopt;
        return a->Abs();
      }
      case Op::kPercent: {
        const Value a = Of(e.kid(0));
        if (!a) return std::nullopt;
        return *a / Rational(100);
      }
      case Op::kCall:
        return Call(e);
      case Op::kMod:
        return Mod(e);
      case Op::kSum:
      case Op::kProduct:
        return Big(e);
      default:
        return std::nullopt;
    }
  }

  Value Bound(std::string_view name) const {
    for (auto it = bound_.rbegin(); it != bound_.rend(); ++it) {
      if (it->first == name) return it->second;
    }
    return std::nullopt;
  }

  template <class F>
  Value Fold(const Ref& e, F f) {
    Value sum = Of(e.kid(0));
    for (std::size_t i = 1; sum && i < e.kid_count(); ++i) {
      const Value next = Of(e.kid(i));
      if (!next || sum->Bits() + next->Bits() > kMaxBits) return std::nullopt;
      if (!budget_.Spend(static_cast<std::int64_t>((sum->Bits() + next->Bits()) / 64))) {
        return std::nullopt;
      }
      sum = f(*sum, *next);
    }
    return sum;
  }

  Value Power(const Ref& e) {
    const Value base = Of(e.kid(0));
    if (!base) return std::nullopt;
    const Value exponent = Of(e.kid(1));
    if (!exponent) return std::nullopt;
    if (const auto n = exponent->ToInt()) {
      if (base->IsZero() && *n <= 0) return std::nullopt;
      const std::uint64_t magnitude =
          *n < 0 ? 0 - static_cast<std::uint64_t>(*n) : static_cast<std::uint64_t>(*n);
      if (base->Abs().IsOne() || base->IsZero())
        return base->Pow(*n % 2 == 0 ? (*n == 0 ? 0 : 2) : 1);
      if (magnitude > kMaxBits || magnitude * base->Bits() > kMaxBits) return std::nullopt;
      if (!budget_.Spend(static_cast<std::int64_t>(magnitude * base->Bits() / 64))) {
        return std::nullopt;
      }
      return base->Pow(*n);
    }
    // 8^{2/3}
    Rational numerator;
    Rational denominator;
    fmpz_set(fmpq_numref(numerator.raw()), fmpq_numref(exponent->raw()));
    fmpz_set(fmpq_numref(denominator.raw()), fmpq_denref(exponent->raw()));
    const auto p = numerator.ToInt();
    const auto q = denominator.ToInt();
    if (!p || !q || *q > 64 || *p > 4096 || *p < -4096) return std::nullopt;
    const Value root = RootOf(*base, *q);
    if (!root || (root->IsZero() && *p <= 0)) return std::nullopt;
    if (static_cast<std::uint64_t>(std::abs(*p)) * root->Bits() > kMaxBits) return std::nullopt;
    return root->Pow(*p);
  }

  static Value RootOf(const Rational& a, std::int64_t n) {
    if (a.Sign() < 0 && n % 2 == 0) return std::nullopt;
    Rational r;
    const Rational magnitude = a.Abs();
    if (fmpz_root(fmpq_numref(r.raw()), fmpq_numref(magnitude.raw()), n) == 0) return std::nullopt;
    if (fmpz_root(fmpq_denref(r.raw()), fmpq_denref(magnitude.raw()), n) == 0) return std::nullopt;
    return a.Sign() < 0 ? -r : r;
  }

  Value Root(const Ref& e) {
    const Value radicand = Of(e.kid(0));
    if (!radicand) return std::nullopt;
    const Value index = Of(e.kid(1));
    if (!index) return std::nullopt;
    const auto n = index->ToInt();
    if (!n || *n < 1 || *n > 64) return std::nullopt;
    return RootOf(*radicand, *n);
  }

  Value PlusMinus(const Ref& e) {
    if (e.sign == 0) return std::nullopt;
    const bool minus = (e.sign > 0) == (e.node().aux == 1);
    const Value last = Of(e.kid(e.kid_count() - 1));
    if (!last) return std::nullopt;
    const Rational term = minus ? -*last : *last;
    if (e.kid_count() == 1) return term;
    const Value first = Of(e.kid(0));
    if (!first) return std::nullopt;
    return *first + term;
  }

  Value Factorial(const Ref& e) {
    const Value a = Of(e.kid(0));
    if (!a) return std::nullopt;
    const auto n = a->ToInt();
    if (!n || *n < 0 || *n > 3000) return std::nullopt;
    if (!budget_.Spend(*n)) return std::nullopt;
    Rational r;
    fmpz_fac_ui(fmpq_numref(r.raw()), static_cast<ulong>(*n));
    return r;
  }

  Value Call(const Ref& e) {
    const auto function = static_cast<Function>(e.node().aux);
    std::vector<Rational> a;
    switch (function) {
      case Function::kFloor:
      case Function::kCeil:
      case Function::kBinomial:
      case Function::kGcd:
      case Function::kLcm:
      case Function::kMax:
      case Function::kMin:
      case Function::kSign:
        break;
      default:
        return std::nullopt;
    }
    for (std::size_t i = 0; i < e.kid_count(); ++i) {
      Value v = Of(e.kid(i));
      if (!v) return std::nullopt;
      a.push_back(std::move(*v));
    }
    if (a.empty()) return std::nullopt;
    switch (function) {
      case Function::kFloor:
        return a[0].Floor();
      case Function::kCeil:
        return a[0].Ceil();
      case Function::kSign:
        return Rational(a[0].Sign());
      case Function::kMax:
        return *std::max_element(a.begin(), a.end());
      case Function::kMin:
        return *std::min_element(a.begin(), a.end());
      case Function::kBinomial:
        return a.size() == 2 ? Binomial(a[0], a[1]) : std::nullopt;
      default:
        return Divisors(function, a);
    }
  }

  Value Binomial(const Rational& top, const Rational& bottom) {
    const auto n = top.ToInt();
    auto k = bottom.ToInt();
    if (!n || !k || *n < 0) return std::nullopt;
    if (*k < 0 || *k > *n) return Rational(0);
    k = std::min(*k, *n - *k);
    if (*k > 2000 || *n > (std::int64_t{1} << 40)) return std::nullopt;
    std::uint64_t bits = 1;
    while (bits < 64 && (*n >> bits) != 0) ++bits;
    if (static_cast<std::uint64_t>(*k) * bits > kMaxBits) return std::nullopt;
    if (!budget_.Spend(*k * 4)) return std::nullopt;
    Rational r;
    fmpz_bin_uiui(fmpq_numref(r.raw()), static_cast<ulong>(*n), static_cast<ulong>(*k));
    return r;
  }

  static Value Divisors(Function function, const std::vector<Rational>& a) {
    Rational r = a[0].Abs();
    if (!r.IsInteger()) return std::nullopt;
    for (std::size_t i = 1; i < a.size(); ++i) {
      if (!a[i].IsInteger() || r.Bits() + a[i].Bits() > kMaxBits) return std::nullopt;
      if (function == Function::kGcd) {
        fmpz_gcd(fmpq_numref(r.raw()), fmpq_numref(r.raw()), fmpq_numref(a[i].raw()));
      } else {
        fmpz_lcm(fmpq_numref(r.raw()), fmpq_numref(r.raw()), fmpq_numref(a[i].raw()));
      }
    }
    return r;
  }

  Value Mod(const Ref& e) {
    if (e.node().aux != 1) return std::nullopt;  // a class, not a number
    const Value a = Of(e.kid(0));
    const Value m = Of(e.kid(1));
    if (!a || !m || m->IsZero()) return std::nullopt;
    return *a - (*a / *m).Floor() * *m;
  }

  Value Big(const Ref& e) {
    const Value low = Of(e.kid(2));
    const Value high = Of(e.kid(3));
    if (!low || !high) return std::nullopt;
    const auto from = low->ToInt();
    const auto to = high->ToInt();
    if (!from || !to) return std::nullopt;
    const bool sum = e.op() == Op::kSum;
    Rational total(sum ? 0 : 1);
    if (*to < *from) return total;
    if (*to > (std::int64_t{1} << 40) || *from < -(std::int64_t{1} << 40) || *to - *from > 5000) {
      return std::nullopt;
    }
    bound_.emplace_back(e.kid(1).name(), Rational());
    for (std::int64_t k = *from; k <= *to; ++k) {
      bound_.back().second = Rational(k);
      const Value term = Of(e.kid(0));
      if (!term || total.Bits() + term->Bits() > kMaxBits ||
          !budget_.Spend(1 + static_cast<std::int64_t>(total.Bits() / 64))) {
        bound_.pop_back();
        return std::nullopt;
      }
      total = sum ? total + *term : total * *term;
    }
    bound_.pop_back();
    return total;
  }

  Budget& budget_;
  std::vector<std::pair<std::string_view, Rational>> bound_;
};

}  // namespace

std::optional<Rational> ExactValue(const Ref& e, Budget& budget) { return Exact(budget).Of(e); }

}  // namespace assay::math
