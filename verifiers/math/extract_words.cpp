#include "verifiers/math/extract_words.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>

#include "verifiers/math/cut.h"
#include "verifiers/math/lexicon.h"

namespace assay::math {
namespace {

// The last `bytes` of `before` in lower case, without what is no letter at their end.
std::string WordsBefore(std::string_view before, std::size_t bytes = 32) {
  std::string tail = ToLower(before.substr(before.size() > bytes ? before.size() - bytes : 0));
  while (!tail.empty() && !IsLetter(tail.back())) tail.pop_back();
  return tail;
}

bool EndsWithOneOf(std::string_view words, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
    return words.ends_with(ending) &&
           (words.size() == ending.size() || !IsLetter(words[words.size() - ending.size() - 1]));
  });
}

}  // namespace

// "… is not 7": the words before an expression that take it back.
bool Negated(std::string_view before) {
  const std::string tail = WordsBefore(before, 24);
  for (const std::string_view word : {"not", "n't", "never", "cannot be", "not equal to",
                                      "other than", "not be", "except", "anything but"}) {
    if (tail.size() < word.size() || !tail.ends_with(word)) continue;
    const std::size_t at = tail.size() - word.size();
    if (word[0] == 'n' && word[1] == '\'') return true;
    if (at == 0 || !IsLetter(tail[at - 1])) return true;
  }
  return false;
}

// "twice 5", "the square root of 5": an expression in words of which the piece is a part.
bool IsOperand(std::string_view before) {
  return EndsWithOneOf(
      WordsBefore(before),
      {"twice", "thrice", "half of", "double", "triple", "root of", "minus", "plus", "negative",
       "third of", "quarter of", "times", "cube of", "square of", "multiple of", "reciprocal of",
       "factorial of", "logarithm of"});
}

// "at least 5": a bound, not a value.
bool IsBounded(std::string_view before) {
  return EndsWithOneOf(WordsBefore(before), {"greater than",
                                             "less than",
                                             "more than",
                                             "fewer than",
                                             "larger than",
                                             "smaller than",
                                             "bigger than",
                                             "higher than",
                                             "lower than",
                                             "at least",
                                             "at most",
                                             "up to",
                                             "greater than or equal to",
                                             "less than or equal to",
                                             "above",
                                             "below",
                                             "between",
                                             "no more than",
                                             "exceeds",
                                             "under"});
}

bool Denied(std::string_view behind) {
  while (!behind.empty() &&
         (IsBlank(behind.front()) || behind.front() == '$' || behind.front() == '*'))
    behind.remove_prefix(1);
  for (const std::string_view words :
       {"is not ", "is wrong", "is incorrect", "isn't ", "cannot be ", "can't be ", "is ruled out",
        "is impossible"}) {
    if (behind.starts_with(words)) return true;
  }
  return false;
}

bool GoesOn(std::string_view behind) {
  const std::string words = ToLower(behind.substr(0, 80));
  std::string_view s = words;
  while (!s.empty() && (IsBlank(s.front()) || s.front() == '$')) s.remove_prefix(1);
  for (const std::string_view word :
       {"squared",       "cubed",      "choose ",       "plus ",        "minus ",
        "times ",        "divided by", "multiplied by", "to the power", "raised to",
        "factorial",     "more than",  "less than",     "and a half",   "and one half",
        "and a quarter", "or more",    "or less",       "or fewer",     "to the "}) {
    if (s.starts_with(word)) return true;
  }
  const bool condition = s.starts_with("if ") || s.starts_with("when ") || s.starts_with("for ");
  return condition && (s.find("otherwise") != std::string_view::npos ||
                       s.find(" else") != std::string_view::npos ||
                       s.find(" when ", 1) != std::string_view::npos ||
                       s.find(" if ", 1) != std::string_view::npos);
}

bool IsConnector(std::string_view gap) {
  if (gap.size() > 80) return false;
  std::string words;
  bool sentence = false;
  for (std::size_t i = 0; i < gap.size(); ++i) {
    const char c = gap[i];
    if (c == '\\') {
      std::size_t n = 1;
      while (i + n < gap.size() && IsLetter(gap[i + n])) ++n;
      const Word* command = FindCommand(gap.substr(i + 1, n - 1));
      if (n > 1 &&
          (command == nullptr || (command->tok != Tok::kText && command->tok != Tok::kSpace &&
                                  command->tok != Tok::kOperatorName && command->tok != Tok::kAnd &&
                                  command->tok != Tok::kOr))) {
        return false;
      }
      if (command != nullptr && (command->tok == Tok::kAnd || command->tok == Tok::kOr))
        words += " and";
      i += n - 1 + (n == 1 ? 1 : 0);
      continue;
    }
    if (IsDigit(c) || c == '=' || c == '+' || c == '/' || c == '?') return false;
    if ((c == '.' || c == '!') && i + 1 < gap.size()) sentence = true;
    if (c == '\n' && i + 1 < gap.size() && gap[i + 1] == '\n') sentence = true;
    if (IsLetter(c)) {
      words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  while (!words.empty() && words.front() == ' ') words.erase(0, 1);
  if (words.empty()) return !sentence;
  if (sentence) return words == "and" || words == "or";
  if (words == "and" || words == "or" || words == "and or") return true;
  return words.ends_with(" and") || words.ends_with(" or") || words.starts_with("or ");
}

}  // namespace assay::math
