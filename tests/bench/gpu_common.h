// What the measurements on a GPU share: shapes of real models, a clock, the card's own ceilings.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/cuda/blas.h"
#include "runner/model/cuda/device.h"
#include "runner/model/cuda/kernels/matmul.h"
#include "runner/model/cuda/platform/numbers.h"

namespace assay::cuda {

struct Shape {
  const char* name;
  std::int64_t vocabulary, hidden, intermediate, layers, heads, kv_heads, head_dim;
  bool qkv_bias;
};
inline constexpr Shape kShapes[] = {
    {"qwen2.5-0.5b", 151936, 896, 4864, 24, 14, 2, 64, true},
    {"qwen2.5-1.5b", 151936, 1536, 8960, 28, 12, 2, 128, true},
    {"llama3.2-1b", 128256, 2048, 8192, 16, 32, 8, 64, false},
    {"smollm2-135m", 49152, 576, 1536, 30, 9, 3, 64, false},
};

inline ModelConfig ConfigOf(const Shape& shape) {
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

[[noreturn]] inline void Die(const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "gpu_bench: {}\n", error.message);
  std::exit(ExitStatus(error.code));
}

template <class T>
T Need(Result<T> result) {
  if (!result) Die(result.error());
  return *std::move(result);
}
inline void Need(Result<void> result) {
  if (!result) Die(result.error());
}

// One line of the output; it is out when the next measurement begins.
template <class... Arguments>
void Line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::print(format, std::forward<Arguments>(arguments)...);
  fmt::print("\n");
  std::fflush(stdout);
}

inline double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Milliseconds of one run of `work`, which launches and does not wait, on the stream's own clock:
// the median over `rounds` of `runs` runs one after the other, which hides what a launch costs the
// host. Before the first the card is kept busy for as long, so that its clocks are up.
template <class Work>
double Milliseconds(Stream& stream, int rounds, int runs, const Work& work) {
  std::vector<double> all;
  for (int round = 0; round < rounds + 1; ++round) {
    const double start = Need(stream.Now());
    for (int run = 0; run < runs; ++run) work();
    const double spent = Need(stream.Now()) - start;
    if (round > 0) all.push_back(spent / runs);
  }
  return Median(all);
}

// Random bf16 numbers on the card: where all are zero the matrix units draw less power and run
// faster than they ever do on weights.
inline DeviceArray<Bf16> RandomNumbers(Stream& stream, std::int64_t count) {
  constexpr std::size_t kDifferent = 65536;
  std::vector<Bf16> numbers(static_cast<std::size_t>(count));
  Rng rng(Key("numbers", 1));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = i < kDifferent ? FromFloat<Bf16>(static_cast<float>(rng.Uniform() - 0.5))
                                : numbers[i - kDifferent];
  }
  auto array = Need(DeviceArray<Bf16>::Allocate(numbers.size()));
  array.Upload(stream, numbers);
  Need(stream.Synchronize());
  return array;
}

// What the card itself does: a copy of 1 GiB (bytes read and written), and a bf16 product of 8192^3
// by cuBLASLt, or by our own kernel where that is missing.
struct Ceilings {
  double copy_gb_per_s = 0;
  double matmul_tflops = 0;
  double own_matmul_tflops = 0;
  bool library = false;

  // The least seconds for so many bytes and operations.
  double Seconds(double bytes, double operations) const {
    return std::max(1e-9 * bytes / copy_gb_per_s, 1e-12 * operations / matmul_tflops);
  }
};

inline Ceilings MeasureCeilings(Stream& stream) {
  Ceilings out;
  {
    constexpr std::size_t kBytes = std::size_t{1} << 30;
    const auto from = Need(DeviceMemory::Allocate(kBytes));
    const auto to = Need(DeviceMemory::Allocate(kBytes));
    stream.Zero(from.data(), kBytes);
    const double ms =
        Milliseconds(stream, 9, 20, [&] { stream.Copy(to.data(), from.data(), kBytes); });
    out.copy_gb_per_s = 2e-6 * static_cast<double>(kBytes) / ms;
  }
  constexpr std::int64_t kSide = 8192;
  constexpr double kOperations = 2.0 * kSide * kSide * kSide;
  const auto x = RandomNumbers(stream, kSide * kSide);
  const auto w = RandomNumbers(stream, kSide * kSide);
  const auto y = Need(DeviceArray<Bf16>::Allocate(kSide * kSide));
  const MatmulArgs<Bf16> args{x.data(), w.data(), kSide, kSide, kSide};
  const double own = Milliseconds(stream, 5, 4, [&] { Matmul(stream.handle(), args, y.data()); });
  out.own_matmul_tflops = out.matmul_tflops = 1e-9 * kOperations / own;
  if (auto blas = Blas::Open()) {
    bool done = true;
    const double ms = Milliseconds(stream, 9, 10, [&] {
      done = (*blas)->Multiply(stream, Number::kBf16, Number::kBf16, x.data(), w.data(), kSide,
                               kSide, kSide, y.data()) &&
             done;
    });
    if (!done) {
      Die(Error{ErrorCode::kInternal, "cuBLASLt refuses a bf16 product of 8192 x 8192 x 8192"});
    }
    out.matmul_tflops = 1e-9 * kOperations / ms;
    out.library = true;
  }
  return out;
}

}  // namespace assay::cuda
