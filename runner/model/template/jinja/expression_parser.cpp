#include "runner/model/template/jinja/expression_parser.h"

#include <charconv>

namespace assay::jinja {
namespace {

constexpr int kMaxDepth = 200;

std::string Describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kOutputEnd:
      return "\"}}\"";
    case TokenKind::kBlockEnd:
      return "\"%}\"";
    case TokenKind::kText:
    case TokenKind::kOutputBegin:
    case TokenKind::kBlockBegin:
    case TokenKind::kEnd:
      return "the end of the template";
    default:
      return "\"" + token.text + "\"";
  }
}

ExpressionPtr Join(ExpressionKind kind, int line, std::string name, ExpressionPtr a,
                   ExpressionPtr b = nullptr) {
  ExpressionPtr made = ExpressionParser::Make(kind, line);
  made->name = std::move(name);
  made->parts.push_back(std::move(a));
  if (b != nullptr) made->parts.push_back(std::move(b));
  return made;
}

}  // namespace

ExpressionParser::Depth::Depth(ExpressionParser& owner) : parser(owner) {
  if (++parser.depth_ > kMaxDepth) parser.Problem("nested too deeply");
}

ExpressionPtr ExpressionParser::Make(ExpressionKind kind, int line) {
  auto made = std::make_unique<Expression>();
  made->kind = kind;
  made->line = line;
  return made;
}

const Token& ExpressionParser::Peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

Token ExpressionParser::Next() {
  Token token = Peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool ExpressionParser::AtName(std::string_view name, std::size_t ahead) const {
  return Peek(ahead).kind == TokenKind::kName && Peek(ahead).text == name;
}

bool ExpressionParser::AtOperator(std::string_view op, std::size_t ahead) const {
  return Peek(ahead).kind == TokenKind::kOperator && Peek(ahead).text == op;
}

bool ExpressionParser::TakeName(std::string_view name) {
  if (!AtName(name)) return false;
  Next();
  return true;
}

bool ExpressionParser::TakeOperator(std::string_view op) {
  if (!AtOperator(op)) return false;
  Next();
  return true;
}

void ExpressionParser::Expect(std::string_view op) {
  if (!TakeOperator(op)) Problem(fmt::format("expected \"{}\" before {}", op, Describe(Peek())));
}

std::string ExpressionParser::ExpectName() {
  if (Peek().kind != TokenKind::kName) {
    Problem("expected a name before " + Describe(Peek()));
    return "";
  }
  return Next().text;
}

void ExpressionParser::Problem(const std::string& what) {
  if (problem_) return;
  problem_ = Error{ErrorCode::kInput, fmt::format("line {}: {}", Peek().line, what)};
  at_ = tokens_.size() - 1;  // nothing more is read
}

ExpressionPtr ExpressionParser::Expr() {
  const Depth depth(*this);
  const int line = Peek().line;
  ExpressionPtr value = Or();
  while (!failed() && TakeName("if")) {
    ExpressionPtr condition = Or();
    ExpressionPtr made =
        Join(ExpressionKind::kCondition, line, "", std::move(value), std::move(condition));
    made->parts.push_back(TakeName("else") ? Expr() : nullptr);
    value = std::move(made);
  }
  return value;
}

ExpressionPtr ExpressionParser::NoCondition() { return Or(); }

ExpressionPtr ExpressionParser::ExprOrTuple() {
  const int line = Peek().line;
  ExpressionPtr first = Expr();
  if (!AtOperator(",")) return first;
  ExpressionPtr tuple = Make(ExpressionKind::kTuple, line);
  tuple->parts.push_back(std::move(first));
  while (!failed() && TakeOperator(",")) {
    if (Peek().kind == TokenKind::kBlockEnd || Peek().kind == TokenKind::kOutputEnd ||
        AtOperator(")")) {
      break;
    }
    tuple->parts.push_back(Expr());
  }
  return tuple;
}

ExpressionPtr ExpressionParser::Or() {
  ExpressionPtr left = And();
  while (!failed() && AtName("or")) {
    const int line = Next().line;
    left = Join(ExpressionKind::kBinary, line, "or", std::move(left), And());
  }
  return left;
}

ExpressionPtr ExpressionParser::And() {
  ExpressionPtr left = Not();
  while (!failed() && AtName("and")) {
    const int line = Next().line;
    left = Join(ExpressionKind::kBinary, line, "and", std::move(left), Not());
  }
  return left;
}

ExpressionPtr ExpressionParser::Not() {
  const Depth depth(*this);
  if (failed()) return Make(ExpressionKind::kConstant, 1);
  if (AtName("not")) {
    const int line = Next().line;
    return Join(ExpressionKind::kUnary, line, "not", Not());
  }
  return Compare();
}

ExpressionPtr ExpressionParser::Compare() {
  const int line = Peek().line;
  ExpressionPtr first = Level(0);
  ExpressionPtr chain;
  while (!failed()) {
    std::string op;
    for (const std::string_view known : {"==", "!=", "<=", ">=", "<", ">"})
      if (op.empty() && TakeOperator(known)) op = known;
    if (op.empty() && TakeName("in")) op = "in";
    if (op.empty() && AtName("not") && AtName("in", 1)) {
      Next();
      Next();
      op = "not in";
    }
    if (op.empty()) break;
    if (chain == nullptr) {
      chain = Make(ExpressionKind::kCompare, line);
      chain->parts.push_back(std::move(first));
    }
    chain->names.push_back(op);
    chain->parts.push_back(Level(0));
  }
  return chain == nullptr ? std::move(first) : std::move(chain);
}

// From loosely to tightly binding: + -, ~, * / // %, **.
ExpressionPtr ExpressionParser::Level(int level) {
  static const std::vector<std::vector<std::string_view>> kLevels = {
      {"+", "-"}, {"~"}, {"*", "/", "//", "%"}, {"**"}};
  if (level == static_cast<int>(kLevels.size())) return Unary(true);
  ExpressionPtr left = Level(level + 1);
  while (!failed()) {
    std::string op;
    const int line = Peek().line;
    for (const std::string_view known : kLevels[static_cast<std::size_t>(level)])
      if (op.empty() && TakeOperator(known)) op = known;
    if (op.empty()) break;
    left = Join(ExpressionKind::kBinary, line, op, std::move(left), Level(level + 1));
  }
  return left;
}

ExpressionPtr ExpressionParser::Unary(bool with_filters) {
  const Depth depth(*this);
  if (failed()) return Make(ExpressionKind::kConstant, 1);
  const int line = Peek().line;
  ExpressionPtr value;
  if (AtOperator("-") || AtOperator("+")) {
    std::string op = Next().text;
    value = Join(ExpressionKind::kUnary, line, std::move(op), Unary(false));
  } else {
    value = Primary();
  }
  value = Postfix(std::move(value));
  return with_filters ? Filters(std::move(value)) : std::move(value);
}

ExpressionPtr ExpressionParser::Primary() {
  const Token token = Next();
  ExpressionPtr made = Make(ExpressionKind::kConstant, token.line);
  switch (token.kind) {
    case TokenKind::kName:
      if (token.text == "true" || token.text == "True") {
        made->value = Value(true);
      } else if (token.text == "false" || token.text == "False") {
        made->value = Value(false);
      } else if (token.text == "none" || token.text == "None") {
        made->value = Value(None{});
      } else {
        made->kind = ExpressionKind::kName;
        made->name = token.text;
      }
      return made;
    case TokenKind::kString: {
      std::string text = token.text;
      while (Peek().kind == TokenKind::kString) text += Next().text;
      made->value = Value(std::move(text));
      return made;
    }
    case TokenKind::kInteger: {
      std::int64_t number = 0;
      const char* end = token.text.data() + token.text.size();
      if (std::from_chars(token.text.data(), end, number).ec != std::errc())
        Problem("the number " + token.text + " is too large");
      made->value = Value(number);
      return made;
    }
    case TokenKind::kFloat: {
      double number = 0;
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
      made->value = Value(number);
      return made;
    }
    default:
      break;
  }
  if (token.kind == TokenKind::kOperator && (token.text == "(" || token.text == "["))
    return Bracketed(token.line, token.text == "(");
  if (token.kind == TokenKind::kOperator && token.text == "{") return DictLiteral(token.line);
  Problem("expected a value before " + Describe(token));
  return made;
}

ExpressionPtr ExpressionParser::Bracketed(int line, bool round) {
  const std::string_view close = round ? ")" : "]";
  ExpressionPtr list = Make(round ? ExpressionKind::kTuple : ExpressionKind::kList, line);
  bool comma = false;
  while (!failed() && !AtOperator(close)) {
    list->parts.push_back(Expr());
    comma = AtOperator(",");
    if (!TakeOperator(",")) break;
  }
  const bool only_parentheses = round && list->parts.size() == 1 && !comma;
  Expect(close);
  return only_parentheses ? std::move(list->parts[0]) : std::move(list);
}

ExpressionPtr ExpressionParser::DictLiteral(int line) {
  ExpressionPtr dict = Make(ExpressionKind::kDict, line);
  while (!failed() && !AtOperator("}")) {
    dict->parts.push_back(Expr());
    Expect(":");
    dict->parts.push_back(Expr());
    if (!TakeOperator(",")) break;
  }
  Expect("}");
  return dict;
}

ExpressionPtr ExpressionParser::Postfix(ExpressionPtr value) {
  while (!failed()) {
    const int line = Peek().line;
    if (TakeOperator(".")) {
      const Token name = Next();
      if (name.kind == TokenKind::kInteger) {
        ExpressionPtr index = Make(ExpressionKind::kConstant, line);
        index->value = Value(std::int64_t{std::atoi(name.text.c_str())});
        value = Join(ExpressionKind::kItem, line, "", std::move(value), std::move(index));
      } else if (name.kind == TokenKind::kName) {
        value = Join(ExpressionKind::kAttribute, line, name.text, std::move(value));
      } else {
        Problem("expected a name after \".\"");
      }
    } else if (TakeOperator("[")) {
      value = Subscript(std::move(value));
    } else if (TakeOperator("(")) {
      value = Join(ExpressionKind::kCall, line, "", std::move(value));
      CallArguments(*value);
    } else {
      break;
    }
  }
  return value;
}

ExpressionPtr ExpressionParser::Subscript(ExpressionPtr value) {
  const int line = Peek().line;
  ExpressionPtr made = Join(ExpressionKind::kSlice, line, "", std::move(value));
  bool slice = false;
  while (!failed() && made->parts.size() < 4) {
    made->parts.push_back(AtOperator(":") || AtOperator("]") ? nullptr : ExprOrTuple());
    if (!TakeOperator(":")) break;
    slice = true;
  }
  Expect("]");
  if (slice) {
    made->parts.resize(4);
  } else {
    made->kind = ExpressionKind::kItem;
    if (made->parts.size() < 2 || made->parts[1] == nullptr) Problem("expected an index");
  }
  return made;
}

void ExpressionParser::CallArguments(Expression& call) {
  while (!failed() && !AtOperator(")")) {
    if (AtOperator("*") || AtOperator("**")) {
      Problem("arguments with * are not supported");
    } else if (Peek().kind == TokenKind::kName && AtOperator("=", 1)) {
      std::string name = Next().text;
      Next();
      call.named.emplace_back(std::move(name), Expr());
    } else {
      call.parts.push_back(Expr());
    }
    if (!TakeOperator(",")) break;
  }
  Expect(")");
}

ExpressionPtr ExpressionParser::Filters(ExpressionPtr value) {
  while (!failed()) {
    const int line = Peek().line;
    if (TakeOperator("|")) {
      value = Join(ExpressionKind::kFilter, line, ExpectName(), std::move(value));
      if (TakeOperator("(")) CallArguments(*value);
    } else if (TakeName("is")) {
      value = Test(std::move(value));
    } else if (TakeOperator("(")) {
      value = Join(ExpressionKind::kCall, line, "", std::move(value));
      CallArguments(*value);
    } else {
      break;
    }
  }
  return value;
}

ExpressionPtr ExpressionParser::FilterChain() {
  const int line = Peek().line;
  ExpressionPtr value = Make(ExpressionKind::kFilter, line);
  value->name = ExpectName();
  value->parts.push_back(nullptr);
  if (TakeOperator("(")) CallArguments(*value);
  return Filters(std::move(value));
}

ExpressionPtr ExpressionParser::Test(ExpressionPtr value) {
  const int line = Peek().line;
  const bool negated = TakeName("not");
  ExpressionPtr test = Join(ExpressionKind::kTest, line, ExpectName(), std::move(value));
  const TokenKind kind = Peek().kind;
  const bool keyword = AtName("else") || AtName("or") || AtName("and") || AtName("is") ||
                       AtName("if") || AtName("not") || AtName("in");
  if (TakeOperator("(")) {
    CallArguments(*test);
  } else if (!keyword && (kind == TokenKind::kName || kind == TokenKind::kString ||
                          kind == TokenKind::kInteger || kind == TokenKind::kFloat ||
                          AtOperator("[") || AtOperator("{"))) {
    test->parts.push_back(Postfix(Primary()));
  }
  return negated ? Join(ExpressionKind::kUnary, line, "not", std::move(test)) : std::move(test);
}

}  // namespace assay::jinja
