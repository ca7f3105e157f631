// verifiers/code/code_extract.h -- From a response to the program that is tested, under named
// rules.
//
//   default        what follows </think>; of its fenced blocks in the language the last that
//   defines
//                  the entry point, else the last; without fences the text from its first line of
//                  code. A program that lacks what stands before the entry point in the prompt
//                  (imports, helpers) gets it; a mere body continues the prompt, indented where
//                  its indentation was lost.
//   first, last, longest    that fenced block; without fences all of the text
//   raw            the whole response is the program
//   continuation   prompt + response
//   simple-evals   OpenAI simple-evals: first ```python block, from its first ":\n    " on, behind
//   the
//                  prompt
//   evalplus       EvalPlus' sanitised samples: first fenced block, else all of the text, alone
//   bigcode        bigcode-evaluation-harness, HumanEval: prompt without outer white space +
//                  response up to the first stop
//   lm-eval        lm-evaluation-harness, humaneval: prompt + response up to the first stop
//   livecodebench  the last fenced block; without fences there is no answer
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifiers/verdict.h"

namespace assay {

struct CodeQuestion {
  std::string language = "python";
  std::string prompt;       // what a function problem shows: the program's beginning; may be empty
  std::string entry_point;  // "" for whole programs
};

struct ExtractedCode {
  std::string program;       // what is run
  std::optional<Span> span;  // of the response that it came from
};

bool IsCodeProfile(std::string_view name);
std::vector<std::string> CodeProfiles();

// Nothing where the profile finds no code. `profile` must be one of CodeProfiles().
std::optional<ExtractedCode> ExtractCode(std::string_view response, std::string_view profile,
                                         const CodeQuestion& question);

}  // namespace assay
