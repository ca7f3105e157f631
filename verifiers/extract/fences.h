// verifiers/extract/fences.h -- Fenced code blocks of Markdown.
#pragma once

#include <string_view>
#include <vector>

namespace assay {

struct Fence {
  std::string_view language;  // the first word behind the opening fence, as written; may be empty
  std::string_view code;      // what lies between the fences, last line end included
  bool closed = true;         // false: the text ends inside the block
};

// The blocks of `text` from left to right; views into it. A fence is a line that starts (after
// white space) with at least three back quotes; it is closed by a line of at least as many.
std::vector<Fence> FindFences(std::string_view text);

}  // namespace assay
