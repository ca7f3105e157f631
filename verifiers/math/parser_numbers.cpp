// Numbers: digits, mixed numbers, repeating decimals, other bases.
#include <algorithm>

#include "verifiers/math/parser.h"

namespace assay::math {

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

}  // namespace assay::math
