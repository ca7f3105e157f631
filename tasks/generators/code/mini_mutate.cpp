// Mini programs with one small fault.
#include <functional>
#include <map>

#include "tasks/generators/code/mini_python.h"

namespace assay::mini {
namespace {

using EKind = Expr::Kind;
using SKind = Statement::Kind;

// Walks all places of a program in a fixed order; at the place number `wanted` makes the change.
class Mutator {
 public:
  Mutator(Program& program, int wanted) : wanted_(wanted) {
    for (Function& function : program.functions) Block(function.body);
  }
  bool done() const { return count_ > wanted_; }

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

  const int wanted_;
  int count_ = 0;
};

}  // namespace

std::vector<Program> Mutants(const Program& program) {
  std::vector<Program> mutants;
  for (int wanted = 0;; ++wanted) {
    Program mutant = program;
    if (!Mutator(mutant, wanted).done()) return mutants;
    mutants.push_back(std::move(mutant));
  }
}

}  // namespace assay::mini
