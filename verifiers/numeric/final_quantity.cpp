#include "verifiers/numeric/final_quantity.h"

#include <algorithm>

#include "verifiers/extract/words.h"

namespace assay {
namespace {

using Found = FinalQuantity::Found;
constexpr std::size_t kSearchedBytes = 64 * 1024;
constexpr std::size_t kSentenceBytes = 4096;

std::string_view Cut(std::string_view text, const Span& span) {
  return text.substr(span.begin, span.end - span.begin);
}

Span Shift(Span span, std::size_t by) { return {span.begin + by, span.end + by}; }

bool HasDigit(std::string_view text) { return std::any_of(text.begin(), text.end(), IsDigit); }

bool Equal(const Quantity& a, const Quantity& b) {
  return a.value == b.value && a.percent == b.percent;
}

// "4 or 5": the words between two numbers offer a choice.
bool OffersChoice(std::string_view between) {
  if (!OnlyConnects(between)) return false;
  const std::string words = ToLower(between);
  for (auto at = words.find("or"); at != std::string::npos; at = words.find("or", at + 1)) {
    const bool begins = at == 0 || !IsLetter(words[at - 1]);
    if (begins && (at + 2 >= words.size() || !IsLetter(words[at + 2]))) return true;
  }
  return false;
}

// What follows a number makes it a part of an expression.
bool GoesOn(std::string_view behind) {
  behind = Trim(behind);
  if (behind.empty()) return false;
  for (const std::string_view sign : {"\\times", "\\cdot", "\\div", "\xC3\x97", "\xC3\xB7"}) {
    if (behind.starts_with(sign)) return true;
  }
  const bool subtraction = behind.size() > 1 && behind[0] == '-' && HasDigit(behind.substr(1, 2));
  return subtraction || std::string_view("+/^<>").find(behind[0]) != std::string_view::npos ||
         (behind.size() > 1 && behind[0] == '*' && (behind[1] == ' ' || IsDigit(behind[1])));
}

// "5-3", "0/0", "2^5": the number at `begin` is the right side of an operation.
bool IsOperand(std::string_view text, std::size_t begin) {
  if (begin < 2 || !IsDigit(text[begin - 2])) return false;
  return std::string_view("+-*/^").find(text[begin - 1]) != std::string_view::npos;
}

bool OnlyHolds(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

// "3, 5 and 8.": nothing but different numbers, which is no answer where one is asked for.
bool IsList(std::string_view sentence, const std::vector<Quantity>& numbers) {
  constexpr std::string_view kDressing = " \t.*$()[]{}";
  if (numbers.size() < 2 || !OnlyHolds(sentence.substr(0, numbers[0].span.begin), kDressing))
    return false;
  bool differ = false;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const std::size_t end = numbers[i - 1].span.end;
    if (numbers[i].span.begin < end) return false;
    auto between = Trim(sentence.substr(end, numbers[i].span.begin - end));
    const bool joined = between.ends_with("and");
    if (joined) between.remove_suffix(3);
    if ((between.empty() && !joined) || !OnlyHolds(between, " \t,;$*")) return false;
    differ = differ || !Equal(numbers[i - 1], numbers[i]);
  }
  return differ && OnlyHolds(sentence.substr(numbers.back().span.end), kDressing);
}

// One sentence that states the answer in words: "18 dollars a day", "2 * 9 = 18".
FinalQuantity ReadSentence(std::string_view sentence) {
  sentence = sentence.substr(0, kSentenceBytes);
  FinalQuantity result{Found::kUnreadable, Marker::kPhrase, std::nullopt, {0, sentence.size()}};
  const auto equals = sentence.rfind('=');
  const std::size_t from =
      equals != std::string_view::npos && HasDigit(sentence.substr(equals)) ? equals + 1 : 0;
  const std::string_view read = sentence.substr(from);
  auto numbers = FindQuantities(read);
  if (IsList(read, numbers)) {
    result.found = Found::kHedge;
    return result;
  }
  if (numbers.empty() || GoesOn(read.substr(numbers[0].span.end))) return result;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const std::size_t end = numbers[i - 1].span.end;
    if (numbers[i].span.begin < end) continue;
    const auto between = read.substr(end, numbers[i].span.begin - end);
    if (OffersChoice(between) && !Equal(numbers[i - 1], numbers[i])) {
      result.found = Found::kHedge;
      return result;
    }
  }
  result.found = Found::kOne;
  result.quantity = std::move(numbers[0]);
  result.quantity->span = Shift(result.quantity->span, from);
  result.span = result.quantity->span;
  return result;
}

FinalQuantity ReadStated(std::string_view statement, Marker marker) {
  FinalQuantity result{Found::kUnreadable, marker, std::nullopt, {0, statement.size()}};
  if (auto quantity = ParseQuantity(statement)) {
    result.found = Found::kOne;
    result.span = quantity->span;
    result.quantity = std::move(quantity);
  } else if (marker != Marker::kBox) {
    result = ReadSentence(statement);
    result.marker = marker;
  } else if (Trim(statement).empty()) {
    result.found = Found::kNothing;
  }
  return result;
}

FinalQuantity ReadLastNumber(std::string_view text) {
  const std::size_t from = text.size() > kSearchedBytes ? text.size() - kSearchedBytes : 0;
  const std::string_view read = text.substr(from);
  auto numbers = FindQuantities(read);
  FinalQuantity result;
  if (numbers.empty()) return result;
  if (numbers.size() > 1) {
    const Quantity& before = numbers[numbers.size() - 2];
    const Quantity& last = numbers.back();
    if (before.span.end <= last.span.begin && !Equal(before, last) &&
        OffersChoice(read.substr(before.span.end, last.span.begin - before.span.end))) {
      result.found = Found::kHedge;
      result.span = {before.span.begin + from, last.span.end + from};
      return result;
    }
  }
  const bool operand = IsOperand(read, numbers.back().span.begin);
  result.found = operand ? Found::kUnreadable : Found::kOne;
  result.quantity = std::move(numbers.back());
  result.quantity->span = Shift(result.quantity->span, from);
  result.span = result.quantity->span;
  return result;
}

}  // namespace

FinalQuantity FindFinalQuantity(std::string_view text) {
  const StatedAnswers stated = FindStated(text, HasDigit);
  if (stated.unclosed_box) return {Found::kUnclosedBox, Marker::kBox, std::nullopt, {}};
  if (stated.marker == Marker::kNone) return ReadLastNumber(text);
  const Span& last = stated.spans.back();
  FinalQuantity result = ReadStated(Cut(text, last), stated.marker);
  result.span = Shift(result.span, last.begin);
  if (result.quantity) result.quantity->span = Shift(result.quantity->span, last.begin);
  for (std::size_t i = 0; i + 1 < stated.spans.size(); ++i) {
    const FinalQuantity other = ReadStated(Cut(text, stated.spans[i]), stated.marker);
    const bool same = result.quantity && other.quantity && Equal(*result.quantity, *other.quantity);
    if (same) continue;
    result.found = Found::kHedge;
    result.span = {stated.spans[i].begin, last.end};
    break;
  }
  return result;
}

}  // namespace assay
