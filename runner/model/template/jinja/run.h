// runner/model/template/jinja/run.h -- One rendering: walks the tree of a template.
//
// Theory of operation. The first problem is kept and makes everything after it return quickly, so
// values need no error wrapper. Templates come from strangers with the model: every evaluated node
// and every 64 bytes of made text take one step of a budget, and nesting is bounded.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runner/model/template/jinja/ast.h"
#include "runner/model/template/jinja/value.h"

namespace assay::jinja {

struct Scope {
  const Scope* parent = nullptr;
  std::vector<std::pair<std::string, Value>> names;

  const Value* Find(std::string_view name) const;
  void Put(const std::string& name, Value value);
};

class Run {
 public:
  explicit Run(std::chrono::sys_seconds now) : now_(now) {}

  // Renders `body` with `globals`. kInput with the template's line.
  Result<Text> Render(const Body& body, const std::vector<std::pair<std::string, Value>>& globals);

  // For functions, filters and tests. The problem is told with the line being evaluated.
  Value Problem(const std::string& what);
  bool failed() const { return problem_.has_value(); }
  // Takes `steps` from the budget; false (and a problem) when it is used up.
  bool Charge(std::size_t steps);
  // A text value; charges for its length.
  Value Made(Text text);
  // The members that iterating over `value` gives: items, keys, characters. A problem where it
  // cannot be.
  List Iterate(const Value& value);
  Value Call(const Value& function, const Arguments& arguments);
  Value Attribute(const Value& object, const std::string& name);
  Value Item(const Value& object, const Value& key);
  Value Binary(const std::string& op, const Value& left, const Value& right);
  bool Compare(const std::string& op, const Value& left, const Value& right);
  std::chrono::sys_seconds now() const { return now_; }

 private:
  enum class Flow { kOn, kBreak, kContinue };

  Value Evaluate(const Expression& expression);
  Value EvaluateKind(const Expression& expression);
  Value EvaluateBinary(const Expression& expression);
  Value EvaluateCompare(const Expression& expression);
  Value EvaluateUnary(const Expression& expression);
  Value EvaluateSlice(const Expression& expression);
  Value EvaluateDict(const Expression& expression);
  Value EvaluateCall(const Expression& expression);
  Value EvaluateFilter(const Expression& expression, const Value* piped);
  Value EvaluateTest(const Expression& expression);
  Arguments EvaluateArguments(const Expression& expression);
  List EvaluateParts(const Expression& expression, std::size_t from);

  void Execute(const Body& body);
  void ExecuteOne(const Statement& statement);
  void ExecuteFor(const Statement& statement);
  void Loop(const Statement& statement, const Value& iterable, int depth);
  void RunLoop(const Statement& statement, const List& items, int depth);
  void ExecuteSetField(const Statement& statement);
  void ExecuteCall(const Statement& statement);
  Value MakeMacro(const Statement& statement);
  Value RunMacro(const Statement& statement, const Scope* defined_in, const Arguments& arguments);
  Text Capture(const Body& body);
  void Bind(const Statement& statement, const Value& value);
  // Through the filters of `chain`, whose innermost input is `text`.
  Value Filtered(const Expression& chain, const Text& text);

  std::chrono::sys_seconds now_;
  std::vector<std::unique_ptr<Scope>> scopes_;  // macros may keep one alive to the end
  Scope* scope_ = nullptr;
  Text out_;
  Flow flow_ = Flow::kOn;
  std::size_t macros_made_ = 0;
  std::size_t steps_left_ = 20'000'000;
  int depth_ = 0;
  int line_ = 1;
  const Value* piped_ = nullptr;  // the input of a filter chain
  std::optional<Error> problem_;
};

// The library. Each gives a problem for a wrong argument, and nothing for an unknown name.
using Filter = Value (*)(Run& run, const Value& value, const Arguments& arguments);
using Test = bool (*)(Run& run, const Value& value, const Arguments& arguments);
Filter FindFilter(const std::string& name);
Test FindTest(const std::string& name);
// A method of a text or mapping, bound to it; undefined where there is none.
Value FindMethod(const Value& object, const std::string& name);
// raise_exception, strftime_now, range, namespace, dict …
std::vector<std::pair<std::string, Value>> Globals();

}  // namespace assay::jinja
