#include "verifiers/choice/letters.h"

#include "verifiers/extract/words.h"

namespace assay {
namespace {

bool InRange(char letter, int options) { return letter >= 'A' && letter < 'A' + options; }

char Upper(char c) { return IsLetter(c) && !IsUpper(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// A single letter that is no part of a word.
bool Alone(std::string_view text, std::size_t i) {
  if (!IsLetter(text[i])) return false;
  if (i > 0 && (IsWordByte(text[i - 1]) || text[i - 1] == '\'' || text[i - 1] == '\\'))
    return false;
  const char next = i + 1 < text.size() ? text[i + 1] : ' ';
  return !IsWordByte(next) && next != '\'';
}

bool Bracketed(std::string_view text, std::size_t i) {
  return i > 0 && i + 1 < text.size() && text[i - 1] == '(' && text[i + 1] == ')';
}

bool Bold(std::string_view text, std::size_t i) {
  std::string_view behind = text.substr(i + 1);
  while (!behind.empty() && (behind[0] == '.' || behind[0] == ')' || behind[0] == ':'))
    behind.remove_prefix(1);
  return text.substr(0, i).ends_with("**") && behind.starts_with("**");
}

// "B", "B." or "B)" and then anything, at the start of a line.
bool StartsLine(std::string_view text, std::size_t i) {
  std::size_t before = i;
  while (before > 0 && (text[before - 1] == ' ' || text[before - 1] == '*')) --before;
  if (before > 0 && text[before - 1] != '\n') return false;
  const std::string_view behind = text.substr(i + 1);
  if (behind.empty() || behind[0] == '\n' || behind[0] == '\r') return true;
  const bool mark = behind[0] == '.' || behind[0] == ')' || behind[0] == ':';
  return mark && (behind.size() == 1 || IsSpace(behind[1]) || behind[1] == '*');
}

// "A) …", "B) …", "C) …" one after the other repeat the question and choose nothing.
std::vector<Letter> WithoutLists(const std::vector<Letter>& letters) {
  std::vector<Letter> kept;
  for (std::size_t i = 0; i < letters.size();) {
    std::size_t end = i + 1;
    while (letters[i].letter == 'A' && letters[i].heads_line && end < letters.size() &&
           letters[end].heads_line && letters[end].letter == letters[end - 1].letter + 1) {
      ++end;
    }
    if (end == i + 1) kept.push_back(letters[i]);
    i = end;
  }
  return kept;
}

}  // namespace

std::vector<Letter> LettersOf(std::string_view statement, int options) {
  std::vector<Letter> letters;
  const std::string_view bare = Undress(statement);
  const auto offset = static_cast<std::size_t>(bare.data() - statement.data());
  for (std::size_t i = 0; i < bare.size(); ++i) {
    if (!Alone(bare, i)) continue;
    const bool only = bare.size() == 1 || Bracketed(bare, i);
    const bool lower = !IsUpper(bare[i]);
    if (lower && !only) continue;
    const bool at_front = i == 0 && (bare.size() == 1 || !IsSpace(bare[1]) || bare[0] != 'A');
    const bool word = bare[i] == 'I' || bare[i] == 'A';
    const std::string_view behind = bare.substr(i + 1);
    const bool followed = !behind.empty() && behind[0] == ' ' && behind.size() > 1 &&
                          IsLetter(behind[1]) && !StartsWithWord(behind, " or ") &&
                          !StartsWithWord(behind, " and ") && !StartsWithWord(behind, " because");
    if (word && followed && !only && !at_front) continue;
    if (word && followed && !only && i == 0) continue;  // "A number of …", "I think …"
    if (InRange(Upper(bare[i]), options))
      letters.push_back({Upper(bare[i]), {offset + i, offset + i + 1}, false});
    // "B. Paris": what follows is the option's text.
    if (i + 1 < bare.size() && i <= 1 && (bare[i + 1] == '.' || bare[i + 1] == ':')) break;
  }
  return letters;
}

std::vector<Letter> StandOutLetters(std::string_view text, int options) {
  std::vector<Letter> letters;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsUpper(text[i]) || !InRange(text[i], options) || !Alone(text, i)) continue;
    const bool starts = StartsLine(text, i);
    const char next = i + 1 < text.size() ? text[i + 1] : '\n';
    const bool heads = starts && (next == '.' || next == ')' || next == ':');
    if (Bracketed(text, i) || Bold(text, i) || starts)
      letters.push_back({text[i], {i, i + 1}, heads});
  }
  return WithoutLists(letters);
}

}  // namespace assay
