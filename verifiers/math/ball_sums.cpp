// Sums and products: finite ones term by term, infinite ones of two kinds.
//
// 1. Terms whose ratio t(k+1)/t(k) = C A(k)/B(k) is a rational function with a limit below 1 in
//    absolute value (polynomials times powers, factorials, binomials): summed until the tail,
//    bounded by a geometric series from there on, is below the precision.
// 2. Rational functions of k, also with alternating signs, that fall fast enough: partial fractions
//    and Arb's digamma and Hurwitz zeta functions.
// Sums of such terms are taken apart. Everything else stays undecided.
#include "verifiers/math/balls.h"
#include "verifiers/math/term_ratio.h"

namespace assay::math {
namespace {

constexpr std::int64_t kMaxTerms = 5000;

bool Infinity(const Ref& e) {
  return e.op() == Op::kConstant && e.node().aux == static_cast<int>(Constant::kInfinity);
}

}  // namespace

// The body for one value of the innermost index.
bool Balls::BoundTo(const Ref& e, std::int64_t value, acb_ptr out) {
  acb_set_si(bound_.back().second.get(), value);
  return Of(e, out);
}

bool Balls::Finite(const Ref& e, std::int64_t from, std::int64_t to, acb_ptr out) {
  const bool sum = e.op() == Op::kSum;
  acb_set_ui(out, sum ? 0 : 1);
  if (to < from) return true;
  if (to > (std::int64_t{1} << 40) || from < -(std::int64_t{1} << 40) || to - from > kMaxTerms)
    return false;
  Ball term;
  for (std::int64_t k = from; k <= to; ++k) {
    if (!BoundTo(e.kid(0), k, term.get())) return false;
    if (sum) {
      acb_add(out, out, term.get(), prec());
    } else {
      acb_mul(out, out, term.get(), prec());
      if (!Tame(out)) return false;
    }
  }
  return true;
}

bool Balls::InfiniteSum(const Ref& body, std::string_view name, std::int64_t from, acb_ptr out,
                        int depth) {
  if (depth > 8 || from < -1000 || from > 1000 || !budget_.Spend(100)) return false;
  const TermRatio ratio(body, name, *this, prec(), budget_);
  if (ratio.known()) {
    if (const auto series = ratio.Series()) {
      // the ratio test holds from `start` on, where every pole of the ratio lies behind
      Ball term;
      Ball q;
      acb_zero(out);
      for (std::int64_t k = from; k < from + kMaxTerms; ++k) {
        if (!BoundTo(body, k, term.get())) return false;
        const bool small = Magnitude(term.get()) < -prec() - 8;
        if ((small || (k - from) % 32 == 31) && k > from && ratio.BoundFrom(k, q)) {
          // |t(k)| + |t(k+1)| + … <= |t(k)| / (1 - q)
          mag_t tail;
          mag_init(tail);
          Ball rest;
          acb_abs(acb_realref(rest.get()), term.get(), prec());
          acb_sub_ui(q.get(), q.get(), 1, prec());
          acb_neg(q.get(), q.get());
          acb_div(rest.get(), rest.get(), q.get(), prec());
          acb_get_mag(tail, rest.get());
          const bool enough = mag_cmp_2exp_si(tail, -prec() - 4) < 0;
          if (enough) {
            acb_add_error_mag(out, tail);
            mag_clear(tail);
            return true;
          }
          mag_clear(tail);
        }
        acb_add(out, out, term.get(), prec());
      }
      return false;
    }
    return ratio.RationalSum(from, out);
  }
  // a sum of terms, each summable on its own
  std::vector<Tree> parts;
  if (!SplitTerms(body, parts)) return false;
  Ball part;
  acb_zero(out);
  for (const Tree& tree : parts) {
    if (!InfiniteSum({&tree, tree.root(), body.sign}, name, from, part.get(), depth + 1))
      return false;
    acb_add(out, out, part.get(), prec());
  }
  return true;
}

bool Balls::Big(const Ref& e, acb_ptr out) {
  const auto low = ExactValue(e.kid(2), budget_);
  const auto from = low ? low->ToInt() : std::nullopt;
  if (Infinity(e.kid(3)) && e.op() == Op::kSum && from) {
    if (analytic_) return false;
    bound_.emplace_back(e.kid(1).name(), Ball());
    const bool fine = InfiniteSum(e.kid(0), e.kid(1).name(), *from, out, 0);
    bound_.pop_back();
    return fine;
  }
  std::optional<std::int64_t> first = from;
  std::optional<std::int64_t> last;
  if (const auto high = ExactValue(e.kid(3), budget_)) last = high->ToInt();
  // bounds that are names with integer values
  const auto integer = [&](const Ref& bound) -> std::optional<std::int64_t> {
    Ball value;
    if (!Of(bound, value.get()) || acb_is_int(value.get()) == 0 || Magnitude(value.get()) > 40)
      return std::nullopt;
    return arf_get_si(arb_midref(acb_realref(value.get())), ARF_RND_NEAR);
  };
  if (!first) first = integer(e.kid(2));
  if (!last) last = integer(e.kid(3));
  if (!first || !last) return false;
  bound_.emplace_back(e.kid(1).name(), Ball());
  const bool fine = Finite(e, *first, *last, out);
  bound_.pop_back();
  return fine;
}

}  // namespace assay::math
