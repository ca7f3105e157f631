// runner/model/template/jinja/ast.h -- A parsed template.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runner/model/template/jinja/value.h"

namespace assay::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

enum class ExpressionKind {
  kConstant,   // value
  kName,       // name
  kList,       // parts
  kTuple,      // parts
  kDict,       // parts: key, value, key, value …
  kAttribute,  // parts[0].name
  kItem,       // parts[0][parts[1]]
  kSlice,      // parts[0][parts[1]:parts[2]:parts[3]]; a missing one is null
  kCall,       // parts[0](parts[1] …, named …)
  kFilter,     // parts[0] | name(parts[1] …, named …); parts[0] is null in {% filter %}
  kTest,       // parts[0] is name(parts[1] …)
  kUnary,      // name: "-", "+", "not"
  kBinary,     // parts[0] name parts[1]: arithmetic, "~", "and", "or"
  kCompare,    // parts[0] names[0] parts[1] names[1] parts[2] …
  kCondition,  // parts[0] if parts[1] else parts[2] (may be null)
};

struct Expression {
  ExpressionKind kind = ExpressionKind::kConstant;
  int line = 1;
  std::string name;
  Value value;
  std::vector<ExpressionPtr> parts;
  std::vector<std::pair<std::string, ExpressionPtr>> named;
  std::vector<std::string> names;
};

struct Statement;
using Body = std::vector<std::unique_ptr<Statement>>;

enum class StatementKind {
  kText,      // text
  kOutput,    // value
  kIf,        // value, body, otherwise
  kFor,       // names in value if condition: body, otherwise
  kSet,       // names = value
  kSetField,  // names[0].names[1] = value
  kSetBlock,  // names[0] = body, through the filters of `value` (may be null)
  kMacro,     // text(names = defaults): body
  kCall,      // value is the call; names: parameters of caller(); body
  kFilter,    // body through the filters of `value`
  kDo,        // value, without output
  kGroup,     // body: {% generation %}
  kBreak,
  kContinue,
};

struct Statement {
  StatementKind kind = StatementKind::kText;
  int line = 1;
  std::string text;
  std::vector<std::string> names;
  bool unpack = false;  // several names take the parts of each value
  bool recursive = false;
  ExpressionPtr value;
  ExpressionPtr condition;
  std::vector<ExpressionPtr> defaults;  // as many as names; null: none
  Body body;
  Body otherwise;
};

}  // namespace assay::jinja
