#include "tasks/content_size.h"

#include <cctype>

namespace assay {
namespace {

// A byte that starts a sign beyond ASCII counts as that sign, the bytes behind it do not count.
enum class Class { kBlank, kDigit, kLetter, kSign };

Class ClassOf(char byte) {
  const auto c = static_cast<unsigned char>(byte);
  if (c >= 0x80) return c >= 0xC0 ? Class::kSign : Class::kBlank;
  if (std::isspace(c) != 0) return Class::kBlank;
  if (std::isdigit(c) != 0) return Class::kDigit;
  return std::isalpha(c) != 0 || c == '_' ? Class::kLetter : Class::kSign;
}

std::size_t Count(std::string_view text, bool whole_words) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Class kind = ClassOf(text[i]);
    if (kind == Class::kDigit || kind == Class::kSign) ++count;
    if (kind != Class::kLetter) continue;
    const std::size_t begin = i;
    while (i + 1 < text.size() && ClassOf(text[i + 1]) == Class::kLetter) ++i;
    count += whole_words || i == begin ? 1 : 0;
  }
  return count;
}

}  // namespace

std::size_t ContentSize(std::string_view prompt, std::string_view reference) {
  return Count(prompt.substr(0, prompt.rfind("\n\n")), false) + Count(reference, true);
}

}  // namespace assay
