// Programs judged in a second: HumanEval references (data named by the argument), 1 and 8 samples a
// problem, judge and candidate in processes of their own, on all usable cores; beside them the same
// programs with their tests in one process each (what the judge costs).
//   code_bench HumanEval.jsonl [threads]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/thread_pool.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

struct Timing {
  double per_second = 0;
  double median_ms = 0;
  std::size_t failed = 0;
};

Timing Measure(const std::vector<Json>& problems, const char* trust, int samples,
               std::size_t threads) {
  std::vector<double> times(problems.size() * static_cast<std::size_t>(samples));
  std::vector<int> failed(problems.size());
  const auto start = Clock::now();
  ParallelFor(problems.size(), threads, [&](std::size_t i) {
    const Json& problem = problems[i];
    const auto verifier = MakeVerifier({{"kind", "code"},
                                        {"profile", "continuation"},
                                        {"trust", trust},
                                        {"prompt", problem["prompt"]},
                                        {"test", problem["test"]},
                                        {"entry_point", problem["entry_point"]}},
                                       {});
    for (int n = 0; n < samples; ++n) {
      const auto begin = Clock::now();
      const Verdict verdict = (*verifier)->Check(problem["canonical_solution"].get<std::string>(),
                                                 std::chrono::milliseconds(20'000));
      times[i * static_cast<std::size_t>(samples) + static_cast<std::size_t>(n)] =
          std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
      failed[i] += verdict.outcome == Outcome::kCorrect ? 0 : 1;
    }
  });
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  Timing timing;
  timing.per_second = static_cast<double>(times.size()) / seconds;
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                   times.end());
  timing.median_ms = times[times.size() / 2];
  for (const int count : failed) timing.failed += static_cast<std::size_t>(count);
  return timing;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "code_bench HumanEval.jsonl [threads]\n");
    return 2;
  }
  std::vector<Json> problems;
  const auto read = ForEachJsonLine(argv[1], [&](std::size_t, Result<Json> line) {
    if (line) problems.push_back(std::move(*line));
    return true;
  });
  if (!read || problems.empty()) {
    std::fprintf(stderr, "%s: no problems\n", argv[1]);
    return 2;
  }
  const std::size_t threads = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : UsableThreads();
  Measure(problems, "auto", 1, threads);  // warm up
  for (const int samples : {1, 8}) {
    for (const char* trust : {"in-process", "isolated"}) {
      const Timing timing = Measure(problems, trust, samples, threads);
      std::printf("%-10s %d samples: %6.0f programs/s, median %.2f ms, %zu failed\n", trust,
                  samples, timing.per_second, timing.median_ms, timing.failed);
    }
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::Main(argc, argv); }
