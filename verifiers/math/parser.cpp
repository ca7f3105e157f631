#include "verifiers/math/parser.h"

#include <algorithm>
#include <cctype>

#include "verifiers/math/cut.h"

namespace assay::math {
namespace {

// The connector that a piece of text stands for, if it is one: ", and " -> kAnd.
Tok Connector(std::string_view content) {
  std::string s = ToLower(content);
  s.erase(
      std::remove_if(s.begin(), s.end(), [](char c) { return c == ',' || c == ' ' || c == '~'; }),
      s.end());
  if (s == "and" || s == "&") return Tok::kAnd;
  if (s == "or" || s == "and/or") return Tok::kOr;
  if (s == "mod") return Tok::kPmod;
  if (s == "percent" || s == "%" || s == "\\%" || s == "percentage") return Tok::kPercent;
  if (s == "degrees" || s == "degree" || s == "deg" || s == "°" || s == "deg.") return Tok::kDegree;
  if (s == "cup" || s == "union" || s == "U") return Tok::kUnion;
  if (s == "in") return Tok::kEnd;
  return Tok::kEnd;
}

}  // namespace

Parser::Parser(std::string_view text, Tree& tree) : text_(text), tree_(tree) {
  if (text.size() <= kMaxAnswerBytes) Tokenize(text, tokens_);
}

// Rewrites tokens whose meaning depends on neighbours only.
void Parser::Prepare() {
  std::vector<Token> kept;
  kept.reserve(tokens_.tokens.size());
  bool space = false;
  const auto dollars =
      std::count_if(tokens_.tokens.begin(), tokens_.tokens.end(),
                    [](const Token& t) { return t.tok == Tok::kDollar && t.aux == 1; });
  for (std::size_t i = 0; i < tokens_.tokens.size(); ++i) {
    Token token = tokens_.tokens[i];
    if (token.tok == Tok::kText) {
      const Tok connector = Connector(token.text);
      if (connector != Tok::kEnd) {
        token.tok = connector;
      } else if (const Word* word = FindWord(token.text);
                 word != nullptr && word->tok == Tok::kFunction) {  // \text{lcm}
        token.tok = word->tok;
        token.aux = word->aux;
      }
    }
    if (dollars == 1 && token.tok == Tok::kDollar && token.aux == 1 && text_[token.begin] == '$' &&
        tokens_.tokens[i + 1].tok == Tok::kNumber) {
      token.aux = 0;  // "$5": no delimiter stands alone
      token.text = "$";
    }
    if (token.tok == Tok::kDollar && token.aux == 1) {  // a delimiter
      space = true;
      continue;
    }
    if (token.tok == Tok::kIgnoreArgument) {  // \phantom{…}
      int depth = 0;
      while (i + 1 < tokens_.tokens.size()) {
        const Tok next = tokens_.tokens[i + 1].tok;
        if (depth == 0 && next != Tok::kOpenGroup) break;
        if (next == Tok::kEnd) break;
        ++i;
        if (next == Tok::kOpenGroup) ++depth;
        if (next == Tok::kCloseGroup && --depth == 0) break;
      }
      continue;
    }
    token.space_before = token.space_before || space;
    space = false;
    kept.push_back(token);
  }
  tokens_.tokens = std::move(kept);
}

NodeId Parser::Run() {
  if (text_.size() > kMaxAnswerBytes) {
    return FailLarge("longer than " + std::to_string(kMaxAnswerBytes) + " bytes");
  }
  Prepare();
  if (Is(Tok::kEnd)) return Fail("an expression expected");
  NodeId root = ParseList(Tok::kEnd, 0);
  if (root == kNoNode) return kNoNode;
  if (Take(Tok::kOver)) root = Make(Op::kDiv, {root, ParseList(Tok::kEnd, 0)});
  if (root == kNoNode) return kNoNode;
  if (!Is(Tok::kEnd)) return Fail("the end expected");
  return root;
}

const Token& Parser::Peek(std::size_t ahead) const {
  return tokens_.tokens[std::min(at_ + ahead, tokens_.tokens.size() - 1)];
}

bool Parser::Take(Tok tok) {
  if (!Is(tok)) return false;
  Skip();
  return true;
}

bool Parser::IsClose(std::int16_t bracket) const {
  return Is(Tok::kClose) && Peek().aux == bracket;
}

NodeId Parser::Fail(std::string message) {
  if (!failed_) {
    failed_ = true;
    error_.position = Peek().begin;
    error_.message = std::move(message);
  }
  return kNoNode;
}

NodeId Parser::FailLarge(std::string message) {
  if (!failed_) {
    failed_ = true;
    error_.position = tokens_.tokens.empty() ? 0 : Peek().begin;
    error_.message = std::move(message);
    error_.too_large = true;
  }
  return kNoNode;
}

NodeId Parser::Make(Op op, std::initializer_list<NodeId> kids, int aux) {
  for (const NodeId kid : kids) {
    if (kid == kNoNode) return kNoNode;
  }
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  return tree_.Add(op, kids, aux);
}

NodeId Parser::Make(Op op, const std::vector<NodeId>& kids, int aux) {
  if (std::find(kids.begin(), kids.end(), kNoNode) != kids.end()) return kNoNode;
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  return tree_.Add(op, kids, aux);
}

NodeId Parser::Symbol(std::string_view name) {
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  if (tree_.name_count() >= kMaxNames) return FailLarge("more than 200 names");
  return tree_.AddNamed(Op::kSymbol, name);
}

// Statements joined by commas, semicolons, "and", "or".
NodeId Parser::ParseList(Tok end_tok, std::int16_t end_aux) {
  std::vector<NodeId> items;
  std::vector<Tok> words;  // items[i] and items[i + 1] are joined by words[i]
  const auto at_end = [&] {
    return Is(end_tok) && (end_tok != Tok::kClose || Peek().aux == end_aux);
  };
  while (true) {
    const NodeId item = ParseStatement();
    if (item == kNoNode) return kNoNode;
    items.push_back(item);
    bool separated = false;
    Tok word = Tok::kComma;
    while (Is(Tok::kComma) || Is(Tok::kSemicolon) || Is(Tok::kAnd) || Is(Tok::kOr) ||
           (Is(Tok::kRowBreak) && end_tok == Tok::kEnd)) {
      if (Is(Tok::kAnd) || (Is(Tok::kOr) && word != Tok::kAnd)) word = Peek().tok;
      separated = true;
      Skip();
    }
    words.push_back(word);
    separated = separated || AtNewEquation();
    if (!separated || at_end()) break;  // a trailing comma is forgiven
  }
  if (items.size() == 1) return items[0];
  words.resize(items.size() - 1);
  const bool relations = std::all_of(items.begin(), items.end(),
                                     [&](NodeId item) { return tree_[item].op == Op::kRelation; });
  const bool any_or = std::count(words.begin(), words.end(), Tok::kOr) > 0;
  const bool any_and = relations && std::count(words.begin(), words.end(), Tok::kAnd) > 0;
  if (any_or && any_and) return Alternatives(items, words);
  return Make(Op::kList, items, any_or ? 1 : (any_and ? 2 : 0));
}

// "x > 1 and x < 5 or x = 7": "and" binds tighter than "or".
NodeId Parser::Alternatives(const std::vector<NodeId>& items, const std::vector<Tok>& words) {
  std::vector<NodeId> outer;
  std::vector<NodeId> inner;
  for (std::size_t i = 0; i < items.size(); ++i) {
    inner.push_back(items[i]);
    if (i < words.size() && words[i] == Tok::kAnd) continue;
    outer.push_back(inner.size() == 1 ? inner[0] : Make(Op::kList, inner, 2));
    inner.clear();
  }
  return Make(Op::kList, outer, 1);
}

NodeId Parser::ParseStatement() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  std::vector<NodeId> sides;
  std::vector<Relation> relations;
  while (true) {
    if (Is(Tok::kImplies)) {  // the last statement of a derivation counts
      Skip();
      sides.clear();
      relations.clear();
    }
    // "= 5", "\approx 8.24": the left side is understood
    if (sides.empty() && Is(Tok::kRelation) &&
        (Peek().aux == static_cast<int>(Relation::kEqual) ||
         Peek().aux == static_cast<int>(Relation::kApprox))) {
      relations.push_back(static_cast<Relation>(Peek().aux));
      sides.push_back(Symbol(""));
      Skip();
      continue;
    }
    if (matrices_ == 0) Take(Tok::kAmpersand);
    side_begin_ = at_;
    const NodeId side = ParseRatio();
    if (side == kNoNode) return kNoNode;
    sides.push_back(side);
    if (matrices_ == 0) Take(Tok::kAmpersand);
    if (Is(Tok::kImplies)) continue;
    bool negated = false;
    if (Is(Tok::kNot) && Is(Tok::kRelation, 1)) {
      Skip();
      negated = true;
    }
    if (!Is(Tok::kRelation)) break;
    auto relation = static_cast<Relation>(Peek().aux);
    if (negated) {
      if (relation == Relation::kEqual) {
        relation = Relation::kNotEqual;
      } else if (relation == Relation::kIn) {
        relation = Relation::kNotIn;
      } else {
        return Fail("this relation cannot be negated");
      }
    }
    Skip();
    relations.push_back(relation);
  }
  if (sides.size() == 1) return sides[0];
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  return tree_.AddRelation(sides, relations);
}

// a : b, also times of day.
NodeId Parser::ParseRatio() {
  const NodeId first = ParseSetExpression();
  if (first == kNoNode || !Is(Tok::kColon) || in_braces_) return first;
  std::vector<NodeId> parts = {first};
  while (Take(Tok::kColon)) {
    const NodeId part = ParseSetExpression();
    if (part == kNoNode) return kNoNode;
    parts.push_back(part);
  }
  NodeId last = parts.back();
  if (tree_[last].op == Op::kTime) {  // 4:30 p.m.: the half of the day stands on the minutes
    const int half = tree_[last].aux;
    parts.back() = tree_.kid(last, 0);
    if (parts.size() > 3) return Fail("a time has at most three parts");
    return Make(Op::kTime, parts, half);
  }
  return Make(Op::kRatio, parts);
}

NodeId Parser::ParseSetExpression() {
  NodeId left = ParseAdditive();
  while (left != kNoNode) {
    Op op = Op::kUnion;
    if (Is(Tok::kUnion) ||
        (Is(Tok::kSymbol) && Peek().text == "U" && tree_[left].op >= Op::kParens &&
         tree_[left].op <= Op::kBraces && Is(Tok::kOpen, 1))) {
      op = Op::kUnion;
    } else if (Is(Tok::kIntersect)) {
      op = Op::kIntersect;
    } else if (Is(Tok::kSetMinus)) {
      op = Op::kSetMinus;
    } else {
      break;
    }
    Skip();
    left = Make(op, {left, ParseAdditive()});
  }
  return left;
}

NodeId Parser::ParseAdditive() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  std::vector<NodeId> terms;
  NodeId first = kNoNode;
  if (Is(Tok::kPlusMinus) || Is(Tok::kMinusPlus)) {
    const int aux = Is(Tok::kMinusPlus) ? 1 : 0;
    Skip();
    first = Make(Op::kPlusMinus, {ParseTerm()}, aux);
  } else {
    first = ParseTerm();
  }
  if (first == kNoNode) return kNoNode;
  terms.push_back(first);
  while (true) {
    if (Take(Tok::kPlus)) {
      terms.push_back(ParseTerm());
    } else if (Take(Tok::kMinus)) {
      terms.push_back(Make(Op::kNeg, {ParseTerm()}));
    } else if (Is(Tok::kPlusMinus) || Is(Tok::kMinusPlus)) {
      const int aux = Is(Tok::kMinusPlus) ? 1 : 0;
      Skip();
      const NodeId left = terms.size() == 1 ? terms[0] : Make(Op::kAdd, terms);
      terms = {Make(Op::kPlusMinus, {left, ParseTerm()}, aux)};
    } else {
      break;
    }
    if (terms.back() == kNoNode) return kNoNode;
  }
  if (terms.size() == 1) return terms[0];
  return LiftUnit(Make(Op::kAdd, terms));
}

// 480 + 480 sqrt 3 feet: the unit belongs to the sum.
NodeId Parser::LiftUnit(NodeId sum) {
  if (sum == kNoNode) return kNoNode;
  const auto kids = tree_.kids(sum);
  NodeId last = kids.back();
  const bool negated = tree_[last].op == Op::kNeg;
  if (negated) last = tree_.kid(last, 0);
  if (tree_[last].op != Op::kQuantity) return sum;
  for (std::size_t i = 0; i + 1 < kids.size(); ++i) {
    NodeId kid = kids[i];
    if (tree_[kid].op == Op::kNeg) kid = tree_.kid(kid, 0);
    if (tree_[kid].op == Op::kQuantity) return sum;
  }
  std::vector<NodeId> terms(kids.begin(), kids.end());
  const NodeId value = tree_.kid(last, 0);
  terms.back() = negated ? Make(Op::kNeg, {value}) : value;
  const NodeId bare = Make(Op::kAdd, terms);
  if (bare == kNoNode) return kNoNode;
  const std::string unit(tree_.name(last));
  const int aux = tree_[last].aux;
  const NodeId kid[] = {bare};
  return tree_.AddNamed(Op::kQuantity, unit, kid, aux);
}

// Factors joined by explicit or implied multiplication and division, left to right.
NodeId Parser::ParseTerm() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  NodeId left = ParseUnary();
  std::vector<NodeId> factors;
  const auto flush = [&] {
    if (!factors.empty()) {
      factors.insert(factors.begin(), left);
      left = Make(Op::kMul, factors);
      factors.clear();
    }
  };
  while (left != kNoNode) {
    if (Is(Tok::kTimes)) {
      Skip();
      const NodeId right = ParseUnary();
      if (right == kNoNode) return kNoNode;
      factors.push_back(right);
    } else if (Is(Tok::kDivide)) {
      Skip();
      flush();
      left = Make(Op::kDiv, {left, ParseUnary()});
    } else if (Is(Tok::kMod)) {
      Skip();
      flush();
      left = Make(Op::kMod, {left, ParseUnary()}, 1);
    } else if (AtUnit()) {
      flush();
      left = ParseUnit(left);
    } else if (StartsFactor(at_ > 0 && tokens_.tokens[at_ - 1].tok == Tok::kNumber)) {
      const NodeId right = ParseFactor();
      if (right == kNoNode) return kNoNode;
      factors.push_back(right);
    } else {
      break;
    }
  }
  if (left != kNoNode) flush();
  return left;
}

NodeId Parser::ParseUnary() {
  bool negative = false;
  while (Is(Tok::kMinus) || Is(Tok::kPlus)) {
    negative = negative != Is(Tok::kMinus);
    Skip();
  }
  const NodeId factor = ParseFactor();
  return negative ? Make(Op::kNeg, {factor}) : factor;
}

// Whether the next token begins a factor that multiplies what stands before it.
bool Parser::StartsFactor(bool after_number) const {
  switch (Peek().tok) {
    case Tok::kNumber:
      return !after_number && !Peek().newline_before;
    case Tok::kSymbol:
      return !AtNewEquation();
    case Tok::kFunction:
    case Tok::kConstant:
    case Tok::kFraction:
    case Tok::kBinomial:
    case Tok::kRoot:
    case Tok::kCubeRoot:
    case Tok::kOverline:
    case Tok::kAccent:
    case Tok::kSum:
    case Tok::kProduct:
    case Tok::kIntegral:
    case Tok::kLimit:
    case Tok::kBegin:
    case Tok::kOpenGroup:
    case Tok::kDots:
      return true;
    case Tok::kOpen:
      return true;
    case Tok::kBar:
      return bars_ == 0 && !in_braces_;
    default:
      return false;
  }
}

// "y = 3" on a line of its own, behind another equation.
bool Parser::AtNewEquation() const {
  return Is(Tok::kSymbol) && Peek().newline_before && Is(Tok::kRelation, 1) && at_ > 0 &&
         Peek(1).aux == static_cast<int>(Relation::kEqual);
}

NodeId Parser::ParseFactor() { return ParsePostfix(ParsePrimary()); }

}  // namespace assay::math
