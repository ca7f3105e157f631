// verifiers/math/extract_boxes.h -- The \boxed{…} of a response.
#pragma once

#include <string_view>
#include <vector>

namespace assay::math {

// Of `text`, the inside of the \boxed{…} or \fbox{…} groups that close, outermost only.
struct Box {
  std::string_view inside;
  std::size_t begin = 0;  // of the command
  std::size_t end = 0;    // behind the closing brace
};
std::vector<Box> FindBoxes(std::string_view text, bool* unclosed);

// Whether two boxes are values of one name: "x = \boxed{2} or x = \boxed{-3}". `before`: the text
// before the first one, `gap`: what stands between them.
bool JoinsNamed(std::string_view before, std::string_view gap);

}  // namespace assay::math
