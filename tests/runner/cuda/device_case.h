// What the tests of kernels share: arrays on the device, random numbers, comparison by type.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "runner/model/cuda/device.h"
#include "runner/model/cuda/platform/numbers.h"
#include "tests/support/catch.h"

namespace assay::cuda {

// Relative to the largest value that is expected: what rounding to T and sums of T's may cost. A
// bf16 has 8 bits, half a step is 2^-9 of a number; a half 11, and 2^-12.
template <class T>
constexpr double Tolerance() {
  if (sizeof(T) == sizeof(float)) return 2e-6;
  return std::is_same_v<T, Bf16> ? 1.2e-2 : 1.6e-3;
}

// How many GPUs this machine has. The first becomes the thread's current one.
inline int Gpus() {
  static const int count = [] {
    int n = 0;
    while (OpenDevice(n)) ++n;
    return n;
  }();
  if (auto first = OpenDevice(); !first) FAIL(first.error().message);
  return count;
}

// What this machine lacks for the running test: scripts/gpu-check reports it.
inline void Skip(std::string_view lacks) {
  fmt::print(stderr, "SKIPPED: {}: {}\n", Catch::getResultCapture().getCurrentTestName(), lacks);
}

// Whether there are fewer GPUs, and says so.
inline bool LacksGpus(int wanted) {
  const int here = Gpus();
  if (here < wanted) Skip(fmt::format("needs {} GPUs, here {}", wanted, here));
  return here < wanted;
}

class DeviceCase {
 public:
  DeviceCase() {
    auto stream = Stream::Create();
    if (!stream) FAIL(stream.error().message);
    stream_ = *std::move(stream);
  }
  Stream& stream() { return *stream_; }
  void* handle() { return stream_->handle(); }

  template <class T>
  DeviceArray<T> Put(const std::vector<T>& values) {
    auto array = Room<T>(values.size());
    array.Upload(*stream_, values);
    return array;
  }
  template <class T>
  DeviceArray<T> Room(std::size_t count) {
    auto array = DeviceArray<T>::Allocate(count);
    if (!array) FAIL(array.error().message);
    return *std::move(array);
  }
  template <class T>
  std::vector<T> Get(const DeviceArray<T>& array) {
    std::vector<T> values(array.size());
    stream_->Download(values.data(), array.data(), values.size() * sizeof(T));
    const auto done = stream_->Synchronize();
    if (!done) FAIL(done.error().message);
    return values;
  }
  // `count` numbers of about unit size.
  template <class T = float>
  std::vector<T> Random(std::int64_t count, double scale = 1) {
    std::vector<T> values;
    for (std::int64_t i = 0; i < count; ++i) {
      const double sum = rng_.Uniform() + rng_.Uniform() + rng_.Uniform() - 1.5;
      values.push_back(FromFloat<T>(static_cast<float>(2 * scale * sum)));
    }
    return values;
  }
  Rng& rng() { return rng_; }

 private:
  std::unique_ptr<Stream> stream_;
  Rng rng_{Key("device", 1)};
};

template <class T>
std::vector<float> Floats(const std::vector<T>& values) {
  std::vector<float> floats;
  for (const T value : values) floats.push_back(ToFloat(value));
  return floats;
}

// The largest difference relative to the largest expected number; infinite where one is not finite.
template <class T>
double Distance(const std::vector<T>& values, const std::vector<float>& expected) {
  REQUIRE(values.size() == expected.size());
  double largest = 1e-30;
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double wanted = static_cast<double>(expected[i]);
    largest = std::max(largest, std::fabs(wanted));
    const double difference = std::fabs(static_cast<double>(ToFloat(values[i])) - wanted);
    if (!(difference <= distance)) distance = std::isfinite(difference) ? difference : INFINITY;
  }
  return distance / largest;
}

}  // namespace assay::cuda
