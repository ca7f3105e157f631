// verifiers/math/lexer.h -- Behind Tokenize: one pass over the bytes of an answer. Numbers,
// commands and characters beyond ASCII have a file each (lexer_numbers.cpp, lexer_commands.cpp,
// lexer_unicode.cpp); the rest is in tokens.cpp.
#pragma once

#include <string>
#include <string_view>

#include "verifiers/math/lexicon.h"
#include "verifiers/math/tokens.h"

namespace assay::math {

class Lexer {
 public:
  Lexer(std::string_view text, Tokens& out) : text_(text), out_(out) {
    out_.tokens.clear();
    out_.pool.clear();
    out_.pool.reserve(text.size() + 32);  // views into it stay valid
  }

  void Run();

 private:
  static bool Digit(char c) { return c >= '0' && c <= '9'; }
  static bool Letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  char At(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  bool Here(std::string_view s) const { return text_.substr(at_).starts_with(s); }

  Token& Put(Tok tok, std::size_t begin, std::size_t end, int aux = 0, std::string_view text = {});
  void Single(Tok tok, int aux = 0);

  void Next();
  void RelationSign(char c);
  std::size_t GroupSeparator(std::size_t i, bool comma_ok, char* kind) const;
  std::size_t DigitsFrom(std::size_t i) const;
  std::size_t Grouped();
  void Number();
  bool European(std::size_t begin, std::size_t point, std::size_t pool);
  bool UnionLetter() const;
  void Letters();
  void PutSymbol(std::size_t begin, std::size_t n);
  void PutWord(const Word& word, std::size_t begin, std::size_t n);
  bool SplitRun(std::string_view run);
  void Backslash();
  std::size_t RowSpacing(std::size_t i) const;
  void DoubleBackslash();
  void Command(std::size_t begin, std::size_t name_at, std::size_t n);
  bool Braced(std::string_view* content);
  void TextArgument(std::size_t begin, Tok tok);
  void Environment(std::size_t begin, Tok tok);
  void Unicode();
  bool Superscript();
  bool Subscript();
  bool VulgarFraction();
  bool FullWidth();

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

}  // namespace assay::math
