// Say what a call of a small random program returns.
#include <algorithm>

#include "tasks/generators/code/program_drawing.h"
#include "tasks/generators/code/python.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

std::vector<std::string> OtherResults(Rng& rng, const DrawnProgram& drawn,
                                      const std::vector<mini::Value>& arguments,
                                      const mini::Value& result) {
  std::vector<std::string> others;
  for (const std::size_t index : Shuffled(rng, mini::MutantCount(drawn.program))) {
    const auto run = mini::Call(mini::Mutant(drawn.program, index), "f", arguments);
    if (!run.value || *run.value == result) continue;
    const std::string literal = mini::Literal(*run.value);
    if (std::find(others.begin(), others.end(), literal) == others.end()) others.push_back(literal);
    if (others.size() == 4) break;
  }
  return others;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const DrawnProgram drawn = DrawProgram(rng, level);
  const auto arguments = DrawArguments(rng, drawn.kind, level);
  const auto result = InterestingResult(rng, drawn.program, arguments);
  if (!result) return std::nullopt;
  Draft draft;
  draft.near_misses = OtherResults(rng, drawn, arguments, *result);
  if (draft.near_misses.size() < 2) return std::nullopt;
  const std::string program = mini::Unparse(drawn.program);
  const std::string call = ArgumentsText(arguments);
  Ask(rng, draft,
      Say(rng,
          {"What does the call `f({call})` return?\n\n```python\n{program}```",
           "Trace this Python program and say what `f({call})` returns.\n\n```python\n{program}```",
           "Given the function\n\n```python\n{program}```\n\nwhat is the value of `f({call})`?"},
          {{"call", call}, {"program", program}}),
      AnswerForm::kValue, "the value as a Python literal");
  draft.reference = mini::Literal(*result);
  draft.verifier = {{"kind", "code"}, {"protocol", "output"}};
  draft.tags = {"program tracing"};
  draft.fingerprint = program + call;
  draft.params = {{"program", program}, {"call", call}};
  return draft;
}

// Runs the program with the real Python.
std::optional<std::string> Prove(const Draft& draft) {
  const Json spec = {{"kind", "code"},
                     {"protocol", "input"},
                     {"program", draft.params["program"]},
                     {"entry_point", "f"},
                     {"expected", draft.reference}};
  const auto verifier = MakeVerifier(spec, {"", Json(), ""});
  if (!verifier) return verifier.error().message;
  const auto verdict =
      (*verifier)->Check("[ANSWER]" + draft.params["call"].get<std::string>() + "[/ANSWER]",
                         std::chrono::milliseconds(10'000));
  if (verdict.outcome == Outcome::kCorrect) return std::nullopt;
  return "Python says otherwise: " + verdict.reason;
}

}  // namespace

Family OutputPrediction() {
  return {"output_prediction",
          "code",
          "What a program returns",
          "After CRUXEval (Gu et al., 2024); programs of our own",
          Generate,
          Prove};
}

}  // namespace assay
