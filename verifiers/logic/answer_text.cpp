#include "verifiers/logic/answer_text.h"

#include <algorithm>
#include <cctype>

#include "verifiers/extract/stated.h"

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

// Whether the marker at [begin, end) stands alone between quotes: it is talked about.
bool Quoted(std::string_view text, std::size_t begin, std::size_t end) {
  return begin > 0 && end < text.size() && text[begin - 1] == text[end] &&
         std::string_view("\"'`").find(text[end]) != std::string_view::npos;
}

// Where the text behind each "answer:" begins.
std::vector<std::size_t> Markers(std::string_view text) {
  std::vector<std::size_t> behind;
  for (std::size_t i = 0; i + kMarker.size() <= text.size(); ++i) {
    if (text[i] != 'a' && text[i] != 'A') continue;
    std::size_t same = 0;
    while (same < kMarker.size() &&
           std::tolower(static_cast<unsigned char>(text[i + same])) == kMarker[same]) {
      ++same;
    }
    if (same == kMarker.size() && !Quoted(text, i, i + same)) behind.push_back(i + same);
  }
  return behind;
}

// A statement and what encloses it, as offsets into the text.
struct Statement {
  std::string_view answer;
  std::size_t begin = 0;
  std::size_t end = 0;  // behind its line or block
};

// The block that opens at `at`, or nothing.
std::optional<Statement> BlockAt(std::string_view text, std::size_t at) {
  if (text.compare(at, 3, "```") != 0) return std::nullopt;
  const auto line = text.find('\n', at);
  if (line == std::string_view::npos) return Statement{{}, at, text.size()};
  const auto close = std::min(text.find("```", line), text.size());
  return Statement{TrimBlank(text.substr(line, close - line)), at,
                   std::min(close + 3, text.size())};
}

std::size_t SkipMarkup(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '*' || kBlank.find(text[at]) != std::string_view::npos)) {
    ++at;
  }
  return at;
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

// Words, a full stop at the end kept.
std::vector<std::string> Pieces(std::string_view text) {
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
  end_word();
  return words;
}

// What is stated behind the marker that ends at `at`: a block, a box or the rest of the line.
Statement StatementAt(std::string_view text, std::size_t at) {
  at = SkipMarkup(text, at);
  if (const auto block = BlockAt(text, at)) return *block;
  const std::size_t end = std::min(text.find('\n', at), text.size());
  const std::string_view line = TrimBlank(text.substr(at, end - at));
  return {LastBoxed(line).value_or(line), at, end};
}

// Whether a different block or an "or …" follows the last statement.
bool OffersAnother(std::string_view text, const Statement& last) {
  const std::string_view rest = text.substr(last.end);
  const auto fence = rest.find("```");
  if (fence != std::string_view::npos && OnlyConnects(rest.substr(0, fence))) {
    const auto other = BlockAt(rest, fence);
    if (other && !other->answer.empty() && other->answer != last.answer) return true;
  }
  const auto words = Words(rest.substr(0, 200));
  return !words.empty() && (words[0] == "or" || words[0] == "alternatively");
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

FoundAnswer FindAnswer(std::string_view response) {
  const std::string_view text = AfterThinking(response);
  const auto markers = Markers(text);
  if (markers.empty()) return {LastBoxed(text).value_or(std::string_view()), false};
  const Statement last = StatementAt(text, markers.back());
  FoundAnswer found = {last.answer, OffersAnother(text, last)};
  if (markers.size() > 1) {
    const std::size_t marker = markers.back() - kMarker.size();
    const Statement before = StatementAt(text.substr(0, marker), markers[markers.size() - 2]);
    found.hedge = found.hedge || (!before.answer.empty() && before.end <= marker &&
                                  Normalised(before.answer) != Normalised(last.answer) &&
                                  OnlyConnects(text.substr(before.end, marker - before.end)));
  }
  return found;
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
  auto words = Pieces(text);
  if (!words.empty() && words.back().back() == '.') words.back().pop_back();
  if (!words.empty() && words.back().empty()) words.pop_back();
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
    auto cells = Pieces(WithoutFrame(text.substr(0, end)));
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
