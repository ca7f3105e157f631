// verifiers/extract/thinking.h -- Sets a model's reasoning apart from what it says in the end.
#pragma once

#include <optional>
#include <string_view>

namespace assay {

// What follows the last `</think>` (or `</thinking>`); all of `response` where neither tag occurs;
// nothing where the reasoning began and never ended: an answer inside it was not given. Linear.
std::optional<std::string_view> AfterThinking(std::string_view response);

}  // namespace assay
