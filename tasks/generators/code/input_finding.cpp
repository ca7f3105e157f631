// Find an input for which a small random program returns a given value.
#include <algorithm>

#include "tasks/generators/code/program_drawing.h"
#include "tasks/generators/code/python.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

using Arguments = std::vector<mini::Value>;

// What one would try without reading the program.
std::vector<Arguments> Guesses(InputKind kind, const mini::Value& result) {
  const auto list = [](const std::vector<int>& numbers) { return Arguments{mini::Value(numbers)}; };
  switch (kind) {
    case InputKind::kNumbers: {
      std::vector<Arguments> guesses = {list({}), list({0}), list({1}), list({1, 2, 3}),
                                        list({0, 0, 0})};
      if (result.is_array()) guesses.push_back({result});
      return guesses;
    }
    case InputKind::kText: {
      std::vector<Arguments> guesses = {{""}, {"a"}, {"abc"}, {"hello"}};
      if (result.is_string()) guesses.push_back({result});
      return guesses;
    }
    case InputKind::kPair:
      return {{0, 0}, {1, 1}, {2, 3}, {10, 2}, {1, 0}};
  }
  return {};
}

Arguments Nearby(Rng& rng, const Arguments& arguments) {
  Arguments other = arguments;
  mini::Value& value = other[std::size_t(rng.Int(0, std::int64_t(other.size()) - 1))];
  if (value.is_number()) {
    value = value.get<std::int64_t>() + (rng.Chance(0.5) ? 1 : -1);
  } else if (value.is_string()) {
    auto text = value.get<std::string>();
    text[std::size_t(rng.Int(0, std::int64_t(text.size()) - 1))] = rng.Pick(std::string("aekqtz"));
    value = text;
  } else {
    const auto at = std::size_t(rng.Int(0, std::int64_t(value.size()) - 1));
    value[at] = value[at].get<std::int64_t>() + rng.Int(1, 3);
  }
  return other;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const DrawnProgram drawn = DrawProgram(rng, level);
  const auto arguments = DrawArguments(rng, drawn.kind, level);
  const auto result = InterestingResult(rng, drawn.program, arguments);
  if (!result) return std::nullopt;
  const auto gives = [&](const Arguments& others) {
    return mini::Call(drawn.program, "f", others).value == result;
  };
  const auto guesses = Guesses(drawn.kind, *result);
  if (std::any_of(guesses.begin(), guesses.end(), gives)) return std::nullopt;
  Draft draft;
  for (int i = 0; i < 20 && draft.near_misses.size() < 4; ++i) {
    const auto others = Nearby(rng, arguments);
    const std::string text = ArgumentsText(others);
    const bool known = std::find(draft.near_misses.begin(), draft.near_misses.end(), text) !=
                       draft.near_misses.end();
    if (!known && !gives(others)) draft.near_misses.push_back(text);
  }
  if (draft.near_misses.size() < 2) return std::nullopt;
  draft.near_misses.push_back(ArgumentsText(guesses[1]));
  const std::string program = mini::Unparse(drawn.program);
  const std::string expected = mini::Literal(*result);
  const std::string shape = drawn.kind == InputKind::kNumbers ? "a list of whole numbers"
                            : drawn.kind == InputKind::kText  ? "a string"
                                                              : "two whole numbers";
  const std::string hole = drawn.kind == InputKind::kPair ? "?, ?" : "?";
  Ask(rng, draft,
      Say(rng,
          {"Find an input ({shape}) for which `f({hole})` returns `{expected}`. Any that does will "
           "do.\n\n```python\n{program}```",
           "Here is a Python function.\n\n```python\n{program}```\n\nWith which argument does it "
           "return "
           "`{expected}`? It takes {shape}; if several are right, give one of them.",
           "Complete the assertion `assert f({hole}) == {expected}` with {shape}, in any way that "
           "makes it "
           "true.\n\n```python\n{program}```"},
          {{"shape", shape}, {"hole", hole}, {"expected", expected}, {"program", program}}),
      AnswerForm::kValue,
      drawn.kind == InputKind::kPair ? "the two arguments, with a comma between," : "the argument");
  draft.reference = ArgumentsText(arguments);
  draft.verifier = {{"kind", "code"},     {"protocol", "input"},  {"program", program},
                    {"entry_point", "f"}, {"expected", expected}, {"cpu_ms", 2000}};
  draft.unique = false;
  draft.tags = {"program inversion"};
  draft.fingerprint = program + expected;
  return draft;
}

}  // namespace

Family InputFinding() {
  return {"input_finding",
          "code",
          "An input for a given output",
          "After CRUXEval (Gu et al., 2024); programs of our own",
          Generate,
          ProvenByTests};
}

}  // namespace assay
