#include "verifiers/math/parse.h"

#include <cctype>

#include "base/utf8.h"
#include "verifiers/math/cut.h"
#include "verifiers/math/lexicon.h"
#include "verifiers/math/parser.h"
#include "verifiers/math/readings.h"

namespace assay::math {
namespace {

// Whether the brace that opens at `open` closes as the last byte of `s`.
bool ClosesAtEnd(std::string_view s, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < s.size(); ++i) {
    if (s[i] == '\\') {
      ++i;
    } else if (s[i] == '{') {
      ++depth;
    } else if (s[i] == '}' && --depth == 0) {
      return i + 1 == s.size();
    }
  }
  return false;
}

bool StripPair(std::string_view& s, std::string_view open, std::string_view close) {
  if (s.size() < open.size() + close.size() || !s.starts_with(open) || !s.ends_with(close)) {
    return false;
  }
  const std::string_view inside = s.substr(open.size(), s.size() - open.size() - close.size());
  if (inside.find(open) != std::string_view::npos) return false;
  s = inside;
  return true;
}

bool StripOnce(std::string_view& s) {
  const std::size_t before = s.size();
  s = TrimBlanks(s);
  // final punctuation; "5." and "…" keep theirs where it means something
  if (s.size() > 1 && (s.back() == ',' || s.back() == ';' || s.back() == ':' || s.back() == '.') &&
      !s.ends_with("..") && !s.ends_with("\\,") && !s.ends_with("\\;") && !s.ends_with("\\:")) {
    s.remove_suffix(1);
  } else if (s.ends_with("\\,") || s.ends_with("\\;") || s.ends_with("\\!") ||
             s.ends_with("\\\\")) {
    s.remove_suffix(2);
  } else if (s.ends_with("。")) {
    s.remove_suffix(3);
  }
  StripPair(s, "$$", "$$");
  StripPair(s, "$", "$");
  StripPair(s, "\\(", "\\)");
  StripPair(s, "\\[", "\\]");
  StripPair(s, "**", "**");
  StripPair(s, "__", "__");
  if (s.size() > 2) StripPair(s, "*", "*");
  StripPair(s, "`", "`");
  StripPair(s, "\"", "\"");
  EatFront(s, "\\displaystyle ");
  if (s.starts_with("\\n") && (s.size() < 3 || std::isalpha(static_cast<unsigned char>(s[2])) == 0))
    s.remove_prefix(2);
  for (const std::string_view box : {"\\boxed", "\\fbox", "\\\\boxed"}) {
    if (!s.starts_with(box)) continue;
    std::size_t open = box.size();
    while (open < s.size() && s[open] == ' ') ++open;
    if (open >= s.size() || s[open] != '{') continue;
    if (ClosesAtEnd(s, open)) {
      s = s.substr(open + 1, s.size() - open - 2);
    }
  }
  return s.size() != before;
}

// "4:30 p.m.", "\\text{4:30 PM}", "8\\!:\\!34 \\text{ p.m.}": hours and minutes, with the half of
// the day where it is given.
bool ParseTime(std::string_view text, Tree& tree) {
  if (text.size() > 60 || text.find(':') == std::string_view::npos) return false;
  std::string s;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      std::size_t n = 1;
      while (i + n < text.size() && std::isalpha(static_cast<unsigned char>(text[i + n])) != 0) ++n;
      const Word* word = FindCommand(text.substr(i + 1, n - 1));
      if (n > 1 &&
          (word == nullptr || (word->tok != Tok::kText && word->tok != Tok::kOperatorName &&
                               word->tok != Tok::kSpace))) {
        return false;
      }
      i += n == 1 ? 1 : n - 1;
    } else if (c != ' ' && c != '{' && c != '}' && c != '~' && c != '.' && c != '$') {
      s += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  int half = 0;
  if (s.ends_with("am") || s.ends_with("pm")) {
    half = s[s.size() - 2] == 'a' ? 1 : 2;
    s.resize(s.size() - 2);
  }
  if (half == 0) return false;  // without it the general grammar reads a ratio
  std::vector<NodeId> parts;
  std::size_t at = 0;
  while (true) {
    std::size_t n = 0;
    while (at + n < s.size() && std::isdigit(static_cast<unsigned char>(s[at + n])) != 0) ++n;
    if (n == 0 || n > 2 || parts.size() == 3) return false;
    parts.push_back(tree.AddNumber(Rational::FromDigits(std::string_view(s).substr(at, n), 0)));
    at += n;
    if (at == s.size()) break;
    if (s[at++] != ':') return false;
  }
  if (parts.size() < 2) return false;
  tree.set_root(tree.Add(Op::kTime, parts, half));
  return true;
}

}  // namespace

std::string_view StripWrappers(std::string_view text) {
  for (int i = 0; i < 16 && StripOnce(text); ++i) {
  }
  return TrimBlanks(text);
}

std::string NormalizeWords(std::string_view text) {
  std::string out;
  const auto flush_word = [&](std::string& word) {
    if (word.empty()) return;
    std::string lower = word;
    if (word.size() > 1) {
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const bool article = lower == "the" || lower == "an" || (lower == "a" && !out.empty());
    if (!article) {
      if (!out.empty()) out += ' ';
      out += lower;
    }
    word.clear();
  };
  std::string word;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '\\') {  // a command
      flush_word(word);
      while (i + 1 < text.size() && std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0) ++i;
      continue;
    }
    if (std::isalnum(c) != 0 || c >= 0x80) {
      word += static_cast<char>(c);
    } else if (c == '.' && !word.empty() && i + 1 < text.size() &&
               std::isalnum(static_cast<unsigned char>(text[i + 1])) != 0) {
      continue;  // p.m.
    } else if (c == '\'') {
      continue;
    } else {
      flush_word(word);
    }
  }
  flush_word(word);
  return out;
}

bool LooksLikeWords(std::string_view text) {
  int words = 0;
  std::size_t run = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const unsigned char c = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
    if (c == '\\') {
      std::size_t n = 1;
      while (i + n < text.size() && std::isalpha(static_cast<unsigned char>(text[i + n])) != 0) ++n;
      const Word* word = FindCommand(text.substr(i + 1, n - 1));
      if (word != nullptr && word->tok != Tok::kText && word->tok != Tok::kSpace &&
          word->tok != Tok::kOperatorName && word->tok != Tok::kIgnore) {
        return false;
      }
      i += n - 1;
      run = 0;
      continue;
    }
    if (std::string_view("=<>^+*/_|").find(static_cast<char>(c)) != std::string_view::npos &&
        c != 0) {
      return false;
    }
    if (std::isalpha(c) != 0 || c >= 0x80) {
      ++run;
    } else {
      if (run >= 2) ++words;
      run = 0;
    }
  }
  return words > 0;
}

tl::expected<Tree, ParseError> ParseExpression(std::string_view text) {
  Tree tree;
  Parser parser(text, tree);
  const NodeId root = parser.Run();
  if (root == kNoNode) return tl::unexpected<ParseError>(parser.error());
  tree.set_root(root);
  return tree;
}

std::optional<Tree> ParseFormula(std::string_view text) {
  auto tree = ParseExpression(text);
  if (!tree || (*tree)[tree->root()].op == Op::kText) return std::nullopt;
  return std::move(*tree);
}

tl::expected<Tree, ParseError> ParseAnswer(std::string_view text) {
  const std::string_view inner = StripWrappers(text);
  if (Tree time; ParseTime(inner, time)) return time;
  auto parsed = ParseExpression(inner);
  if (parsed) return parsed;
  if (!parsed.error().too_large && LooksLikeWords(inner)) {
    Tree tree;
    tree.set_root(tree.AddNamed(Op::kText, inner));
    return tree;
  }
  if (!parsed.error().too_large) {
    auto readings = OtherReadings(inner);
    if (!readings.empty()) return std::move(readings.front());
  }
  ParseError error = parsed.error();
  error.position += static_cast<std::size_t>(inner.data() - text.data());
  return tl::unexpected<ParseError>(std::move(error));
}

}  // namespace assay::math
