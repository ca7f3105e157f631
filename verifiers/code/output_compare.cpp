#include "verifiers/code/output_compare.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "base/utf8.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 100;

std::string Shown(std::string_view text) { return SanitizeUtf8(Abbreviate(text, kShownBytes)); }

// Takes the next line off `text`, without white space at its end.
std::string_view TakeLine(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!line.empty() && IsSpace(line.back())) line.remove_suffix(1);
  return line;
}

std::string_view WithoutEnd(std::string_view text) {
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string LineDifference(std::string_view expected, std::string_view got) {
  expected = WithoutEnd(expected);
  got = WithoutEnd(got);
  for (std::size_t number = 1; !expected.empty() || !got.empty(); ++number) {
    const auto wanted = TakeLine(expected);
    const auto given = TakeLine(got);
    if (wanted != given)
      return fmt::format("line {}: expected \"{}\", got \"{}\"", number, Shown(wanted),
                         Shown(given));
  }
  return {};
}

std::optional<std::string_view> TakeToken(std::string_view& text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::size_t end = 0;
  while (end < text.size() && !IsSpace(text[end])) ++end;
  const auto token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

std::optional<double> ToNumber(std::string_view token) {
  if (token.starts_with('+')) token.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc() || end != token.data() + token.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

bool SameToken(std::string_view wanted, std::string_view given,
               const OutputComparison& comparison) {
  if (wanted == given) return true;
  if (comparison.rule != OutputRule::kFloats) return false;
  const auto a = ToNumber(wanted);
  const auto b = ToNumber(given);
  if (!a || !b) return false;
  return std::abs(*a - *b) <= std::max(comparison.abs, comparison.rel * std::abs(*a));
}

}  // namespace

std::string OutputDifference(std::string_view expected, std::string_view got,
                             const OutputComparison& comparison) {
  if (comparison.rule == OutputRule::kExact) return LineDifference(expected, got);
  for (std::size_t number = 1;; ++number) {
    const auto wanted = TakeToken(expected);
    const auto given = TakeToken(got);
    if (!wanted && !given) return {};
    if (!wanted || !given || !SameToken(*wanted, *given, comparison)) {
      return fmt::format("word {}: expected {}, got {}", number,
                         wanted ? "\"" + Shown(*wanted) + "\"" : "the end",
                         given ? "\"" + Shown(*given) + "\"" : "the end");
    }
  }
}

}  // namespace assay
