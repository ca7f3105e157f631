#include "verifiers/math/extract_spans.h"

#include <algorithm>
#include <vector>

#include "verifiers/math/cut.h"
#include "verifiers/math/extract_words.h"
#include "verifiers/math/lexicon.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view inside;
  bool formula = false;
};

bool ContainsText(const Tree& tree, NodeId id) {
  if (tree[id].op == Op::kText) return true;
  for (const NodeId kid : tree.kids(id)) {
    if (ContainsText(tree, kid)) return true;
  }
  return false;
}

// A closing delimiter for the formula that opens at i, with the length of its marks.
bool Formula(std::string_view s, std::size_t i, Piece* piece) {
  const auto find = [&](std::string_view open, std::string_view close) {
    if (!s.substr(i).starts_with(open)) return false;
    std::size_t from = i + open.size();
    while (true) {
      const std::size_t end = s.find(close, from);
      if (end == std::string_view::npos || end == i + open.size()) return false;
      if (close[0] == '$' && s[end - 1] == '\\') {  // \$ is money
        from = end + 1;
        continue;
      }
      *piece = {i, end + close.size(), s.substr(i + open.size(), end - i - open.size()), true};
      return true;
    }
  };
  if (s[i] == '$') return find("$$", "$$") || (!s.substr(i).starts_with("$$") && find("$", "$"));
  if (s[i] == '\\') return find("\\(", "\\)") || find("\\[", "\\]");
  return false;
}

// A word of running text that belongs to a plain expression.
bool Mathy(std::string_view word) {
  if (word.empty()) return false;
  bool digit = false;
  bool sign = false;
  std::size_t letters = 0;
  std::size_t run = 0;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (c == '\\' && i + 1 < word.size() && word[i + 1] == '$') {  // \$18
      ++i;
      continue;
    }
    if (c == '\\') {  // LaTeX without dollar signs
      std::size_t n = 1;
      while (i + n < word.size() && IsLetter(word[i + n])) ++n;
      const Word* command = n > 1 ? FindCommand(word.substr(i + 1, n - 1)) : nullptr;
      if (command != nullptr && command->tok != Tok::kText) {
        digit = true;
        i += n - 1;
        run = 0;
        continue;
      }
      return false;
    }
    if (IsDigit(c)) digit = true;
    if (IsLetter(c)) {
      ++letters;
      ++run;
      longest = std::max(longest, run);
    } else {
      if (run > 1) {
        const std::string_view w = word.substr(i - run, run);
        const Word* known = FindWord(w);
        if (known == nullptr || (known->tok != Tok::kFunction && known->tok != Tok::kRoot &&
                                 known->tok != Tok::kConstant)) {
          return false;
        }
        digit = true;
        longest = 0;
      }
      run = 0;
    }
    if (std::string_view("+-*/^=<>()[]{}|!%,.:_$").find(c) != std::string_view::npos) {
      if (std::string_view("+*/^=<>").find(c) != std::string_view::npos) sign = true;
    } else if (!IsDigit(c) && !IsLetter(c) && static_cast<unsigned char>(c) < 0x80) {
      return false;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      sign = true;
    }
  }
  if (run > 1) {
    const Word* known = FindWord(word.substr(word.size() - run));
    if (known == nullptr || (known->tok != Tok::kConstant && known->tok != Tok::kFunction &&
                             known->tok != Tok::kRoot)) {
      return false;
    }
    digit = true;
  } else if (longest > 2) {
    return false;
  }
  if (digit || sign) return true;
  if (letters == 0) return word == "-";
  return letters == 1 && word.size() == 1 && word != "a" && word != "I" && word != "A";
}

std::string_view TrimPunctuation(std::string_view w) {
  while (!w.empty()) {
    if (w.ends_with("**")) {
      w.remove_suffix(2);
    } else if (std::string_view(".,;:?\"'").find(w.back()) != std::string_view::npos) {
      w.remove_suffix(1);
    } else {
      break;
    }
  }
  while (!w.empty()) {
    if (w.starts_with("**")) {
      w.remove_prefix(2);
    } else if (w.front() == '"' || w.front() == '\'') {
      w.remove_prefix(1);
    } else {
      break;
    }
  }
  return w;
}

bool HasValue(std::string_view w) {
  return std::any_of(w.begin(), w.end(), IsDigit) || w.find('\\') != std::string_view::npos ||
         w.find("pi") != std::string_view::npos || w.find("sqrt") != std::string_view::npos;
}

// Plain expressions in s[from, to): runs of mathy words.
void PlainPieces(std::string_view s, std::size_t from, std::size_t to, std::vector<Piece>& out) {
  std::size_t i = from;
  Piece run;
  bool open = false;
  const auto close = [&] {
    if (!open) return;
    open = false;
    std::string_view text = s.substr(run.begin, run.end - run.begin);
    const std::string_view trimmed = TrimPunctuation(text);
    run.begin += static_cast<std::size_t>(trimmed.data() - text.data());
    run.end = run.begin + trimmed.size();
    run.inside = trimmed;
    if (!trimmed.empty() && HasValue(trimmed)) out.push_back(run);
  };
  while (i < to) {
    if (IsBlank(s[i])) {
      if (s[i] == '\n') close();
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < to && !IsBlank(s[end])) ++end;
    const std::string_view raw = s.substr(i, end - i);
    const std::string_view word = TrimPunctuation(raw);
    if (Mathy(word) || (open && (raw == "+" || raw == "=" || raw == "*" || raw == "/"))) {
      if (!open) run = {i, end, {}, false};
      open = true;
      run.end = end;
      const bool ends =
          raw.size() > word.size() && (raw.back() == ',' || raw.back() == ';' || raw.back() == '.');
      if (ends && !(raw.back() == ',' && word.find('(') != std::string_view::npos &&
                    word.find(')') == std::string_view::npos)) {
        // "(1, 2)" goes on, "1, 2" is two pieces that a connector joins
        std::string_view sofar = s.substr(run.begin, run.end - run.begin);
        const auto opens = std::count(sofar.begin(), sofar.end(), '(') +
                           std::count(sofar.begin(), sofar.end(), '[') +
                           std::count(sofar.begin(), sofar.end(), '{');
        const auto closes = std::count(sofar.begin(), sofar.end(), ')') +
                            std::count(sofar.begin(), sofar.end(), ']') +
                            std::count(sofar.begin(), sofar.end(), '}');
        if (opens <= closes) close();
      }
    } else {
      close();
    }
    i = end;
  }
  close();
}

std::vector<Piece> PiecesOf(std::string_view s) {
  std::vector<Piece> pieces;
  std::size_t plain = 0;
  for (std::size_t i = 0; i < s.size();) {
    Piece piece;
    if ((s[i] == '$' || s[i] == '\\') && Formula(s, i, &piece)) {
      PlainPieces(s, plain, i, pieces);
      pieces.push_back(piece);
      i = piece.end;
      plain = i;
    } else {
      i += s[i] == '\\' ? 2 : 1;
    }
    if (pieces.size() > 500) break;
  }
  PlainPieces(s, plain, s.size(), pieces);
  return pieces;
}

bool EndsWithVerb(std::string_view before) {
  while (!before.empty() && IsBlank(before.back())) before.remove_suffix(1);
  for (const std::string_view verb :
       {" is", " are", " equals", "=", ":", " be", " was", " get", " exactly"}) {
    if (before.ends_with(verb)) return true;
  }
  return false;
}

}  // namespace

bool ParsesAsMathematics(std::string_view text) {
  const std::string_view inner = StripWrappers(text);
  if (inner.empty() || inner.size() > kMaxAnswerLength) return false;
  const auto parsed = ParseAnswer(inner);
  return parsed && !ContainsText(*parsed, parsed->root());
}

std::string_view OtherAnswer(std::string_view rest) {
  std::size_t i = 0;
  while (i < rest.size() && i < 12 &&
         (IsBlank(rest[i]) || rest[i] == '$' || rest[i] == ',' || rest[i] == ')' ||
          rest[i] == '*' || rest[i] == '\\')) {
    ++i;
  }
  std::string_view tail = rest.substr(i);
  if (!tail.starts_with("or ") && !tail.starts_with("text{ or }")) return {};
  tail = tail.substr(tail.starts_with("or ") ? 3 : 10);
  tail = tail.substr(0, tail.find('\n'));
  const auto pieces = PiecesOf(tail);
  if (pieces.empty() || pieces[0].begin > 24) return {};
  // "or 12.5 as a decimal" restates; only a different value is another answer, which the
  // comparison of the joined list decides
  return pieces[0].inside;
}

std::string_view HedgedAnswer(std::string_view rest) {
  for (const std::string_view hedge :
       {"could be ", "could also be ", "might be ", "might also be ", "may be ", "may also be ",
        "maybe ", "perhaps ", "possibly ", "or else "}) {
    const std::size_t at = rest.find(hedge);
    if (at == std::string_view::npos) continue;
    const std::string_view tail = rest.substr(at + hedge.size());
    const auto pieces = PiecesOf(tail.substr(0, 200));
    if (!pieces.empty() && pieces[0].begin <= 1 && ParsesAsMathematics(pieces[0].inside))
      return pieces[0].inside;
  }
  return {};
}

bool ExpressionIn(std::string_view sentence, bool leading, std::string* joined,
                  std::string_view* span, bool* multiple) {
  const std::vector<Piece> pieces = PiecesOf(sentence);
  std::vector<const Piece*> usable;
  for (const Piece& piece : pieces) {
    if (piece.inside.size() <= kMaxAnswerLength && ParsesAsMathematics(piece.inside))
      usable.push_back(&piece);
  }
  if (usable.empty()) return false;
  if (Negated(sentence.substr(0, usable[0]->begin)) ||
      Negated(sentence.substr(0, usable.back()->begin))) {
    return false;
  }
  // "he needs at least 5" answers how many he needs; a bound alone answers nothing
  const std::string_view before = sentence.substr(0, usable[0]->begin);
  if ((leading || before.size() < 16) && IsBounded(before)) return false;
  std::size_t last = usable.size() - 1;
  std::size_t first = last;
  const auto gap = [&](std::size_t i) {  // between usable[i] and usable[i + 1]
    return sentence.substr(usable[i]->end, usable[i + 1]->begin - usable[i]->end);
  };
  const std::string_view lead = sentence.substr(0, usable[0]->begin);
  const bool starts = std::none_of(lead.begin(), lead.end(), IsLetter);
  if (leading && starts) {
    first = last = 0;
    while (last + 1 < usable.size() && IsConnector(gap(last))) ++last;
  } else {
    // a formula counts before a plain number, unless the number is what "is" points at
    if (!usable[last]->formula && !EndsWithVerb(sentence.substr(0, usable[last]->begin))) {
      for (std::size_t i = usable.size(); i-- > 0;) {
        if (usable[i]->formula && HasValue(usable[i]->inside)) {
          last = i;
          break;
        }
      }
    }
    first = last;
    while (first > 0 && IsConnector(gap(first - 1))) --first;
  }
  if (IsOperand(sentence.substr(0, usable[first]->begin)) ||
      Denied(sentence.substr(usable[last]->end)) ||
      (leading && GoesOn(sentence.substr(usable[last]->end)))) {
    return false;
  }
  joined->clear();
  for (std::size_t i = first; i <= last; ++i) {
    if (i > first) *joined += ", ";
    *joined += StripWrappers(usable[i]->inside);
  }
  *multiple = last > first;
  std::size_t end = usable[last]->end;
  // "5 out of 6", "3 to 2"
  if (first == last) {
    const std::string_view behind = sentence.substr(end);
    const std::string_view link = behind.starts_with(" out of ") ? " out of "
                                  : behind.starts_with(" to ")   ? " to "
                                                                 : "";
    std::size_t n = link.size();
    while (n < behind.size() && IsDigit(behind[n])) ++n;
    const bool number = n > link.size() && (n == behind.size() || !IsLetter(behind[n]));
    if (leading && !link.empty() && number) {
      *joined += link == " to " ? " to " : "/";
      *joined += behind.substr(link.size(), n - link.size());
      *span = sentence.substr(usable[first]->begin, end + n - usable[first]->begin);
      return true;
    }
  }
  // a unit behind the last piece: "$5$ cm", "12 inches"
  if (first == last) {
    std::size_t i = end;
    while (i < sentence.size() && sentence[i] == ' ') ++i;
    std::size_t n = i;
    while (n < sentence.size() && (IsLetter(sentence[n]) || sentence[n] == '%')) ++n;
    if (n > i &&
        (FindUnit(sentence.substr(i, n - i)) >= 0 || sentence[i] == '%' ||
         sentence.substr(i, n - i) == "percent") &&
        n - i > 1) {
      *joined +=
          sentence[i] == '%' ? "\\%" : " \\text{" + std::string(sentence.substr(i, n - i)) + "}";
      end = n;
    }
  }
  *span = sentence.substr(usable[first]->begin, end - usable[first]->begin);
  return true;
}

std::string LeadingExpression(std::string_view text, std::size_t* behind) {
  std::string joined;
  std::string_view span;
  bool multiple = false;
  if (!ExpressionIn(text, true, &joined, &span, &multiple)) return {};
  const auto begin = static_cast<std::size_t>(span.data() - text.data());
  if (begin > 0) return {};
  *behind = begin + span.size();
  return joined;
}

std::string_view TrailingExpression(std::string_view text) {
  while (!text.empty() && (IsBlank(text.back()) || text.back() == '*')) text.remove_suffix(1);
  const auto pieces = PiecesOf(text);
  if (pieces.empty() || pieces.back().end != text.size()) return {};
  return ParsesAsMathematics(pieces.back().inside) ? pieces.back().inside : std::string_view();
}

std::size_t SentenceBegin(std::string_view text, std::size_t end) {
  std::size_t i = end;
  while (i > 0 && (IsBlank(text[i - 1]) || text[i - 1] == '.' || text[i - 1] == '*')) --i;
  const std::size_t floor = i > 4000 ? i - 4000 : 0;
  for (; i > floor; --i) {
    const char c = text[i - 1];
    if (c == '\n' && i >= 2 && text[i - 2] == '\n') return i;
    if (c == '.' && i < text.size() && IsBlank(text[i]) && !(i >= 2 && text[i - 2] == '.'))
      return i;
  }
  return i;
}

}  // namespace assay::math
