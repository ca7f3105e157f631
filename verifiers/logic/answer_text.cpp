#include "verifiers/logic/answer_text.h"

#include <algorithm>
#include <cctype>

namespace assay {
namespace {

constexpr std::string_view kBlank = " \t\r\n\f\v";
constexpr std::string_view kMarker = "answer:";

bool IsSeparator(char c) {
  return kBlank.find(c) != std::string_view::npos || c == ',' || c == ';';
}

bool IsBracketOrQuote(char c) {
  return std::string_view("()[]{}<>\"'`$*").find(c) != std::string_view::npos;
}

std::string_view AfterThinking(std::string_view response) {
  const auto close = response.rfind("</think>");
  if (close != std::string_view::npos) return response.substr(close + 8);
  return response.find("<think>") == std::string_view::npos ? response : std::string_view();
}

// Where the text after the last "answer:" begins.
std::optional<std::size_t> AfterMarker(std::string_view text) {
  for (std::size_t i = text.size(); i >= kMarker.size(); --i) {
    const std::size_t begin = i - kMarker.size();
    bool same = true;
    for (std::size_t j = 0; j < kMarker.size() && same; ++j) {
      same = std::tolower(static_cast<unsigned char>(text[begin + j])) == kMarker[j];
    }
    if (same) return i;
  }
  return std::nullopt;
}

std::optional<std::string_view> LastBoxed(std::string_view text) {
  const auto at = text.rfind("\\boxed{");
  if (at == std::string_view::npos) return std::nullopt;
  int depth = 1;
  for (std::size_t i = at + 7; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return TrimBlank(text.substr(at + 7, i - at - 7));
  }
  return std::nullopt;
}

// "|1 2|3 4|" without its frame; nothing for a line of the frame only.
std::string WithoutFrame(std::string_view line) {
  if (line.find_first_not_of("-+|= \t") == std::string_view::npos &&
      line.find_first_of("-+=") != std::string_view::npos) {
    return "";
  }
  std::string kept;
  for (const char c : line) kept += c == '|' ? ' ' : c;
  return kept;
}

}  // namespace

std::string_view TrimBlank(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = char(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::optional<std::string_view> FindAnswer(std::string_view response) {
  const std::string_view text = AfterThinking(response);
  const auto begin = AfterMarker(text);
  if (!begin) return LastBoxed(text);
  std::string_view rest = text.substr(*begin);
  while (!rest.empty() &&
         (rest.front() == '*' || kBlank.find(rest.front()) != std::string_view::npos)) {
    rest.remove_prefix(1);
  }
  if (rest.rfind("```", 0) == 0) {
    const auto line = rest.find('\n');
    if (line == std::string_view::npos) return std::nullopt;
    const auto close = rest.find("```", line);
    return TrimBlank(rest.substr(line, close == std::string_view::npos ? close : close - line));
  }
  std::string_view line = TrimBlank(rest.substr(0, rest.find('\n')));
  if (line.empty()) return std::nullopt;
  if (const auto boxed = LastBoxed(line)) return boxed;
  return line;
}

std::string Normalised(std::string_view text) {
  constexpr std::string_view kOuter = ".*`\"'$ \t\r\n";
  const auto first = text.find_first_not_of(kOuter);
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of(kOuter) - first + 1);
  std::string result;
  for (const char c : text) {
    if (kBlank.find(c) == std::string_view::npos) {
      result += char(std::tolower(static_cast<unsigned char>(c)));
    } else if (result.back() != ' ') {
      result += ' ';
    }
  }
  return result;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool arrow = text.compare(i, 2, "->") == 0;
    const bool unicode_arrow = text.compare(i, 3, "\xE2\x86\x92") == 0;
    if (arrow || unicode_arrow) {
      end_word();
      i += arrow ? 1 : 2;
    } else if (IsSeparator(text[i])) {
      end_word();
    } else if (!IsBracketOrQuote(text[i])) {
      word += char(std::tolower(static_cast<unsigned char>(text[i])));
    }
  }
  if (!word.empty() && word.back() == '.') word.pop_back();
  end_word();
  return words;
}

std::optional<std::vector<std::int64_t>> WholeNumbers(std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (const std::string& word : Words(text)) {
    const std::size_t sign = word.front() == '-' || word.front() == '+' ? 1 : 0;
    const std::string digits = word.substr(sign);
    if (digits.empty() || digits.size() > 17 ||
        digits.find_first_not_of("0123456789") != std::string::npos) {
      return std::nullopt;
    }
    numbers.push_back(std::stoll(digits) * (word.front() == '-' ? -1 : 1));
  }
  return numbers;
}

std::optional<std::vector<std::vector<std::string>>> Grid(std::string_view text, std::size_t rows,
                                                          std::size_t columns) {
  std::vector<std::vector<std::string>> grid;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto cells = Words(WithoutFrame(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (cells.empty()) continue;
    if (cells.size() == 1 && columns > 1 && cells[0].size() == columns) {
      const std::string row = cells[0];
      cells.clear();
      for (const char c : row) cells.emplace_back(1, c);
    }
    if (cells.size() != columns || grid.size() == rows) return std::nullopt;
    grid.push_back(std::move(cells));
  }
  if (grid.size() != rows) return std::nullopt;
  return grid;
}

std::optional<std::vector<std::vector<int>>> NumberGrid(std::string_view text, std::size_t rows,
                                                        std::size_t columns) {
  const auto cells = Grid(text, rows, columns);
  if (!cells) return std::nullopt;
  std::vector<std::vector<int>> grid;
  for (const auto& row : *cells) {
    grid.emplace_back();
    for (const std::string& cell : row) {
      if (cell.size() > 6 || cell.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
      }
      grid.back().push_back(std::stoi(cell));
    }
  }
  return grid;
}

std::optional<std::map<std::string, std::string>> NamedValues(std::string_view text) {
  std::map<std::string, std::string> values;
  std::string part;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != ',' && text[i] != ';' && text[i] != '\n') {
      part += text[i];
      continue;
    }
    if (!TrimBlank(part).empty()) {
      const auto cut = part.find_first_of("=:");
      if (cut == std::string::npos) return std::nullopt;
      const auto name = Normalised(std::string_view(part).substr(0, cut));
      const auto value = Normalised(std::string_view(part).substr(cut + 1));
      if (name.empty() || value.empty() || !values.emplace(name, value).second) return std::nullopt;
    }
    part.clear();
  }
  return values;
}

}  // namespace assay
