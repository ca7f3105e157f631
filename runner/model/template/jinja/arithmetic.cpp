// The operators of Python between numbers, texts and lists.
#include <cmath>

#include "runner/model/template/jinja/run.h"

namespace assay::jinja {
namespace {

std::optional<std::int64_t> Integers(const std::string& op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  bool overflow = false;
  if (op == "+") {
    overflow = __builtin_add_overflow(a, b, &out);
  } else if (op == "-") {
    overflow = __builtin_sub_overflow(a, b, &out);
  } else if (op == "*") {
    overflow = __builtin_mul_overflow(a, b, &out);
  } else if (op == "**") {
    out = 1;
    for (std::int64_t i = 0; i < b && !overflow && out != 0; ++i) {
      if (a == 1 || (a == -1 && i > 1)) return a == 1 || b % 2 == 0 ? 1 : -1;
      overflow = __builtin_mul_overflow(out, a, &out);
    }
  } else {  // rounds towards minus infinity
    if (b == -1) {
      overflow = op == "//" && __builtin_sub_overflow(std::int64_t{0}, a, &out);
    } else {
      const std::int64_t rest = (a % b + b) % b;
      out = op == "%" ? rest : (a - rest) / b;
    }
  }
  return overflow ? std::nullopt : std::optional(out);
}

double Floats(const std::string& op, double a, double b) {
  if (op == "+") return a + b;
  if (op == "-") return a - b;
  if (op == "*") return a * b;
  if (op == "/") return a / b;
  if (op == "//") return std::floor(a / b);
  if (op == "%") return a - std::floor(a / b) * b;
  return std::pow(a, b);
}

Value Repeated(Run& run, const Value& value, std::int64_t times) {
  times = std::max<std::int64_t>(times, 0);
  const std::size_t size =
      value.IsText() ? value.AsText().bytes.size() / 16 + 1 : value.AsList().size() + 1;
  std::size_t cost = 0;
  if (__builtin_mul_overflow(size, static_cast<std::size_t>(times), &cost) || !run.Charge(cost))
    return run.Problem("the repetition is too long");
  if (value.IsText()) {
    Text out;
    for (std::int64_t i = 0; i < times; ++i) out.Append(value.AsText());
    return run.Made(std::move(out));
  }
  List out;
  for (std::int64_t i = 0; i < times; ++i)
    out.insert(out.end(), value.AsList().begin(), value.AsList().end());
  return Value(std::move(out), value.IsTuple());
}

}  // namespace

Value Run::Binary(const std::string& op, const Value& left, const Value& right) {
  if (op == "~" || (op == "+" && left.IsText() && right.IsText())) {
    Text out = ToText(left);
    out.Append(ToText(right));
    return Made(std::move(out));
  }
  for (const Value* side : {&left, &right})
    if (side->IsUndefined()) return Problem("'" + side->AsUndefined().name + "' is undefined");
  if (op == "+" && left.IsList() && right.IsList() && left.IsTuple() == right.IsTuple()) {
    List out = left.AsList();
    out.insert(out.end(), right.AsList().begin(), right.AsList().end());
    Charge(out.size());
    return Value(std::move(out), left.IsTuple());
  }
  if (op == "*" && (left.IsText() || left.IsList()) && (right.IsInt() || right.IsBool()))
    return Repeated(*this, left, right.AsInt());
  if (op == "*" && (right.IsText() || right.IsList()) && (left.IsInt() || left.IsBool()))
    return Repeated(*this, right, left.AsInt());
  if (op == "%" && left.IsText()) {
    const Value format = FindMethod(left, "%");
    return Call(format, {.positional = {right}, .named = {}});
  }
  if (!left.IsNumber() || !right.IsNumber()) {
    return Problem(fmt::format("unsupported operand types for {}: '{}' and '{}'", op,
                               left.TypeName(), right.TypeName()));
  }
  const bool divides = op == "/" || op == "//" || op == "%";
  if (divides && right.AsFloat() == 0) return Problem("division by zero");
  const bool negative_power = op == "**" && right.AsFloat() < 0;
  if (left.IsFloat() || right.IsFloat() || op == "/" || negative_power)
    return Value(Floats(op, left.AsFloat(), right.AsFloat()));
  const auto result = Integers(op, left.AsInt(), right.AsInt());
  return result ? Value(*result) : Problem("the number is too large");
}

}  // namespace assay::jinja
