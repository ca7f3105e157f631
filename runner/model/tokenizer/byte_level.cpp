#include "runner/model/tokenizer/byte_level.h"

#include <array>

#include "base/utf8.h"

namespace assay {
namespace {

// Bytes that print stand for themselves, the others are U+0100 upwards in order.
bool Prints(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> character{};
  std::array<std::int16_t, 0x144> byte{};  // -1: not of the alphabet

  Alphabet() {
    byte.fill(-1);
    char32_t next = 0x100;
    for (int b = 0; b < 256; ++b) {
      character[b] = Prints(b) ? static_cast<char32_t>(b) : next++;
      byte[character[b]] = static_cast<std::int16_t>(b);
    }
  }
};

const Alphabet& TheAlphabet() {
  static const Alphabet alphabet;
  return alphabet;
}

}  // namespace

std::optional<std::string> BytesOfSpelling(std::string_view spelled) {
  const Alphabet& alphabet = TheAlphabet();
  std::string bytes;
  bytes.reserve(spelled.size());
  while (!spelled.empty()) {
    const CodePoint point = DecodeUtf8(spelled);
    if (!point.valid || point.value >= alphabet.byte.size() || alphabet.byte[point.value] < 0)
      return std::nullopt;
    bytes.push_back(static_cast<char>(alphabet.byte[point.value]));
    spelled.remove_prefix(point.length);
  }
  return bytes;
}

std::string SpellingOfBytes(std::string_view bytes) {
  std::string spelled;
  for (const char byte : bytes)
    AppendUtf8(TheAlphabet().character[static_cast<unsigned char>(byte)], spelled);
  return spelled;
}

}  // namespace assay
