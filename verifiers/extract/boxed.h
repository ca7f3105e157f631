// verifiers/extract/boxed.h -- \boxed{…} and \fbox{…} in text that may be hostile.
#pragma once

#include <string_view>
#include <vector>

#include "verifiers/verdict.h"

namespace assay {

struct Boxes {
  // The insides of the boxes that close and lie in no other box that closes, from left to right.
  std::vector<Span> closed;
  // A box opens after the last closed one and never closes, as in a truncated response.
  bool unclosed = false;
};

// One pass over `text`; nested and escaped braces are understood.
Boxes FindBoxes(std::string_view text);

}  // namespace assay
