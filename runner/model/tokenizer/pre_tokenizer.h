// runner/model/tokenizer/pre_tokenizer.h -- Cuts a text into the words within which tokens merge.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/model/tokenizer/regex.h"

namespace assay {

// What becomes of the matches of a splitting expression (names of Hugging Face tokenizers).
enum class SplitBehavior {
  kIsolated,            // a word of their own
  kRemoved,             // dropped
  kMergedWithPrevious,  // the end of the word before
  kMergedWithNext,      // the start of the word after
};

// The expressions of the families that GGUF files know by name.
inline constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

// Immutable and thread-safe.
class PreTokenizer {
 public:
  struct Step {
    std::string name;     // what identifies the step: the expression, or "digits"
    bool digits = false;  // each number character (\p{N}) alone; `regex` is unused
    bool invert = false;  // matches are what the expression does not match
    SplitBehavior behavior = SplitBehavior::kIsolated;
    Regex regex = {};
  };

  void Add(Step step) { steps_.push_back(std::move(step)); }
  const std::vector<Step>& steps() const { return steps_; }

  // Scratch memory of one thread.
  class Scratch {
   public:
    explicit Scratch(const PreTokenizer& owner);

   private:
    friend class PreTokenizer;
    std::vector<RegexMatcher> matchers_;
  };

  using Sink = std::function<void(std::string_view word)>;
  // Calls `sink` for each word of `text` (valid UTF-8), in order; a word is never empty.
  Result<void> Split(std::string_view text, Scratch& scratch, const Sink& sink) const;

 private:
  Result<void> SplitFrom(std::size_t step, std::string_view text, Scratch& scratch,
                         const Sink& sink) const;
  std::vector<Step> steps_;
};

}  // namespace assay
