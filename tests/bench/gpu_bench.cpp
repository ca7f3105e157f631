// The GPU back end's speed, as fractions of what the card itself was measured to reach in the same
// run. Random weights in a real model's shape: nothing needs to be brought. Prints one JSON object.
//
//   gpu_bench [SHAPE] [--deterministic] [--quick]
//
// SHAPE: qwen2.5-0.5b (default), qwen2.5-1.5b, llama3.2-1b, smollm2-135m.
//
// Ceilings: a copy of 1 GiB on the device (bytes read and written), and a bf16 product of 8192^3 by
// cuBLASLt (by our own kernel where there is none; "matmul_by" says which). A decoded token must at
// least read all weights once a step and its own keys and values, and do two operations a weight:
// the bound is the larger of both times.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "base/rng.h"
#include "runner/model/cuda/backend.h"
#include "runner/model/cuda/blas.h"
#include "runner/model/cuda/kernels/matmul.h"
#include "runner/model/cuda/plan.h"
#include "runner/model/cuda/platform/numbers.h"
#include "tests/support/random_weights.h"

namespace assay::cuda {
namespace {

struct Shape {
  const char* name;
  std::int64_t vocabulary, hidden, intermediate, layers, heads, kv_heads, head_dim;
  bool qkv_bias;
};
constexpr Shape kShapes[] = {
    {"qwen2.5-0.5b", 151936, 896, 4864, 24, 14, 2, 64, true},
    {"qwen2.5-1.5b", 151936, 1536, 8960, 28, 12, 2, 128, true},
    {"llama3.2-1b", 128256, 2048, 8192, 16, 32, 8, 64, false},
    {"smollm2-135m", 49152, 576, 1536, 30, 9, 3, 64, false},
};

ModelConfig ConfigOf(const Shape& shape) {
  ModelConfig c;
  c.architecture = "bench";
  c.vocabulary = shape.vocabulary;
  c.hidden = shape.hidden;
  c.intermediate = shape.intermediate;
  c.layers = shape.layers;
  c.heads = shape.heads;
  c.kv_heads = shape.kv_heads;
  c.head_dim = shape.head_dim;
  c.context = 2048;
  c.qkv_bias = shape.qkv_bias;
  c.tied_head = true;
  return c;
}

[[noreturn]] void Die(const Error& error) {
  fmt::print(stderr, "gpu_bench: {}\n", error.message);
  std::exit(ExitStatus(error.code));
}

void Do(const Result<void>& done) {
  if (!done) Die(done.error());
}

template <class T>
T Need(Result<T> result) {
  if (!result) Die(result.error());
  return *std::move(result);
}

// Milliseconds of one run of `work`, which only launches: the median of several.
template <class Work>
double Milliseconds(Stream& stream, int times, const Work& work) {
  std::vector<double> all;
  work();
  for (int i = 0; i < times; ++i) {
    const double start = Need(stream.Now());
    work();
    all.push_back(Need(stream.Now()) - start);
  }
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

struct Ceilings {
  double copy_gb_per_s = 0;
  double matmul_tflops = 0;
  double own_matmul_tflops = 0;
  bool library = false;
};

Ceilings Measure() {
  auto stream = Need(Stream::Create());
  Ceilings out;
  {
    constexpr std::size_t kBytes = std::size_t{1} << 30;
    const auto from = Need(DeviceMemory::Allocate(kBytes));
    const auto to = Need(DeviceMemory::Allocate(kBytes));
    const double ms =
        Milliseconds(*stream, 9, [&] { stream->Copy(to.data(), from.data(), kBytes); });
    out.copy_gb_per_s = 2e-6 * static_cast<double>(kBytes) / ms;
  }
  constexpr std::int64_t kSide = 8192;
  constexpr double kOperations = 2.0 * kSide * kSide * kSide;
  const auto x = Need(DeviceArray<Bf16>::Allocate(kSide * kSide));
  const auto w = Need(DeviceArray<Bf16>::Allocate(kSide * kSide));
  const auto y = Need(DeviceArray<Bf16>::Allocate(kSide * kSide));
  std::vector<Bf16> numbers(kSide * kSide);
  Rng rng(Key("matmul", 1));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] =
        i < 65536 ? FromFloat<Bf16>(static_cast<float>(rng.Uniform() - 0.5)) : numbers[i % 65536];
  }
  stream->Upload(x.data(), numbers.data(), numbers.size() * sizeof(Bf16));
  stream->Upload(w.data(), numbers.data(), numbers.size() * sizeof(Bf16));
  const MatmulArgs<Bf16> args{x.data(), w.data(), kSide, kSide, kSide};
  const double own = Milliseconds(*stream, 3, [&] { Matmul(stream->handle(), args, y.data()); });
  out.own_matmul_tflops = out.matmul_tflops = 1e-9 * kOperations / own;
  if (auto blas = Blas::Open()) {
    const double ms = Milliseconds(*stream, 9, [&] {
      (*blas)->Multiply(*stream, Number::kBf16, Number::kBf16, x.data(), w.data(), kSide, kSide,
                        kSide, y.data());
    });
    out.matmul_tflops = 1e-9 * kOperations / ms;
    out.library = true;
  }
  return out;
}

double Seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// One back end, its pages handed out by hand.
class Bench {
 public:
  Bench(const ModelConfig& config, const std::shared_ptr<const TensorSource>& weights,
        bool deterministic)
      : config_(config) {
    Options options;
    options.samples = 256;
    options.deterministic = deterministic;
    options.cache_bytes = 256 * PagePool::PagesFor(640) * PageBytes(config, WeightType::kBf16);
    Opened opened = Need(OpenOnDevice(config.architecture, config, weights, options));
    backend_ = std::move(opened.backend);
  }

  // Wall seconds of a decode step with draws, looked at while the next step runs, at `batch`
  // samples of `context` positions: the host's work counts.
  double Decode(std::int64_t batch, std::int64_t context, int steps) {
    std::vector<std::vector<PageId>> pages = Pages(batch, context + steps + 8);
    std::vector<double> all;
    Sampling sampling;
    for (int step = 0; step < steps + 3; ++step) {
      std::vector<ForwardRow> rows;
      std::vector<DrawFrom> from;
      for (std::int64_t i = 0; i < batch; ++i) {
        rows.push_back({static_cast<TokenId>(100 + i), context + step,
                        pages[static_cast<std::size_t>(i)].data(), true, false,
                        step == 0 ? -1 : i});
        from.push_back({false, i, &sampling, 0.5});
      }
      std::vector<std::optional<assay::Draw>> draws(rows.size());
      const double start = Seconds();
      Do(backend_->Forward(rows));
      if (step > 0) Do(backend_->FinishDraw(draws));
      Do(backend_->StartDraw(config_.vocabulary, from));
      if (step >= 3) all.push_back(Seconds() - start);
    }
    std::vector<std::optional<assay::Draw>> last(static_cast<std::size_t>(batch));
    Do(backend_->FinishDraw(last));
    Drop(pages);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }

  // Wall seconds to process `prompts` prompts of `tokens` tokens in one pass.
  double Prefill(std::int64_t prompts, std::int64_t tokens, int times) {
    std::vector<std::vector<PageId>> pages = Pages(prompts, tokens);
    std::vector<ForwardRow> rows;
    std::vector<DrawFrom> from;
    Sampling sampling;
    for (std::int64_t p = 0; p < prompts; ++p) {
      for (std::int64_t t = 0; t < tokens; ++t) {
        rows.push_back({static_cast<TokenId>(t % 1000), t,
                        pages[static_cast<std::size_t>(p)].data(), t + 1 == tokens, true});
      }
      from.push_back({false, p, &sampling, 0.5});
    }
    std::vector<std::optional<assay::Draw>> draws(from.size());
    std::vector<double> all;
    for (int i = 0; i < times + 1; ++i) {
      const double start = Seconds();
      Do(backend_->Forward(rows));
      Do(backend_->StartDraw(config_.vocabulary, from));
      Do(backend_->FinishDraw(draws));
      if (i > 0) all.push_back(Seconds() - start);
    }
    Drop(pages);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }

  std::string Description() const { return backend_->Description(); }

 private:
  std::vector<std::vector<PageId>> Pages(std::int64_t sequences, std::int64_t positions) {
    std::vector<std::vector<PageId>> pages(static_cast<std::size_t>(sequences));
    for (auto& of_one : pages) {
      for (std::int64_t i = 0; i < PagePool::PagesFor(positions); ++i) {
        of_one.push_back(backend_->pages().Take());
      }
    }
    return pages;
  }
  void Drop(const std::vector<std::vector<PageId>>& pages) {
    for (const auto& of_one : pages) {
      for (const PageId page : of_one) backend_->pages().Drop(page);
    }
  }
  ModelConfig config_;
  std::unique_ptr<Backend> backend_;
};

// The least seconds that a step of `rows` rows can take which reads `cache` positions.
double Bound(const ModelConfig& c, const Ceilings& ceilings, double rows, double cache) {
  const double weights = static_cast<double>(WeightBytes(c, sizeof(Bf16)));
  const double position =
      static_cast<double>(PageBytes(c, WeightType::kBf16)) / static_cast<double>(kPagePositions);
  const double memory = (weights + cache * position) / (1e9 * ceilings.copy_gb_per_s);
  const double compute = rows * weights / (1e12 * ceilings.matmul_tflops);  // 2 operations, 2 bytes
  return std::max(memory, compute);
}

int Main(int argc, char** argv) {
  Shape shape = kShapes[0];
  bool deterministic = false;
  bool quick = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    bool known = word == "--deterministic" || word == "--quick";
    deterministic = deterministic || word == "--deterministic";
    quick = quick || word == "--quick";
    for (const Shape& one : kShapes) {
      if (word != one.name) continue;
      shape = one;
      known = true;
    }
    if (!known) {
      fmt::print(stderr, "gpu_bench: \"{}\" is neither a shape nor a flag\n", word);
      return 2;
    }
  }
  const DeviceInfo device = Need(OpenDevice());
  const Ceilings ceilings = Measure();
  const ModelConfig config = ConfigOf(shape);
  Bench bench(config, std::make_shared<RandomWeights>(config), deterministic);
  fmt::print(
      "{{\"device\":\"{}\",\"sm\":\"{}.{}\",\"shape\":\"{}\",\"backend\":\"{}\","
      "\"copy_gb_per_s\":{:.0f},\"matmul_tflops\":{:.1f},\"matmul_by\":\"{}\","
      "\"own_matmul_tflops\":{:.1f},\"measurements\":[",
      device.name, device.major, device.minor, shape.name, bench.Description(),
      ceilings.copy_gb_per_s, ceilings.matmul_tflops, ceilings.library ? "cuBLASLt" : "own kernel",
      ceilings.own_matmul_tflops);
  constexpr std::int64_t kContext = 300;
  const int steps = quick ? 8 : 64;
  for (const std::int64_t batch : {1, 8, 32, 64, 256}) {
    const double seconds = bench.Decode(batch, kContext, steps);
    const auto rows = static_cast<double>(batch);
    const double bound = Bound(config, ceilings, rows, rows * (kContext + steps / 2.0));
    fmt::print(
        "{{\"what\":\"decode\",\"batch\":{},\"context\":{},\"tokens_per_s\":{:.0f},"
        "\"step_ms\":{:.3f},\"of_bound\":{:.3f}}},",
        batch, kContext, rows / seconds, 1e3 * seconds, bound / seconds);
  }
  const std::int64_t prompts = 4;
  const std::int64_t tokens = 512;
  const double seconds = bench.Prefill(prompts, tokens, quick ? 2 : 9);
  const auto rows = static_cast<double>(prompts * tokens);
  // The head is multiplied for last tokens only.
  const double matrices = static_cast<double>(WeightBytes(config, sizeof(Bf16))) / 2 -
                          static_cast<double>(config.vocabulary * config.hidden);
  const double attention = 2.0 * rows * static_cast<double>(tokens) *
                           static_cast<double>(config.query_columns() * config.layers);
  const double rate = (2 * rows * matrices + attention) / seconds;
  fmt::print(
      "{{\"what\":\"prefill\",\"batch\":{},\"context\":{},\"tokens_per_s\":{:.0f},"
      "\"step_ms\":{:.3f},\"of_bound\":{:.3f}}}]}}\n",
      prompts, tokens, rows / seconds, 1e3 * seconds, 1e-12 * rate / ceilings.matmul_tflops);
  return 0;
}

}  // namespace
}  // namespace assay::cuda

int main(int argc, char** argv) { return assay::cuda::Main(argc, argv); }
