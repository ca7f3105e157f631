// The engine's speed on a checkpoint. Loads it, prints one JSON line, then measures what it reads
// from standard input, one JSON line for each line:
//
//   engine_bench MODEL DTYPE [THREADS]
//   decode BATCH PROMPT_TOKENS NEW_TOKENS     as many samples at once, each of a prompt of its own
//   shared SAMPLES PROMPT_TOKENS NEW_TOKENS   samples of one prompt together, and as separate
//   requests
//
// tests/bench/engine_peers.py measures other engines by the same protocol, and engine_compare.py
// runs all of them interleaved. Decoding is the time of NEW_TOKENS + 1 tokens a sample less that of
// 1 token a sample, so that the prompt does not count; sampling at temperature 1 and
// log-probabilities do. "cpu" is the processor time of all threads: comparable when the machine is
// shared.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sstream>

#include "base/rng.h"
#include "runner/model/local_model.h"
#include "runner/model/transformer/kernels/table.h"

namespace assay {
namespace {

struct Spent {
  double wall = 0;
  double cpu = 0;
  std::int64_t tokens = 0;
};

double Clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double PeakMb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::vector<TokenId> RandomPrompt(int number, int tokens) {
  Rng rng(Key("prompt", static_cast<std::uint64_t>(number)));
  std::vector<TokenId> ids;
  for (int t = 0; t < tokens; ++t) ids.push_back(static_cast<TokenId>(rng.Int(100, 40000)));
  return ids;
}

// Samples `first` to `last` - 1; all of one prompt where `shared`.
Spent Draw(Model& model, int first, int last, int prompt_tokens, int new_tokens, bool shared) {
  std::vector<Request> requests;
  for (int i = first; i < last; ++i) {
    Request request{RandomPrompt(shared ? 0 : i, prompt_tokens),
                    {},
                    Key("bench", static_cast<std::uint64_t>(i)),
                    shared ? 0 : -1,
                    "",
                    i};
    request.sampling.max_tokens = new_tokens;
    request.sampling.logprobs = true;
    requests.push_back(std::move(request));
  }
  Spent spent;
  const double wall = Clock(CLOCK_MONOTONIC);
  const double cpu = Clock(CLOCK_PROCESS_CPUTIME_ID);
  model.Sample(requests,
               [&](std::size_t, Result<Response> response) {
                 if (response) spent.tokens += response->response_tokens;
               },
               {});
  spent.wall = Clock(CLOCK_MONOTONIC) - wall;
  spent.cpu = Clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  return spent;
}

void Decode(Model& model, int batch, int prompt, int tokens) {
  const Spent first = Draw(model, 0, batch, prompt, 1, false);
  const Spent all = Draw(model, 0, batch, prompt, tokens + 1, false);
  const auto drawn = static_cast<double>(all.tokens - first.tokens);
  fmt::print(
      "{{\"prefill_tokens_per_s\":{:.0f},\"prefill_tokens_per_cpu_s\":{:.0f},"
      "\"decode_tokens_per_s\":{:.1f},\"decode_tokens_per_cpu_s\":{:.1f},\"peak_mb\":{:.0f}}}\n",
      batch * prompt / first.wall, batch * prompt / first.cpu, drawn / (all.wall - first.wall),
      drawn / (all.cpu - first.cpu), PeakMb());
}

void Shared(Model& model, int samples, int prompt, int tokens) {
  const Spent together = Draw(model, 0, samples, prompt, tokens, true);
  Spent separate;
  for (int i = 0; i < samples; ++i) {
    const Spent one = Draw(model, i, i + 1, prompt, tokens, true);
    separate.wall += one.wall;
    separate.cpu += one.cpu;
  }
  fmt::print(
      "{{\"together_s\":{:.3f},\"separate_s\":{:.3f},\"times_faster\":{:.2f},"
      "\"times_less_cpu\":{:.2f},\"peak_mb\":{:.0f}}}\n",
      together.wall, separate.wall, separate.wall / together.wall, separate.cpu / together.cpu,
      PeakMb());
}

int Main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: engine_bench MODEL DTYPE [THREADS] < measurements\n");
    return 2;
  }
  const double start = Clock(CLOCK_MONOTONIC);
  const double start_cpu = Clock(CLOCK_PROCESS_CPUTIME_ID);
  LocalModelOptions options;
  options.threads = static_cast<std::size_t>(argc > 3 ? std::atoi(argv[3]) : 0);
  const auto type = ParseWeightType(argv[2]);
  if (type) options.weights = *type;
  auto model = type ? MakeLocalModel(std::string(argv[1]), options)
                    : Result<std::unique_ptr<Model>>(tl::unexpected<Error>(type.error()));
  if (!model) {
    fmt::print(stderr, "engine_bench: {}\n", model.error().message);
    return 2;
  }
  const double loaded = Clock(CLOCK_MONOTONIC);
  const double loaded_cpu = Clock(CLOCK_PROCESS_CPUTIME_ID);
  Draw(**model, 0, 1, 32, 1, false);
  fmt::print(
      "{{\"kernels\":\"{}\",\"load_s\":{:.3f},\"load_cpu_s\":{:.3f},\"first_token_s\":{:.3f},"
      "\"memory\":\"{}\"}}\n",
      kernels::Kernels().name, loaded - start, loaded_cpu - start_cpu,
      Clock(CLOCK_MONOTONIC) - start, (*model)->MemoryUse());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string what;
    int samples = 0;
    int prompt = 0;
    int tokens = 0;
    words >> what >> samples >> prompt >> tokens;
    if (samples < 1 || prompt < 1 || tokens < 1 || (what != "decode" && what != "shared")) {
      fmt::print(stderr, "engine_bench: \"{}\" is no measurement\n", line);
      return 2;
    }
    (what == "decode" ? Decode : Shared)(**model, samples, prompt, tokens);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::Main(argc, argv); }
