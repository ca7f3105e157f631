#include "verifiers/math/tokens.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "verifiers/math/expr.h"
#include "verifiers/math/lexer.h"

namespace assay::math {
namespace {

bool Upper(char c) { return c >= 'A' && c <= 'Z'; }
bool Vowel(char c) { return std::strchr("aeiouy", c) != nullptr; }

constexpr std::int16_t R(Relation r) { return static_cast<std::int16_t>(r); }

}  // namespace

void Lexer::Run() {
  while (at_ < text_.size()) Next();
  Put(Tok::kEnd, at_, at_);
}

Token& Lexer::Put(Tok tok, std::size_t begin, std::size_t end, int aux, std::string_view text) {
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

void Lexer::Single(Tok tok, int aux) {
  Put(tok, at_, at_ + 1, aux);
  ++at_;
}

void Lexer::Next() {
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

void Lexer::RelationSign(char c) {
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

// The U of "(-oo, 2) U (3, oo)", between brackets.
bool Lexer::UnionLetter() const {
  if (text_[at_] != 'U' || out_.tokens.empty() || out_.tokens.back().tok != Tok::kClose)
    return false;
  std::size_t i = at_ + 1;
  while (At(i) == ' ') ++i;
  return At(i) == '(' || At(i) == '[' || text_.substr(i).starts_with("\\left");
}

void Lexer::Letters() {
  std::size_t n = 1;
  while (Letter(At(at_ + n))) ++n;
  const std::string_view run = text_.substr(at_, n);
  if (n == 1 && UnionLetter()) return Single(Tok::kUnion);
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

void Lexer::PutSymbol(std::size_t begin, std::size_t n) {
  Put(Tok::kSymbol, begin, begin + n, 0, text_.substr(begin, n));
  at_ = begin + n;
}

void Lexer::PutWord(const Word& word, std::size_t begin, std::size_t n) {
  Put(word.tok, begin, begin + n, word.aux,
      word.tok == Tok::kSymbol ? word.name : text_.substr(begin, n));
  at_ = begin + n;
}

// "xsin", "pix", "xlnx": single letters around one function or constant.
bool Lexer::SplitRun(std::string_view run) {
  static constexpr std::array<std::string_view, 12> kInner = {
      "sqrt", "arcsin", "arccos", "arctan", "sin", "cos", "tan", "log", "exp", "ln", "pi", "theta"};
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

void Tokenize(std::string_view text, Tokens& out) { Lexer(text, out).Run(); }

}  // namespace assay::math
