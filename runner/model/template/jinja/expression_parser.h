// runner/model/template/jinja/expression_parser.h -- The expression half of the parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/model/template/jinja/ast.h"
#include "runner/model/template/jinja/lexer.h"

namespace assay::jinja {

// Reads along a token list. The first problem is kept; after it every call returns quickly and
// gives nothing of use, so that callers need to look only at the end.
class ExpressionParser {
 public:
  explicit ExpressionParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  ExpressionPtr Expr();                        // with "a if b else c"
  ExpressionPtr ExprOrTuple();                 // "a, b" is a tuple
  ExpressionPtr NoCondition();                 // without the ternary "if": the value of a for loop
  ExpressionPtr Filters(ExpressionPtr value);  // "| name(…)" as often as it comes
  ExpressionPtr FilterChain();                 // "name(…) | name(…)", around null
  ExpressionPtr Primary();
  ExpressionPtr Postfix(ExpressionPtr value);

  const Token& Peek(std::size_t ahead = 0) const;
  Token Next();
  bool AtName(std::string_view name, std::size_t ahead = 0) const;
  bool AtOperator(std::string_view op, std::size_t ahead = 0) const;
  bool TakeName(std::string_view name);
  bool TakeOperator(std::string_view op);
  void Expect(std::string_view op);
  std::string ExpectName();
  void Problem(const std::string& what);
  bool failed() const { return problem_.has_value(); }
  const std::optional<Error>& problem() const { return problem_; }

  static ExpressionPtr Make(ExpressionKind kind, int line);

 protected:
  // Counts how deep the parser is nested.
  struct Depth {
    explicit Depth(ExpressionParser& owner);
    ~Depth() { --parser.depth_; }
    ExpressionParser& parser;
  };

 private:
  ExpressionPtr Or();
  ExpressionPtr And();
  ExpressionPtr Not();
  ExpressionPtr Compare();
  ExpressionPtr Level(int level);
  ExpressionPtr Unary(bool with_filters);
  ExpressionPtr Test(ExpressionPtr value);
  ExpressionPtr Subscript(ExpressionPtr value);
  ExpressionPtr Bracketed(int line, bool round);
  ExpressionPtr DictLiteral(int line);
  void CallArguments(Expression& call);

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<Error> problem_;
};

}  // namespace assay::jinja
