// runner/model/tokenizer/byte_level.h -- The alphabet in which byte-level vocabularies are spelled:
// each byte is one printable character ("Ġ" is a space), as in GPT-2's encoder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

// The bytes that `spelled` stands for; nothing where it holds a character outside the alphabet.
std::optional<std::string> BytesOfSpelling(std::string_view spelled);
std::string SpellingOfBytes(std::string_view bytes);

}  // namespace assay
