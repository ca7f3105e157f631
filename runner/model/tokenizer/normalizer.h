// runner/model/tokenizer/normalizer.h -- What happens to a text before it is split: Unicode NFC,
// replacements, a prefix.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay {

// The canonical composition of `text` (valid UTF-8) by the rules of Unicode 9, as Hugging Face
// tokenizers compose. Linear but for the sorting of combining marks: O(n log n) for any input.
std::string ToNfc(std::string_view text);

// Immutable and thread-safe.
class Normalizer {
 public:
  struct Nfc {};
  struct Prepend {
    std::string text;
  };
  struct Replace {
    std::string from;  // not empty
    std::string to;
  };
  using Step = std::variant<Nfc, Prepend, Replace>;

  void Add(Step step) { steps_.push_back(std::move(step)); }
  bool empty() const { return steps_.empty(); }
  const std::vector<Step>& steps() const { return steps_; }

  // `text` itself where nothing changes, else a view of `buffer`.
  std::string_view Apply(std::string_view text, std::string& buffer) const;

 private:
  std::vector<Step> steps_;
};

}  // namespace assay
