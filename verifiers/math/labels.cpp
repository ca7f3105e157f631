#include "verifiers/math/labels.h"

#include <algorithm>
#include <string>

#include "verifiers/math/cut.h"
#include "verifiers/math/evaluate.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

// "(C) 42", "\textbf{(C)}\ 42", "C. 42": the option's value.
std::optional<Tree> BehindOption(std::string_view s) {
  std::string plain;
  for (const std::string_view command : {"\\textbf{", "\\text{", "\\mathrm{", "\\mathbf{"}) {
    if (!s.starts_with(command)) continue;
    const std::size_t close = s.find('}');
    if (close == std::string_view::npos) return std::nullopt;
    plain = std::string(s.substr(command.size(), close - command.size())) +
            std::string(s.substr(close + 1));
    s = plain;
    break;
  }
  s = TrimGaps(s);
  const bool open = EatFront(s, "(");
  if (s.size() < 3 || s[0] < 'A' || s[0] > 'J') return std::nullopt;
  s.remove_prefix(1);
  if (!EatFront(s, ")") && (open || !(EatFront(s, ". ") || EatFront(s, ": ")))) return std::nullopt;
  while (EatFront(s, " ") || EatFront(s, "\\ ") || EatFront(s, "~") || EatFront(s, "\\,") ||
         EatFront(s, "\\quad")) {
  }
  // "(C) - 5" may be a difference
  if (s.empty() || s[0] == '+' || s[0] == '*' || s[0] == '/' || s[0] == '^' || s[0] == '=')
    return std::nullopt;
  auto tree = ParseFormula(s);
  if (!tree || HasFreeNames({&*tree, tree->root()})) return std::nullopt;
  return tree;
}

// "\text{The answer is } 42"
std::optional<Tree> BehindLead(std::string_view s) {
  const std::string lower = ToLower(s);
  for (const std::string_view lead : {"answer is", "answer:", "answer is:"}) {
    const std::size_t at = lower.find(lead);
    if (at == std::string::npos || at > 20) continue;
    std::string_view rest = TrimGaps(s.substr(at + lead.size()));
    while (EatFront(rest, "}") || EatFront(rest, ":") || EatFront(rest, " ")) {
    }
    if (rest.ends_with("}") && s.starts_with("\\text{") &&
        std::count(rest.begin(), rest.end(), '{') < std::count(rest.begin(), rest.end(), '}')) {
      rest.remove_suffix(1);
    }
    return ParseFormula(rest);
  }
  return std::nullopt;
}

// "Total: 12", "The probability is 3/4" and "P(A | B) = 3/4": what a label names. `s` is without
// \\text{…}.
std::optional<Tree> BehindWords(std::string_view s) {
  std::size_t end = 0;
  while (end < s.size() && end < 40 && (IsLetter(s[end]) || s[end] == ' ')) ++end;
  if (end < 3 || end == s.size()) return std::nullopt;
  std::string_view rest;
  if (s[end] == ':') {
    rest = s.substr(end + 1);
  } else if (const std::size_t is = s.substr(0, end).rfind(" is"); is != std::string_view::npos) {
    if (!TrimGaps(s.substr(is + 3, end - is - 3)).empty()) return std::nullopt;
    rest = s.substr(is + 3);
    end = is;
  }
  const std::string_view label = s.substr(0, end);
  for (const std::string_view word : {"not", "least", "most", "than", "except", "wrong", "never"}) {
    if (label.find(word) != std::string_view::npos) return std::nullopt;
  }
  return rest.empty() ? std::nullopt : ParseFormula(TrimGaps(rest));
}

// "P(A|B) = 3/4"
std::optional<Tree> Conditional(std::string_view s) {
  const std::size_t equals = s.find('=');
  if (equals == std::string_view::npos || equals > 40) return std::nullopt;
  std::string_view left = TrimGaps(s.substr(0, equals));
  if (!EatFront(left, "P") && !EatFront(left, "\\Pr") && !EatFront(left, "\\mathbb{P}") &&
      !EatFront(left, "E") && !EatFront(left, "\\mathbb{E}")) {
    return std::nullopt;
  }
  left = TrimGaps(left);
  EatFront(left, "\\left");
  const bool bracket = left.starts_with("(") || left.starts_with("[");
  const bool closes = left.ends_with(")") || left.ends_with("]");
  const bool bar =
      left.find('|') != std::string_view::npos || left.find("\\mid") != std::string_view::npos;
  if (!bracket || !closes || !bar) return std::nullopt;
  return ParseFormula(TrimGaps(s.substr(equals + 1)));
}

// "exactly 12", "\text{exactly } 12"
std::optional<Tree> BehindExactly(std::string_view s) {
  EatFront(s, "\\text{");
  if (!EatFront(s, "exactly") && !EatFront(s, "Exactly")) return std::nullopt;
  while (EatFront(s, " ") || EatFront(s, "}") || EatFront(s, "\\ ")) {
  }
  if (s.empty() || !(IsDigit(s[0]) || s[0] == '-' || s[0] == '$')) return std::nullopt;
  return ParseFormula(s);
}

}  // namespace

std::optional<Tree> BehindLabel(std::string_view text, std::string_view flat) {
  if (auto tree = BehindOption(text)) return tree;
  if (auto tree = BehindLead(text)) return tree;
  if (auto tree = BehindExactly(text)) return tree;
  if (auto tree = BehindWords(flat)) return tree;
  return Conditional(flat);
}

}  // namespace assay::math
