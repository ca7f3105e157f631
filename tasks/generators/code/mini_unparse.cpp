// Mini programs as Python text.
#include "base/check.h"
#include "tasks/generators/code/mini_python.h"

namespace assay::mini {
namespace {

using EKind = Expr::Kind;
using SKind = Statement::Kind;

std::string Text(const Expr& expr);

std::string Listed(const std::vector<Expr>& args, std::size_t begin = 0) {
  std::string text;
  for (std::size_t i = begin; i < args.size(); ++i)
    text += (i == begin ? "" : ", ") + Text(args[i]);
  return text;
}

int Tier(const std::string& sign) {
  if (sign == "|") return 5;
  if (sign == "^") return 6;
  if (sign == "&") return 7;
  if (sign == "<<" || sign == ">>") return 8;
  if (sign == "+" || sign == "-") return 9;
  return sign == "**" ? 12 : 10;
}

int TierOf(const Expr& expr) {
  switch (expr.kind) {
    case EKind::kIfElse:
    case EKind::kForEach:
      return 0;
    case EKind::kOr:
      return 1;
    case EKind::kAnd:
      return 2;
    case EKind::kNot:
      return 3;
    case EKind::kCompare:
      return 4;
    case EKind::kBinary:
      return Tier(expr.text);
    case EKind::kMinus:
      return 11;
    default:
      break;
  }
  return expr.kind == EKind::kConstant && expr.value.is_number() && expr.value < 0 ? 11 : 13;
}

std::string Inside(const Expr& expr, int least) {
  const std::string text = Text(expr);
  return TierOf(expr) < least ? "(" + text + ")" : text;
}

std::string ForEachText(const Expr& expr) {
  std::string text = Text(expr.args[0]) + " for " + expr.text + " in " + Inside(expr.args[1], 1);
  if (expr.args.size() > 2) text += " if " + Inside(expr.args[2], 1);
  return text;
}

std::string CallText(const Expr& expr, std::size_t begin) {
  const bool each = expr.args.size() == begin + 1 && expr.args[begin].kind == EKind::kForEach;
  return expr.text + "(" + (each ? ForEachText(expr.args[begin]) : Listed(expr.args, begin)) + ")";
}

std::string SliceText(const Expr& expr) {
  std::string text = Inside(expr.args[0], 13) + "[" + Text(expr.args[1]) + ":" + Text(expr.args[2]);
  if (expr.args[3].kind != EKind::kAbsent) text += ":" + Text(expr.args[3]);
  return text + "]";
}

std::string DictText(const Expr& expr) {
  std::string text;
  for (std::size_t i = 0; i < expr.args.size(); i += 2) {
    text += (i == 0 ? "" : ", ") + Text(expr.args[i]) + ": " + Text(expr.args[i + 1]);
  }
  return "{" + text + "}";
}

std::string Text(const Expr& expr) {
  const int tier = TierOf(expr);
  switch (expr.kind) {
    case EKind::kAbsent:
      return "";
    case EKind::kConstant:
      return Literal(expr.value);
    case EKind::kName:
      return expr.text;
    case EKind::kList:
      return "[" + Listed(expr.args) + "]";
    case EKind::kDict:
      return DictText(expr);
    case EKind::kIndex:
      return Inside(expr.args[0], 13) + "[" + Text(expr.args[1]) + "]";
    case EKind::kSlice:
      return SliceText(expr);
    case EKind::kCall:
      return CallText(expr, 0);
    case EKind::kMethod:
      return Inside(expr.args[0], 13) + "." + CallText(expr, 1);
    case EKind::kBinary:
      if (expr.text == "**") return Inside(expr.args[0], 13) + " ** " + Inside(expr.args[1], 11);
      return Inside(expr.args[0], tier) + " " + expr.text + " " + Inside(expr.args[1], tier + 1);
    case EKind::kCompare:
      return Inside(expr.args[0], 5) + " " + expr.text + " " + Inside(expr.args[1], 5);
    case EKind::kAnd:
    case EKind::kOr:
      return Inside(expr.args[0], tier) + " " + expr.text + " " + Inside(expr.args[1], tier + 1);
    case EKind::kNot:
      return "not " + Inside(expr.args[0], 3);
    case EKind::kMinus:
      return "-" + Inside(expr.args[0], 11);
    case EKind::kIfElse:
      return Inside(expr.args[0], 1) + " if " + Inside(expr.args[1], 1) + " else " +
             Text(expr.args[2]);
    case EKind::kForEach:
      return "[" + ForEachText(expr) + "]";
  }
  return "";
}

void Write(const std::vector<Statement>& block, const std::string& indent, std::string& text);

void WriteIf(const Statement& statement, const std::string& indent, std::string& text) {
  text += "if " + Text(statement.exprs[0]) + ":\n";
  Write(statement.body, indent + "    ", text);
  if (statement.otherwise.empty()) return;
  const bool chain = statement.otherwise.size() == 1 && statement.otherwise[0].kind == SKind::kIf;
  if (chain) {
    text += indent + "el";
    WriteIf(statement.otherwise[0], indent, text);
    return;
  }
  text += indent + "else:\n";
  Write(statement.otherwise, indent + "    ", text);
}

void WriteOne(const Statement& statement, const std::string& indent, std::string& text) {
  const auto& exprs = statement.exprs;
  text += indent;
  switch (statement.kind) {
    case SKind::kAssign: {
      const auto half = std::ptrdiff_t(exprs.size() / 2);
      text += Listed({exprs.begin(), exprs.begin() + half}) + " = " +
              Listed({exprs.begin() + half, exprs.end()}) + "\n";
      return;
    }
    case SKind::kAdd:
      text += Text(exprs[0]) + " " + statement.text + "= " + Text(exprs[1]) + "\n";
      return;
    case SKind::kIf:
      return WriteIf(statement, indent, text);
    case SKind::kFor:
      text += "for " + statement.text + " in " + Text(exprs[0]) + ":\n";
      return Write(statement.body, indent + "    ", text);
    case SKind::kWhile:
      text += "while " + Text(exprs[0]) + ":\n";
      return Write(statement.body, indent + "    ", text);
    case SKind::kReturn:
      text += "return " + Text(exprs[0]) + "\n";
      return;
    case SKind::kBreak:
      text += "break\n";
      return;
    case SKind::kContinue:
      text += "continue\n";
      return;
    case SKind::kExpression:
      text += Text(exprs[0]) + "\n";
  }
}

void Write(const std::vector<Statement>& block, const std::string& indent, std::string& text) {
  for (const Statement& statement : block) WriteOne(statement, indent, text);
  if (block.empty()) text += indent + "pass\n";
}

}  // namespace

std::string Unparse(const Program& program) {
  std::string text;
  for (const Function& function : program.functions) {
    std::string parameters;
    for (const auto& name : function.parameters)
      parameters += (parameters.empty() ? "" : ", ") + name;
    text += (text.empty() ? "def " : "\n\ndef ") + function.name + "(" + parameters + "):\n";
    Write(function.body, "    ", text);
  }
  return text;
}

std::string Literal(const Value& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return "'" + value.get<std::string>() + "'";
  std::string text;
  if (value.is_array()) {
    for (const Value& item : value) text += (text.empty() ? "" : ", ") + Literal(item);
    return "[" + text + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      text += (text.empty() ? "'" : ", '") + key + "': " + Literal(item);
    }
    return "{" + text + "}";
  }
  return value.dump();
}

}  // namespace assay::mini
