#include "runner/store/records.h"

#include <array>

namespace assay {

std::string_view ToString(SampleClass value) {
  static constexpr std::array<std::string_view, kSampleClasses> kWords{
      "correct", "wrong", "no_answer", "truncated", "limit", "error", "failed"};
  return kWords[static_cast<std::size_t>(value)];
}

SampleClass Classify(Outcome outcome, Finish finish) {
  if (outcome == Outcome::kCorrect) return SampleClass::kCorrect;
  if (outcome == Outcome::kError) return SampleClass::kError;
  if (finish == Finish::kLength) return SampleClass::kTruncated;
  switch (outcome) {
    case Outcome::kNoAnswer:
      return SampleClass::kNoAnswer;
    case Outcome::kLimit:
      return SampleClass::kLimit;
    default:
      return SampleClass::kWrong;
  }
}

}  // namespace assay
