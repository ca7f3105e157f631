// verifiers/math/rivals.h -- Another answer in words: what "it's Wednesday" says behind "Tuesday".
//
// In words an assertion and a remark look alike ("it's Wednesday", "it's simple"). What counts as
// another answer is short, says nothing about the answer itself, and is written like it.
#pragma once

#include <string>
#include <string_view>

namespace assay::math {

// The phrase that `text` starts with, where it may be an answer in the place of `answer` (the same
// one again included); "" where it is a remark. `corrected`: whether the response announces a
// correction ("wait"); without one, words that are no names count only where they are known to be
// answers of one kind (even, odd).
std::string LeadingRival(std::string_view text, std::string_view answer, bool corrected);

// The same for what `text` ends with: "so Wednesday", before "is the correct answer".
std::string TrailingRival(std::string_view text, std::string_view answer, bool corrected);

// Whether the phrase is another answer than `answer`: other words, neither part of the other.
bool IsRival(std::string_view phrase, std::string_view answer);

}  // namespace assay::math
