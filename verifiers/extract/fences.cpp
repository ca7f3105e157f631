#include "verifiers/extract/fences.h"

#include <algorithm>

#include "verifiers/extract/words.h"

namespace assay {
namespace {

// The number of back quotes that `line` starts with, after white space.
std::size_t Ticks(std::string_view line) {
  line = Trim(line);
  const auto end = line.find_first_not_of('`');
  return end == std::string_view::npos ? line.size() : end;
}

std::string_view LanguageOf(std::string_view line) {
  line = Trim(line);
  line = Trim(line.substr(std::min(line.find_first_not_of('`'), line.size())));
  return line.substr(0, line.find_first_of(" \t{"));
}

}  // namespace

std::vector<Fence> FindFences(std::string_view text) {
  std::vector<Fence> fences;
  std::size_t open_ticks = 0;  // 0: outside
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t next = std::min(end + 1, text.size());
    const std::size_t ticks = Ticks(line);
    if (open_ticks == 0 && ticks >= 3) {
      open_ticks = ticks;
      fences.push_back({LanguageOf(line), text.substr(next, 0), false});
    } else if (open_ticks > 0 && ticks >= open_ticks && Trim(line).size() == ticks) {
      fences.back().closed = true;
      open_ticks = 0;
    } else if (open_ticks > 0) {
      Fence& fence = fences.back();
      fence.code = text.substr(static_cast<std::size_t>(fence.code.data() - text.data()));
      fence.code =
          fence.code.substr(0, next - static_cast<std::size_t>(fence.code.data() - text.data()));
    }
    at = end + 1;
  }
  return fences;
}

}  // namespace assay
