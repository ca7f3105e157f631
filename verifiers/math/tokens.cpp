#include "verifiers/math/tokens.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "verifiers/math/expr.h"

namespace assay::math {
namespace {

bool Digit(char c) { return c >= '0' && c <= '9'; }
bool Letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool Upper(char c) { return c >= 'A' && c <= 'Z'; }
bool Vowel(char c) { return std::strchr("aeiouy", c) != nullptr; }

// What a Unicode character stands for: an ASCII or LaTeX spelling that is tokenized in its place.
struct Glyph {
  std::string_view bytes;
  Tok tok;
  std::int16_t aux;
  std::string_view text;
};

constexpr std::int16_t R(Relation r) { return static_cast<std::int16_t>(r); }
constexpr std::int16_t C(Constant c) { return static_cast<std::int16_t>(c); }

constexpr std::array kGlyphs = {
    Glyph{"×", Tok::kTimes, 0, ""},
    Glyph{"·", Tok::kTimes, 0, ""},
    Glyph{"⋅", Tok::kTimes, 0, ""},
    Glyph{"∙", Tok::kTimes, 0, ""},
    Glyph{"•", Tok::kTimes, 0, ""},
    Glyph{"∗", Tok::kTimes, 0, ""},
    Glyph{"÷", Tok::kDivide, 0, ""},
    Glyph{"∕", Tok::kDivide, 0, ""},
    Glyph{"⁄", Tok::kDivide, 0, ""},
    Glyph{"−", Tok::kMinus, 0, ""},
    Glyph{"–", Tok::kMinus, 0, ""},
    Glyph{"—", Tok::kMinus, 0, ""},
    Glyph{"‐", Tok::kMinus, 0, ""},
    Glyph{"‑", Tok::kMinus, 0, ""},
    Glyph{"－", Tok::kMinus, 0, ""},
    Glyph{"＋", Tok::kPlus, 0, ""},
    Glyph{"±", Tok::kPlusMinus, 0, ""},
    Glyph{"∓", Tok::kMinusPlus, 0, ""},
    Glyph{"√", Tok::kRoot, 1, ""},
    Glyph{"∛", Tok::kCubeRoot, 1, ""},
    Glyph{"π", Tok::kConstant, C(Constant::kPi), ""},
    Glyph{"∞", Tok::kConstant, C(Constant::kInfinity), ""},
    Glyph{"≤", Tok::kRelation, R(Relation::kLessEqual), ""},
    Glyph{"≦", Tok::kRelation, R(Relation::kLessEqual), ""},
    Glyph{"⩽", Tok::kRelation, R(Relation::kLessEqual), ""},
    Glyph{"≥", Tok::kRelation, R(Relation::kGreaterEqual), ""},
    Glyph{"≧", Tok::kRelation, R(Relation::kGreaterEqual), ""},
    Glyph{"⩾", Tok::kRelation, R(Relation::kGreaterEqual), ""},
    Glyph{"≠", Tok::kRelation, R(Relation::kNotEqual), ""},
    Glyph{"≈", Tok::kRelation, R(Relation::kApprox), ""},
    Glyph{"≃", Tok::kRelation, R(Relation::kApprox), ""},
    Glyph{"≅", Tok::kRelation, R(Relation::kApprox), ""},
    Glyph{"≡", Tok::kRelation, R(Relation::kCongruent), ""},
    Glyph{"＝", Tok::kRelation, R(Relation::kEqual), ""},
    Glyph{"＜", Tok::kRelation, R(Relation::kLess), ""},
    Glyph{"＞", Tok::kRelation, R(Relation::kGreater), ""},
    Glyph{"∈", Tok::kRelation, R(Relation::kIn), ""},
    Glyph{"∉", Tok::kRelation, R(Relation::kNotIn), ""},
    Glyph{"⊂", Tok::kRelation, R(Relation::kSubset), ""},
    Glyph{"⊆", Tok::kRelation, R(Relation::kSubset), ""},
    Glyph{"∪", Tok::kUnion, 0, ""},
    Glyph{"⋃", Tok::kUnion, 0, ""},
    Glyph{"∩", Tok::kIntersect, 0, ""},
    Glyph{"∖", Tok::kSetMinus, 0, ""},
    Glyph{"∅", Tok::kEmptySet, 0, ""},
    Glyph{"°", Tok::kDegree, 0, ""},
    Glyph{"º", Tok::kDegree, 0, ""},
    Glyph{"˚", Tok::kDegree, 0, ""},
    Glyph{"′", Tok::kPrime, 0, ""},
    Glyph{"’", Tok::kPrime, 0, ""},
    Glyph{"ℝ", Tok::kNumberSet, 'R', ""},
    Glyph{"ℤ", Tok::kNumberSet, 'Z', ""},
    Glyph{"ℚ", Tok::kNumberSet, 'Q', ""},
    Glyph{"ℕ", Tok::kNumberSet, 'N', ""},
    Glyph{"ℂ", Tok::kNumberSet, 'C', ""},
    Glyph{"⌊", Tok::kOpen, 'f', ""},
    Glyph{"⌋", Tok::kClose, 'f', ""},
    Glyph{"⌈", Tok::kOpen, 'c', ""},
    Glyph{"⌉", Tok::kClose, 'c', ""},
    Glyph{"⟨", Tok::kOpen, '<', ""},
    Glyph{"⟩", Tok::kClose, '<', ""},
    Glyph{"〈", Tok::kOpen, '<', ""},
    Glyph{"〉", Tok::kClose, '<', ""},
    Glyph{"（", Tok::kOpen, '(', ""},
    Glyph{"）", Tok::kClose, '(', ""},
    Glyph{"［", Tok::kOpen, '[', ""},
    Glyph{"］", Tok::kClose, '[', ""},
    Glyph{"，", Tok::kComma, 0, ""},
    Glyph{"、", Tok::kComma, 0, ""},
    Glyph{"；", Tok::kSemicolon, 0, ""},
    Glyph{"：", Tok::kColon, 0, ""},
    Glyph{"∶", Tok::kColon, 0, ""},
    Glyph{"％", Tok::kPercent, 0, ""},
    Glyph{"…", Tok::kDots, 0, ""},
    Glyph{"⋯", Tok::kDots, 0, ""},
    Glyph{"→", Tok::kTo, 0, ""},
    Glyph{"⇒", Tok::kImplies, 0, ""},
    Glyph{"⇔", Tok::kImplies, 0, ""},
    Glyph{"∧", Tok::kAnd, 0, ""},
    Glyph{"∨", Tok::kOr, 0, ""},
    Glyph{"∑", Tok::kSum, 0, ""},
    Glyph{"∏", Tok::kProduct, 0, ""},
    Glyph{"∫", Tok::kIntegral, 0, ""},
    Glyph{"∣", Tok::kMiddle, 0, ""},
    Glyph{"¬", Tok::kNot, 0, ""},
    Glyph{"€", Tok::kDollar, 0, "€"},
    Glyph{"£", Tok::kDollar, 0, "£"},
    Glyph{"¥", Tok::kDollar, 0, "¥"},
    Glyph{"₹", Tok::kDollar, 0, "₹"},
    Glyph{"α", Tok::kSymbol, 0, "alpha"},
    Glyph{"β", Tok::kSymbol, 0, "beta"},
    Glyph{"γ", Tok::kSymbol, 0, "gamma"},
    Glyph{"δ", Tok::kSymbol, 0, "delta"},
    Glyph{"ε", Tok::kSymbol, 0, "epsilon"},
    Glyph{"θ", Tok::kSymbol, 0, "theta"},
    Glyph{"λ", Tok::kSymbol, 0, "lambda"},
    Glyph{"μ", Tok::kSymbol, 0, "mu"},
    Glyph{"ρ", Tok::kSymbol, 0, "rho"},
    Glyph{"σ", Tok::kSymbol, 0, "sigma"},
    Glyph{"τ", Tok::kSymbol, 0, "tau"},
    Glyph{"φ", Tok::kSymbol, 0, "phi"},
    Glyph{"ϕ", Tok::kSymbol, 0, "phi"},
    Glyph{"ω", Tok::kSymbol, 0, "omega"},
    Glyph{"Δ", Tok::kSymbol, 0, "Delta"},
    Glyph{"△", Tok::kSymbol, 0, "triangle"},
    Glyph{"∠", Tok::kSymbol, 0, "angle"},
    Glyph{"Ω", Tok::kSymbol, 0, "Omega"},
    Glyph{"ℓ", Tok::kSymbol, 0, "ell"},
    Glyph{"“", Tok::kIgnore, 0, ""},
    Glyph{"”", Tok::kIgnore, 0, ""},
    Glyph{"‘", Tok::kIgnore, 0, ""},
    Glyph{"\xC2\xA0", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x89", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\xAF", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x82", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x83", Tok::kSpace, 0, ""},
    Glyph{"\xE3\x80\x80", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x8B", Tok::kSpace, 0, ""},
    Glyph{"\xEF\xBB\xBF", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x81\xA0", Tok::kSpace, 0, ""},
    Glyph{"。", Tok::kIgnore, 0, ""},
    Glyph{"\xE2\x81\xA1", Tok::kIgnore, 0, ""},
    Glyph{"\xE2\x81\xA2", Tok::kTimes, 0, ""},
};

constexpr std::array<std::string_view, 12> kSuperscripts = {"⁰", "¹", "²", "³", "⁴", "⁵",
                                                            "⁶", "⁷", "⁸", "⁹", "⁻", "ⁿ"};
constexpr std::array<std::string_view, 10> kSubscripts = {"₀", "₁", "₂", "₃", "₄",
                                                          "₅", "₆", "₇", "₈", "₉"};
struct Vulgar {
  std::string_view bytes;
  int numerator;
  int denominator;
};
constexpr std::array kVulgar = {
    Vulgar{"½", 1, 2}, Vulgar{"⅓", 1, 3}, Vulgar{"⅔", 2, 3}, Vulgar{"¼", 1, 4}, Vulgar{"¾", 3, 4},
    Vulgar{"⅕", 1, 5}, Vulgar{"⅖", 2, 5}, Vulgar{"⅗", 3, 5}, Vulgar{"⅘", 4, 5}, Vulgar{"⅙", 1, 6},
    Vulgar{"⅚", 5, 6}, Vulgar{"⅛", 1, 8}, Vulgar{"⅜", 3, 8}, Vulgar{"⅝", 5, 8}, Vulgar{"⅞", 7, 8}};

class Lexer {
 public:
  Lexer(std::string_view text, Tokens& out) : text_(text), out_(out) {
    out_.tokens.clear();
    out_.pool.clear();
    out_.pool.reserve(text.size() + 32);  // views into it stay valid
  }

  void Run() {
    while (at_ < text_.size()) Next();
    Put(Tok::kEnd, at_, at_);
  }

 private:
  char At(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  bool Here(std::string_view s) const { return text_.substr(at_).starts_with(s); }

  Token& Put(Tok tok, std::size_t begin, std::size_t end, int aux = 0, std::string_view text = {}) {
    Token token;
    token.tok = tok;
    token.aux = static_cast<std::int16_t>(aux);
    token.begin = static_cast<std::uint32_t>(begin);
    token.end = static_cast<std::uint32_t>(end);
    token.text = text;
    token.space_before = space_;
    token.newline_before = newline_;
    space_ = false;
    newline_ = false;
    out_.tokens.push_back(token);
    return out_.tokens.back();
  }
  void Single(Tok tok, int aux = 0) {
    Put(tok, at_, at_ + 1, aux);
    ++at_;
  }

  void Next() {
    const char c = text_[at_];
    if (Digit(c) || (c == '.' && Digit(At(at_ + 1)))) return Number();
    if (Letter(c)) return Letters();
    if (static_cast<unsigned char>(c) >= 0x80) return Unicode();
    switch (c) {
      case '\n':
        newline_ = true;
        [[fallthrough]];
      case ' ':
      case '\t':
      case '\r':
      case '~':
        space_ = true;
        ++at_;
        return;
      case '\\':
        return Backslash();
      case '(':
      case '[':
        depth_ += 1;
        return Single(Tok::kOpen, c);
      case ')':
        depth_ -= 1;
        return Single(Tok::kClose, '(');
      case ']':
        depth_ -= 1;
        return Single(Tok::kClose, '[');
      case '{':
        return Single(Tok::kOpenGroup);
      case '}':
        return Single(Tok::kCloseGroup);
      case '+':
        if (Here("+-") || Here("+/-")) {
          const std::size_t n = Here("+-") ? 2 : 3;
          if (n == 3) {
            Put(Tok::kPlusMinus, at_, at_ + n);
            at_ += n;
            return;
          }
        }
        return Single(Tok::kPlus);
      case '-':
        if (Here("->") || Here("=>")) {
          Put(Tok::kTo, at_, at_ + 2);
          at_ += 2;
          return;
        }
        return Single(Tok::kMinus);
      case '*':
        if (Here("**")) {
          Put(Tok::kPower, at_, at_ + 2);
          at_ += 2;
          return;
        }
        return Single(Tok::kTimes);
      case '/':
        return Single(Tok::kDivide);
      case '^':
        return Single(Tok::kPower);
      case '_':
        return Single(Tok::kSubscript);
      case '!':
        if (Here("!=") && At(at_ + 2) != '=') {
          Put(Tok::kRelation, at_, at_ + 2, R(Relation::kNotEqual));
          at_ += 2;
          return;
        }
        return Single(Tok::kFactorial);
      case '\'':
        return Single(Tok::kPrime);
      case ',':
        return Single(Tok::kComma);
      case ';':
        return Single(Tok::kSemicolon);
      case ':':
        if (Here(":=")) {
          Put(Tok::kRelation, at_, at_ + 2, R(Relation::kEqual));
          at_ += 2;
          return;
        }
        return Single(Tok::kColon);
      case '|':
        if (Here("||")) {
          Put(Tok::kDoubleBar, at_, at_ + 2);
          at_ += 2;
          return;
        }
        return Single(Tok::kBar);
      case '=':
      case '<':
      case '>':
        return RelationSign(c);
      case '%':
        return Single(Tok::kPercent);
      case '&':
        return Single(Tok::kAmpersand);
      case '$':
        return Single(Tok::kDollar, 1);
      case '.':
        if (Here("...")) {
          Put(Tok::kDots, at_, at_ + 3);
          at_ += 3;
          return;
        }
        return Single(Tok::kUnknown);
      case '"':
      case '`':
        ++at_;
        space_ = true;
        return;
      default:
        return Single(Tok::kUnknown);
    }
  }

  void RelationSign(char c) {
    const char d = At(at_ + 1);
    Relation r = Relation::kEqual;
    std::size_t n = 1;
    if (c == '=') {
      if (d == '>') {
        Put(Tok::kImplies, at_, at_ + 2);
        at_ += 2;
        return;
      }
      if (d == '=') n = 2;
      if (d == '<') {
        r = Relation::kLessEqual;
        n = 2;
      }
    } else if (c == '<') {
      r = Relation::kLess;
      if (d == '=') {
        r = Relation::kLessEqual;
        n = 2;
      }
      if (d == '>') {
        r = Relation::kNotEqual;
        n = 2;
      }
    } else {
      r = Relation::kGreater;
      if (d == '=') {
        r = Relation::kGreaterEqual;
        n = 2;
      }
    }
    Put(Tok::kRelation, at_, at_ + n, R(r));
    at_ += n;
  }

  // The length of a separator of digit groups at `i`, 0 if there is none there. `comma_ok`: a bare
  // comma counts.
  std::size_t GroupSeparator(std::size_t i, bool comma_ok, char* kind) const {
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

  std::size_t DigitsFrom(std::size_t i) const {
    std::size_t n = 0;
    while (Digit(At(i + n))) ++n;
    return n;
  }

  // Digit groups from at_: "1,234,567", "1 000", "14,\!916". Returns the end, or at_ when the first
  // run of digits stands alone. Appends the digits to the pool.
  std::size_t Grouped() {
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

  void Number() {
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
      if (rest.starts_with("\\overline") || rest.starts_with("\\bar") ||
          rest.starts_with("\\dot{") || rest.starts_with("\\dot ") || rest.starts_with("(") ||
          rest.starts_with("{\\overline") || rest.starts_with("\\ldots")) {
        decimals = 0;
        i += 1;
      } else if (rest[0] == ' ' || rest[0] == '\\' || rest[0] == '$' || rest[0] == ')') {
        decimals = 0;
        i += 1;
      }
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
  bool European(std::size_t begin, std::size_t point, std::size_t pool) {
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

  void Letters() {
    std::size_t n = 1;
    while (Letter(At(at_ + n))) ++n;
    const std::string_view run = text_.substr(at_, n);
    if (n == 1) return PutSymbol(at_, 1);
    const bool sub = !out_.tokens.empty() && out_.tokens.back().tok == Tok::kSubscript;
    if (const Word* word = FindWord(run); word != nullptr && !sub) {
      return PutWord(*word, at_, n);
    }
    std::string lower(run);
    for (char& c : lower) c = static_cast<char>(Upper(c) ? c + 32 : c);
    if (const Word* word = FindWord(lower); word != nullptr && n > 2 && lower != run && !sub) {
      return PutWord(*word, at_, n);
    }
    if (std::all_of(run.begin(), run.end(), Upper)) {  // a segment or word: AB, LQSX
      if (n <= 3 && FindUnit(lower) >= 0 && !out_.tokens.empty() && !space_) {
        Put(Tok::kUnit, at_, at_ + n, FindUnit(lower), run);
      } else {
        Put(Tok::kSymbol, at_, at_ + n, 0, run);
      }
      at_ += n;
      return;
    }
    if (const auto tens = NumberWord(lower);
        tens && *tens >= 20 && At(at_ + n) == '-') {  // twenty-one
      std::size_t m = 0;
      while (Letter(At(at_ + n + 1 + m))) ++m;
      std::string whole(text_.substr(at_, n + 1 + m));
      for (char& c : whole) c = static_cast<char>(Upper(c) ? c + 32 : c);
      if (NumberWord(whole)) n += 1 + m;
      Put(Tok::kWord, at_, at_ + n, 0, text_.substr(at_, n));
      at_ += n;
      return;
    }
    if (FindUnit(lower) >= 0 || FindUnit(run) >= 0 || NumberWord(lower)) {
      Put(Tok::kWord, at_, at_ + n, 0, run);
      at_ += n;
      return;
    }
    static constexpr std::array<std::string_view, 12> kShortWords = {
        "so", "we", "if", "no", "is", "he", "of", "on", "to", "my", "up", "do"};
    if (n == 2 && std::find(kShortWords.begin(), kShortWords.end(), lower) != kShortWords.end()) {
      Put(Tok::kWord, at_, at_ + n, 0, run);
      at_ += n;
      return;
    }
    if (SplitRun(run)) return;
    const bool vowel = std::any_of(lower.begin(), lower.end(), Vowel);
    if (n >= 4 || (n == 3 && vowel && lower != "abc" && lower != "xyz")) {
      Put(Tok::kWord, at_, at_ + n, 0, run);
      at_ += n;
      return;
    }
    for (std::size_t k = 0; k < n; ++k) PutSymbol(at_, 1);
  }

  void PutSymbol(std::size_t begin, std::size_t n) {
    Put(Tok::kSymbol, begin, begin + n, 0, text_.substr(begin, n));
    at_ = begin + n;
  }
  void PutWord(const Word& word, std::size_t begin, std::size_t n) {
    Put(word.tok, begin, begin + n, word.aux,
        word.tok == Tok::kSymbol ? word.name : text_.substr(begin, n));
    at_ = begin + n;
  }

  // "xsin", "pix", "xlnx": single letters around one function or constant.
  bool SplitRun(std::string_view run) {
    static constexpr std::array<std::string_view, 12> kInner = {
        "sqrt", "arcsin", "arccos", "arctan", "sin", "cos",
        "tan",  "log",    "exp",    "ln",     "pi",  "theta"};
    if (run.size() > 9) return false;
    for (const std::string_view inner : kInner) {
      const std::size_t p = run.find(inner);
      if (p == std::string_view::npos) continue;
      const std::size_t after = run.size() - p - inner.size();
      const bool call = At(at_ + run.size()) == '(' || At(at_ + run.size()) == '^' ||
                        At(at_ + run.size()) == '{' || inner == "pi" || inner == "theta";
      if (p > 2 || after > 1 || (after == 0 && !call) || (p + after > 1 && inner == "pi")) continue;
      const std::size_t begin = at_;
      for (std::size_t k = 0; k < p; ++k) PutSymbol(begin + k, 1);
      PutWord(*FindWord(inner), begin + p, inner.size());
      for (std::size_t k = 0; k < after; ++k) PutSymbol(begin + p + inner.size() + k, 1);
      return true;
    }
    return false;
  }

  void Backslash() {
    const std::size_t begin = at_;
    const char c = At(at_ + 1);
    if (c == '\\') return DoubleBackslash();
    if (Letter(c)) {
      std::size_t n = 1;
      while (Letter(At(at_ + 1 + n))) ++n;
      return Command(begin, at_ + 1, n);
    }
    at_ += 2;
    switch (c) {
      case '{':
        depth_ += 1;
        Put(Tok::kOpen, begin, at_, '{');
        return;
      case '}':
        depth_ -= 1;
        Put(Tok::kClose, begin, at_, '{');
        return;
      case '%':
        Put(Tok::kPercent, begin, at_);
        return;
      case '$':
        Put(Tok::kDollar, begin, at_, 0, "$");
        return;
      case '|':
        Put(Tok::kDoubleBar, begin, at_);
        return;
      case '(':
      case ')':
      case '[':
      case ']':  // math delimiters inside the answer
        Put(Tok::kDollar, begin, at_, 1);
        return;
      case '&':
      case '#':
        Put(Tok::kUnknown, begin, at_);
        return;
      case '_':
        Put(Tok::kUnknown, begin, at_, '_');
        return;
      case '\n':
      case ' ':
      case ',':
      case ';':
      case ':':
      case '!':
      case '/':
      case '"':
      case '\'':
      case '>':
        space_ = true;
        return;
      default:
        at_ = std::min(at_, text_.size());
        Put(Tok::kUnknown, begin, at_);
    }
  }

  // A row break, or a command whose backslash was escaped once too often.
  void DoubleBackslash() {
    const std::size_t begin = at_;
    std::size_t n = 0;
    while (Letter(At(at_ + 2 + n))) ++n;
    const std::string_view name = text_.substr(std::min(at_ + 2, text_.size()), n);
    if (environments_ == 0 || escaped_twice_) {
      if (n > 0 && (FindCommand(name) != nullptr || FindCommandPrefix(name) != nullptr)) {
        if (name == "begin") escaped_twice_ = true;
        return Command(begin, at_ + 2, n);
      }
      const char c = At(at_ + 2);
      if (n == 0 && (c == '{' || c == '}' || c == '%' || c == '$')) {
        ++at_;
        return Backslash();
      }
      if (n == 0 && (c == ',' || c == '!' || c == ';' || c == ' ')) {
        at_ += 2 + (c == ' ' ? 0 : 1);
        space_ = true;
        if (environments_ == 0) return;
      }
    }
    at_ = std::max(at_, begin + 2);
    while (At(at_) == '\\' && At(at_ + 1) == '\\' && escaped_twice_) at_ += 2;
    Put(Tok::kRowBreak, begin, at_);
  }

  void Command(std::size_t begin, std::size_t name_at, std::size_t n) {
    std::string_view name = text_.substr(name_at, n);
    const Word* word = FindCommand(name);
    if (word == nullptr) {
      word = FindCommandPrefix(name);
      if (word != nullptr) n = word->name.size();
    }
    at_ = name_at + n;
    if (word == nullptr) {
      Put(Tok::kSymbol, begin, at_, 0, name);
      return;
    }
    switch (word->tok) {
      case Tok::kSpace:
        space_ = true;
        if (name == "n") newline_ = true;
        return;
      case Tok::kIgnore:
        if (At(at_) == '.' && (name == "left" || name == "right")) ++at_;
        return;
      case Tok::kText:
        return TextArgument(begin, word->tok);
      case Tok::kOperatorName:
        return TextArgument(begin, word->tok);
      case Tok::kBegin:
      case Tok::kEndEnvironment:
        return Environment(begin, word->tok);
      case Tok::kOpen:
        ++depth_;
        break;
      case Tok::kClose:
        --depth_;
        break;
      default:
        break;
    }
    Put(word->tok, begin, at_, word->aux, word->name);
  }

  // The content of {…} from at_, or nothing. Leaves at_ behind it.
  bool Braced(std::string_view* content) {
    std::size_t i = at_;
    while (At(i) == ' ') ++i;
    if (At(i) != '{') return false;
    int depth = 0;
    for (std::size_t j = i; j < text_.size(); ++j) {
      if (text_[j] == '\\') {
        ++j;
      } else if (text_[j] == '{') {
        ++depth;
      } else if (text_[j] == '}' && --depth == 0) {
        *content = text_.substr(i + 1, j - i - 1);
        at_ = j + 1;
        return true;
      }
    }
    *content = text_.substr(i + 1);  // never closed
    at_ = text_.size();
    return true;
  }

  void TextArgument(std::size_t begin, Tok tok) {
    std::string_view content;
    if (At(at_) == '*') ++at_;  // \operatorname*
    if (!Braced(&content)) {
      std::size_t i = at_;
      while (At(i) == ' ') ++i;
      std::size_t n = 0;
      while (Letter(At(i + n))) ++n;
      if (n == 0) {
        space_ = true;
        return;
      }
      content = text_.substr(i, n);
      at_ = i + n;
    }
    const bool space = !content.empty() && content.front() == ' ';
    while (!content.empty() && std::strchr(" ~\n\t", content.front()) != nullptr) {
      content.remove_prefix(1);
    }
    while (!content.empty() && std::strchr(" ~\n\t", content.back()) != nullptr) {
      content.remove_suffix(1);
    }
    space_ = space_ || space;
    if (content.empty()) {
      space_ = true;
      return;
    }
    if (tok == Tok::kOperatorName) {
      if (content.size() == 1 && Letter(content[0])) {
        Put(Tok::kSymbol, begin, at_, 1, content);
        return;
      }
      if (const Word* word = FindWord(content); word != nullptr) {
        Put(word->tok, begin, at_, word->aux, word->tok == Tok::kSymbol ? word->name : content);
        return;
      }
    }
    Put(Tok::kText, begin, at_, 0, content);
  }

  void Environment(std::size_t begin, Tok tok) {
    std::string_view name;
    if (!Braced(&name)) name = {};
    environments_ += tok == Tok::kBegin ? 1 : -1;
    if (environments_ < 0) environments_ = 0;
    if (tok == Tok::kBegin && name == "array") {  // its column layout
      std::string_view layout;
      Braced(&layout);
    }
    Put(tok, begin, at_, 0, name);
  }

  void Unicode() {
    const std::string_view rest = text_.substr(at_);
    for (const Glyph& glyph : kGlyphs) {
      if (!rest.starts_with(glyph.bytes)) continue;
      const std::size_t n = glyph.bytes.size();
      if (glyph.tok == Tok::kSpace || glyph.tok == Tok::kIgnore) {
        at_ += n;
        space_ = true;
        return;
      }
      if (glyph.tok == Tok::kOpen) ++depth_;
      if (glyph.tok == Tok::kClose) --depth_;
      Put(glyph.tok, at_, at_ + n, glyph.aux, glyph.text);
      at_ += n;
      return;
    }
    if (Superscript() || Subscript() || VulgarFraction() || FullWidth()) return;
    // One character, or one bad byte.
    std::size_t n = 1;
    while (at_ + n < text_.size() && (static_cast<unsigned char>(text_[at_ + n]) & 0xC0) == 0x80)
      ++n;
    Put(Tok::kUnknown, at_, at_ + n, 0, text_.substr(at_, n));
    at_ += n;
  }

  // A run of superscript digits: a power of one group.
  bool Superscript() {
    const std::size_t begin = at_;
    const std::size_t pool = out_.pool.size();
    bool negative = false;
    bool letter = false;
    while (true) {
      const auto it = std::find_if(kSuperscripts.begin(), kSuperscripts.end(),
                                   [&](std::string_view s) { return Here(s); });
      if (it == kSuperscripts.end()) break;
      const auto d = it - kSuperscripts.begin();
      if (d == 10) negative = true;
      if (d == 11) letter = true;
      if (d < 10) out_.pool.push_back(static_cast<char>('0' + d));
      at_ += it->size();
    }
    if (at_ == begin) return false;
    Put(Tok::kPower, begin, begin);
    Put(Tok::kOpenGroup, begin, begin);
    if (negative) Put(Tok::kMinus, begin, begin);
    if (out_.pool.size() > pool) {
      Put(Tok::kNumber, begin, at_).text = std::string_view(out_.pool).substr(pool);
    }
    if (letter) Put(Tok::kSymbol, begin, at_, 0, "n");
    Put(Tok::kCloseGroup, at_, at_);
    return true;
  }

  bool Subscript() {
    const std::size_t begin = at_;
    const std::size_t pool = out_.pool.size();
    while (true) {
      const auto it = std::find_if(kSubscripts.begin(), kSubscripts.end(),
                                   [&](std::string_view s) { return Here(s); });
      if (it == kSubscripts.end()) break;
      out_.pool.push_back(static_cast<char>('0' + (it - kSubscripts.begin())));
      at_ += it->size();
    }
    if (at_ == begin) return false;
    Put(Tok::kSubscript, begin, begin);
    Put(Tok::kOpenGroup, begin, begin);
    Put(Tok::kNumber, begin, at_).text = std::string_view(out_.pool).substr(pool);
    Put(Tok::kCloseGroup, at_, at_);
    return true;
  }

  bool VulgarFraction() {
    for (const Vulgar& v : kVulgar) {
      if (!Here(v.bytes)) continue;
      const std::size_t pool = out_.pool.size();
      out_.pool.push_back(static_cast<char>('0' + v.numerator));
      out_.pool.push_back(static_cast<char>('0' + v.denominator));
      const std::size_t end = at_ + v.bytes.size();
      Put(Tok::kFraction, at_, end);
      Put(Tok::kNumber, at_, end).text = std::string_view(out_.pool).substr(pool, 1);
      Put(Tok::kNumber, at_, end).text = std::string_view(out_.pool).substr(pool + 1, 1);
      at_ = end;
      return true;
    }
    return false;
  }

  // Full-width digits are read as digits.
  bool FullWidth() {
    const std::size_t begin = at_;
    const std::size_t pool = out_.pool.size();
    while (Here("\xEF\xBC") && static_cast<unsigned char>(At(at_ + 2)) >= 0x90 &&
           static_cast<unsigned char>(At(at_ + 2)) <= 0x99) {
      out_.pool.push_back(
          static_cast<char>('0' + (static_cast<unsigned char>(At(at_ + 2)) - 0x90)));
      at_ += 3;
    }
    if (at_ == begin) return false;
    Put(Tok::kNumber, begin, at_).text = std::string_view(out_.pool).substr(pool);
    return true;
  }

  std::string_view text_;
  Tokens& out_;
  std::size_t at_ = 0;
  bool space_ = false;
  bool newline_ = false;
  bool escaped_twice_ = false;
  int depth_ = 0;  // of brackets that hold lists: ( [ \{
  int brace_list_ = 0;
  int environments_ = 0;
};

}  // namespace

void Tokenize(std::string_view text, Tokens& out) { Lexer(text, out).Run(); }

}  // namespace assay::math
