// verifiers/logic/spec_data.h -- Reads a puzzle's data from its spec, bounded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"

namespace assay {

using IntLists = std::vector<std::vector<int>>;

inline constexpr std::size_t kMaxLists = 4096;
inline constexpr std::size_t kMaxListSize = 64;

// Lists of whole numbers in [low, high] under `key`; {} and a note in `fields` where it is not.
IntLists ReadIntLists(Fields& fields, const char* key, int low, int high);
// One list.
std::vector<int> ReadInts(Fields& fields, const char* key, int low, int high);
// Equally long, non-empty rows of text, at most 32 of at most 32 characters; {"."} where not.
std::vector<std::string> ReadRows(Fields& fields, const char* key);

}  // namespace assay
