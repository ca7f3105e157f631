#include "reports/terminal_text.h"

#include <algorithm>
#include <iterator>

#include "base/utf8.h"

namespace assay {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr Range kControls[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x200e, 0x200f},
                               {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}};
constexpr Range kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                           {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                           {0xff01, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
                           {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
constexpr Range kNone[] = {{0x300, 0x36f}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};

template <std::size_t kCount>
bool Within(char32_t value, const Range (&ranges)[kCount]) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& range) {
    return range.first <= value && value <= range.last;
  });
}

}  // namespace

std::string OneLine(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const CodePoint next = DecodeUtf8(text);
    if (next.valid && Within(next.value, kControls)) {
      line += ' ';
    } else {
      AppendUtf8(next.value, line);
    }
    text.remove_prefix(next.length);
  }
  return line;
}

std::size_t TerminalWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint next = DecodeUtf8(text);
    if (!Within(next.value, kNone)) width += Within(next.value, kWide) ? 2 : 1;
    text.remove_prefix(next.length);
  }
  return width;
}

}  // namespace assay
