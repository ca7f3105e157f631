// Expressions.
#include <algorithm>
#include <cmath>

#include "runner/model/template/jinja/run.h"

namespace assay::jinja {
namespace {

constexpr int kMaxDepth = 400;
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 26;

// The items of Python's slice [start:stop:step] over `count` items.
std::vector<std::size_t> SliceIndices(std::int64_t count, std::optional<std::int64_t> start,
                                      std::optional<std::int64_t> stop, std::int64_t step) {
  const auto place = [count](std::int64_t at, std::int64_t low, std::int64_t high) {
    return std::clamp(at < 0 ? at + count : at, low, high);
  };
  std::vector<std::size_t> indices;
  if (step > 0) {
    const auto end = stop ? place(*stop, 0, count) : count;
    auto at = start ? place(*start, 0, count) : 0;
    for (; at<end; at = step> count ? end : at + step)
      indices.push_back(static_cast<std::size_t>(at));
  } else {
    const auto end = stop ? place(*stop, -1, count - 1) : -1;
    auto at = start ? place(*start, -1, count - 1) : count - 1;
    for (; at > end; at = step < -count ? end : at + step)
      indices.push_back(static_cast<std::size_t>(at));
  }
  return indices;
}

}  // namespace

Value Run::Problem(const std::string& what) {
  if (!problem_) problem_ = Error{ErrorCode::kInput, fmt::format("line {}: {}", line_, what)};
  return Value();
}

bool Run::Charge(std::size_t steps) {
  if (failed()) return false;
  if (steps <= steps_left_) {
    steps_left_ -= steps;
    return true;
  }
  Problem("the template takes too long");
  return false;
}

Value Run::Made(Text text) {
  if (text.bytes.size() > kMaxTextBytes) return Problem("the text grows too long");
  if (!Charge(text.bytes.size() / 64)) return Value();
  return Value(std::move(text));
}

Value Run::Evaluate(const Expression& expression) {
  if (!Charge(1)) return Value();
  if (depth_ >= kMaxDepth) return Problem("nested too deeply");
  ++depth_;
  line_ = expression.line;
  Value value = EvaluateKind(expression);
  --depth_;
  return value;
}

Value Run::EvaluateKind(const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::kConstant:
      return e.value;
    case ExpressionKind::kName: {
      const Value* found = scope_->Find(e.name);
      return found == nullptr ? Value(Undefined{e.name}) : *found;
    }
    case ExpressionKind::kList:
    case ExpressionKind::kTuple:
      return Value(EvaluateParts(e, 0), e.kind == ExpressionKind::kTuple);
    case ExpressionKind::kDict:
      return EvaluateDict(e);
    case ExpressionKind::kAttribute:
      return Attribute(Evaluate(*e.parts[0]), e.name);
    case ExpressionKind::kItem: {
      const Value object = Evaluate(*e.parts[0]);
      return Item(object, Evaluate(*e.parts[1]));
    }
    case ExpressionKind::kSlice:
      return EvaluateSlice(e);
    case ExpressionKind::kCall:
      return EvaluateCall(e);
    case ExpressionKind::kFilter:
      return EvaluateFilter(e, e.parts[0] == nullptr ? piped_ : nullptr);
    case ExpressionKind::kTest:
      return EvaluateTest(e);
    case ExpressionKind::kUnary:
      return EvaluateUnary(e);
    case ExpressionKind::kBinary:
      return EvaluateBinary(e);
    case ExpressionKind::kCompare:
      return EvaluateCompare(e);
    case ExpressionKind::kCondition:
      if (Evaluate(*e.parts[1]).Truth()) return Evaluate(*e.parts[0]);
      return e.parts[2] == nullptr ? Value(Undefined{"the missing else"}) : Evaluate(*e.parts[2]);
  }
  return Value();
}

List Run::EvaluateParts(const Expression& e, std::size_t from) {
  List parts;
  for (std::size_t i = from; i < e.parts.size(); ++i) parts.push_back(Evaluate(*e.parts[i]));
  return parts;
}

Value Run::EvaluateDict(const Expression& e) {
  auto dict = std::make_shared<Dict>();
  for (std::size_t i = 0; i + 1 < e.parts.size(); i += 2) {
    Value key = Evaluate(*e.parts[i]);
    dict->Put(std::move(key), Evaluate(*e.parts[i + 1]));
  }
  return Value(std::move(dict));
}

Value Run::EvaluateUnary(const Expression& e) {
  const Value value = Evaluate(*e.parts[0]);
  if (e.name == "not") return Value(!value.Truth());
  if (failed()) return Value();
  if (!value.IsNumber()) return Problem("unary " + e.name + " of " + value.TypeName());
  if (value.IsFloat()) return Value(e.name == "-" ? -value.AsFloat() : value.AsFloat());
  if (e.name == "+") return Value(value.AsInt());
  std::int64_t negative = 0;
  if (__builtin_sub_overflow(std::int64_t{0}, value.AsInt(), &negative))
    return Problem("the number is too large");
  return Value(negative);
}

Value Run::EvaluateBinary(const Expression& e) {
  const Value left = Evaluate(*e.parts[0]);
  if (e.name == "and") return left.Truth() ? Evaluate(*e.parts[1]) : left;
  if (e.name == "or") return left.Truth() ? left : Evaluate(*e.parts[1]);
  const Value right = Evaluate(*e.parts[1]);
  line_ = e.line;
  return failed() ? Value() : Binary(e.name, left, right);
}

Value Run::EvaluateCompare(const Expression& e) {
  Value left = Evaluate(*e.parts[0]);
  for (std::size_t i = 0; i < e.names.size(); ++i) {
    Value right = Evaluate(*e.parts[i + 1]);
    if (failed()) return Value();
    line_ = e.line;
    if (!Compare(e.names[i], left, right)) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

bool Run::Compare(const std::string& op, const Value& left, const Value& right) {
  if (op == "==") return Equal(left, right);
  if (op == "!=") return !Equal(left, right);
  if (op == "in" || op == "not in") {
    bool found = false;
    if (right.IsText()) {
      if (!left.IsText()) {
        Problem("'in <string>' requires string as left operand, not " + left.TypeName());
        return false;
      }
      found = right.AsText().bytes.find(left.AsText().bytes) != std::string::npos;
    } else if (right.IsDict()) {
      found = right.AsDict().Find(left) != nullptr;
    } else {
      for (const Value& item : Iterate(right)) found = found || Equal(item, left);
    }
    return found == (op == "in");
  }
  const auto less = op == "<" || op == ">=" ? Less(left, right) : Less(right, left);
  if (!less) {
    Problem(fmt::format("'{}' not supported between instances of '{}' and '{}'", op,
                        left.TypeName(), right.TypeName()));
    return false;
  }
  return (op == "<" || op == ">") == *less;
}

Value Run::EvaluateSlice(const Expression& e) {
  const Value object = Evaluate(*e.parts[0]);
  std::optional<std::int64_t> bounds[3];
  for (std::size_t i = 0; i < 3; ++i) {
    if (e.parts[i + 1] == nullptr) continue;
    const Value bound = Evaluate(*e.parts[i + 1]);
    if (bound.IsNone()) continue;
    if (!bound.IsInt() && !bound.IsBool()) return Problem("slice indices must be integers");
    bounds[i] =
        std::clamp<std::int64_t>(bound.AsInt(), -(std::int64_t{1} << 40), std::int64_t{1} << 40);
  }
  const std::int64_t step = bounds[2].value_or(1);
  if (failed()) return Value();
  if (step == 0) return Problem("slice step cannot be zero");
  if (object.IsText()) {
    const Text& text = object.AsText();
    const auto count = static_cast<std::int64_t>(CountCharacters(text.bytes));
    Charge(text.bytes.size() / 64);
    const auto indices = SliceIndices(count, bounds[0], bounds[1], step);
    if (indices.empty()) return Value("");
    if (step == 1) {
      return Made(text.Cut(OffsetOfCharacter(text.bytes, indices.front()),
                           OffsetOfCharacter(text.bytes, indices.back() + 1)));
    }
    const List characters = Iterate(object);
    Text out;
    for (const std::size_t index : indices) out.Append(characters[index].AsText());
    return Made(std::move(out));
  }
  if (!object.IsList()) return Problem("'" + object.TypeName() + "' cannot be sliced");
  List out;
  Charge(object.AsList().size() / 8);
  for (const std::size_t index :
       SliceIndices(static_cast<std::int64_t>(object.AsList().size()), bounds[0], bounds[1], step))
    out.push_back(object.AsList()[index]);
  return Value(std::move(out), object.IsTuple());
}

Value Run::Attribute(const Value& object, const std::string& name) {
  if (failed()) return Value();
  if (object.IsUndefined())
    return Problem(
        fmt::format("'{}' is undefined, so it has no '{}'", object.AsUndefined().name, name));
  if (object.IsDict() && object.AsDict().is_namespace) {
    const Value* found = object.AsDict().Find(name);
    return found == nullptr ? Value(Undefined{name}) : *found;
  }
  Value method = FindMethod(object, name);
  if (!method.IsUndefined() || !object.IsDict()) return method;
  const Value* found = object.AsDict().Find(name);
  return found == nullptr ? Value(Undefined{name}) : *found;
}

Value Run::Item(const Value& object, const Value& key) {
  if (failed()) return Value();
  if (object.IsUndefined()) {
    return Problem(fmt::format("'{}' is undefined, so it has no item {}", object.AsUndefined().name,
                               Represent(key).bytes));
  }
  if (object.IsDict()) {
    if (const Value* found = object.AsDict().Find(key)) return *found;
    return key.IsText() ? Attribute(object, key.AsText().bytes)
                        : Value(Undefined{ToText(key).bytes});
  }
  if ((object.IsList() || object.IsText()) && (key.IsInt() || key.IsBool())) {
    const auto count = static_cast<std::int64_t>(
        object.IsList() ? object.AsList().size() : CountCharacters(object.AsText().bytes));
    const std::int64_t index = key.AsInt() < 0 ? key.AsInt() + count : key.AsInt();
    if (index < 0 || index >= count) return Value(Undefined{"item " + ToText(key).bytes});
    const auto at = static_cast<std::size_t>(index);
    if (object.IsList()) return object.AsList()[at];
    const Text& text = object.AsText();
    Charge(text.bytes.size() / 64);
    return Value(
        text.Cut(OffsetOfCharacter(text.bytes, at), OffsetOfCharacter(text.bytes, at + 1)));
  }
  return key.IsText() ? Attribute(object, key.AsText().bytes) : Value(Undefined{ToText(key).bytes});
}

Arguments Run::EvaluateArguments(const Expression& e) {
  Arguments arguments;
  arguments.positional = EvaluateParts(e, 1);
  for (const auto& [name, part] : e.named) arguments.named.emplace_back(name, Evaluate(*part));
  return arguments;
}

Value Run::EvaluateCall(const Expression& e) {
  const Value function = Evaluate(*e.parts[0]);
  const Arguments arguments = EvaluateArguments(e);
  line_ = e.line;
  return Call(function, arguments);
}

Value Run::Call(const Value& function, const Arguments& arguments) {
  if (failed()) return Value();
  if (function.IsUndefined()) return Problem("'" + function.AsUndefined().name + "' is undefined");
  if (!function.IsFunction()) return Problem("'" + function.TypeName() + "' cannot be called");
  return function.AsFunction().call(*this, arguments);
}

Value Run::EvaluateFilter(const Expression& e, const Value* piped) {
  const Value value = piped != nullptr ? *piped : Evaluate(*e.parts[0]);
  const Arguments arguments = EvaluateArguments(e);
  if (failed()) return Value();
  line_ = e.line;
  const Filter filter = FindFilter(e.name);
  if (filter == nullptr) return Problem("there is no filter named '" + e.name + "'");
  return filter(*this, value, arguments);
}

Value Run::EvaluateTest(const Expression& e) {
  const Value value = Evaluate(*e.parts[0]);
  const Arguments arguments = EvaluateArguments(e);
  if (failed()) return Value();
  line_ = e.line;
  const Test test = FindTest(e.name);
  if (test == nullptr) return Problem("there is no test named '" + e.name + "'");
  return Value(test(*this, value, arguments));
}

List Run::Iterate(const Value& value) {
  List items;
  if (failed() || value.IsUndefined()) return items;
  if (value.IsList()) {
    Charge(value.AsList().size() / 8);
    return value.AsList();
  }
  if (value.IsDict() && !value.AsDict().is_namespace) {
    for (const auto& [key, item] : value.AsDict().entries) items.push_back(key);
    return items;
  }
  if (!value.IsText()) {
    Problem("'" + value.TypeName() + "' object is not iterable");
    return items;
  }
  const Text& text = value.AsText();
  if (!Charge(text.bytes.size())) return items;
  for (std::size_t at = 0; at < text.bytes.size();) {
    std::size_t end = at + 1;
    while (end < text.bytes.size() && (static_cast<unsigned char>(text.bytes[end]) & 0xC0) == 0x80)
      ++end;
    items.emplace_back(text.Cut(at, end));
    at = end;
  }
  return items;
}

}  // namespace assay::jinja
