#include "runner/model/tokenizer/pre_tokenizer.h"

#include <utf8proc.h>

#include <optional>

#include "base/utf8.h"

namespace assay {
namespace {

bool IsNumber(char32_t point) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(point));
  return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL ||
         category == UTF8PROC_CATEGORY_NO;
}

std::optional<RegexMatch> FindDigit(std::string_view text, std::size_t offset) {
  while (offset < text.size()) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte >= '0' && byte <= '9') return RegexMatch{offset, offset + 1};
    if (byte < 0x80) {
      ++offset;
      continue;
    }
    const CodePoint point = DecodeUtf8(text.substr(offset));
    if (IsNumber(point.value)) return RegexMatch{offset, offset + point.length};
    offset += point.length;
  }
  return std::nullopt;
}

// Turns a sequence of matches and gaps into words by one step's behaviour.
class Joiner {
 public:
  Joiner(std::string_view text, SplitBehavior behavior) : text_(text), behavior_(behavior) {}

  // Calls `word` for each word that [begin, end) completes.
  template <class Word>
  Result<void> Add(std::size_t begin, std::size_t end, bool is_match, const Word& word) {
    if (begin == end) return {};
    switch (behavior_) {
      case SplitBehavior::kIsolated:
        return word(text_.substr(begin, end - begin));
      case SplitBehavior::kRemoved:
        return is_match ? Result<void>() : word(text_.substr(begin, end - begin));
      case SplitBehavior::kMergedWithPrevious: {
        // A match closes the open gap; only one match can join a gap.
        if (is_match && open_) return Close(end, word);
        if (auto closed = Close(begin, word); !closed) return closed;
        open_begin_ = begin;
        open_ = true;
        return is_match ? Close(end, word) : Result<void>();
      }
      case SplitBehavior::kMergedWithNext: {
        if (!is_match && open_) return Close(end, word);
        if (auto closed = Close(begin, word); !closed) return closed;
        open_begin_ = begin;
        open_ = true;
        return is_match ? Result<void>() : Close(end, word);
      }
    }
    return {};
  }

  template <class Word>
  Result<void> Close(std::size_t end, const Word& word) {
    if (!open_) return {};
    open_ = false;
    return word(text_.substr(open_begin_, end - open_begin_));
  }

 private:
  std::string_view text_;
  SplitBehavior behavior_;
  std::size_t open_begin_ = 0;
  bool open_ = false;
};

}  // namespace

PreTokenizer::Scratch::Scratch(const PreTokenizer& owner) {
  for (const Step& step : owner.steps_) {
    static const Regex kUnused = *Regex::Literal("0");
    matchers_.emplace_back(step.digits ? kUnused : step.regex);
  }
}

Result<void> PreTokenizer::Split(std::string_view text, Scratch& scratch, const Sink& sink) const {
  return SplitFrom(0, text, scratch, sink);
}

Result<void> PreTokenizer::SplitFrom(std::size_t step_index, std::string_view text,
                                     Scratch& scratch, const Sink& sink) const {
  if (text.empty()) return {};
  if (step_index == steps_.size()) {
    sink(text);
    return {};
  }
  const Step& step = steps_[step_index];
  Joiner joiner(text, step.behavior);
  const auto word = [&](std::string_view piece) {
    return SplitFrom(step_index + 1, piece, scratch, sink);
  };
  std::size_t done = 0;
  while (done < text.size()) {
    std::optional<RegexMatch> match;
    if (step.digits) {
      match = FindDigit(text, done);
    } else {
      auto found = scratch.matchers_[step_index].Find(text, done);
      if (!found) return Pass(found.error());
      match = *found;
    }
    const RegexMatch hit = match.value_or(RegexMatch{text.size(), text.size()});
    if (auto added = joiner.Add(done, hit.begin, step.invert, word); !added) return added;
    if (auto added = joiner.Add(hit.begin, hit.end, !step.invert, word); !added) return added;
    done = hit.end;
  }
  return joiner.Close(text.size(), word);
}

}  // namespace assay
