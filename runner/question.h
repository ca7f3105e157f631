// runner/question.h -- What a run asks: problems with the prompts exactly as they are sent.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "runner/model/model.h"
#include "tasks/suite.h"

namespace assay {

struct Question {
  Problem problem;  // with the whole verifier spec, the suite's defaults included
  Prompt prompt;    // instructions and few-shot examples included
};

struct QuestionSet {
  std::string name;  // of the suite
  std::string version;
  std::string digest;  // of files that are not in the problems (a pack's verify.py); may be ""
  std::filesystem::path root;  // where files that verifiers name lie; "" if there are none
  Sampling sampling;
  std::vector<std::string> metrics;  // "pass@k", "maj@k", …, as the suite asks for them
  std::vector<Question> questions;   // all of the suite: a limit is the run's matter
};

// The suite with its own prompts, verifier specs and sampling defaults filled in.
QuestionSet QuestionsOf(const Suite& suite);

// "suite/id", or the id itself where it starts with the suite's name already.
std::string FullProblemId(const std::string& suite, const std::string& id);

Json ToJson(const Prompt& prompt);
Json ToJson(const Sampling& sampling);

}  // namespace assay
