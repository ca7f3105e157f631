// runner/question.h -- What a run asks: problems with the prompts exactly as they are sent.
#pragma once

#include <filesystem>
#include <map>
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
  std::string digest;  // of the suite as it is written, and of the files that its verifiers name
  std::filesystem::path root;                // where those files lie; "" if there are none
  std::map<std::string, std::string> files;  // their bytes by name (a pack's verify.py)
  Sampling sampling;
  std::vector<std::string> metrics;  // "pass@k", "maj@k", …, as the suite asks for them
  std::vector<Question> questions;   // all of the suite: a limit is the run's matter
};

// The suite with its own prompts, verifier specs and sampling defaults filled in. A verifier's file
// that cannot be read is left out: building that verifier tells.
QuestionSet QuestionsOf(const Suite& suite);

// "suite/id", or the id itself where it starts with the suite's name already.
std::string FullProblemId(const std::string& suite, const std::string& id);

Json ToJson(const Prompt& prompt);
Json ToJson(const Sampling& sampling);

}  // namespace assay
