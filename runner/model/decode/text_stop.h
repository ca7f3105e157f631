// runner/model/decode/text_stop.h -- Stop strings, found also where they begin in one token and end
// in another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// Collects the text of one response. One thread at a time.
class TextStop {
 public:
  // Empty stop strings are ignored.
  explicit TextStop(const std::vector<std::string>& stops);

  // Adds a token's bytes. True once a stop string is in the text: the text then ends before the one
  // that begins first (of those that begin together, the longest), and nothing more may be added.
  bool Add(std::string_view bytes);

  const std::string& text() const { return text_; }
  const std::string& stopped_by() const { return stopped_by_; }

 private:
  std::vector<std::string> stops_;
  std::size_t longest_ = 0;
  std::string text_;
  std::string stopped_by_;
};

}  // namespace assay
