// verifiers/verdict.h -- What a verifier says about one response.
//
// Only kCorrect and kWrong are statements about the answer; the other three say why none was made,
// and are counted apart in every report.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

enum class Outcome {
  kCorrect,
  kWrong,
  kNoAnswer,  // nothing in the response looks like an answer
  kLimit,     // the response ran into its time, memory or output limit
  kError,     // our fault or the pack author's; never used as a reward
};

// "correct", "wrong", "no_answer", "limit", "error": the words used in every file.
std::string_view ToString(Outcome outcome);
std::optional<Outcome> ParseOutcome(std::string_view word);

// The part of the response that was judged, as byte offsets: text.substr(begin, end - begin).
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Verdict {
  Outcome outcome = Outcome::kError;
  std::optional<double> reward;  // in [0, 1]; absent for kError
  std::string answer;            // what was extracted, as judged; empty if kNoAnswer
  std::string reason;            // one short clause for people, e.g. "3/4 != 0.7"
  std::optional<Span> span;      // where the answer stood, when it is a piece of the response

  static Verdict Correct(std::string answer, std::string reason);
  static Verdict Wrong(std::string answer, std::string reason);
  static Verdict NoAnswer(std::string reason);
  static Verdict Limit(std::string answer, std::string reason);
  static Verdict Failure(std::string reason);  // kError
};

}  // namespace assay
