// Numbers: digit groups, decimals, exponents.
#include <algorithm>
#include <array>

#include "verifiers/math/lexer.h"

namespace assay::math {

// The length of a separator of digit groups at `i`, 0 if there is none there. `comma_ok`: a bare
// comma counts.
std::size_t Lexer::GroupSeparator(std::size_t i, bool comma_ok, char* kind) const {
  static constexpr std::array<std::pair<std::string_view, char>, 14> kSeparators = {
      {{"{,}", ','},
       {",\\!", ','},
       {", \\!", ','},
       {"\\,", ' '},
       {"\\!", ' '},
       {"\\;", ' '},
       {"\\:", ' '},
       {"\\ ", ' '},
       {"~", ' '},
       {"\xE2\x80\x89", ' '},
       {"\xE2\x80\xAF", ' '},
       {"\xC2\xA0", ' '},
       {"{\\,}", ' '},
       {",\\,", ','}}};
  const std::string_view rest = text_.substr(std::min(i, text_.size()));
  for (const auto& [s, k] : kSeparators) {
    if (!rest.starts_with(s)) continue;
    *kind = k == ',' ? 'C' : 'S';
    std::size_t n = s.size();
    while (n < rest.size() && rest[n] == ' ') ++n;  // "111, \! 111"
    return n;
  }
  if (comma_ok && rest.starts_with(",") && rest.size() > 1 && Digit(rest[1])) {
    *kind = 'c';
    return 1;
  }
  if (rest.starts_with(" ") && rest.size() > 1 && Digit(rest[1])) {
    *kind = 's';
    return 1;
  }
  if (rest.starts_with("'") && rest.size() > 1 && Digit(rest[1])) {
    *kind = 'q';
    return 1;
  }
  return 0;
}

std::size_t Lexer::DigitsFrom(std::size_t i) const {
  std::size_t n = 0;
  while (Digit(At(i + n))) ++n;
  return n;
}

// Digit groups from at_: "1,234,567", "1 000", "14,\!916". Returns the end, or at_ when the first
// run of digits stands alone. Appends the digits to the pool.
std::size_t Lexer::Grouped() {
  const std::size_t first = DigitsFrom(at_);
  if (first == 0 || first > 3 || text_[at_] == '0') return at_;
  std::string digits(text_.substr(at_, first));
  std::size_t i = at_ + first;
  char style = 0;
  while (true) {
    char kind = 0;
    const std::size_t n = GroupSeparator(i, depth_ <= 0 && brace_list_ == 0, &kind);
    if (n == 0 || (style != 0 && style != kind)) break;
    if (DigitsFrom(i + n) != 3) {
      // "1,234,56" is a list, not a number
      if (kind == 'c' || kind == 's' || kind == 'q') return at_;
      break;
    }
    if (kind == 's' && At(i + n + 3) == '/') return at_;  // "11 100/200"
    style = kind;
    digits.append(text_.substr(i + n, 3));
    i += n + 3;
  }
  if (style == 0) return at_;
  out_.pool.append(digits);
  return i;
}

void Lexer::Number() {
  const std::size_t begin = at_;
  const std::size_t pool = out_.pool.size();
  std::size_t i = Grouped();
  if (i == at_) {
    const std::size_t n = DigitsFrom(at_);
    out_.pool.append(text_.substr(at_, n));
    i = at_ + n;
  }
  int decimals = -1;
  if (At(i) == '.' && Digit(At(i + 1))) {
    const std::size_t n = DigitsFrom(i + 1);
    // "1.234.567" and "1.234,56": points that group
    if (European(begin, i, pool)) return;
    out_.pool.append(text_.substr(i + 1, n));
    decimals = static_cast<int>(n);
    i += 1 + n;
  } else if (At(i) == '.' && !Letter(At(i + 1)) && At(i + 1) != '.' && i + 1 < text_.size()) {
    // "5." inside an expression; a final point was cut off before
    const std::string_view rest = text_.substr(i + 1);
    if (rest.starts_with("\\overline") || rest.starts_with("\\bar") || rest.starts_with("\\dot{") ||
        rest.starts_with("\\dot ") || rest.starts_with("(") || rest.starts_with("{\\overline") ||
        rest.starts_with("\\ldots")) {
      decimals = 0;
      i += 1;
    } else if (rest[0] == ' ' || rest[0] == '\\' || rest[0] == '$' || rest[0] == ')') {
      decimals = 0;
      i += 1;
    }
  }
  if (decimals < 0 && i == at_ + DigitsFrom(at_) && text_.substr(i).starts_with("{,}") &&
      Digit(At(i + 3))) {  // 0{,}5: what is no group of three is a decimal comma
    const std::size_t n = DigitsFrom(i + 3);
    out_.pool.append(text_.substr(i + 3, n));
    decimals = static_cast<int>(n);
    i += 3 + n;
  }
  int exponent = 0;
  const std::size_t e = i;
  if ((At(i) == 'e' || At(i) == 'E') &&
      (Digit(At(i + 1)) || ((At(i + 1) == '-' || At(i + 1) == '+') && Digit(At(i + 2))))) {
    std::size_t j = i + 1;
    const bool negative = At(j) == '-';
    if (At(j) == '-' || At(j) == '+') ++j;
    const std::size_t n = DigitsFrom(j);
    if (n <= 4) {
      for (std::size_t k = 0; k < n; ++k) exponent = exponent * 10 + (text_[j + k] - '0');
      if (negative) exponent = -exponent;
      i = j + n;
    }
  }
  Token& token = Put(Tok::kNumber, begin, i, exponent);
  token.text = std::string_view(out_.pool).substr(pool);
  token.decimals = static_cast<std::int16_t>(decimals);
  token.braced = i != e;  // an exponent was written
  at_ = i;
}

// Numbers with points between groups of three digits, as "1.234.567" or "1.234,56".
bool Lexer::European(std::size_t begin, std::size_t point, std::size_t pool) {
  if (point - begin > 3 || out_.pool.size() - pool != point - begin) return false;
  std::string digits(out_.pool.substr(pool));
  std::size_t i = point;
  int groups = 0;
  while (At(i) == '.' && DigitsFrom(i + 1) == 3) {
    digits.append(text_.substr(i + 1, 3));
    i += 4;
    ++groups;
  }
  int decimals = -1;
  if (groups >= 1 && At(i) == ',' && depth_ <= 0) {
    const std::size_t n = DigitsFrom(i + 1);
    if (n == 0 || n == 3) return false;
    digits.append(text_.substr(i + 1, n));
    decimals = static_cast<int>(n);
    i += 1 + n;
  } else if (groups < 2 || Digit(At(i))) {
    return false;
  }
  out_.pool.resize(pool);
  out_.pool.append(digits);
  Token& token = Put(Tok::kNumber, begin, i);
  token.text = std::string_view(out_.pool).substr(pool);
  token.decimals = static_cast<std::int16_t>(decimals);
  at_ = i;
  return true;
}

}  // namespace assay::math
