// tasks/generators/wording.h -- Prompts in several natural wordings, each with the sentence that
// says how to answer.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "tasks/generators/family.h"

namespace assay {

// `pattern` with each {name} replaced. Braces around other words stay as they are.
using Slots = std::map<std::string, std::string>;
std::string Fill(const std::string& pattern, const Slots& slots);
// One of `variants`, filled.
std::string Say(Rng& rng, const std::vector<std::string>& variants, const Slots& slots = {});

enum class AnswerForm {
  kBoxed,   // \boxed{…}: for {"kind": "math"}
  kNumber,  // "The answer is N.": for {"kind": "numeric"}
  kLetter,  // "Answer: B": for {"kind": "choice"}
  kLine,    // "Answer: …" on one line: for "exact" and "logic"
  kBlock,   // "Answer:" and a fenced block of several lines: for "logic"
  kPython,  // a ```python block: for {"kind": "code"}
  kCpp,     // a ```cpp block: the same in another language
  kValue,   // [ANSWER]…[/ANSWER]: a Python value, for the code protocols "output" and "input"
  kFenced,  // a fenced block that holds nothing but the answer: "regex" and "sql"
};

// Sets draft.prompt and draft.format: `question`, then a sentence asking for an answer of this
// form. `what` names the answer for kLine, kBlock, kValue and kFenced ("the numbers in increasing
// order, separated by commas").
void Ask(Rng& rng, Draft& draft, std::string question, AnswerForm form, std::string_view what = "");

// "3 apples", "1 apple".
std::string Plural(long long count, const std::string& one, const std::string& many);
// "a, b and c".
std::string Listed(const std::vector<std::string>& items, const std::string& last = " and ");
// Short first names, for people in problems.
const std::vector<std::string>& FirstNames();
// `count` different items of `from`, in random order.
std::vector<std::string> PickSome(Rng& rng, const std::vector<std::string>& from,
                                  std::size_t count);

}  // namespace assay
