#include "tasks/generators/code/pipeline.h"

#include <algorithm>

namespace assay {
namespace {

Json RunSteps(const std::vector<Step>& steps, const Json& arguments) {
  Json value = arguments[0];
  for (const Step& step : steps) value = step.apply(value);
  return value;
}

}  // namespace

std::string Numbered(const std::vector<Step>& steps) {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    text += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + steps[i].words;
  }
  return text;
}

void SetPipeline(FunctionTask& task, const std::string& variable, const std::vector<Step>& steps,
                 const std::string& opening) {
  const auto rule = [&](const std::vector<Step>& some) {
    std::string python = opening + "def " + task.entry + "(" + variable + "):\n";
    for (const Step& step : some) python += "    " + variable + " = " + step.python + "\n";
    return Rule{[some](const Json& arguments) { return RunSteps(some, arguments); },
                python + "    return " + variable + "\n"};
  };
  task.right = rule(steps);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto shorter = steps;
    shorter.erase(shorter.begin() + std::ptrdiff_t(i));
    task.wrong.push_back(rule(shorter));
    if (i + 1 == steps.size()) continue;
    auto exchanged = steps;
    std::swap(exchanged[i], exchanged[i + 1]);
    const Rule mutant = rule(exchanged);
    const bool differs = std::any_of(
        task.inputs.begin() + std::ptrdiff_t(task.shown), task.inputs.end(),
        [&](const Json& input) { return mutant.solve(input) != task.right.solve(input); });
    if (differs) task.wrong.push_back(mutant);
  }
}

std::vector<Step> DrawSteps(Rng& rng, int count, Step (*draw)(Rng&)) {
  std::vector<Step> steps;
  while (int(steps.size()) < count) {
    Step step = draw(rng);
    if (steps.empty() || steps.back().words != step.words) steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace assay
