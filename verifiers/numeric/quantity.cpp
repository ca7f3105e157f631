#include "verifiers/numeric/quantity.h"

#include "base/utf8.h"
#include "verifiers/extract/words.h"
#include "verifiers/numeric/quantity_reader.h"

namespace assay {
namespace {

constexpr std::size_t kMaxAnswerBytes = 4096;

// Without a name in front: "x = 5", "\text{Total} = $5", "n=7".
std::string_view WithoutName(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals > 40) return text;
  const std::string_view name = text.substr(0, equals);
  bool has_letter = false;
  for (const char c : name) {
    if (IsDigit(c)) return text;
    has_letter |= IsLetter(c);
  }
  return has_letter ? Trim(text.substr(equals + 1)) : text;
}

// A number can start at `i` of running text: not within a word, a name or another number.
bool CanStart(std::string_view text, std::size_t i) {
  if (i == 0) return true;
  const char before = text[i - 1];
  if (IsWordByte(before)) return false;
  return !(before == '.' && i > 1 && IsDigit(text[i - 2]));
}

// Moves back over a sign and a currency mark that belong to the number at `i`.
std::size_t WithSign(std::string_view text, std::size_t i) {
  constexpr std::string_view kMinus = "\xE2\x88\x92";
  for (const std::string_view mark : {"\\$", "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"}) {
    if (text.substr(0, i).ends_with(mark)) {
      i -= mark.size();
      break;
    }
  }
  const std::string_view before = text.substr(0, i);
  const std::size_t sign = before.ends_with('-') ? 1 : before.ends_with(kMinus) ? kMinus.size() : 0;
  if (sign == 0) return i;
  const std::string_view left = before.substr(0, i - sign);
  const bool binary = !left.empty() && (IsWordByte(left.back()) || left.back() == ')' ||
                                        left.back() == '}' || left.back() == '%');
  return binary ? i : i - sign;
}

}  // namespace

std::optional<Quantity> ParseQuantity(std::string_view text) {
  if (text.size() > kMaxAnswerBytes) return std::nullopt;
  // "$5" is money, "$5$" is mathematics: Undress takes pairs only.
  std::string_view number = Undress(WithoutName(Undress(text)));
  QuantityReader reader(number);
  auto quantity = reader.ReadQuantity(/*whole=*/true);
  if (!quantity || !Trim(number.substr(reader.at())).empty()) return std::nullopt;
  const auto offset = static_cast<std::size_t>(number.data() - text.data());
  quantity->span = {offset, offset + number.size()};
  return quantity;
}

std::vector<Quantity> FindQuantities(std::string_view text) {
  std::vector<Quantity> found;
  for (std::size_t i = 0; i < text.size();) {
    const bool starts = IsDigit(text[i]) || text[i] == '\\' || text[i] == '.' ||
                        static_cast<unsigned char>(text[i]) >= 0xC2;
    if (!starts || !CanStart(text, i)) {
      ++i;
      continue;
    }
    QuantityReader reader(text, WithSign(text, i));
    auto quantity = reader.ReadQuantity(/*whole=*/false);
    if (quantity && reader.at() > i) {
      i = reader.at();
      found.push_back(std::move(*quantity));
      continue;
    }
    // A run of digits too long to read is passed over as a whole.
    while (i < text.size() && IsDigit(text[i])) ++i;
    if (i < text.size()) ++i;
  }
  return found;
}

std::string ToString(const mpq_class& value) {
  constexpr std::size_t kLongest = 60;
  return Abbreviate(value.get_str(), kLongest);
}

}  // namespace assay
