#include "runner/model/template/jinja/lexer.h"

#include <algorithm>
#include <cctype>

#include "base/utf8.h"
#include "runner/model/template/jinja/text.h"

namespace assay::jinja {
namespace {

std::string NormalizedNewlines(std::string_view source) {
  std::string out;
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      out += '\n';
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      out += source[i];
    }
  }
  if (out.ends_with('\n')) out.pop_back();  // one newline at the end of the file does not count
  return out;
}

bool IsNameStart(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }
bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(NormalizedNewlines(source)) {}

  Result<std::vector<Token>> Run() {
    while (at_ < source_.size())
      if (auto ok = TextThenTag(); !ok) return Pass(ok.error());
    Add(TokenKind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  std::string_view Rest() const { return std::string_view(source_).substr(at_); }
  void Add(TokenKind kind, std::string text) { tokens_.push_back({kind, std::move(text), line_}); }

  void Advance(std::size_t count) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(at_ + count),
                                         '\n'));
    at_ += count;
    if (count > 0) line_starting_ = source_[at_ - 1] == '\n';
  }

  std::size_t FindTag() const {
    for (std::size_t i = at_; i + 1 < source_.size(); ++i) {
      const char next = source_[i + 1];
      if (source_[i] == '{' && (next == '{' || next == '%' || next == '#')) return i;
    }
    return source_.size();
  }

  // The text before a tag, without the white space that the tag takes away.
  std::string TextBefore(std::size_t tag) const {
    std::string text = source_.substr(at_, tag - at_);
    if (tag == source_.size()) return text;
    const char kind = source_[tag + 1];
    const char sign = tag + 2 < source_.size() ? source_[tag + 2] : ' ';
    if (sign == '-') {
      text.resize(Stripped(text, "", false, true).end);
    } else if (sign != '+' && kind != '{') {
      const auto newline = text.rfind('\n');
      const std::size_t line = newline == std::string::npos ? 0 : newline + 1;
      if ((line > 0 || line_starting_) &&
          Stripped(text.substr(line), "", true, false).begin == text.size() - line) {
        text.resize(line);
      }
    }
    return text;
  }

  Result<void> TextThenTag() {
    const std::size_t tag = FindTag();
    std::string text = TextBefore(tag);
    if (!text.empty()) Add(TokenKind::kText, std::move(text));
    Advance(tag - at_);
    if (tag == source_.size()) return {};
    const char kind = source_[tag + 1];
    const bool signed_tag =
        tag + 2 < source_.size() && (source_[tag + 2] == '-' || source_[tag + 2] == '+');
    if (kind == '#') return Comment();
    Advance(signed_tag && !(kind == '{' && source_[tag + 2] == '+') ? 3 : 2);
    if (kind == '%' && AtRaw()) return Raw();
    Add(kind == '{' ? TokenKind::kOutputBegin : TokenKind::kBlockBegin, "");
    return Inside(kind == '{');
  }

  // Passes the end of a tag ("%}", "-%}", "+%}") and the white space that goes with it.
  void PassEnd(std::size_t sign_length, bool trims_newline) {
    const char sign = sign_length > 0 ? source_[at_] : ' ';
    std::size_t length = sign_length + 2;
    if (sign == '-') {
      length += Stripped(Rest().substr(length), "", true, false).begin;
    } else if (sign != '+' && trims_newline && Rest().substr(length).starts_with('\n')) {
      ++length;
    }
    Advance(length);
  }

  Result<void> Comment() {
    const auto end = source_.find("#}", at_ + 2);
    if (end == std::string::npos)
      return Fail(ErrorCode::kInput, "line {}: the comment is not closed", line_);
    const bool sign = end > at_ + 2 && (source_[end - 1] == '-' || source_[end - 1] == '+');
    Advance(end - (sign ? 1 : 0) - at_);
    PassEnd(sign ? 1 : 0, true);
    return {};
  }

  bool AtRaw() const {
    const auto rest = Rest();
    std::size_t i = Stripped(rest, "", true, false).begin;
    if (!rest.substr(i).starts_with("raw")) return false;
    i += 3;
    i += Stripped(rest.substr(i), "", true, false).begin;
    return rest.substr(i).starts_with("%}") || rest.substr(i).starts_with("-%}");
  }

  Result<void> Raw() {
    const auto close = Rest().find("%}");
    Advance(close - (Rest()[close - 1] == '-' ? 1 : 0));
    PassEnd(Rest()[0] == '-' ? 1 : 0, true);
    for (std::size_t tag = source_.find("{%", at_); tag != std::string::npos;
         tag = source_.find("{%", tag + 2)) {
      std::size_t i = tag + 2;
      if (i < source_.size() && (source_[i] == '-' || source_[i] == '+')) ++i;
      while (i < source_.size() && IsSpace(source_[i])) ++i;
      if (source_.compare(i, 6, "endraw") != 0) continue;
      std::string text = TextBefore(tag);
      if (!text.empty()) Add(TokenKind::kText, std::move(text));
      i += 6;
      while (i < source_.size() && IsSpace(source_[i])) ++i;
      const bool sign = i < source_.size() && (source_[i] == '-' || source_[i] == '+');
      if (source_.compare(i + (sign ? 1 : 0), 2, "%}") != 0) break;
      Advance(i - at_);
      PassEnd(sign ? 1 : 0, true);
      return {};
    }
    return Fail(ErrorCode::kInput, "line {}: the raw block is not closed", line_);
  }

  Result<void> Inside(bool output) {
    const std::string_view close = output ? "}}" : "%}";
    int open = 0;  // brackets: "}}" closes two of them before it closes the tag
    while (at_ < source_.size()) {
      const auto rest = Rest();
      if (IsSpace(rest[0])) {
        Advance(1);
        continue;
      }
      const bool sign = rest[0] == '-' || rest[0] == '+';
      if (open == 0 && (rest.starts_with(close) || (sign && !(output && rest[0] == '+') &&
                                                    rest.substr(1).starts_with(close)))) {
        Add(output ? TokenKind::kOutputEnd : TokenKind::kBlockEnd, "");
        PassEnd(sign ? 1 : 0, !output);
        return {};
      }
      if (auto ok = One(open); !ok) return ok;
    }
    return Fail(ErrorCode::kInput, "line {}: the tag is not closed", line_);
  }

  Result<void> One(int& open) {
    const auto rest = Rest();
    const char c = rest[0];
    if (c == '"' || c == '\'') return String(c);
    if (IsDigit(c)) return Number();
    if (IsNameStart(c)) {
      std::size_t length = 1;
      while (length < rest.size() && IsNamePart(rest[length])) ++length;
      Add(TokenKind::kName, std::string(rest.substr(0, length)));
      Advance(length);
      return {};
    }
    for (const std::string_view op : {"==", "!=", "<=", ">=", "//", "**"}) {
      if (!rest.starts_with(op)) continue;
      Add(TokenKind::kOperator, std::string(op));
      Advance(2);
      return {};
    }
    if (std::string_view("+-*/%~<>=()[]{},:.|").find(c) == std::string_view::npos)
      return Fail(ErrorCode::kInput, "line {}: unexpected character '{}'", line_, c);
    if (c == '(' || c == '[' || c == '{') ++open;
    if ((c == ')' || c == ']' || c == '}') && open > 0) --open;
    Add(TokenKind::kOperator, std::string(1, c));
    Advance(1);
    return {};
  }

  Result<void> Number() {
    const auto rest = Rest();
    std::size_t length = 0;
    const auto digits = [&] {
      while (length < rest.size() && (IsDigit(rest[length]) || rest[length] == '_')) ++length;
    };
    digits();
    bool is_float = false;
    if (length + 1 < rest.size() && rest[length] == '.' && IsDigit(rest[length + 1])) {
      is_float = true;
      ++length;
      digits();
    }
    if (length + 1 < rest.size() && (rest[length] == 'e' || rest[length] == 'E') &&
        (IsDigit(rest[length + 1]) ||
         (length + 2 < rest.size() && (rest[length + 1] == '-' || rest[length + 1] == '+') &&
          IsDigit(rest[length + 2])))) {
      is_float = true;
      length += 2;
      digits();
    }
    std::string text(rest.substr(0, length));
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    Add(is_float ? TokenKind::kFloat : TokenKind::kInteger, std::move(text));
    Advance(length);
    return {};
  }

  Result<void> String(char quote) {
    std::string text;
    std::size_t i = at_ + 1;
    for (; i < source_.size() && source_[i] != quote; ++i) {
      if (source_[i] != '\\' || i + 1 == source_.size()) {
        text += source_[i];
        continue;
      }
      i = Escape(i + 1, text);
    }
    if (i >= source_.size())
      return Fail(ErrorCode::kInput, "line {}: the string is not closed", line_);
    Add(TokenKind::kString, std::move(text));
    Advance(i + 1 - at_);
    return {};
  }

  // Reads the escape whose letter is at `i`; returns the offset of its last character.
  std::size_t Escape(std::size_t i, std::string& text) const {
    const char c = source_[i];
    constexpr std::string_view kLetters = "ntrbfav0\\'\"";
    constexpr std::string_view kMeaning("\n\t\r\b\f\a\v\0\\'\"", 11);
    if (const auto known = kLetters.find(c); known != std::string_view::npos) {
      text += kMeaning[known];
      return i;
    }
    if (c == '\n') return i;
    const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    const std::string hex = source_.substr(i + 1, digits);
    if (digits > 0 && hex.size() == digits &&
        std::all_of(hex.begin(), hex.end(),
                    [](unsigned char h) { return std::isxdigit(h) != 0; })) {
      AppendUtf8(static_cast<char32_t>(std::stoul(hex, nullptr, 16)), text);
      return i + digits;
    }
    text += '\\';
    text += c;
    return i;
  }

  std::string source_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool line_starting_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> Lex(std::string_view source) { return Lexer(source).Run(); }

}  // namespace assay::jinja
