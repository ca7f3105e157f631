// verifiers/math/balls.h -- The evaluator behind Evaluate; split over ball*.cpp.
//
// Every function returns false where the value is undefined, too large or unknown. With
// `analytic_` set the argument is a region of the complex plane, and a function must return false
// unless it is holomorphic on all of it: the rule under which Arb's quadrature is certified.
#pragma once

#include <acb.h>

#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "verifiers/math/evaluate.h"

namespace assay::math {

// Beyond 2^(2^30) nothing is told apart at any precision that we use.
inline constexpr slong kMaxExponent = slong{1} << 30;

// Finite, |z| < 2^kMaxExponent and not closer to a huge exponent than FLINT can print.
bool Tame(acb_srcptr z);
// An upper bound of log2 |z|.
slong Magnitude(acb_srcptr z);

class Balls {
 public:
  Balls(const EvaluationRules& rules, Budget& budget) : rules_(rules), budget_(budget) {}

  bool Of(const Ref& e, acb_ptr out);

 private:
  slong prec() const { return rules_.precision; }

  bool Dispatch(const Ref& e, acb_ptr out);
  bool Radians(acb_ptr out);
  bool Name(std::string_view name, acb_ptr out);
  bool Constant(math::Constant c, acb_ptr out);
  bool Fold(const Ref& e, acb_ptr out);
  bool Divide(const Ref& e, acb_ptr out);
  // z^(p/q) for negative real z and odd q is the real root, as in school mathematics.
  bool RationalPower(acb_ptr z, const Rational& exponent, acb_ptr out);
  bool GeneralPower(acb_srcptr z, const Rational& exponent, acb_ptr out);
  bool ComplexPower(acb_srcptr z, acb_srcptr w, acb_ptr out);
  bool Exp(acb_srcptr z, acb_ptr out);
  bool Power(const Ref& e, acb_ptr out);
  bool Root(const Ref& e, acb_ptr out);
  bool Absolute(const Ref& e, acb_ptr out);
  bool PlusMinus(const Ref& e, acb_ptr out);
  bool Factorial(const Ref& e, acb_ptr out);
  bool Apply(const Ref& e, acb_ptr out);

  // ball_functions.cpp
  bool Call(const Ref& e, acb_ptr out);
  bool Trigonometric(Function f, acb_ptr z, acb_ptr out);
  bool Inverse(Function f, acb_ptr z, acb_ptr out);
  bool Integer(Function f, acb_ptr z, acb_ptr out);
  bool Logarithm(const Ref& e, acb_ptr z, acb_ptr out);
  bool Binomial(const Ref& e, acb_ptr out);
  bool Extreme(const Ref& e, acb_ptr out);
  bool Part(Function f, acb_srcptr z, acb_ptr out);

  // ball_sums.cpp
  bool Big(const Ref& e, acb_ptr out);
  bool Finite(const Ref& e, std::int64_t from, std::int64_t to, acb_ptr out);
  bool InfiniteSum(const Ref& body, std::string_view name, std::int64_t from, acb_ptr out,
                   int depth);
  bool BoundTo(const Ref& e, std::int64_t value, acb_ptr out);

  // ball_integral.cpp, ball_limit.cpp
  bool Integral(const Ref& e, acb_ptr out);
  bool Limit(const Ref& e, acb_ptr out);
  friend struct Integrand;
  friend class SeriesOf;

  EvaluationRules rules_;
  Budget& budget_;
  bool analytic_ = false;
  std::vector<std::pair<std::string_view, Ball>> bound_;
};

}  // namespace assay::math
