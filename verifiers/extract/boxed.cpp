#include "verifiers/extract/boxed.h"

namespace assay {
namespace {

// Whether the '{' that follows `before` is that of a box.
bool OpensBox(std::string_view before) {
  while (before.ends_with(' ')) before.remove_suffix(1);
  return before.ends_with("\\boxed") || before.ends_with("\\fbox");
}

struct Brace {
  std::size_t inside;  // offset just behind the '{'
  bool box;
};

}  // namespace

Boxes FindBoxes(std::string_view text) {
  Boxes boxes;
  std::vector<Brace> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '\\':
        if (i + 1 < text.size() && (text[i + 1] == '{' || text[i + 1] == '}')) ++i;
        break;
      case '{':
        open.push_back({i + 1, OpensBox(text.substr(0, i))});
        break;
      case '}':
        if (open.empty()) break;  // stray, as in prose
        if (open.back().box) {
          const std::size_t begin = open.back().inside;
          while (!boxes.closed.empty() && boxes.closed.back().begin > begin) {
            boxes.closed.pop_back();
          }
          boxes.closed.push_back({begin, i});
        }
        open.pop_back();
        break;
      default:
        break;
    }
  }
  const std::size_t last = boxes.closed.empty() ? 0 : boxes.closed.back().end;
  for (const Brace& brace : open) boxes.unclosed |= brace.box && brace.inside > last;
  return boxes;
}

}  // namespace assay
