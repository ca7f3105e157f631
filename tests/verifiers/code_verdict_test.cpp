// Whose fault it is when the judge of a function gives no answer.
#include "verifiers/code/code_verdict.h"

#include <csignal>

#include "tests/support/catch.h"

namespace assay {
namespace {

using sandbox::Ending;
using sandbox::PairResult;

// What a candidate looks like that found its judge gone.
PairResult Bereft(Ending judge, int signal = 0) {
  PairResult result;
  result.judge.ending = judge;
  result.judge.signal = signal;
  result.candidate.ending = Ending::kExited;
  result.candidate.exit_code = 1;
  result.candidate_stderr = "EOFError\n";
  result.candidate_ended_first = true;
  return result;
}

TEST_CASE("a judge that is lost is our failure, whatever the candidate did then") {
  for (const PairResult& result :
       {Bereft(Ending::kSandboxFailed), Bereft(Ending::kSignaled, SIGKILL)}) {
    CHECK(JudgeWasLost(result));
    CHECK(VerdictWithoutAnswer(result).outcome == Outcome::kError);
  }
}

TEST_CASE("what a response does to itself or to its judge is never our failure") {
  CHECK(VerdictWithoutAnswer(Bereft(Ending::kExited)).outcome == Outcome::kWrong);
  for (const Ending ending : {Ending::kMemoryLimit, Ending::kCpuLimit, Ending::kWallLimit,
                              Ending::kOutputLimit, Ending::kViolation}) {
    PairResult result = Bereft(ending);
    CHECK(!JudgeWasLost(result));
    result.candidate.exit_code = 0;
    CHECK(VerdictWithoutAnswer(result).outcome == Outcome::kLimit);
  }
  PairResult crash = Bereft(Ending::kSignaled, SIGSEGV);
  crash.candidate_ended_first = false;
  CHECK(!JudgeWasLost(crash));
  CHECK(VerdictWithoutAnswer(crash).outcome == Outcome::kLimit);
}

}  // namespace
}  // namespace assay
