#include "runner/model/template/jinja/parser.h"

#include <algorithm>

#include "runner/model/template/jinja/expression_parser.h"

namespace assay::jinja {
namespace {

class StatementParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  // Reads until a tag named in `ends`, whose name is then the next token; at the top, to the end.
  Body Until(const std::vector<std::string_view>& ends) {
    const Depth depth(*this);
    Body body;
    while (!failed()) {
      const Token token = Next();
      if (token.kind == TokenKind::kEnd) {
        if (!ends.empty()) Problem(fmt::format("expected {{% {} %}}", ends.back()));
        break;
      }
      if (token.kind == TokenKind::kText) {
        Make(body, StatementKind::kText, token.line).text = token.text;
      } else if (token.kind == TokenKind::kOutputBegin) {
        Make(body, StatementKind::kOutput, token.line).value = ExprOrTuple();
        End(TokenKind::kOutputEnd, "}}");
      } else if (token.kind == TokenKind::kBlockBegin) {
        if (std::find(ends.begin(), ends.end(), Peek().text) != ends.end()) break;
        Tag(body);
      }
    }
    return body;
  }

 private:
  static Statement& Make(Body& body, StatementKind kind, int line) {
    body.push_back(std::make_unique<Statement>());
    body.back()->kind = kind;
    body.back()->line = line;
    return *body.back();
  }

  void End(TokenKind kind, std::string_view what) {
    if (Peek().kind == kind) {
      Next();
    } else {
      Problem(fmt::format("expected \"{}\" before \"{}\"", what, Peek().text));
    }
  }
  void EndTag() { End(TokenKind::kBlockEnd, "%}"); }

  // The body up to and including {% end %}.
  Body Inside(std::string_view end) {
    EndTag();
    Body body = Until({end});
    Next();
    EndTag();
    return body;
  }

  void Tag(Body& body) {
    const int line = Peek().line;
    const std::string name = ExpectName();
    if (name == "if") return If(Make(body, StatementKind::kIf, line));
    if (name == "for") return For(Make(body, StatementKind::kFor, line));
    if (name == "set") return Set(Make(body, StatementKind::kSet, line));
    if (name == "macro") return Macro(Make(body, StatementKind::kMacro, line));
    if (name == "call") return Call(Make(body, StatementKind::kCall, line));
    if (name == "filter") {
      Statement& made = Make(body, StatementKind::kFilter, line);
      made.value = FilterChain();
      made.body = Inside("endfilter");
    } else if (name == "generation") {
      Make(body, StatementKind::kGroup, line).body = Inside("endgeneration");
    } else if (name == "do") {
      Make(body, StatementKind::kDo, line).value = ExprOrTuple();
      EndTag();
    } else if (name == "break" || name == "continue") {
      Make(body, name == "break" ? StatementKind::kBreak : StatementKind::kContinue, line);
      EndTag();
    } else {
      Problem(fmt::format("the tag \"{}\" is not supported", name));
    }
  }

  void If(Statement& made) {
    made.value = ExprOrTuple();
    EndTag();
    made.body = Until({"elif", "else", "endif"});
    const std::string next = Next().text;
    if (next == "elif") {
      const Depth depth(*this);
      return If(Make(made.otherwise, StatementKind::kIf, Peek().line));
    }
    EndTag();
    if (next == "else") {
      made.otherwise = Until({"endif"});
      Next();
      EndTag();
    }
  }

  void Names(Statement& made) {
    const bool bracket = TakeOperator("(");
    made.names.push_back(ExpectName());
    while (!failed() && TakeOperator(",")) {
      made.unpack = true;
      if (Peek().kind == TokenKind::kName && !AtName("in")) made.names.push_back(ExpectName());
    }
    if (bracket) Expect(")");
  }

  void For(Statement& made) {
    Names(made);
    if (!TakeName("in")) Problem("expected \"in\"");
    const int line = Peek().line;
    made.value = NoCondition();
    if (AtOperator(",")) {
      ExpressionPtr tuple = ExpressionParser::Make(ExpressionKind::kTuple, line);
      tuple->parts.push_back(std::move(made.value));
      while (!failed() && TakeOperator(",")) tuple->parts.push_back(NoCondition());
      made.value = std::move(tuple);
    }
    if (TakeName("if")) made.condition = Expr();
    made.recursive = TakeName("recursive");
    EndTag();
    made.body = Until({"else", "endfor"});
    const bool otherwise = Next().text == "else";
    EndTag();
    if (!otherwise) return;
    made.otherwise = Until({"endfor"});
    Next();
    EndTag();
  }

  void Set(Statement& made) {
    Names(made);
    if (TakeOperator(".")) {
      made.kind = StatementKind::kSetField;
      made.names.push_back(ExpectName());
    }
    if (TakeOperator("=")) {
      made.value = ExprOrTuple();
      EndTag();
      return;
    }
    if (made.kind == StatementKind::kSetField || made.unpack) Problem("expected \"=\"");
    made.kind = StatementKind::kSetBlock;
    if (TakeOperator("|")) made.value = FilterChain();
    made.body = Inside("endset");
  }

  void Parameters(Statement& made) {
    Expect("(");
    while (!failed() && !AtOperator(")")) {
      made.names.push_back(ExpectName());
      made.defaults.push_back(TakeOperator("=") ? Expr() : nullptr);
      if (!TakeOperator(",")) break;
    }
    Expect(")");
  }

  void Macro(Statement& made) {
    made.text = ExpectName();
    Parameters(made);
    made.body = Inside("endmacro");
  }

  void Call(Statement& made) {
    if (AtOperator("(")) Parameters(made);
    made.text = "caller";
    made.value = Expr();
    if (!failed() && made.value->kind != ExpressionKind::kCall) Problem("expected a call");
    made.body = Inside("endcall");
  }
};

}  // namespace

Result<Body> ParseTemplate(std::string_view source) {
  auto tokens = Lex(source);
  if (!tokens) return Pass(tokens.error());
  StatementParser parser(std::move(*tokens));
  Body body = parser.Until({});
  if (parser.failed()) return Pass(*parser.problem());
  return body;
}

}  // namespace assay::jinja
