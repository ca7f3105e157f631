// Parsing: lines by indentation, expressions by recursive descent.
#include <array>
#include <cctype>
#include <string_view>

#include "base/check.h"
#include "tasks/generators/code/mini_python.h"

namespace assay::mini {
namespace {

using EKind = Expr::Kind;
using SKind = Statement::Kind;

struct Token {
  enum class Kind { kName, kNumber, kString, kSign, kEnd } kind = Kind::kEnd;
  std::string text;
};

bool IsNameByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<Token> Tokens(const std::string& line) {
  constexpr std::array<std::string_view, 15> kLong = {
      "//=", "**", "//", "==", "!=", "<=", ">=", "<<", ">>", "+=", "-=", "*=", "%=", "^=", "|="};
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < line.size();) {
    const char c = line[i];
    std::size_t end = i + 1;
    if (c == ' ') {
      ++i;
      continue;
    }
    Token::Kind kind = Token::Kind::kSign;
    if (IsNameByte(c)) {
      while (end < line.size() && IsNameByte(line[end])) ++end;
      kind = std::isdigit(static_cast<unsigned char>(c)) != 0 ? Token::Kind::kNumber
                                                              : Token::Kind::kName;
      tokens.push_back({kind, line.substr(i, end - i)});
    } else if (c == '\'') {
      end = line.find('\'', i + 1);
      ASSAY_CHECK(end != std::string::npos, "an unclosed text in a mini program");
      tokens.push_back({Token::Kind::kString, line.substr(i + 1, end - i - 1)});
      ++end;
    } else {
      for (const std::string_view sign : kLong) {
        if (line.compare(i, sign.size(), sign) == 0) {
          end = i + sign.size();
          break;
        }
      }
      tokens.push_back({kind, line.substr(i, end - i)});
    }
    i = end;
  }
  tokens.push_back({});
  return tokens;
}

Expr Make(EKind kind, std::string text, std::vector<Expr> args) {
  Expr expr;
  expr.kind = kind;
  expr.text = std::move(text);
  expr.args = std::move(args);
  return expr;
}

Expr Constant(Value value) {
  Expr expr;
  expr.kind = EKind::kConstant;
  expr.value = std::move(value);
  return expr;
}

class LineParser {
 public:
  explicit LineParser(const std::string& line) : tokens_(Tokens(line)) {}

  bool Done() const { return tokens_[at_].kind == Token::Kind::kEnd; }
  bool Is(std::string_view text) const {
    return tokens_[at_].kind != Token::Kind::kString && tokens_[at_].text == text;
  }
  bool Take(std::string_view text) {
    if (!Is(text)) return false;
    ++at_;
    return true;
  }
  void Need(std::string_view text) { ASSAY_CHECK(Take(text), "bad syntax in a mini program"); }
  std::string Name() {
    ASSAY_CHECK(tokens_[at_].kind == Token::Kind::kName, "a name was expected in a mini program");
    return tokens_[at_++].text;
  }
  // "x" or "i, x"
  std::string Names() {
    std::string names = Name();
    while (Take(",")) names += ", " + Name();
    return names;
  }
  const std::string& Next() { return tokens_[at_++].text; }

  Expr Expression() {
    Expr value = Or();
    if (!Take("if")) return value;
    Expr condition = Or();
    Need("else");
    return Make(EKind::kIfElse, "", {std::move(value), std::move(condition), Expression()});
  }

 private:
  Expr Or() {
    Expr left = And();
    while (Take("or")) left = Make(EKind::kOr, "or", {std::move(left), And()});
    return left;
  }
  Expr And() {
    Expr left = Not();
    while (Take("and")) left = Make(EKind::kAnd, "and", {std::move(left), Not()});
    return left;
  }
  Expr Not() {
    if (Take("not")) return Make(EKind::kNot, "", {Not()});
    Expr left = Binary(0);
    for (const char* sign : {"==", "!=", "<=", ">=", "<", ">", "in"}) {
      if (Take(sign)) return Make(EKind::kCompare, sign, {std::move(left), Binary(0)});
    }
    if (!Take("not")) return left;
    Need("in");
    return Make(EKind::kCompare, "not in", {std::move(left), Binary(0)});
  }
  Expr Binary(std::size_t tier) {
    static const std::vector<std::vector<std::string>> tiers = {
        {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "//", "%"}};
    if (tier == tiers.size()) return Unary();
    Expr left = Binary(tier + 1);
    for (bool more = true; more;) {
      more = false;
      for (const std::string& sign : tiers[tier]) {
        if (!Take(sign)) continue;
        left = Make(EKind::kBinary, sign, {std::move(left), Binary(tier + 1)});
        more = true;
      }
    }
    return left;
  }
  Expr Unary() {
    if (Take("-")) return Make(EKind::kMinus, "", {Unary()});
    Expr base = Postfix();
    if (Take("**")) return Make(EKind::kBinary, "**", {std::move(base), Unary()});
    return base;
  }
  Expr Postfix() {
    Expr expr = Atom();
    for (;;) {
      if (Take("[")) {
        expr = Subscript(std::move(expr));
      } else if (Take(".")) {
        std::vector<Expr> args = {std::move(expr)};
        std::string name = Name();
        Need("(");
        Arguments(")", args);
        expr = Make(EKind::kMethod, std::move(name), std::move(args));
      } else {
        return expr;
      }
    }
  }
  Expr Subscript(Expr object) {
    std::vector<Expr> parts;
    bool slice = false;
    for (;;) {
      const bool absent = Is(":") || Is("]");
      parts.push_back(absent ? Expr() : Expression());
      if (Take("]")) break;
      Need(":");
      slice = true;
    }
    if (!slice) return Make(EKind::kIndex, "", {std::move(object), std::move(parts[0])});
    parts.resize(3);
    return Make(EKind::kSlice, "",
                {std::move(object), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])});
  }
  // Up to `close`; one argument may be "element for names in iterable if condition".
  void Arguments(std::string_view close, std::vector<Expr>& args) {
    while (!Take(close)) {
      Expr arg = Expression();
      if (Take("for")) arg = ForEach(std::move(arg));
      args.push_back(std::move(arg));
      if (!Is(close)) Need(",");
    }
  }
  Expr ForEach(Expr element) {
    std::string names = Names();
    Need("in");
    std::vector<Expr> args = {std::move(element), Or()};
    if (Take("if")) args.push_back(Or());
    return Make(EKind::kForEach, std::move(names), std::move(args));
  }
  Expr Atom() {
    const Token token = tokens_[at_++];
    if (token.kind == Token::Kind::kNumber) return Constant(std::stoll(token.text));
    if (token.kind == Token::Kind::kString) return Constant(token.text);
    if (token.kind == Token::Kind::kName) {
      if (token.text == "True" || token.text == "False") return Constant(token.text == "True");
      if (token.text == "None") return Constant(nullptr);
      if (!Take("(")) return Make(EKind::kName, token.text, {});
      std::vector<Expr> args;
      Arguments(")", args);
      return Make(EKind::kCall, token.text, std::move(args));
    }
    std::vector<Expr> args;
    if (token.text == "(") {
      Expr inner = Expression();
      Need(")");
      return inner;
    }
    if (token.text == "[") {
      Arguments("]", args);
      if (args.size() == 1 && args[0].kind == EKind::kForEach) return args[0];
      return Make(EKind::kList, "", std::move(args));
    }
    ASSAY_CHECK(token.text == "{", "an unknown sign in a mini program");
    while (!Take("}")) {
      args.push_back(Expression());
      Need(":");
      args.push_back(Expression());
      if (!Is("}")) Need(",");
    }
    return Make(EKind::kDict, "", std::move(args));
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

struct Line {
  std::size_t indent;
  std::string text;
};

class BlockParser {
 public:
  explicit BlockParser(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string line = text.substr(at, end - at);
      const auto indent = line.find_first_not_of(' ');
      if (indent != std::string::npos) lines_.push_back({indent, line.substr(indent)});
      at = end + 1;
    }
  }

  Program Whole() {
    Program program;
    while (at_ < lines_.size()) {
      LineParser line(lines_[at_++].text);
      line.Need("def");
      Function function;
      function.name = line.Name();
      line.Need("(");
      while (!line.Take(")")) {
        function.parameters.push_back(line.Name());
        line.Take(",");
      }
      line.Need(":");
      function.body = Block(0);
      program.functions.push_back(std::move(function));
    }
    return program;
  }

 private:
  std::vector<Statement> Block(std::size_t outer) {
    std::vector<Statement> block;
    ASSAY_CHECK(at_ < lines_.size() && lines_[at_].indent > outer,
                "an empty block in a mini program");
    const std::size_t indent = lines_[at_].indent;
    while (at_ < lines_.size() && lines_[at_].indent == indent) block.push_back(One(indent));
    return block;
  }
  Statement One(std::size_t indent) {
    LineParser line(lines_[at_++].text);
    Statement statement;
    if (line.Take("if") || line.Take("elif")) return If(line, indent);
    if (line.Take("while")) {
      statement.kind = SKind::kWhile;
      statement.exprs.push_back(line.Expression());
      statement.body = Block(indent);
    } else if (line.Take("for")) {
      statement.kind = SKind::kFor;
      statement.text = line.Names();
      line.Need("in");
      statement.exprs.push_back(line.Expression());
      statement.body = Block(indent);
    } else if (line.Take("return")) {
      statement.kind = SKind::kReturn;
      statement.exprs.push_back(line.Expression());
    } else if (line.Take("break")) {
      statement.kind = SKind::kBreak;
    } else if (line.Take("continue")) {
      statement.kind = SKind::kContinue;
    } else {
      Simple(line, statement);
    }
    return statement;
  }
  Statement If(LineParser& line, std::size_t indent) {
    Statement statement;
    statement.kind = SKind::kIf;
    statement.exprs.push_back(line.Expression());
    statement.body = Block(indent);
    if (at_ >= lines_.size() || lines_[at_].indent != indent) return statement;
    if (lines_[at_].text == "else:") {
      ++at_;
      statement.otherwise = Block(indent);
    } else if (lines_[at_].text.starts_with("elif ")) {
      statement.otherwise.push_back(One(indent));
    }
    return statement;
  }
  static void Simple(LineParser& line, Statement& statement) {
    statement.exprs.push_back(line.Expression());
    while (line.Take(",")) statement.exprs.push_back(line.Expression());
    if (line.Done()) return;
    const std::string sign = line.Next();
    statement.kind = sign == "=" ? SKind::kAssign : SKind::kAdd;
    if (sign != "=") statement.text = sign.substr(0, sign.size() - 1);
    statement.exprs.push_back(line.Expression());
    while (line.Take(",")) statement.exprs.push_back(line.Expression());
    ASSAY_CHECK(line.Done(), "text after a statement of a mini program");
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
};

}  // namespace

Program Parse(const std::string& text) { return BlockParser(text).Whole(); }

}  // namespace assay::mini
