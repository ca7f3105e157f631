// Fractions, roots, named functions, sums, limits, integrals.
#include <algorithm>
#include <optional>

#include "verifiers/math/parser.h"

namespace assay::math {

NodeId Parser::ParseFraction() {
  const bool word = Peek().text == "frac" && text_[Peek().begin] != '\\';
  Skip();
  if (word && Is(Tok::kOpen)) return Fail("an operand expected");
  const NodeId top = ParseArgument(false);
  if (top == kNoNode) return kNoNode;
  if (Take(Tok::kDivide)) {  // \frac{1}/{2}
    const NodeId bottom = ParseArgument(true);
    return Make(Op::kDiv, {top, bottom});
  }
  const NodeId bottom = ParseArgument(false);
  return Make(Op::kDiv, {top, bottom});
}

NodeId Parser::ParseRoot() {
  const bool cube = Is(Tok::kCubeRoot);
  Skip();
  NodeId index = kNoNode;
  if (!cube && Is(Tok::kOpen) && Peek().aux == '[') {  // \sqrt[3]{x}
    Skip();
    if (!IsClose('[')) {
      index = ParseAdditive();
      if (index == kNoNode) return kNoNode;
    }
    if (!IsClose('[')) return Fail("a closing bracket expected");
    Skip();
  }
  NodeId radicand = kNoNode;
  if (Is(Tok::kOpen) && Peek().aux == '(') {
    radicand = ParsePrimary();
  } else {
    radicand = ParseArgument(true);
  }
  if (radicand == kNoNode) return kNoNode;
  if (tree_[radicand].op == Op::kParens && tree_[radicand].kid_count == 2 && !cube) {
    return Fail("a root of one expression expected");
  }
  if (index == kNoNode) index = Integer(cube ? 3 : 2);
  return Make(Op::kRoot, {radicand, index});
}

NodeId Parser::ParseCall(int function, const std::vector<NodeId>& arguments) {
  if (function == -1) return Make(Op::kAbs, arguments);
  if (function == -2) {  // cis t = cos t + i sin t
    if (arguments.size() != 1) return Fail("one argument expected");
    const NodeId i = Make(Op::kConstant, {}, static_cast<int>(Constant::kI));
    const NodeId cosine = Make(Op::kCall, arguments, static_cast<int>(Function::kCos));
    const NodeId sine = Make(Op::kCall, arguments, static_cast<int>(Function::kSin));
    return Make(Op::kAdd, {cosine, Make(Op::kMul, {i, sine})});
  }
  if (static_cast<Function>(function) == Function::kExp) {
    if (arguments.size() != 1) return Fail("one argument expected");
    const NodeId e = Make(Op::kConstant, {}, static_cast<int>(Constant::kE));
    return Make(Op::kPow, {e, arguments[0]});
  }
  return Make(Op::kCall, arguments, function);
}

// sin x, sin^2 x, sin^{-1} x, log_2 8, max(1, 2)
NodeId Parser::ParseFunction() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  int function = Peek().aux;
  Skip();
  NodeId base = kNoNode;
  NodeId power = kNoNode;
  for (int i = 0; i < 2; ++i) {
    if (Is(Tok::kSubscript)) {
      Skip();
      base = ParseArgument(true);
      if (base == kNoNode) return kNoNode;
    }
    if (Is(Tok::kPower)) {
      Skip();
      const bool minus = Take(Tok::kMinus);
      power = ParseArgument(true);
      if (power != kNoNode && minus) power = Make(Op::kNeg, {power});
      if (power == kNoNode) return kNoNode;
    }
  }
  if (power != kNoNode && function <= static_cast<int>(Function::kCsc)) {  // sin^{-1}
    const Node& node = tree_[power];
    const NodeId inner = node.op == Op::kNeg ? tree_.kid(power, 0) : kNoNode;
    if (inner != kNoNode && tree_[inner].op == Op::kNumber && tree_.number(inner).IsOne()) {
      function += static_cast<int>(Function::kArcsin);
      power = kNoNode;
    }
  }
  std::vector<NodeId> arguments;
  if (Is(Tok::kOpen) && Peek().aux == '(') {
    Skip();
    const int bars = bars_;
    bars_ = 0;
    while (true) {
      const NodeId argument = ParseStatement();
      if (argument == kNoNode) return kNoNode;
      arguments.push_back(argument);
      if (!Take(Tok::kComma)) break;
    }
    bars_ = bars;
    if (!IsClose('(')) return Fail("a closing bracket expected");
    Skip();
    if (Is(Tok::kPower) && power == kNoNode && arguments.size() == 1) {
      // sin(x)^2 is (sin x)^2: left to the postfix
    }
  } else {
    const NodeId argument = ParseFunctionArgument();
    if (argument == kNoNode) return kNoNode;
    arguments.push_back(argument);
  }
  if (base != kNoNode) {
    if (static_cast<Function>(function) != Function::kLog)
      return Fail("a base behind this function");
    arguments.push_back(base);
  }
  const NodeId call = ParseCall(function, arguments);
  return power == kNoNode ? call : Make(Op::kPow, {call, power});
}

// The factors that stand behind a function name without brackets: sin 2 pi x, log 10^3.
NodeId Parser::ParseFunctionArgument() {
  const bool negative = Take(Tok::kMinus);
  std::vector<NodeId> factors;
  while (true) {
    const Tok tok = Peek().tok;
    const bool starts = tok == Tok::kNumber || tok == Tok::kSymbol || tok == Tok::kConstant ||
                        tok == Tok::kFraction || tok == Tok::kRoot || tok == Tok::kBinomial ||
                        tok == Tok::kAccent || tok == Tok::kOverline || tok == Tok::kOpenGroup;
    const bool first =
        tok == Tok::kBar || tok == Tok::kOpen || tok == Tok::kFunction || tok == Tok::kBegin;
    if (!starts && !(factors.empty() && first)) break;
    if (!factors.empty() && tok == Tok::kNumber) break;
    if (tok == Tok::kSymbol && Peek().text == "d" && !bound_.empty()) break;  // of an integral
    const NodeId factor = ParseFactor();
    if (factor == kNoNode) return kNoNode;
    factors.push_back(factor);
    if (first) break;
    if (Is(Tok::kDivide) && Is(Tok::kNumber, 1) && factors.size() == 1) {  // sin pi/6
      Skip();
      const NodeId bottom = ParseFactor();
      factors.back() = Make(Op::kDiv, {factor, bottom});
      if (factors.back() == kNoNode) return kNoNode;
      break;
    }
  }
  if (factors.empty()) return Fail("an argument expected");
  const NodeId argument = factors.size() == 1 ? factors[0] : Make(Op::kMul, factors);
  return negative ? Make(Op::kNeg, {argument}) : argument;
}

// Sums and products: \sum_{k=1}^{n} body
NodeId Parser::ParseBig() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  const Op op = Is(Tok::kSum) ? Op::kSum : Op::kProduct;
  Skip();
  if (!Take(Tok::kSubscript) || !Take(Tok::kOpenGroup)) return Fail("'_{k=…}' expected");
  if (!Is(Tok::kSymbol)) return Fail("an index expected");
  std::string name(Peek().text);
  Skip();
  while (Take(Tok::kSubscript)) name += Subscript();
  if (!Is(Tok::kRelation) || Peek().aux != static_cast<int>(Relation::kEqual)) {
    return Fail("'=' expected");
  }
  Skip();
  const NodeId low = ParseAdditive();
  if (low == kNoNode) return kNoNode;
  if (!Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
  if (!Take(Tok::kPower)) return Fail("an upper bound expected");
  const NodeId high = ParseArgument(true);
  if (high == kNoNode) return kNoNode;
  const NodeId variable = Symbol(name);
  if (variable == kNoNode) return kNoNode;
  bound_.push_back(name);
  const NodeId body = ParseTerm();
  bound_.pop_back();
  return Make(op, {body, variable, low, high});
}

// "0^+" and "0^{-}" before the brace that closes here: ends the point at the power sign, sets
// *side, and gives the place behind the brace.
std::size_t Parser::OneSided(int* side) {
  std::size_t close = at_;
  for (int depth = 0; tokens_.tokens[close].tok != Tok::kEnd; ++close) {
    if (tokens_.tokens[close].tok == Tok::kOpenGroup) ++depth;
    if (tokens_.tokens[close].tok == Tok::kCloseGroup && depth-- == 0) break;
  }
  std::size_t sign = close;
  if (sign >= at_ + 2 && tokens_.tokens[sign - 1].tok == Tok::kCloseGroup) --sign;
  if (sign < at_ + 3) return close;
  const Tok tok = tokens_.tokens[sign - 1].tok;
  const std::size_t power = sign - (sign == close ? 2 : 3);
  if ((tok != Tok::kPlus && tok != Tok::kMinus) || power <= at_ ||
      tokens_.tokens[power].tok != Tok::kPower) {
    return close;
  }
  *side = tok == Tok::kPlus ? 1 : -1;
  tokens_.tokens[power].tok = Tok::kCloseGroup;
  return close + 1;
}

NodeId Parser::ParseLimit() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  Skip();
  if (!Take(Tok::kSubscript) || !Take(Tok::kOpenGroup) || !Is(Tok::kSymbol)) {
    return Fail("'_{x \\to …}' expected");
  }
  const std::string name(Peek().text);
  Skip();
  if (!Take(Tok::kTo)) return Fail("\\to expected");
  int side = 0;
  const std::size_t behind = OneSided(&side);
  const NodeId point = ParseAdditive();
  if (point == kNoNode) return kNoNode;
  if (!Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
  if (side != 0) at_ = behind;
  const NodeId variable = Symbol(name);
  bound_.push_back(name);
  const NodeId body = ParseTerm();
  bound_.pop_back();
  return Make(Op::kLimit, {body, variable, point}, side);
}

// \int_a^b body dx: the body ends at the last "d" before a name on this level.
NodeId Parser::ParseIntegral() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  Skip();
  NodeId low = kNoNode;
  NodeId high = kNoNode;
  for (int i = 0; i < 2; ++i) {
    if (Take(Tok::kSubscript)) {
      const bool minus = Take(Tok::kMinus);
      low = ParseArgument(true);
      if (minus) low = Make(Op::kNeg, {low});
      if (low == kNoNode) return kNoNode;
    }
    if (Take(Tok::kPower)) {
      high = ParseArgument(true);
      if (high == kNoNode) return kNoNode;
    }
  }
  std::size_t d = at_;
  int depth = 0;
  if (!FindDifferential(&d, &depth)) return Fail("a differential expected");
  const std::string name(tokens_.tokens[d + 1].text);
  const NodeId variable = Symbol(name);
  if (variable == kNoNode) return kNoNode;
  bound_.push_back(name);
  const NodeId body = depth == 0 ? ParseIntegrand(d) : ParseFractionIntegrand(d);
  bound_.pop_back();
  if (body == kNoNode) return kNoNode;
  if (low != kNoNode && high != kNoNode) return Make(Op::kIntegral, {body, variable, low, high});
  return Make(Op::kIntegral, {body, variable});
}

// The "d x" that belongs to the integral sign before at_, past those of inner integrals.
bool Parser::FindDifferential(std::size_t* d, int* depth) const {
  int inner = 0;
  *depth = 0;
  for (*d = at_; tokens_.tokens[*d].tok != Tok::kEnd; ++*d) {
    const Token& token = tokens_.tokens[*d];
    if (token.tok == Tok::kOpenGroup || token.tok == Tok::kOpen) ++*depth;
    if (token.tok == Tok::kCloseGroup || token.tok == Tok::kClose) --*depth;
    if (*depth < 0) return false;
    if (token.tok == Tok::kIntegral) ++inner;
    if (token.tok == Tok::kSymbol && token.text == "d" &&
        tokens_.tokens[*d + 1].tok == Tok::kSymbol && inner-- == 0) {
      return true;
    }
  }
  return false;
}

// The body that ends at the differential.
NodeId Parser::ParseIntegrand(std::size_t d) {
  const Token saved = tokens_.tokens[d];
  tokens_.tokens[d].tok = Tok::kDifferential;
  NodeId body = at_ == d ? Integer(1) : ParseAdditive();
  tokens_.tokens[d] = saved;
  if (body != kNoNode && at_ != d) body = Fail("an integrand expected");
  at_ = d + 2;
  return body;
}

// \frac{dx}{x}, \frac{2x\,dx}{x^2+1}: the differential stands above the bar.
NodeId Parser::ParseFractionIntegrand(std::size_t d) {
  if (!Is(Tok::kFraction) || !Is(Tok::kOpenGroup, 1) || d < at_ + 2 ||
      tokens_.tokens[d + 2].tok != Tok::kCloseGroup) {
    return Fail("a differential on the same level expected");
  }
  if (d == at_ + 2) {  // \frac{dx}{…}
    tokens_.tokens[d].tok = Tok::kNumber;
    tokens_.tokens[d].text = "1";
    tokens_.tokens.erase(tokens_.tokens.begin() + static_cast<std::ptrdiff_t>(d) + 1);
  } else {
    tokens_.tokens.erase(tokens_.tokens.begin() + static_cast<std::ptrdiff_t>(d),
                         tokens_.tokens.begin() + static_cast<std::ptrdiff_t>(d) + 2);
  }
  return ParseTerm();
}

// \overline{AB}, \vec{v}, \mathbf{a}: names with a mark.
NodeId Parser::ParseOverline() {
  const Tok tok = Peek().tok;
  const std::string mark(Peek().text);
  const int aux = Peek().aux;
  const std::size_t begin = at_;
  Skip();
  if (tok == Tok::kAccent && aux == 0) return ParseArgument(true);
  if (tok == Tok::kAccent && (aux == 'h' || aux == 'v')) {  // the unit vectors \hat{i}, \vec{j}
    const std::size_t letter = Is(Tok::kOpenGroup) ? 1 : 0;
    const std::string_view unit = Is(Tok::kSymbol, letter) ? Peek(letter).text : "";
    if ((unit == "i" || unit == "j" || unit == "k") && (letter == 0 || Is(Tok::kCloseGroup, 2))) {
      return ParseArgument(true);
    }
  }
  if (tok == Tok::kAccent && aux == 'b') {  // \mathbb{R}
    const bool braces = Take(Tok::kOpenGroup);
    if (!Is(Tok::kSymbol) || Peek().text.size() != 1) return Fail("a set expected");
    const char set = Peek().text[0];
    Skip();
    if (braces && !Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
    if (std::string_view("NZQRC").find(set) == std::string_view::npos)  // \mathbb{P}(A)
      return ParseName(std::string(1, set), begin);
    if (Is(Tok::kPower) || Is(Tok::kSubscript)) {  // R^+, Z_{>0}, R^n
      std::string name(1, set);
      name += Is(Tok::kPower) ? "^" : "_";
      Skip();
      name += Subscript();
      return Symbol(name);
    }
    return Make(Op::kNumberSet, {}, set);
  }
  std::string name = tok == Tok::kOverline ? "overline" : mark;
  Take(Tok::kSubscript);  // as Print writes such names
  const std::size_t from = at_;
  name += Subscript();  // the tokens of the argument as text
  if (at_ == from) return Fail("an argument expected");
  return ParseName(std::move(name), begin);
}

NodeId Parser::ParseCurrency() {
  const std::string unit(
      Peek().text.empty() || Peek().text == "dollar" || Peek().text == "textdollar" ? "$"
                                                                                    : Peek().text);
  Skip();
  const bool negative = Take(Tok::kMinus);
  NodeId value = ParseFactor();
  if (value == kNoNode) return kNoNode;
  if (negative) value = Make(Op::kNeg, {value});
  if (value == kNoNode) return kNoNode;
  const std::string name = unit == "pounds" ? "£" : unit;
  const NodeId kid[] = {value};
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  return tree_.AddNamed(Op::kQuantity, name, kid, FindUnit(name));
}

}  // namespace assay::math
