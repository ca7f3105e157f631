#include "runner/model/decode/text_stop.h"

#include <algorithm>

namespace assay {

TextStop::TextStop(const std::vector<std::string>& stops) {
  for (const std::string& stop : stops) {
    if (stop.empty()) continue;
    stops_.push_back(stop);
    longest_ = std::max(longest_, stop.size());
  }
}

bool TextStop::Add(std::string_view bytes) {
  const std::size_t overlap = longest_ == 0 ? 0 : longest_ - 1;
  const std::size_t from = text_.size() > overlap ? text_.size() - overlap : 0;
  text_ += bytes;
  std::size_t first = std::string::npos;
  for (const std::string& stop : stops_) {
    const std::size_t at = text_.find(stop, from);
    if (at == std::string::npos || at > first) continue;
    if (at < first || stop.size() > stopped_by_.size()) {
      first = at;
      stopped_by_ = stop;
    }
  }
  if (first == std::string::npos) return false;
  text_.resize(first);
  return true;
}

}  // namespace assay
