// tasks/generators/code/pipeline.h -- Tasks composed of steps, each in words, in Python and in C++.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tasks/generators/code/task.h"

namespace assay {

struct Step {
  std::string words;
  std::string python;  // an expression over the task's variable
  std::function<Json(const Json&)> apply;
};

// "1. …\n2. …"
std::string Numbered(const std::vector<Step>& steps);

// Sets the rules of `task`, whose inputs are there already: all steps in order over the one
// argument `variable`; wrong without one of them, and with two neighbours exchanged where that
// makes a difference. `opening` are lines of Python before the function.
void SetPipeline(FunctionTask& task, const std::string& variable, const std::vector<Step>& steps,
                 const std::string& opening = "");

// `count` steps, of which no two neighbours have the same words.
std::vector<Step> DrawSteps(Rng& rng, int count, Step (*draw)(Rng&));

}  // namespace assay
