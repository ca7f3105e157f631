// Equality of algebraic and elementary constants, proved by Calcium.
//
// Asked only where balls of 128 bits overlap, and only for small expressions: Calcium's own cost
// cannot be counted in steps, so its input is bounded instead. Trigonometric functions are left
// out: their algebra over roots of unity takes milliseconds where digits take microseconds.
#include "verifiers/math/calcium.h"
#include "verifiers/math/scalar.h"

namespace assay::math {
namespace {

constexpr int kMaxNodes = 40;
constexpr int kMaxExtensions = 4;  // roots and function values in both expressions together

class Field {
 public:
  Field() {
    ca_ctx_init(context_);
    ca_ctx_set_option(context_, CA_OPT_QQBAR_DEG_LIMIT, 24);
    ca_ctx_set_option(context_, CA_OPT_PREC_LIMIT, 256);
    ca_ctx_set_option(context_, CA_OPT_POW_LIMIT, 12);
    ca_ctx_set_option(context_, CA_OPT_USE_GROEBNER, 0);
  }
  ~Field() { ca_ctx_clear(context_); }
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;
  ca_ctx_struct* get() { return context_; }

 private:
  ca_ctx_t context_;
};

class Element {
 public:
  explicit Element(Field& field) : field_(field) { ca_init(value_, field_.get()); }
  ~Element() { ca_clear(value_, field_.get()); }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;
  ca_struct* get() { return value_; }

 private:
  Field& field_;
  ca_t value_;
};

class Converter {
 public:
  Converter(Field& field, Budget& budget) : field_(field), budget_(budget) {}

  bool Of(const Ref& e, ca_struct* out) {
    if (++nodes_ > kMaxNodes || !budget_.Spend(50)) return false;
    switch (e.op()) {
      case Op::kNumber:
        if (e.number().Bits() > 64) return false;
        ca_set_fmpq(out, e.number().raw(), ctx());
        return true;
      case Op::kConstant:
        return Constant(static_cast<math::Constant>(e.node().aux), out);
      case Op::kAdd:
      case Op::kMul:
        return Fold(e, out);
      case Op::kNeg:
        if (!Of(e.kid(0), out)) return false;
        ca_neg(out, out, ctx());
        return true;
      case Op::kDiv: {
        Element bottom(field_);
        if (!Of(e.kid(0), out) || !Of(e.kid(1), bottom.get()) || !NonZero(bottom.get()))
          return false;
        ca_div(out, out, bottom.get(), ctx());
        return true;
      }
      case Op::kPow:
        if (e.kid(0).op() == Op::kConstant &&
            static_cast<math::Constant>(e.kid(0).node().aux) == math::Constant::kE) {
          if (!Extension() || !Of(e.kid(1), out)) return false;
          ca_exp(out, out, ctx());
          return true;
        }
        return Power(e, false, out);
      case Op::kRoot:
        return Power(e, true, out);
      case Op::kCall:
        return Call(e, out);
      default:
        return false;
    }
  }

 private:
  ca_ctx_struct* ctx() { return field_.get(); }
  bool Extension() { return ++extensions_ <= kMaxExtensions; }
  bool NonZero(ca_struct* x) { return ca_check_is_zero(x, ctx()) == T_FALSE; }

  bool Constant(math::Constant c, ca_struct* out) {
    switch (c) {
      case math::Constant::kPi:
        ca_pi(out, ctx());
        return true;
      case math::Constant::kE:
        ca_one(out, ctx());
        ca_exp(out, out, ctx());
        return true;
      case math::Constant::kI:
        ca_i(out, ctx());
        return true;
      case math::Constant::kPhi:
        ca_set_ui(out, 5, ctx());
        ca_sqrt(out, out, ctx());
        ca_add_ui(out, out, 1, ctx());
        ca_div_ui(out, out, 2, ctx());
        return true;
      default:
        return false;
    }
  }

  bool Fold(const Ref& e, ca_struct* out) {
    if (!Of(e.kid(0), out)) return false;
    for (std::size_t i = 1; i < e.kid_count(); ++i) {
      Element next(field_);
      if (!Of(e.kid(i), next.get())) return false;
      if (e.op() == Op::kAdd) {
        ca_add(out, out, next.get(), ctx());
      } else {
        ca_mul(out, out, next.get(), ctx());
      }
    }
    return true;
  }

  bool Power(const Ref& e, bool root, ca_struct* out) {
    const auto given = ExactValue(e.kid(1), budget_);
    if (!given || given->IsZero() || given->Bits() > 6) return false;
    const Rational exponent = root ? Rational(1) / *given : *given;
    if (!Of(e.kid(0), out) || !NonZero(out)) return false;
    if (!exponent.IsInteger()) {
      if (!Extension()) return false;
      // cube roots of negative numbers have another meaning in school mathematics
      Element zero(field_);
      if (!(exponent == Rational(1, 2)) && ca_check_gt(out, zero.get(), ctx()) != T_TRUE)
        return false;
    }
    Element power(field_);
    ca_set_fmpq(power.get(), exponent.raw(), ctx());
    ca_pow(out, out, power.get(), ctx());
    return true;
  }

  bool Call(const Ref& e, ca_struct* out) {
    if (!Extension() || !Of(e.kid(0), out)) return false;
    Element other(field_);
    switch (static_cast<Function>(e.node().aux)) {
      case Function::kLn:
        if (e.kid_count() != 1 || !NonZero(out)) return false;
        ca_log(out, out, ctx());
        return true;
      case Function::kLog:
        if (e.kid_count() != 2 || !NonZero(out) || !Of(e.kid(1), other.get()) ||
            !NonZero(other.get()))
          return false;
        ca_log(out, out, ctx());
        ca_log(other.get(), other.get(), ctx());
        if (!NonZero(other.get())) return false;
        ca_div(out, out, other.get(), ctx());
        return true;
      default:
        return false;
    }
  }

  Field& field_;
  Budget& budget_;
  int nodes_ = 0;
  int extensions_ = 0;
};

}  // namespace

std::optional<bool> SameConstant(const Ref& a, const Ref& b, Budget& budget) {
  Field field;
  Element x(field);
  Element y(field);
  Converter convert(field, budget);
  if (!budget.Spend(2000) || !convert.Of(a, x.get()) || !convert.Of(b, y.get()))
    return std::nullopt;
  switch (ca_check_equal(x.get(), y.get(), field.get())) {
    case T_TRUE:
      return true;
    case T_FALSE:
      return false;
    default:
      return std::nullopt;
  }
}

}  // namespace assay::math
