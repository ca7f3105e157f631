#include "verifiers/logic/logic_verifier.h"

#include <map>

#include "base/suggest.h"
#include "base/utf8.h"
#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"

namespace assay {
namespace {

// One line a puzzle.
const std::map<std::string, PuzzleMaker>& Makers() {
  static const std::map<std::string, PuzzleMaker> makers = {
      {"binary_grid", MakeBinaryGrid},
      {"colouring", MakeColouring},
      {"cryptarithm", MakeCryptarithm},
      {"expression", MakeExpression},
      {"flips", MakeFlips},
      {"grid", MakeGrid},
      {"hanoi", MakeHanoi},
      {"jugs", MakeJugs},
      {"latin", MakeLatin},
      {"lights", MakeLights},
      {"list", MakeList},
      {"magic_square", MakeMagicSquare},
      {"maze", MakeMaze},
      {"mines", MakeMines},
      {"nonogram", MakeNonogram},
      {"order", MakeOrder},
      {"pairs", MakePairs},
      {"path", MakePath},
      {"queens", MakeQueens},
      {"rewriting", MakeRewriting},
      {"river", MakeRiver},
      {"run_sums", MakeRunSums},
      {"sat", MakeSat},
      {"set", MakeSet},
      {"sliding", MakeSliding},
      {"sokoban", MakeSokoban},
      {"subset_sum", MakeSubsetSum},
      {"text", MakeText},
      {"unsat_core", MakeUnsatCore},
      {"vertex_set", MakeVertexSet},
  };
  return makers;
}

class LogicVerifier : public Verifier {
 public:
  explicit LogicVerifier(PuzzleCheck check) : check_(std::move(check)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const auto [answer, hedge] = FindAnswer(response);
    if (answer.empty()) return Verdict::NoAnswer("no \"Answer:\" in the response");
    const std::string shown = Abbreviate(SanitizeUtf8(answer.substr(0, 400)), 200);
    if (answer.size() > kMaxLogicAnswerBytes) return Verdict::Wrong(shown, "too long to be read");
    const std::optional<std::string> fault =
        hedge ? std::optional<std::string>("several different final answers") : check_(answer);
    Verdict verdict = fault ? Verdict::Wrong(shown, *fault) : Verdict::Correct(shown, "solves it");
    const auto begin = std::size_t(answer.data() - response.data());
    verdict.span = Span{begin, begin + answer.size()};
    return verdict;
  }

 private:
  PuzzleCheck check_;
};

}  // namespace

std::vector<std::string> PuzzleNames() {
  std::vector<std::string> names;
  for (const auto& [name, maker] : Makers()) names.push_back(name);
  return names;
}

Result<std::unique_ptr<const Verifier>> MakeLogicVerifier(const Json& spec,
                                                          const VerifierContext& context) {
  Fields fields(spec, "verifier");
  fields.String("kind");
  const auto name = fields.String("puzzle");
  const auto maker = Makers().find(name);
  if (maker == Makers().end()) {
    return Fail(ErrorCode::kInput, "verifier: unknown puzzle \"{}\"{}", name,
                DidYouMean(name, PuzzleNames()));
  }
  auto check = maker->second(fields, context.reference);
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (const auto fault = check(context.reference)) {
    return Fail(ErrorCode::kInput, "verifier: the reference does not solve the puzzle: {}", *fault);
  }
  return std::make_unique<const LogicVerifier>(std::move(check));
}

}  // namespace assay
