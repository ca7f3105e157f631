#include "verifiers/numeric/quantity_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "verifiers/extract/words.h"
#include "verifiers/numeric/units.h"

namespace assay {
namespace {

constexpr std::size_t kMaxDigits = 1000;
constexpr int kMaxExponent = 1000;

struct Glyph {
  std::string_view bytes;
  int numerator, denominator;
};
constexpr std::array<Glyph, 9> kGlyphs{{{"\xC2\xBD", 1, 2},
                                        {"\xC2\xBC", 1, 4},
                                        {"\xC2\xBE", 3, 4},
                                        {"\xE2\x85\x93", 1, 3},
                                        {"\xE2\x85\x94", 2, 3},
                                        {"\xE2\x85\x95", 1, 5},
                                        {"\xE2\x85\x9B", 1, 8},
                                        {"\xE2\x85\x9C", 3, 8},
                                        {"\xE2\x85\x9D", 5, 8}}};

// Marks between groups of three digits, longest first.
constexpr std::array<std::string_view, 8> kGroupMarks = {
    "{,}\\!", ",\\!", "\\,\\!", "{,}", "\\,", "\\!", ",", "\xE2\x80\xAF"};

mpz_class TenTo(unsigned long exponent) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, exponent);
  return power;
}

std::size_t CountDigits(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && IsDigit(text[n])) ++n;
  return n;
}

// The length of a group mark at the front that is followed by exactly three digits, else 0.
std::size_t GroupMark(std::string_view text) {
  for (const std::string_view mark : kGroupMarks) {
    if (text.starts_with(mark) && CountDigits(text.substr(mark.size())) == 3) return mark.size();
  }
  return 0;
}

}  // namespace

bool QuantityReader::Take(std::string_view token) {
  if (!rest().starts_with(token)) return false;
  at_ += token.size();
  return true;
}

bool QuantityReader::TakeWord(std::string_view word) {
  const std::string_view here = rest();
  if (!StartsWithWord(here, word)) return false;
  if (here.size() > word.size() && IsLetter(here[word.size()])) return false;
  at_ += word.size();
  return true;
}

void QuantityReader::SkipSpace() {
  while (Take(" ") || Take("\\ ") || Take("\\,") || Take("\\;") || Take("~") || Take("\\!") ||
         Take("\xC2\xA0")) {
  }
}

bool QuantityReader::ReadSign() {
  if (Take("-") || Take("\xE2\x88\x92") || Take("\xE2\x80\x93")) return true;
  Take("+");
  return false;
}

std::string QuantityReader::ReadCurrency() {
  for (const auto& [sign, code] : kCurrencySigns) {
    if (Take(sign)) return std::string(code);
  }
  return {};
}

std::optional<mpz_class> QuantityReader::ReadBracedInteger() {
  const std::size_t start = at_;
  SkipSpace();
  if (!Take("{")) {
    if (CountDigits(rest()) == 0) {
      at_ = start;
      return std::nullopt;
    }
    return mpz_class(std::string(1, text_[at_++]));
  }
  SkipSpace();
  const bool negative = ReadSign();
  const std::size_t digits = CountDigits(rest());
  const std::string number(rest().substr(0, digits));
  at_ += digits;
  SkipSpace();
  if (digits == 0 || digits > kMaxDigits || !Take("}")) {
    at_ = start;
    return std::nullopt;
  }
  mpz_class value(number);
  return negative ? mpz_class(-value) : value;
}

std::optional<mpq_class> QuantityReader::ReadFraction() {
  const std::size_t start = at_;
  for (const Glyph& glyph : kGlyphs) {
    if (Take(glyph.bytes)) return mpq_class(glyph.numerator, glyph.denominator);
  }
  if (Take("\\frac") || Take("\\dfrac") || Take("\\tfrac") || Take("\\cfrac")) {
    const auto numerator = ReadBracedInteger();
    const auto denominator = numerator ? ReadBracedInteger() : std::nullopt;
    if (denominator && *denominator != 0) {
      mpq_class value(*numerator, *denominator);
      value.canonicalize();
      return value;
    }
  }
  at_ = start;
  return std::nullopt;
}

std::optional<mpq_class> QuantityReader::ReadDecimal(bool& is_integer) {
  const std::size_t start = at_;
  std::string digits(rest().substr(0, CountDigits(rest())));
  at_ += digits.size();
  if (!digits.empty() && digits.size() <= 3) {
    for (std::size_t mark = GroupMark(rest()); mark > 0; mark = GroupMark(rest())) {
      digits += rest().substr(mark, 3);
      at_ += mark + 3;
    }
  }
  std::size_t decimals = 0;
  if (rest().size() > 1 && rest()[0] == '.' && IsDigit(rest()[1])) {
    decimals = CountDigits(rest().substr(1));
    digits += rest().substr(1, decimals);
    at_ += 1 + decimals;
  }
  is_integer = decimals == 0;
  if (digits.empty() || digits.size() > kMaxDigits) {
    at_ = start;
    return std::nullopt;
  }
  mpq_class value(mpz_class(digits, 10), TenTo(decimals));
  value.canonicalize();
  return value;
}

// "e5", "E-3", " \times 10^{5}", " x 10^5".
void QuantityReader::ReadExponent(mpq_class& value) {
  const std::size_t start = at_;
  bool braced = false;
  if (Take("e") || Take("E")) {
    if (rest().empty() || (!IsDigit(rest()[0]) && rest()[0] != '-' && rest()[0] != '+')) {
      at_ = start;
      return;
    }
  } else {
    SkipSpace();
    if (!Take("\\times") && !Take("\\cdot") && !Take("\xC3\x97") && !Take("x") && !Take("*")) {
      at_ = start;
      return;
    }
    SkipSpace();
    if (!Take("10^")) {
      at_ = start;
      return;
    }
    braced = Take("{");
  }
  const bool negative = ReadSign();
  const std::size_t digits = CountDigits(rest());
  const std::string number(rest().substr(0, digits));
  at_ += digits;
  if (digits == 0 || digits > 4 || (braced && !Take("}")) || std::stoi(number) > kMaxExponent) {
    at_ = start;
    return;
  }
  const mpz_class power = TenTo(std::stoul(number));
  if (negative) {
    value /= power;
  } else {
    value *= power;
  }
}

void QuantityReader::ReadSecondPart(mpq_class& value, bool is_integer) {
  const std::size_t start = at_;
  SkipSpace();
  const bool spaced = at_ != start;
  if (is_integer) {
    if (const auto fraction = ReadFraction(); fraction && *fraction < 1 && *fraction > 0) {
      value += *fraction;
      return;
    }
  }
  bool second_is_integer = false;
  if (Take("/")) {
    SkipSpace();
    const auto denominator = ReadDecimal(second_is_integer);
    if (denominator && *denominator != 0) {
      value /= *denominator;
      return;
    }
  } else if (is_integer && spaced) {
    const auto numerator = ReadDecimal(second_is_integer);
    bool third_is_integer = false;
    if (numerator && second_is_integer && Take("/")) {
      const auto denominator = ReadDecimal(third_is_integer);
      if (denominator && third_is_integer && *denominator > *numerator) {
        value += *numerator / *denominator;
        return;
      }
    }
  }
  at_ = start;
}

std::optional<mpq_class> QuantityReader::ReadMagnitude() {
  if (auto fraction = ReadFraction()) return fraction;
  bool is_integer = false;
  auto value = ReadDecimal(is_integer);
  if (!value) return std::nullopt;
  const std::size_t behind = at_;
  ReadExponent(*value);
  if (at_ == behind) ReadSecondPart(*value, is_integer);
  return value;
}

void QuantityReader::ReadFactor(mpq_class& value) {
  const std::size_t start = at_;
  SkipSpace();
  for (const auto& [word, exponent] : kFactorWords) {
    if (!TakeWord(word)) continue;
    value *= TenTo(exponent);
    return;
  }
  at_ = start;
}

bool QuantityReader::ReadPercent() {
  const std::size_t start = at_;
  SkipSpace();
  if (Take("%") || Take("\\%") || TakeWord("percent") || TakeWord("per cent") || TakeWord("pct"))
    return true;
  at_ = start;
  return false;
}

void QuantityReader::ReadUnit(bool whole, std::string& unit) {
  const std::size_t start = at_;
  SkipSpace();
  const bool spaced = at_ != start;
  std::size_t taken = 0;
  const std::string read = ReadUnitName(rest(), whole, spaced, taken);
  if (read.empty()) {
    at_ = start;
    return;
  }
  at_ += taken;
  if (unit.empty()) unit = read;
}

std::optional<Quantity> QuantityReader::ReadQuantity(bool whole) {
  Quantity quantity;
  quantity.span.begin = at_;
  bool negative = ReadSign();
  if (whole) SkipSpace();
  quantity.unit = ReadCurrency();
  if (whole) SkipSpace();
  if (!quantity.unit.empty() && ReadSign()) negative = !negative;
  auto value = ReadMagnitude();
  if (!value) {
    at_ = quantity.span.begin;
    return std::nullopt;
  }
  quantity.value = negative ? mpq_class(-*value) : *value;
  ReadFactor(quantity.value);
  if (ReadPercent()) {
    quantity.percent = true;
    quantity.value /= 100;
  }
  quantity.span.end = at_;
  ReadUnit(whole, quantity.unit);
  if (whole) quantity.span.end = at_;
  return quantity;
}

}  // namespace assay
