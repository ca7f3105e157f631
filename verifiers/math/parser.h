// verifiers/math/parser.h -- The recursive descent behind parse.h; split over parser_*.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifiers/math/parse.h"
#include "verifiers/math/tokens.h"

namespace assay::math {

// One use: construct, Run. Recursion is bounded by kMaxDepth; every loop consumes a token.
class Parser {
 public:
  Parser(std::string_view text, Tree& tree);
  // The root, or kNoNode with error().
  NodeId Run();
  const ParseError& error() const { return error_; }

 private:
  struct Scope {  // counts nesting, for its lifetime
    explicit Scope(Parser& p) : parser(p) { ++parser.depth_; }
    ~Scope() { --parser.depth_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    Parser& parser;
  };

  // tokens
  void Prepare();
  const Token& Peek(std::size_t ahead = 0) const;
  bool Is(Tok tok, std::size_t ahead = 0) const { return Peek(ahead).tok == tok; }
  bool Take(Tok tok);
  void Skip() { ++at_; }
  bool IsClose(std::int16_t bracket) const;

  // nodes; kNoNode in, kNoNode out
  NodeId Fail(std::string message);
  NodeId FailLarge(std::string message);
  NodeId Make(Op op, std::initializer_list<NodeId> kids, int aux = 0);
  NodeId Make(Op op, const std::vector<NodeId>& kids, int aux = 0);
  NodeId Symbol(std::string_view name);
  NodeId Integer(std::int64_t n) { return tree_.AddNumber(Rational(n)); }

  // statements
  NodeId ParseList(Tok end_tok, std::int16_t end_aux);
  NodeId Alternatives(const std::vector<NodeId>& items, const std::vector<Tok>& words);
  NodeId ParseStatement();
  NodeId ParseRatio();
  NodeId ParseSetExpression();
  NodeId ParseAdditive();
  NodeId ParseTerm();
  NodeId ParseUnary();
  bool StartsFactor(bool after_number) const;
  bool AtNewEquation() const;
  bool AtDefinition() const;
  NodeId LiftUnit(NodeId sum);

  // factors
  NodeId ParseFactor();
  NodeId ParsePostfix(NodeId base);
  NodeId ParsePower(NodeId base);
  NodeId ParsePrimary();
  NodeId ParseNumber();
  NodeId NumberValue(const Token& token, std::string_view digits);
  NodeId ParseMixed(NodeId whole, const Token& token);
  NodeId ParseRepeating(const Token& token);
  NodeId ParseBase(NodeId number, const Token& token);
  NodeId ParseSymbol();
  NodeId ParseName(std::string name, std::size_t begin);
  std::string Subscript();
  NodeId ParseGroup();
  NodeId ParseArgument(bool whole_numbers);
  NodeId ParseBracket();
  NodeId ParseBraces();
  NodeId ParseBar(Tok bar);
  NodeId ParseFraction();
  NodeId ParseRoot();
  NodeId ParseFunction();
  NodeId ParseFunctionArgument();
  NodeId ParseCall(int function, const std::vector<NodeId>& arguments);
  NodeId ParseEnvironment();
  NodeId ParseBig();
  NodeId ParseLimit();
  std::size_t OneSided(int* side);
  NodeId ParseIntegral();
  bool FindDifferential(std::size_t* d, int* depth) const;
  NodeId ParseIntegrand(std::size_t d);
  NodeId ParseFractionIntegrand(std::size_t d);
  NodeId ParseOverline();
  NodeId ParseCurrency();

  // words
  NodeId ParseWords();
  NodeId ParseUnit(NodeId value);
  bool AtUnit() const;
  NodeId FoldMatrix(NodeId list);

  std::string_view text_;
  Tree& tree_;
  Tokens tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t side_begin_ = 0;  // of the side of a relation that is being read
  int bars_ = 0;                // open |…|
  int matrices_ = 0;            // open environments whose '&' separates cells
  bool in_braces_ = false;      // a bar separates element and condition
  std::vector<std::string> bound_;
  ParseError error_;
  bool failed_ = false;
};

}  // namespace assay::math
