// Everything that starts with a backslash.
#include <algorithm>
#include <cstring>

#include "verifiers/math/lexer.h"

namespace assay::math {

void Lexer::Backslash() {
  const std::size_t begin = at_;
  const char c = At(at_ + 1);
  if (c == '\\') return DoubleBackslash();
  if (Letter(c)) {
    std::size_t n = 1;
    while (Letter(At(at_ + 1 + n))) ++n;
    return Command(begin, at_ + 1, n);
  }
  if (at_ + 1 == text_.size()) {  // a blank behind the backslash was trimmed
    ++at_;
    return;
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
      Put(Tok::kAnd, begin, at_);
      return;
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

// The length of the "[4pt]" behind a row break, 0 if there is none.
std::size_t Lexer::RowSpacing(std::size_t i) const {
  if (At(i) != '[') return 0;
  std::size_t n = 1;
  while (Digit(At(i + n)) || At(i + n) == '.' || At(i + n) == '-') ++n;
  if (n == 1 || !Letter(At(i + n)) || !Letter(At(i + n + 1)) || At(i + n + 2) != ']') return 0;
  const std::string_view unit = text_.substr(i + n, 2);
  const bool length = unit == "pt" || unit == "em" || unit == "ex" || unit == "mm" ||
                      unit == "cm" || unit == "in" || unit == "px";
  return length ? n + 3 : 0;
}

// A row break, or a command whose backslash was escaped once too often.
void Lexer::DoubleBackslash() {
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
  at_ += RowSpacing(at_);
  Put(Tok::kRowBreak, begin, at_);
}

void Lexer::Command(std::size_t begin, std::size_t name_at, std::size_t n) {
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
bool Lexer::Braced(std::string_view* content) {
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

void Lexer::TextArgument(std::size_t begin, Tok tok) {
  std::string_view content;
  if (At(at_) == '*') ++at_;  // \operatorname*
  const std::size_t group = at_;
  const bool braced = Braced(&content);
  if (braced && tok == Tok::kOperatorName && content.find("frac") != std::string_view::npos) {
    at_ = group;  // \mathrm{\frac{1}{2}} only sets the type
    return;
  }
  if (!braced) {
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
  if (content == "," || content == "-") {
    Put(content == "," ? Tok::kComma : Tok::kMinus, begin, at_);
    return;
  }
  if (content == "\\$" || content == "$") {
    Put(Tok::kDollar, begin, at_, 0, "$");
    return;
  }
  Put(Tok::kText, begin, at_, 0, content);
}

void Lexer::Environment(std::size_t begin, Tok tok) {
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

}  // namespace assay::math
