// Time of the math verifier for one response, the reference parsed once.
//
//   math_bench PAIRS.jsonl [ROUNDS]     {"reference", "response"} a line
//
// Prints one JSON object: pairs, median and p99 in µs (the best of the rounds for each pair), pairs
// per second of CPU time on one core, of wall time on one and two, peak memory before and after the
// rounds, and the ten slowest pairs. tests/bench/math_peers.py makes the file and times Math-Verify
// on the same pairs in the same run.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/json.h"
#include "verifiers/math/math_verifier.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Pair {
  std::unique_ptr<const assay::Verifier> verifier;
  std::string reference;
  std::string response;
  double best_us = 1e30;
};

double Seconds(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long PeakKb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace assay;
  if (argc < 2) {
    std::fprintf(stderr, "usage: math_bench PAIRS.jsonl [ROUNDS]\n");
    return 2;
  }
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 20;
  std::vector<Pair> pairs;
  const auto read = ForEachJsonLine(argv[1], [&](std::size_t, Result<Json> row) {
    if (!row) return true;
    VerifierContext context;
    context.reference = (*row)["reference"].get<std::string>();
    auto made = MakeMathVerifier(Json{{"kind", "math"}}, context);
    if (!made) return true;
    Pair pair;
    pair.verifier = std::move(*made);
    pair.reference = context.reference;
    pair.response = (*row)["response"].get<std::string>();
    pairs.push_back(std::move(pair));
    return true;
  });
  if (!read || pairs.empty()) {
    std::fprintf(stderr, "math_bench: %s holds no pairs\n", argv[1]);
    return 2;
  }
  const std::chrono::milliseconds budget(50);
  for (const Pair& pair : pairs) (void)pair.verifier->Check(pair.response, budget);  // warm
  const long before_kb = PeakKb();
  const auto start = Clock::now();
  const double cpu_start = CpuSeconds();
  for (int round = 0; round < rounds; ++round) {
    for (Pair& pair : pairs) {
      const auto from = Clock::now();
      (void)pair.verifier->Check(pair.response, budget);
      pair.best_us = std::min(pair.best_us, Seconds(from) * 1e6);
    }
  }
  const double total = static_cast<double>(rounds) * static_cast<double>(pairs.size());
  const double one_core = total / Seconds(start);
  const double per_cpu_second = total / (CpuSeconds() - cpu_start);
  const long after_kb = PeakKb();
  const auto start_two = Clock::now();
  const auto work = [&] {
    for (int round = 0; round < rounds; ++round) {
      for (const Pair& pair : pairs) (void)pair.verifier->Check(pair.response, budget);
    }
  };
  std::thread other(work);
  work();
  other.join();
  const double two_cores = 2 * total / Seconds(start_two);
  std::sort(pairs.begin(), pairs.end(),
            [](const Pair& a, const Pair& b) { return a.best_us < b.best_us; });
  Json out = {{"pairs", pairs.size()},
              {"rounds", rounds},
              {"median_us", pairs[pairs.size() / 2].best_us},
              {"p99_us", pairs[pairs.size() * 99 / 100].best_us},
              {"max_us", pairs.back().best_us},
              {"p90_us", pairs[pairs.size() * 9 / 10].best_us},
              {"checks", 3 * total},
              {"per_cpu_second", per_cpu_second},
              {"per_second_one_core", one_core},
              {"per_second_two_cores", two_cores},
              {"peak_kb_before", before_kb},
              {"peak_kb_after", after_kb}};
  for (std::size_t i = 0; i < std::min<std::size_t>(10, pairs.size()); ++i) {
    const Pair& pair = pairs[pairs.size() - 1 - i];
    out["slowest"].push_back({{"us", pair.best_us},
                              {"reference", pair.reference.substr(0, 60)},
                              {"response", pair.response.substr(0, 80)}});
  }
  std::printf("%s\n", DumpJsonPretty(out).c_str());
  return 0;
}
