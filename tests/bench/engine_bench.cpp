// The engine's speed on a checkpoint: load, first token, decoding at several batch sizes, shared
// prompts. Prints one JSON line a measurement. tests/bench/engine_peers.py measures other engines
// likewise.
//
//   engine_bench MODEL [DTYPE[,DTYPE…]] [BATCH[,BATCH…]] [PROMPT_TOKENS] [NEW_TOKENS] [THREADS]
//
// "decode" is the time of NEW_TOKENS + 1 tokens a sample less that of 1 token a sample, so that the
// prompt does not count; sampling at temperature 1 and log-probabilities do. "per cpu-second"
// divides by the processor time of all threads: comparable when the machine is shared.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <sstream>

#include "base/rng.h"
#include "base/thread_pool.h"
#include "runner/model/local_model.h"
#include "runner/model/transformer/kernels/table.h"

namespace assay {
namespace {

struct Spent {
  double wall = 0;
  double cpu = 0;
  std::int64_t tokens = 0;
};

double CpuSeconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double PeakMb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> parts;
  std::stringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// `samples` samples of random prompts; all of one prompt where `shared`.
Spent Draw(Model& model, int samples, int prompt_tokens, int new_tokens, bool shared) {
  std::vector<Request> requests;
  for (int i = 0; i < samples; ++i) {
    Rng rng(Key("prompt", shared ? 0 : static_cast<std::uint64_t>(i)));
    std::vector<TokenId> ids;
    for (int t = 0; t < prompt_tokens; ++t)
      ids.push_back(static_cast<TokenId>(rng.Int(100, 40000)));
    Request request{ids, {}, Key("bench", static_cast<std::uint64_t>(i)), shared ? 0 : -1, "", i};
    request.sampling.max_tokens = new_tokens;
    request.sampling.logprobs = true;
    requests.push_back(std::move(request));
  }
  Spent spent;
  const double wall = WallSeconds();
  const double cpu = CpuSeconds();
  model.Sample(requests,
               [&](std::size_t, Result<Response> response) {
                 if (response) spent.tokens += response->response_tokens;
               },
               {});
  spent.wall = WallSeconds() - wall;
  spent.cpu = CpuSeconds() - cpu;
  return spent;
}

void Decode(Model& model, const std::string& dtype, int batch, int prompt, int tokens) {
  const Spent first = Draw(model, batch, prompt, 1, false);
  const Spent all = Draw(model, batch, prompt, tokens + 1, false);
  const auto drawn = static_cast<double>(all.tokens - first.tokens);
  fmt::print(
      "{{\"engine\":\"assay\",\"kernels\":\"{}\",\"dtype\":\"{}\",\"batch\":{},\"prompt\":{},"
      "\"new\":{},\"prefill_tokens_per_s\":{:.0f},\"decode_tokens_per_s\":{:.1f},"
      "\"decode_tokens_per_cpu_s\":{:.1f},\"peak_mb\":{:.0f}}}\n",
      kernels::Kernels().name, dtype, batch, prompt, tokens, batch * prompt / first.wall,
      drawn / (all.wall - first.wall), drawn / (all.cpu - first.cpu), PeakMb());
  std::fflush(stdout);
}

void SharedPrompt(Model& model, const std::string& dtype, int tokens) {
  const Spent shared = Draw(model, 8, 512, tokens, true);
  Spent separate;
  for (int i = 0; i < 8; ++i) {
    const Spent one = Draw(model, 1, 512, tokens, false);
    separate.wall += one.wall;
    separate.cpu += one.cpu;
  }
  fmt::print(
      "{{\"engine\":\"assay\",\"dtype\":\"{}\",\"measure\":\"8 samples of one 512-token prompt, {} "
      "new\","
      "\"shared_s\":{:.3f},\"separate_s\":{:.3f},\"times_faster\":{:.2f},\"times_less_cpu\":{:.2f}}"
      "}\n",
      dtype, tokens, shared.wall, separate.wall, separate.wall / shared.wall,
      separate.cpu / shared.cpu);
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  const auto argument = [&](int i, const char* otherwise) {
    return argc > i ? argv[i] : otherwise;
  };
  const std::string name = argument(1, "smollm2-135m");
  const int prompt = std::atoi(argument(4, "64"));
  const int tokens = std::atoi(argument(5, "128"));
  for (const std::string& dtype : Split(argument(2, "f32,bf16,int8"))) {
    LocalModelOptions options;
    options.threads = static_cast<std::size_t>(std::atoi(argument(6, "0")));
    const auto type = ParseWeightType(dtype);
    if (type) options.weights = *type;
    const double start = WallSeconds();
    auto model = type ? MakeLocalModel(name, options)
                      : Result<std::unique_ptr<Model>>(tl::unexpected<Error>(type.error()));
    if (!model) {
      fmt::print(stderr, "engine_bench: {}\n", model.error().message);
      return 2;
    }
    const double loaded = WallSeconds();
    Draw(**model, 1, 32, 1, false);
    fmt::print(
        "{{\"engine\":\"assay\",\"dtype\":\"{}\",\"load_s\":{:.3f},\"first_token_s\":{:.3f}}}\n",
        dtype, loaded - start, WallSeconds() - start);
    for (const std::string& batch : Split(argument(3, "1,8,32,64"))) {
      Decode(**model, dtype, std::atoi(batch.c_str()), prompt, tokens);
    }
    SharedPrompt(**model, dtype, 32);
  }
  return 0;
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) { return assay::Main(argc, argv); }
