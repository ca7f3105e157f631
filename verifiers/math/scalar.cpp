#include "verifiers/math/scalar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace assay::math {
namespace {

// Where two balls agree to this many bits at several unrelated points, chance is out of the
// question.
constexpr slong kAgreementBits = 40;

bool Disjoint(const Ball& x, const Ball& y) { return acb_overlaps(x.get(), y.get()) == 0; }

// How many bits of x are known, relative to its size (and to 1 near 0).
bool Known(const Ball& x, slong bits) {
  Ball unit;
  acb_set_ui(unit.get(), 1);
  if (acb_rel_accuracy_bits(x.get()) >= bits) return true;
  mag_t radius;
  mag_init(radius);
  mag_hypot(radius, arb_radref(acb_realref(x.get())), arb_radref(acb_imagref(x.get())));
  const bool small = mag_cmp_2exp_si(radius, -bits) <= 0;
  mag_clear(radius);
  return small && acb_contains_zero(x.get()) != 0;
}

bool WithinTolerance(const Rational& a, const Rational& b, const Rules& rules) {
  const double x = a.ToDouble();
  const double y = b.ToDouble();
  const double difference = std::fabs((a - b).ToDouble());
  return difference <= rules.abs || difference <= rules.rel * std::max(std::fabs(x), std::fabs(y));
}

bool BallWithinTolerance(const Ball& x, const Ball& y, const Rules& rules) {
  Ball d;
  acb_sub(d.get(), x.get(), y.get(), 64);
  arb_t size;
  arb_t largest;
  arb_init(size);
  arb_init(largest);
  acb_abs(size, d.get(), 64);
  acb_abs(largest, x.get(), 64);
  const double difference = arf_get_d(arb_midref(size), ARF_RND_NEAR);
  double scale = arf_get_d(arb_midref(largest), ARF_RND_NEAR);
  acb_abs(largest, y.get(), 64);
  scale = std::max(scale, arf_get_d(arb_midref(largest), ARF_RND_NEAR));
  arb_clear(size);
  arb_clear(largest);
  return difference <= rules.abs || difference <= rules.rel * scale;
}

// A decimal of at least 6 places and 5 digits stands for the number that it rounds: half a unit of
// the last place; from 8 places on also cut off; from 12 places on within a unit, as machines
// print.
bool RoundsTo(const Ref& decimal, const Rational& exact) {
  const Node& node = decimal.node();
  if (node.decimals < 6 || node.significant < 5) return false;
  // a number that the decimal could have written out must be written out
  if ((exact * PowerOfTen(node.decimals)).IsInteger()) return false;
  const Rational unit = PowerOfTen(-node.decimals);
  const Rational error = (decimal.number() - exact).Abs();
  if (!(unit / Rational(2) < error)) return true;
  const bool cut = decimal.number().Abs() < exact.Abs();
  return error < unit && (node.decimals >= 12 || (node.decimals >= 8 && cut));
}

bool BallRoundsTo(const Ref& decimal, const Ball& exact) {
  const Node& node = decimal.node();
  if (node.decimals < 6 || node.significant < 5 || !exact.IsReal()) return false;
  const Rational unit = PowerOfTen(-node.decimals);
  Ball d;
  acb_set_fmpq(d.get(), decimal.number().raw(), 256);
  Ball size;
  arb_abs(acb_realref(size.get()), acb_realref(exact.get()));
  acb_sub(d.get(), d.get(), exact.get(), 256);
  Ball bound;
  acb_set_fmpq(bound.get(), (unit / Rational(2)).raw(), 256);
  arb_abs(acb_realref(d.get()), acb_realref(d.get()));
  if (arb_le(acb_realref(d.get()), acb_realref(bound.get())) != 0) return true;
  acb_set_fmpq(bound.get(), unit.raw(), 256);
  if (node.decimals < 8 || arb_lt(acb_realref(d.get()), acb_realref(bound.get())) == 0)
    return false;
  Ball digits;
  acb_set_fmpq(digits.get(), decimal.number().Abs().raw(), 256);
  return node.decimals >= 12 || arb_lt(acb_realref(digits.get()), acb_realref(size.get())) != 0;
}

// The number literal behind signs, or nothing.
std::optional<Ref> Decimal(Ref e, bool* negative) {
  *negative = false;
  while (e.op() == Op::kNeg) {
    *negative = !*negative;
    e = e.kid(0);
  }
  if (e.op() != Op::kNumber || e.node().decimals < 0) return std::nullopt;
  return e;
}

Match CompareRationals(const Ref& a, const Rational& x, const Ref& b, const Rational& y,
                       const Rules& rules) {
  if (x == y) return Equal(How::kExact);
  if (rules.rel > 0 || rules.abs > 0) {
    if (WithinTolerance(x, y, rules)) return Equal(How::kNumerical, "within the tolerance");
  }
  if (rules.decimals) {
    bool negative = false;
    if (const auto d = Decimal(a, &negative); d && RoundsTo(*d, negative ? -y : y)) {
      return Equal(How::kNumerical, "the decimal rounds it");
    }
    if (const auto d = Decimal(b, &negative); d && RoundsTo(*d, negative ? -x : x)) {
      return Equal(How::kNumerical, "the decimal rounds it");
    }
  }
  return Different(How::kExact);
}

// Whether an integral or a sum occurs.
bool Summed(const Ref& e) { return Contains(e, Op::kIntegral) || Contains(e, Op::kSum); }

Match CompareConstants(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  EvaluationRules evaluation;
  Ball x;
  Ball y;
  for (const slong precision : {64, 128, 320}) {
    evaluation.precision = precision;
    if (!Evaluate(a, evaluation, budget, x) || !Evaluate(b, evaluation, budget, y)) {
      return Undecided(budget.spent() ? "the budget of steps is spent" : WhyNoValue(a, b));
    }
    if (precision == 64 && (rules.rel > 0 || rules.abs > 0) && BallWithinTolerance(x, y, rules)) {
      return Equal(How::kNumerical, "within the tolerance");
    }
    if (Disjoint(x, y)) {
      bool negative = false;
      if (rules.decimals) {
        for (const auto& [side, other, ball] : {std::tuple(&a, &b, &y), std::tuple(&b, &a, &x)}) {
          const auto d = Decimal(*side, &negative);
          if (!d || d->node().decimals < 6) continue;
          EvaluationRules fine;
          fine.precision = 256;
          Ball exact;
          if (!Evaluate(*other, fine, budget, exact)) continue;
          if (negative) acb_neg(exact.get(), exact.get());
          if (BallRoundsTo(*d, exact)) return Equal(How::kNumerical, "the decimal rounds it");
        }
      }
      return Different(How::kCertified);
    }
    if (precision == 64) {
      const auto same = SameNormalForm(a, b, budget);
      if (same && *same) return Equal(How::kExact);
    }
    if (precision == 128) {
      if (const auto same = SameConstant(a, b, budget)) {
        return *same ? Equal(How::kExact, "by exact algebra") : Different(How::kExact);
      }
      // quadrature and long series: more digits would cost more than they tell
      if (Summed(a) || Summed(b)) {
        return Known(x, 90) && Known(y, 90) ? Equal(How::kNumerical, "equal to 27 digits")
                                            : Undecided("too close to tell apart");
      }
    }
  }
  if (Known(x, 240) && Known(y, 240)) return Equal(How::kNumerical, "equal to 70 digits");
  return Undecided("too close to tell apart");
}

bool ContainsCall(const Ref& e, Function function) {
  if (e.op() == Op::kCall && e.node().aux == static_cast<int>(function) && e.kid_count() == 1)
    return true;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (ContainsCall(e.kid(i), function)) return true;
  }
  return false;
}

// Names that stand for integers: bounds of sums, and exponents of negative numbers.
void IntegerNames(const Ref& e, bool inside, std::vector<std::string_view>& names) {
  if (e.op() == Op::kSymbol && inside) {
    if (std::find(names.begin(), names.end(), e.name()) == names.end()) names.push_back(e.name());
    return;
  }
  const bool big = e.op() == Op::kSum || e.op() == Op::kProduct;
  const bool power =
      e.op() == Op::kPow &&
      (e.kid(0).op() == Op::kNeg || (e.kid(0).op() == Op::kNumber && e.kid(0).number().Sign() < 0));
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (big && i == 1) continue;
    IntegerNames(e.kid(i), inside || (big && i >= 2) || (power && i == 1), names);
  }
}

Match CompareAtPoints(const Ref& a, const Ref& b, const Rules& rules, bool log_is_decimal,
                      Budget& budget) {
  constexpr int kPoints = 12;
  constexpr int kEnough = 6;
  int agreements = 0;
  Ball x;
  Ball y;
  EvaluationRules evaluation;
  evaluation.log_is_decimal = log_is_decimal;
  std::vector<std::string_view> integers;
  IntegerNames(a, false, integers);
  IntegerNames(b, false, integers);
  if (!integers.empty()) evaluation.integers = &integers;
  for (int point = 0; point < kPoints && agreements < kEnough; ++point) {
    evaluation.point = point;
    bool decided = false;
    for (const slong precision : {64, 192}) {
      evaluation.precision = precision;
      const bool has_x = Evaluate(a, evaluation, budget, x);
      const bool has_y = Evaluate(b, evaluation, budget, y);
      if (budget.spent()) return Undecided("the budget of steps is spent");
      if (!has_x || !has_y) break;
      if (Disjoint(x, y)) {
        if ((rules.rel > 0 || rules.abs > 0) && BallWithinTolerance(x, y, rules)) {
          ++agreements;
        } else if (x.IsReal() || y.IsReal() || point % 2 == 0) {
          return Different(How::kCertified, "they differ at a test point");
        }
        // both complex at a negative point: a matter of branches, not evidence
        decided = true;
      } else if (Known(x, kAgreementBits) && Known(y, kAgreementBits)) {
        ++agreements;
        decided = true;
      }
      if (decided) break;
    }
  }
  if (agreements >= kEnough - 2) {
    evaluation.point = 0;  // once more, so that a difference of 10^-30 shows
    evaluation.precision = 320;
    const bool exact = rules.rel == 0 && rules.abs == 0;
    if (exact && Evaluate(a, evaluation, budget, x) && Evaluate(b, evaluation, budget, y) &&
        Disjoint(x, y)) {
      return Different(How::kCertified, "they differ at a test point");
    }
    return Equal(How::kNumerical, "equal at random points to 12 digits");
  }
  return Undecided("no points where both have values");
}

}  // namespace

const char* ToString(How how) {
  switch (how) {
    case How::kExact:
      return "exact";
    case How::kCertified:
      return "certified";
    case How::kNumerical:
      return "numerical";
    case How::kText:
      return "text";
  }
  return "";
}

namespace {

// Whether "phi" is the only name in `e`.
bool OnlyPhi(const Ref& e) {
  if (e.op() == Op::kSymbol) return e.name() == "phi" || e.name() == "varphi";
  if (e.op() == Op::kApply) return false;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    if (!OnlyPhi(e.kid(i))) return false;
  }
  return true;
}

Match CompareGolden(const Ref& a, const Ref& b, Budget& budget) {
  EvaluationRules evaluation;
  evaluation.golden_phi = true;
  evaluation.precision = 320;
  Ball x;
  Ball y;
  if (!Evaluate(a, evaluation, budget, x) || !Evaluate(b, evaluation, budget, y))
    return Undecided(WhyNoValue(a, b));
  if (Disjoint(x, y)) return Different(How::kCertified);
  if (Known(x, 240) && Known(y, 240)) return Equal(How::kNumerical, "equal to 70 digits");
  return Undecided("too close to tell apart");
}

// The sum without its constant of integration, a letter C or K that stands alone in it; nothing
// where there is none.
std::optional<Ref> WithoutConstant(const Ref& e, Tree& scratch) {
  if (e.op() != Op::kAdd) return std::nullopt;
  scratch = *e.tree;
  std::vector<NodeId> rest;
  std::string_view letter;
  for (std::size_t i = 0; i < e.kid_count(); ++i) {
    const Ref kid = e.kid(i);
    const bool constant = kid.op() == Op::kSymbol && letter.empty() &&
                          (kid.name() == "C" || kid.name() == "c" || kid.name() == "K");
    if (constant) {
      letter = kid.name();
    } else {
      rest.push_back(kid.id);
    }
  }
  if (letter.empty() || rest.empty()) return std::nullopt;
  const Ref sum{&scratch, scratch.Add(Op::kAdd, rest), e.sign};
  const auto occurs = [&](const auto& self, const Ref& node) -> bool {
    if (node.op() == Op::kSymbol) return node.name() == letter;
    for (std::size_t i = 0; i < node.kid_count(); ++i) {
      if (self(self, node.kid(i))) return true;
    }
    return false;
  };
  if (occurs(occurs, sum) || !HasFreeNames(sum)) return std::nullopt;
  return sum;
}

// F(x) + C against G(x) + K: the same family where F - G is constant.
Match CompareFamilies(const Ref& a, const Ref& b, Budget& budget) {
  Tree scratch_a;
  Tree scratch_b;
  const auto f = WithoutConstant(a, scratch_a);
  const auto g = f ? WithoutConstant(b, scratch_b) : std::nullopt;
  if (!g) return Undecided("");
  Ball x;
  Ball y;
  std::optional<Ball> constant;
  int agreements = 0;
  EvaluationRules evaluation;
  evaluation.precision = 128;
  for (int point = 0; point < 12 && agreements < 6; ++point) {
    evaluation.point = point;
    if (!Evaluate(*f, evaluation, budget, x) || !Evaluate(*g, evaluation, budget, y)) continue;
    acb_sub(x.get(), x.get(), y.get(), 128);
    if (!Known(x, kAgreementBits)) continue;
    if (constant && Disjoint(*constant, x)) return Different(How::kCertified);
    if (!constant) constant = x;
    ++agreements;
  }
  return agreements == 6 ? Equal(How::kNumerical, "equal up to the constant") : Undecided("");
}

}  // namespace

static Match CompareAnyForm(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  if (a.op() == Op::kNumber && b.op() == Op::kNumber) {
    return CompareRationals(a, a.number(), b, b.number(), rules);
  }
  const auto x = ExactValue(a, budget);
  const auto y = x ? ExactValue(b, budget) : std::nullopt;
  if (x && y) return CompareRationals(a, *x, b, *y, rules);
  if (SameShape(a, b, budget)) return Equal(How::kExact, "the same expression");
  const bool names = HasFreeNames(a) || HasFreeNames(b);
  if (!names) {
    Match match = CompareConstants(a, b, rules, budget);
    if (!match.equal() && (ContainsCall(a, Function::kLog) || ContainsCall(b, Function::kLog))) {
      // "log" without a base means 10 to some and e to others: equality under one reading of both
      const Match decimal = CompareAtPoints(a, b, rules, true, budget);
      if (decimal.equal()) return decimal;
    }
    return match;
  }
  const auto same = SameNormalForm(a, b, budget);
  if (same && *same) return Equal(How::kExact);
  if (OnlyPhi(a) && OnlyPhi(b)) {
    const Match golden = CompareGolden(a, b, budget);
    if (golden.equal()) return golden;
  }
  const Match match = CompareAtPoints(a, b, rules, false, budget);
  if (!match.equal() && a.op() == Op::kAdd && b.op() == Op::kAdd) {
    const Match family = CompareFamilies(a, b, budget);
    if (family.equal()) return family;
  }
  return match;
}

Match CompareScalars(const Ref& a, const Ref& b, const Rules& rules, Budget& budget) {
  const Match match = CompareAnyForm(a, b, rules, budget);
  if (rules.simplified && match.equal() && Form(a) != Form(b)) {
    return Different(match.how, "equal, but not in the reference's form");
  }
  return match;
}

std::optional<int> CompareOrder(const Ref& a, const Ref& b, Budget& budget) {
  const auto x = ExactValue(a, budget);
  const auto y = ExactValue(b, budget);
  if (x && y) return *x == *y ? 0 : (*x < *y ? -1 : 1);
  if (HasFreeNames(a) || HasFreeNames(b)) return std::nullopt;
  Ball u;
  Ball v;
  EvaluationRules evaluation;
  for (const slong precision : {64, 256}) {
    evaluation.precision = precision;
    if (!Evaluate(a, evaluation, budget, u) || !Evaluate(b, evaluation, budget, v))
      return std::nullopt;
    if (!u.IsReal() || !v.IsReal()) return std::nullopt;
    if (arb_lt(acb_realref(u.get()), acb_realref(v.get())) != 0) return -1;
    if (arb_gt(acb_realref(u.get()), acb_realref(v.get())) != 0) return 1;
  }
  return CompareScalars(a, b, Rules{}, budget).equal() ? std::optional<int>(0) : std::nullopt;
}

}  // namespace assay::math
