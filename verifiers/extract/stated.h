// verifiers/extract/stated.h -- Where a response states its final answer.
//
// Order: what follows the last </think> is read, and in it
//   1. \boxed{…} and \fbox{…}
//   2. #### …            up to the end of the line
//   3. "answer is …", "answer: …", "answer = …"   up to the end of the sentence or line
// The first of these three that occurs at all is the one that counts, and of its occurrences the
// last. Two that follow each other with nothing but connecting words between them ("or", "and",
// "the answer is") and that differ are a hedge, which verifiers count as wrong; after any other
// word ("wait, …") the later one replaces the earlier.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "verifiers/verdict.h"

namespace assay {

enum class Marker { kNone, kBox, kHashes, kPhrase };

struct StatedAnswers {
  Marker marker = Marker::kNone;
  // Offsets into the text given; the last statement and those that only connecting words part
  // from it, from left to right. Empty when nothing is stated.
  std::vector<Span> spans;
  // A box was opened and never closed: nothing is stated, and no other rule may be tried.
  bool unclosed_box = false;
};

// `text` is a response after its reasoning. Statements under 2 and 3 that are not `plausible` (a
// heading, "the answer is as follows") are passed over. Linear.
StatedAnswers FindStated(std::string_view text,
                         const std::function<bool(std::string_view)>& plausible);

// Nothing but punctuation, markup and words that join alternatives.
bool OnlyConnects(std::string_view between);

}  // namespace assay
