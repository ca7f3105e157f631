// Proper integrals by Arb's certified quadrature. The endpoints must be finite; the integrand may
// have no singularity on the segment. Improper integrals stay undecided.
#include <acb_calc.h>

#include "verifiers/math/balls.h"

namespace assay::math {

// What acb_calc calls back into: the body at `z`, or the indeterminate ball.
struct Integrand {
  Balls* balls = nullptr;
  Ref body;

  static int At(acb_ptr out, const acb_t z, void* self, slong order, slong) {
    const auto& integrand = *static_cast<Integrand*>(self);
    Balls& balls = *integrand.balls;
    const bool outer = balls.analytic_;
    balls.analytic_ = outer || order > 0;
    acb_set(balls.bound_.back().second.get(), z);
    const bool fine = balls.Of(integrand.body, out);
    balls.analytic_ = outer;
    if (!fine) acb_indeterminate(out);
    return 0;
  }
};

bool Balls::Integral(const Ref& e, acb_ptr out) {
  if (e.kid_count() != 4) return false;  // an antiderivative is no value
  Ball low;
  Ball high;
  if (!Of(e.kid(2), low.get()) || !Of(e.kid(3), high.get())) return false;
  bound_.emplace_back(e.kid(1).name(), Ball());
  for (const Ball* end : {&low, &high}) {  // improper: bisection would not come to an end
    Ball value;
    acb_set(bound_.back().second.get(), end->get());
    if (!Of(e.kid(0), value.get()) || acb_is_finite(value.get()) == 0) {
      bound_.pop_back();
      return false;
    }
  }
  Integrand integrand{this, e.kid(0)};
  acb_calc_integrate_opt_t options;
  acb_calc_integrate_opt_init(options);
  options->eval_limit = 20'000;
  mag_t tolerance;
  mag_init(tolerance);
  mag_set_ui_2exp_si(tolerance, 1, -prec());
  // what comes back contains the value even where the goal was not met; then it is a wide ball
  acb_calc_integrate(out, Integrand::At, &integrand, low.get(), high.get(), prec(), tolerance,
                     options, prec() + 16);
  mag_clear(tolerance);
  bound_.pop_back();
  return acb_is_finite(out) != 0;
}

}  // namespace assay::math
