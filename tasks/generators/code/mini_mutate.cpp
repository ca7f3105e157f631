// Mini programs with one small fault.
#include <limits>
#include <map>

#include "base/check.h"
#include "tasks/generators/code/mini_python.h"

namespace assay::mini {
namespace {

using EKind = Expr::Kind;
using SKind = Statement::Kind;

// Walks all places of a program in a fixed order; at the place number `wanted` makes the change.
class Mutator {
 public:
  Mutator(Program& program, std::size_t wanted) : wanted_(wanted) {
    for (Function& function : program.functions) Block(function.body);
  }
  bool done() const { return count_ > wanted_; }
  std::size_t count() const { return count_; }

 private:
  // Whether this is the place.
  bool Here() { return count_++ == wanted_; }

  void Block(std::vector<Statement>& block) {
    for (std::size_t i = 0; i < block.size() && !done(); ++i) {
      Statement& statement = block[i];
      const bool simple = statement.kind == SKind::kAdd || statement.kind == SKind::kExpression ||
                          statement.kind == SKind::kContinue || statement.kind == SKind::kBreak;
      if (simple && block.size() > 1 && Here()) {
        block.erase(block.begin() + std::ptrdiff_t(i));
        return;
      }
      const bool tested = statement.kind == SKind::kIf;
      if (tested && Here()) {
        Expr negated;
        negated.kind = EKind::kNot;
        negated.args.push_back(statement.exprs[0]);
        statement.exprs[0] = negated;
        return;
      }
      if (tested && !statement.otherwise.empty() && Here()) {
        statement.otherwise.clear();
        return;
      }
      if (statement.kind == SKind::kAdd && (statement.text == "+" || statement.text == "-") &&
          Here()) {
        statement.text = statement.text == "+" ? "-" : "+";
        return;
      }
      for (Expr& expr : statement.exprs) Visit(expr);
      Block(statement.body);
      Block(statement.otherwise);
    }
  }

  void Visit(Expr& expr) {
    if (done()) return;
    static const std::map<std::string, std::vector<std::string>> others = {
        {"<", {"<=", ">"}}, {"<=", {"<"}},      {">", {">=", "<"}}, {">=", {">"}},
        {"==", {"!="}},     {"!=", {"=="}},     {"+", {"-"}},       {"-", {"+"}},
        {"*", {"+"}},       {"//", {"%"}},      {"%", {"//"}},      {"min", {"max"}},
        {"max", {"min"}},   {"in", {"not in"}}, {"not in", {"in"}}, {"^", {"|"}},
        {"&", {"|"}}};
    const bool number = expr.kind == EKind::kConstant && expr.value.is_number();
    for (const int change : {1, -1}) {
      if (number && (change > 0 || expr.value > 0) && Here()) {
        expr.value = expr.value.get<std::int64_t>() + change;
        return;
      }
    }
    if (expr.kind == EKind::kBinary || expr.kind == EKind::kCompare || expr.kind == EKind::kCall) {
      if (const auto found = others.find(expr.text); found != others.end()) {
        for (const std::string& other : found->second) {
          if (!Here()) continue;
          expr.text = other;
          return;
        }
      }
    }
    if ((expr.kind == EKind::kAnd || expr.kind == EKind::kOr) && Here()) {
      expr.kind = expr.kind == EKind::kAnd ? EKind::kOr : EKind::kAnd;
      expr.text = expr.kind == EKind::kAnd ? "and" : "or";
      return;
    }
    for (Expr& arg : expr.args) Visit(arg);
  }

  const std::size_t wanted_;
  std::size_t count_ = 0;
};

}  // namespace

std::size_t MutantCount(const Program& program) {
  Program copy = program;
  return Mutator(copy, std::numeric_limits<std::size_t>::max()).count();
}

Program Mutant(const Program& program, std::size_t index) {
  Program mutant = program;
  ASSAY_CHECK(Mutator(mutant, index).done(), "a mutant that is not there");
  return mutant;
}

}  // namespace assay::mini
