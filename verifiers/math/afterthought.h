// verifiers/math/afterthought.h -- What a response goes on to say behind its answer.
//
// Closing words, checks and restatements do not matter. Another answer does ("the final answer is
// 41", "wait, it should be 41"), and so does taking the answer back ("no, that's wrong"). Only
// plain assertions count: a number inside a calculation is none.
#pragma once

#include <string>
#include <string_view>

namespace assay::math {

struct Afterthought {
  std::string answer;       // the last answer that is asserted there; "" if there is none
  bool stated = false;      // as an answer ("the answer is …"), not only as a correction
  bool taken_back = false;  // the answer is called wrong, and no other one is given
};

// `rest`: the response from the end of the answer. Looks at its first 2,000 bytes, up to where a
// next problem begins. `in_words`: the answer before it where that is one in words, whose rivals
// are phrases; "" for an answer in mathematics or a letter.
Afterthought ReadAfterthought(std::string_view rest, std::string_view in_words = {});

}  // namespace assay::math
