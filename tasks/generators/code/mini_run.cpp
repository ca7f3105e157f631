// Running mini programs: a tree walk with a budget of steps. After an error every part returns null
// at once, and the call gives nothing.
#include <algorithm>
#include <map>
#include <string_view>

#include "tasks/generators/code/mini_builtins.h"

namespace assay::mini {
namespace {

using EKind = Expr::Kind;
using SKind = Statement::Kind;
using Names = std::map<std::string, Value>;

enum class Flow { kNext, kBreak, kContinue, kReturn };

std::vector<std::string> SplitNames(const std::string& names) {
  std::vector<std::string> parts(1);
  for (const char c : names) {
    if (c == ',') {
      parts.emplace_back();
    } else if (c != ' ') {
      parts.back() += c;
    }
  }
  return parts;
}

class Interpreter {
 public:
  Interpreter(const mini::Program& program, int max_steps) : program_(program), left_(max_steps) {}

  std::optional<Value> CallFunction(const std::string& name, const std::vector<Value>& arguments) {
    const auto function =
        std::find_if(program_.functions.begin(), program_.functions.end(),
                     [&](const Function& candidate) { return candidate.name == name; });
    constexpr int kMaxDepth = 60;
    const bool fits = function != program_.functions.end() &&
                      function->parameters.size() == arguments.size() && ++depth_ < kMaxDepth;
    if (!fits) {
      failed_ = true;
      return std::nullopt;
    }
    Names names;
    for (std::size_t i = 0; i < arguments.size(); ++i)
      names[function->parameters[i]] = arguments[i];
    Value result;
    Block(function->body, names, result);
    --depth_;
    if (failed_) return std::nullopt;
    return result;
  }
  int left() const { return left_; }

 private:
  Value Fail() {
    failed_ = true;
    return nullptr;
  }
  Value Checked(std::optional<Value> value) { return value ? std::move(*value) : Fail(); }
  bool Step() {
    if (--left_ < 0) failed_ = true;
    return !failed_;
  }

  Flow Block(const std::vector<Statement>& block, Names& names, Value& result) {
    for (const Statement& statement : block) {
      if (!Step()) return Flow::kReturn;
      const Flow flow = One(statement, names, result);
      if (failed_) return Flow::kReturn;
      if (flow != Flow::kNext) return flow;
    }
    return Flow::kNext;
  }

  Flow One(const Statement& statement, Names& names, Value& result) {
    switch (statement.kind) {
      case SKind::kAssign:
        Assign(statement.exprs, names);
        return Flow::kNext;
      case SKind::kAdd: {
        Value* target = Target(statement.exprs[0], names);
        const Value right = Eval(statement.exprs[1], names);
        target = failed_ ? nullptr : Target(statement.exprs[0], names);
        if (target != nullptr) *target = Checked(Binary(statement.text, *target, right));
        return Flow::kNext;
      }
      case SKind::kIf:
        return Block(Truth(Eval(statement.exprs[0], names)) ? statement.body : statement.otherwise,
                     names, result);
      case SKind::kFor:
        return For(statement, names, result);
      case SKind::kWhile:
        while (Step() && Truth(Eval(statement.exprs[0], names))) {
          const Flow flow = Block(statement.body, names, result);
          if (flow == Flow::kReturn) return flow;
          if (flow == Flow::kBreak) break;
        }
        return Flow::kNext;
      case SKind::kReturn:
        result = Eval(statement.exprs[0], names);
        return Flow::kReturn;
      case SKind::kBreak:
        return Flow::kBreak;
      case SKind::kContinue:
        return Flow::kContinue;
      case SKind::kExpression:
        Eval(statement.exprs[0], names);
        return Flow::kNext;
    }
    return Flow::kNext;
  }

  Flow For(const Statement& statement, Names& names, Value& result) {
    const Value items = Items(Eval(statement.exprs[0], names));
    const auto targets = SplitNames(statement.text);
    for (const Value& item : items) {
      if (!Step()) return Flow::kReturn;
      Bind(targets, item, names);
      const Flow flow = Block(statement.body, names, result);
      if (flow == Flow::kReturn) return flow;
      if (flow == Flow::kBreak) break;
    }
    return Flow::kNext;
  }

  void Bind(const std::vector<std::string>& targets, const Value& item, Names& names) {
    if (targets.size() == 1) {
      names[targets[0]] = item;
      return;
    }
    if (!item.is_array() || item.size() != targets.size()) {
      failed_ = true;
      return;
    }
    for (std::size_t i = 0; i < targets.size(); ++i) names[targets[i]] = item[i];
  }

  // What a loop goes over: the items of a list, the characters of a text, the keys of a dict.
  Value Items(const Value& value) {
    if (value.is_array()) return value;
    Value items = Value::array();
    if (value.is_string()) {
      for (const char c : value.get_ref<const std::string&>()) items.push_back(std::string(1, c));
    } else if (value.is_object()) {
      for (const auto& item : value.items()) items.push_back(item.key());
    } else {
      failed_ = true;
    }
    return items;
  }

  void Assign(const std::vector<Expr>& exprs, Names& names) {
    const std::size_t half = exprs.size() / 2;
    std::vector<Value> values;
    for (std::size_t i = half; i < exprs.size(); ++i) values.push_back(Eval(exprs[i], names));
    for (std::size_t i = 0; i < half && !failed_; ++i) {
      const Expr& to = exprs[i];
      if (to.kind == EKind::kName) {
        names[to.text] = values[i];
      } else if (Value* target = Target(to, names); target != nullptr) {
        *target = values[i];
      }
    }
  }

  // The place that a name or subscript means; a missing key of a dict is added. Null after failure.
  Value* Target(const Expr& expr, Names& names) {
    if (expr.kind == EKind::kName) {
      const auto found = names.find(expr.text);
      if (found != names.end()) return &found->second;
    } else if (expr.kind == EKind::kIndex) {
      const Value index = Eval(expr.args[1], names);
      Value* object = failed_ ? nullptr : Target(expr.args[0], names);
      if (object != nullptr && object->is_object() && index.is_string()) {
        return &(*object)[index.get<std::string>()];
      }
      if (object != nullptr && object->is_array()) {
        if (const auto at = Place(index, object->size())) return &(*object)[*at];
      }
    }
    failed_ = true;
    return nullptr;
  }

  Value Eval(const Expr& expr, Names& names) {
    if (!Step()) return nullptr;
    switch (expr.kind) {
      case EKind::kAbsent:
        return nullptr;
      case EKind::kConstant:
        return expr.value;
      case EKind::kName: {
        const auto found = names.find(expr.text);
        return found == names.end() ? Fail() : found->second;
      }
      case EKind::kList:
        return Value(Args(expr, 0, names));
      case EKind::kDict:
        return Dict(expr, names);
      case EKind::kIndex: {
        const Value object = Eval(expr.args[0], names);
        return Checked(Index(object, Eval(expr.args[1], names)));
      }
      case EKind::kSlice: {
        const auto args = Args(expr, 0, names);
        return failed_ ? nullptr : Checked(Slice(args[0], args[1], args[2], args[3]));
      }
      case EKind::kCall:
        return CallOf(expr, names);
      case EKind::kMethod:
        return MethodOf(expr, names);
      case EKind::kBinary: {
        const Value left = Eval(expr.args[0], names);
        const Value right = Eval(expr.args[1], names);
        return failed_ ? nullptr : Checked(Binary(expr.text, left, right));
      }
      case EKind::kCompare: {
        const Value left = Eval(expr.args[0], names);
        const Value right = Eval(expr.args[1], names);
        return failed_ ? nullptr : Checked(Compare(expr.text, left, right));
      }
      case EKind::kAnd: {
        Value left = Eval(expr.args[0], names);
        return Truth(left) ? Eval(expr.args[1], names) : left;
      }
      case EKind::kOr: {
        Value left = Eval(expr.args[0], names);
        return Truth(left) ? left : Eval(expr.args[1], names);
      }
      case EKind::kNot:
        return !Truth(Eval(expr.args[0], names));
      case EKind::kMinus: {
        const Value value = Eval(expr.args[0], names);
        return value.is_number_integer() ? Value(-value.get<std::int64_t>()) : Fail();
      }
      case EKind::kIfElse:
        return Eval(Truth(Eval(expr.args[1], names)) ? expr.args[0] : expr.args[2], names);
      case EKind::kForEach:
        return ForEach(expr, names);
    }
    return nullptr;
  }

  std::vector<Value> Args(const Expr& expr, std::size_t begin, Names& names) {
    std::vector<Value> args;
    for (std::size_t i = begin; i < expr.args.size(); ++i)
      args.push_back(Eval(expr.args[i], names));
    return args;
  }

  Value Dict(const Expr& expr, Names& names) {
    Value dict = Value::object();
    for (std::size_t i = 0; i < expr.args.size() && !failed_; i += 2) {
      const Value key = Eval(expr.args[i], names);
      if (!key.is_string()) return Fail();
      dict[key.get<std::string>()] = Eval(expr.args[i + 1], names);
    }
    return dict;
  }

  Value ForEach(const Expr& expr, Names& names) {
    const Value items = Items(Eval(expr.args[1], names));
    const auto targets = SplitNames(expr.text);
    Names inner = names;  // the names of a comprehension stay inside
    Value list = Value::array();
    for (const Value& item : items) {
      if (!Step()) return nullptr;
      Bind(targets, item, inner);
      if (failed_) return nullptr;
      if (expr.args.size() > 2 && !Truth(Eval(expr.args[2], inner))) continue;
      list.push_back(Eval(expr.args[0], inner));
    }
    return list;
  }

  Value CallOf(const Expr& expr, Names& names) {
    const auto args = Args(expr, 0, names);
    if (failed_) return nullptr;
    const bool own = std::any_of(program_.functions.begin(), program_.functions.end(),
                                 [&](const Function& one) { return one.name == expr.text; });
    if (own) {
      const auto value = CallFunction(expr.text, args);
      return value ? *value : nullptr;
    }
    return Checked(BuiltIn(expr.text, args));
  }

  Value MethodOf(const Expr& expr, Names& names) {
    const auto args = Args(expr, 1, names);
    const bool place = expr.args[0].kind == EKind::kName || expr.args[0].kind == EKind::kIndex;
    Value copy;
    if (!place) copy = Eval(expr.args[0], names);
    if (failed_) return nullptr;
    Value* object = place ? Target(expr.args[0], names) : &copy;
    return object == nullptr ? Fail() : Checked(Method(expr.text, *object, args));
  }

  const mini::Program& program_;
  int left_;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

Run Call(const Program& program, const std::string& function, const std::vector<Value>& arguments,
         int max_steps) {
  Interpreter interpreter(program, max_steps);
  Run run;
  run.value = interpreter.CallFunction(function, arguments);
  run.steps = max_steps - interpreter.left();
  return run;
}

}  // namespace assay::mini
