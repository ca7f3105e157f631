// Factors: names, groups, and what may follow them.
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
