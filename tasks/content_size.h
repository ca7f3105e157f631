// tasks/content_size.h -- How much there is to a problem, counted in signs.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay {

// The digits, signs and letters standing alone of the prompt (without its last paragraph, which
// says how to answer), and the digits, signs and words of the reference. A crude measure of the
// work that hangs on no model: a larger board, a longer program, bigger numbers or a longer
// solution raise it.
std::size_t ContentSize(std::string_view prompt, std::string_view reference);

}  // namespace assay
