// Factors: numbers, names, groups, and what may follow them.
#include <algorithm>
#include <cctype>

#include "verifiers/math/parser.h"

namespace assay::math {

NodeId Parser::ParsePrimary() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  switch (Peek().tok) {
    case Tok::kNumber:
      return ParseNumber();
    case Tok::kSymbol:
      return ParseSymbol();
    case Tok::kConstant: {
      const int aux = Peek().aux;
      Skip();
      return Make(Op::kConstant, {}, aux);
    }
    case Tok::kOpenGroup:
      return ParseGroup();
    case Tok::kOpen:
      return Peek().aux == '{' ? ParseBraces() : ParseBracket();
    case Tok::kRelation:  // <1, 2>
      if (Peek().aux == static_cast<int>(Relation::kLess)) return ParseBracket();
      return Fail("an operand expected before this relation");
    case Tok::kBar:
    case Tok::kDoubleBar:
      return ParseBar(Peek().tok);
    case Tok::kMiddle:
      return ParseBar(Tok::kMiddle);
    case Tok::kFraction:
      return ParseFraction();
    case Tok::kBinomial: {
      Skip();
      const NodeId n = ParseArgument(false);
      const NodeId k = ParseArgument(false);
      return Make(Op::kCall, {n, k}, static_cast<int>(Function::kBinomial));
    }
    case Tok::kRoot:
    case Tok::kCubeRoot:
      return ParseRoot();
    case Tok::kFunction:
      return ParseFunction();
    case Tok::kOverline:
    case Tok::kAccent:
      return ParseOverline();
    case Tok::kSum:
    case Tok::kProduct:
      return ParseBig();
    case Tok::kIntegral:
      return ParseIntegral();
    case Tok::kLimit:
      return ParseLimit();
    case Tok::kBegin:
      return ParseEnvironment();
    case Tok::kDots:
      Skip();
      return Make(Op::kDots, {});
    case Tok::kNumberSet: {
      const int aux = Peek().aux;
      Skip();
      return Make(Op::kNumberSet, {}, aux);
    }
    case Tok::kEmptySet:
      Skip();
      return Make(Op::kBraces, {});
    case Tok::kDollar:
      return ParseCurrency();
    case Tok::kBoxed:
      if (at_ != 0) return Fail("a box inside the answer");
      Skip();
      return ParseArgument(true);
    case Tok::kText:
    case Tok::kWord:
    case Tok::kUnit:
    case Tok::kOperatorName:
      return ParseWords();
    case Tok::kEnd:
      return Fail("an operand expected at the end");
    default:
      return Fail("an operand expected");
  }
}

NodeId Parser::NumberValue(const Token& token, std::string_view digits) {
  if (digits.size() > 4000) return FailLarge("a number of more than 4000 digits");
  const int decimals = std::max<int>(token.decimals, 0);
  Rational value = Rational::FromDigits(digits, decimals);
  const auto first = digits.find_first_not_of('0');
  const int significant =
      first == std::string_view::npos ? 1 : static_cast<int>(digits.size() - first);
  if (token.braced) {  // scientific: exact
    if (token.aux > 2000 || token.aux < -2000) return FailLarge("an exponent beyond 2000");
    value = value * PowerOfTen(token.aux);
  }
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  const int shown = token.decimals < 0 ? -1 : token.decimals - (token.braced ? token.aux : 0);
  const int kept = token.decimals < 0 ? -1 : std::max(shown, 0);
  const NodeId id = tree_.AddNumber(std::move(value), kept, significant);
  tree_[id].begin = token.begin;
  tree_[id].end = token.end;
  return id;
}

NodeId Parser::ParseNumber() {
  const Token token = Peek();
  if (token.decimals >= 0 && (Is(Tok::kOverline, 1) || Is(Tok::kDots, 1) ||
                              (Is(Tok::kOpen, 1) && Peek(1).aux == '(' && Is(Tok::kNumber, 2) &&
                               !Peek(1).space_before && Is(Tok::kClose, 3)))) {
    return ParseRepeating(token);
  }
  Skip();
  const NodeId number = NumberValue(token, token.text);
  if (number == kNoNode) return kNoNode;
  if (Is(Tok::kSubscript) || Is(Tok::kBase)) return ParseBase(number, token);
  if (token.decimals < 0 && !token.braced) return ParseMixed(number, token);
  return number;
}

// 1\frac{1}{4}, 11 5/6. An improper fraction behind a whole number is an error: it is read either
// as a sum or as a product, and neither reading can be trusted.
NodeId Parser::ParseMixed(NodeId whole, const Token& token) {
  Rational numerator;
  Rational denominator;
  if (Is(Tok::kNumber) && Peek().space_before && !Peek().newline_before && Is(Tok::kDivide, 1) &&
      Is(Tok::kNumber, 2)) {
    const Token top = Peek();
    const Token bottom = Peek(2);
    if (top.decimals >= 0 || bottom.decimals >= 0 || top.text.size() > 18 ||
        bottom.text.size() > 18) {
      return Fail("an operator expected");
    }
    numerator = Rational::FromDigits(top.text, 0);
    denominator = Rational::FromDigits(bottom.text, 0);
    if (at_ >= 2 && tokens_.tokens[at_ - 2].tok == Tok::kDivide) {
      return Fail("two numbers side by side");
    }
    Skip();
    Skip();
    Skip();
  } else if (Is(Tok::kFraction)) {
    // only when both arguments are plain integers
    const std::size_t mark = at_;
    Skip();
    const auto integer = [&](Rational* value) {
      const bool braces = Take(Tok::kOpenGroup);
      if (!Is(Tok::kNumber) || Peek().decimals >= 0 || Peek().text.size() > 18) return false;
      Token& number = tokens_.tokens[at_];
      if (!braces && number.text.size() > 1 && text_[number.begin] != '\\') {  // \frac12
        *value = Rational::FromDigits(number.text.substr(0, 1), 0);
        number.text.remove_prefix(1);
        ++number.begin;
        return true;
      }
      *value = Rational::FromDigits(number.text, 0);
      Skip();
      return !braces || Take(Tok::kCloseGroup);
    };
    const std::vector<Token> saved(tokens_.tokens.begin() + static_cast<std::ptrdiff_t>(mark),
                                   tokens_.tokens.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                mark + 8, tokens_.tokens.size())));
    if (!integer(&numerator) || !integer(&denominator)) {
      std::copy(saved.begin(), saved.end(),
                tokens_.tokens.begin() + static_cast<std::ptrdiff_t>(mark));
      at_ = mark;
      return whole;
    }
  } else {
    return whole;
  }
  (void)token;
  if (denominator.IsZero() || !(numerator < denominator)) {
    return Fail("a whole number before an improper fraction");
  }
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  return tree_.AddNumber(tree_.number(whole) + numerator / denominator, -1);
}

// 0.1\overline{6}, 0.333…, 0.(3)
NodeId Parser::ParseRepeating(const Token& token) {
  Skip();
  std::string fixed(token.text);
  std::string cycle;
  if (Take(Tok::kDots)) {
    // the shortest period seen at least twice at the end
    const std::size_t decimals = static_cast<std::size_t>(token.decimals);
    const std::string tail = fixed.substr(fixed.size() - decimals);
    for (std::size_t n = 1; 2 * n <= tail.size() && cycle.empty(); ++n) {
      if (tail.substr(tail.size() - n) == tail.substr(tail.size() - 2 * n, n)) {
        cycle = tail.substr(tail.size() - n);
      }
    }
    // 3.14159…: digits of an irrational number, compared as a decimal
    if (cycle.empty() || (cycle.size() == 1 && decimals < 3)) {
      return NumberValue(token, token.text);
    }
    if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  } else if (Is(Tok::kOpen)) {
    cycle = std::string(Peek(1).text);
    at_ += 3;
  } else {
    const bool dotted = Peek().aux == 1;
    Skip();
    const bool braces = Take(Tok::kOpenGroup);
    if (!Is(Tok::kNumber) || Peek().decimals >= 0) return Fail("repeating digits expected");
    cycle = std::string(Peek().text);
    Skip();
    if (braces && !Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
    if (dotted && Is(Tok::kNumber) && Is(Tok::kOverline, 1) == false) {
      cycle += std::string(Peek().text);  // 0.\dot{1}4…
      Skip();
    }
    if (dotted && Is(Tok::kOverline) && Peek().aux == 1) {
      Skip();
      const bool more = Take(Tok::kOpenGroup);
      if (!Is(Tok::kNumber)) return Fail("repeating digits expected");
      cycle += std::string(Peek().text);
      Skip();
      if (more && !Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
    }
  }
  if (cycle.empty() || cycle.size() > 100 || fixed.size() > 100) {
    return FailLarge("more than 100 repeating digits");
  }
  const int decimals = std::max<int>(token.decimals, 0);
  const Rational base = Rational::FromDigits(fixed, decimals);
  const Rational nines = PowerOfTen(static_cast<int>(cycle.size())) - Rational(1);
  const Rational repeating = Rational::FromDigits(cycle, 0) / nines / PowerOfTen(decimals);
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  return tree_.AddNumber(base + repeating, -1);
}

// 1011_2, 24_{10}, 77_{\text{eight}}, "1011 base 2"
NodeId Parser::ParseBase(NodeId number, const Token& token) {
  const std::string_view digits = token.text;
  std::optional<int> base;
  if (Take(Tok::kBase)) {
    if (Is(Tok::kNumber) && Peek().text.size() <= 2) base = std::stoi(std::string(Peek().text));
    if (Is(Tok::kWord)) base = NumberWord(Peek().text);
    Skip();
  } else {
    Skip();
    const bool braces = Take(Tok::kOpenGroup);
    if (Is(Tok::kNumber) && Peek().text.size() <= 2) base = std::stoi(std::string(Peek().text));
    if (Is(Tok::kText) || Is(Tok::kWord)) base = NumberWord(Peek().text);
    Skip();
    if (braces && !Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
  }
  if (!base || *base < 2 || *base > 36) return Fail("a base from 2 to 36 expected");
  if (digits.size() > 1000) return FailLarge("a number of more than 1000 digits in another base");
  Rational value;
  const Rational b(*base);
  for (const char c : digits) {
    if (c - '0' >= *base) return Fail("a digit that does not exist in this base");
    value = value * b + Rational(c - '0');
  }
  if (token.decimals > 0) value = value / b.Pow(token.decimals);
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  (void)number;
  return tree_.AddNumber(std::move(value), -1);
}

// The text of a subscript: x_1 and x_{1} give "_1".
std::string Parser::Subscript() {
  std::string name = "_";
  int depth = 0;
  do {
    const Token& token = Peek();
    if (token.tok == Tok::kEnd) break;
    if (token.tok == Tok::kOpenGroup) {
      ++depth;
    } else if (token.tok == Tok::kCloseGroup) {
      --depth;
    } else if (token.tok == Tok::kNumber && depth == 0 && token.text.size() > 1 && false) {
      break;
    } else {
      name.append(token.text.empty() ? text_.substr(token.begin, token.end - token.begin)
                                     : token.text);
    }
    Skip();
  } while (depth > 0);
  return name;
}

NodeId Parser::ParseSymbol() {
  const std::size_t begin = at_;
  std::string name(Peek().text);
  Skip();
  return ParseName(std::move(name), begin);
}

// "(x) =" behind a name that begins a side: p(x) = …, P(\text{sum} = 7) = …
bool Parser::AtDefinition() const {
  if (!Is(Tok::kOpen) || Peek().aux != '(' || Peek().space_before) return false;
  int depth = 0;
  for (std::size_t i = at_; tokens_.tokens[i].tok != Tok::kEnd; ++i) {
    if (tokens_.tokens[i].tok == Tok::kOpen) ++depth;
    if (tokens_.tokens[i].tok == Tok::kClose && --depth == 0) {
      const Token& next = tokens_.tokens[i + 1];
      return next.tok == Tok::kRelation && next.aux == static_cast<int>(Relation::kEqual);
    }
  }
  return false;
}

NodeId Parser::ParseName(std::string name, std::size_t begin) {
  while (Is(Tok::kSubscript)) {
    Skip();
    name += Subscript();
  }
  while (Is(Tok::kPrime)) {
    name += '\'';
    Skip();
  }
  const bool bound = std::find(bound_.begin(), bound_.end(), name) != bound_.end();
  if (!bound && name == "i") return Make(Op::kConstant, {}, static_cast<int>(Constant::kI));
  if (!bound && name == "e") return Make(Op::kConstant, {}, static_cast<int>(Constant::kE));
  if ((name == "angle" || name == "triangle") && Is(Tok::kSymbol)) {  // \angle ABC
    std::string full = name + " ";
    while (Is(Tok::kSymbol)) {
      full += Peek().text;
      Skip();
    }
    return Symbol(full);
  }
  if ((name == "Gamma" || name == "zeta") && Is(Tok::kOpen) && Peek().aux == '(') {
    const NodeId argument = ParseBracket();
    const Function f = name == "Gamma" ? Function::kGammaOf : Function::kZeta;
    return Make(Op::kCall, {argument}, static_cast<int>(f));
  }
  // f(x): an unknown function; other letters before a bracket multiply
  const char head = name[0];
  const bool usual = (head == 'f' || head == 'g' || head == 'h') &&
                     (name.size() == 1 || name[1] == '_' || name[1] == '\'');
  const bool function = !bound && (usual || (begin == side_begin_ && AtDefinition()));
  if (function && Is(Tok::kOpen) && Peek().aux == '(' && !Peek().space_before) {
    (void)begin;
    Skip();
    std::vector<NodeId> arguments;
    while (true) {
      const NodeId argument = ParseStatement();
      if (argument == kNoNode) return kNoNode;
      arguments.push_back(argument);
      if (!Take(Tok::kComma)) break;
    }
    if (!IsClose('(')) return Fail("a closing bracket expected");
    Skip();
    if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
    if (tree_.name_count() >= kMaxNames) return FailLarge("more than 200 names");
    return tree_.AddNamed(Op::kApply, name, arguments);
  }
  return Symbol(name);
}

NodeId Parser::ParsePostfix(NodeId base) {
  while (base != kNoNode) {
    if (Is(Tok::kOpen) && Is(Tok::kPmod, 1)) {  // 3 (mod 7)
      Skip();
      Skip();
      base = Make(Op::kMod, {base, ParseAdditive()});
      if (base == kNoNode) return kNoNode;
      if (!IsClose('(')) return Fail("a closing bracket expected");
      Skip();
      continue;
    }
    switch (Peek().tok) {
      case Tok::kPower:
        base = ParsePower(base);
        break;
      case Tok::kFactorial:
        Skip();
        base = Make(Op::kFactorial, {base});
        break;
      case Tok::kFactorialWord:
        Skip();
        base = Make(Op::kFactorial, {base});
        break;
      case Tok::kPercent:
        Skip();
        base = Make(Op::kPercent, {base});
        break;
      case Tok::kDegree:
        Skip();
        base = Make(Op::kDegrees, {base});
        break;
      case Tok::kPmod: {
        Skip();
        NodeId modulus = kNoNode;
        modulus = ParseArgument(true);
        base = Make(Op::kMod, {base, modulus});
        break;
      }
      case Tok::kSubscript: {
        // (1011)_2: digits in brackets; anything else has no meaning here
        if (tree_[base].op != Op::kNumber || tree_[base].decimals >= 0) {
          return Fail("a subscript behind something that is no name");
        }
        Token token;
        const std::string digits = tree_.number(base).ToString();
        token.text = digits;
        if (digits[0] == '-' || digits.find('/') != std::string::npos) {
          return Fail("a subscript behind something that is no name");
        }
        base = ParseBase(base, token);
        break;
      }
      default:
        return base;
    }
  }
  return base;
}

NodeId Parser::ParsePower(NodeId base) {
  Skip();
  if (Take(Tok::kDegree)) return Make(Op::kDegrees, {base});
  if (Take(Tok::kPrime)) return base;
  const auto ring = [&](std::size_t i) {  // 30^o
    return (Is(Tok::kSymbol, i) || Is(Tok::kText, i)) && Peek(i).text == "o";
  };
  if (base != kNoNode && tree_[base].op == Op::kNumber) {
    const std::size_t group = Is(Tok::kOpenGroup) ? 1 : 0;
    if (ring(group) && (group == 0 || Is(Tok::kCloseGroup, 2))) {
      at_ += 1 + 2 * group;
      return Make(Op::kDegrees, {base});
    }
  }
  if (Is(Tok::kSymbol) && (Peek().text == "top" || Peek().text == "intercal")) {
    Skip();
    return Make(Op::kTranspose, {base});
  }
  if (Is(Tok::kOpenGroup) && Is(Tok::kDegree, 1) && Is(Tok::kCloseGroup, 2)) {
    at_ += 3;
    return Make(Op::kDegrees, {base});
  }
  if (Is(Tok::kOpenGroup) && Is(Tok::kCloseGroup, 1)) {
    at_ += 2;
    return base;
  }
  const bool minus = Is(Tok::kMinus);
  NodeId exponent = kNoNode;
  if (minus || Is(Tok::kPlus)) {  // 2^-3
    Skip();
    exponent = ParseArgument(true);
    if (minus) exponent = Make(Op::kNeg, {exponent});
  } else {
    exponent = ParseArgument(true);
  }
  if (Is(Tok::kPower)) exponent = ParsePower(exponent);  // right associative
  while (Is(Tok::kFactorial) && exponent != kNoNode &&
         tokens_.tokens[at_ - 1].tok == Tok::kNumber) {
    Skip();  // 2^3!
    exponent = Make(Op::kFactorial, {exponent});
  }
  return Make(Op::kPow, {base, exponent});
}

// One argument: a braced group, or the next token alone as TeX reads it. `whole_numbers`: a number
// of several digits counts as one token (\sqrt15, 2^10), which is what people mean.
NodeId Parser::ParseArgument(bool whole_numbers) {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  if (Is(Tok::kOpenGroup)) return ParseGroup();
  if (Is(Tok::kNumber)) {
    Token& token = tokens_.tokens[at_];
    if (whole_numbers || token.text.size() == 1) {
      const Token copy = token;
      Skip();
      return NumberValue(copy, copy.text);
    }
    if (token.decimals >= 0 || token.braced) return Fail("braces expected around this number");
    Token digit = token;
    digit.text = token.text.substr(0, 1);
    token.text.remove_prefix(1);
    ++token.begin;
    return NumberValue(digit, digit.text);
  }
  if (Is(Tok::kSymbol)) {
    const std::string_view name = Peek().text;
    const bool bound = std::find(bound_.begin(), bound_.end(), name) != bound_.end();
    Skip();
    if (!bound && name == "i") return Make(Op::kConstant, {}, static_cast<int>(Constant::kI));
    if (!bound && name == "e") return Make(Op::kConstant, {}, static_cast<int>(Constant::kE));
    return Symbol(name);
  }
  return ParsePrimary();
}

// { … }: grouping in LaTeX, also {1, 2, 3} as a set whose backslashes were lost.
NodeId Parser::ParseGroup() {
  Skip();
  if (Take(Tok::kCloseGroup)) {
    // an empty group between factors is invisible
    if (Is(Tok::kEnd)) return Make(Op::kBraces, {});
    return ParsePrimary();
  }
  const int bars = bars_;
  const bool braces = in_braces_;
  bars_ = 0;
  in_braces_ = false;
  NodeId inside = ParseList(Tok::kCloseGroup, 0);
  if (inside == kNoNode) return kNoNode;
  if (Is(Tok::kChoose) || Is(Tok::kOver)) {
    const bool choose = Is(Tok::kChoose);
    Skip();
    const NodeId right = ParseList(Tok::kCloseGroup, 0);
    inside = choose ? Make(Op::kCall, {inside, right}, static_cast<int>(Function::kBinomial))
                    : Make(Op::kDiv, {inside, right});
    if (inside == kNoNode) return kNoNode;
  }
  if (!Take(Tok::kCloseGroup)) return Fail("a closing brace expected");
  bars_ = bars;
  in_braces_ = braces;
  if (tree_[inside].op == Op::kList) {
    const auto kids = tree_.kids(inside);
    return Make(Op::kBraces, std::vector<NodeId>(kids.begin(), kids.end()));
  }
  return inside;
}

}  // namespace assay::math
