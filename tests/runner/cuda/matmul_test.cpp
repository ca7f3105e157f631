// Products against a plain loop in double precision, and their independence of the number of rows.
#include "runner/model/cuda/kernels/matmul.h"

#include "runner/model/transformer/kernels/reference.h"
#include "tests/runner/cuda/device_case.h"

namespace assay::cuda {
namespace {

// Of sums in floats. Matrix units cut off what a sum cannot hold where others round it.
template <class T>
constexpr double SumTolerance() {
  return sizeof(T) == sizeof(float) ? 2e-6 : 1e-5;
}

std::vector<float> Expected(const std::vector<float>& x, const std::vector<float>& w,
                            std::int64_t rows, std::int64_t inputs, std::int64_t outputs) {
  std::vector<float> y;
  for (std::int64_t m = 0; m < rows; ++m) {
    for (std::int64_t n = 0; n < outputs; ++n) {
      double sum = 0;
      for (std::int64_t k = 0; k < inputs; ++k) {
        sum += static_cast<double>(x[static_cast<std::size_t>(m * inputs + k)]) *
               static_cast<double>(w[static_cast<std::size_t>(n * inputs + k)]);
      }
      y.push_back(static_cast<float>(sum));
    }
  }
  return y;
}

struct Size {
  std::int64_t rows;
  std::int64_t inputs;
  std::int64_t outputs;
};

template <class T, class Out>
std::vector<Out> Run(DeviceCase& device, const Size& size, const std::vector<T>& x,
                     const std::vector<T>& w, bool mat_vec) {
  const auto d_x = device.Put(x);
  const auto d_w = device.Put(w);
  const auto y = device.Room<Out>(static_cast<std::size_t>(size.rows * size.outputs));
  const MatmulArgs<T> args{d_x.data(), d_w.data(), size.rows, size.inputs, size.outputs};
  if (mat_vec) {
    MatVec(device.handle(), args, y.data());
  } else {
    Matmul(device.handle(), args, y.data());
  }
  return device.Get(y);
}

// Sizes around the borders of tiles (16, 64, 128 rows; 64, 128 outputs; 32 inputs).
const std::vector<Size>& Sizes() {
  static const std::vector<Size> sizes = {{1, 8, 1},    {3, 24, 65},  {16, 40, 64},  {17, 64, 70},
                                          {64, 96, 33}, {65, 72, 66}, {129, 40, 129}};
  return sizes;
}

TEMPLATE_TEST_CASE("products by tiles", "", float, Bf16, Half) {
  DeviceCase device;
  for (const Size& size : Sizes()) {
    INFO(size.rows << " x " << size.inputs << " x " << size.outputs);
    const auto x = device.Random<TestType>(size.rows * size.inputs);
    const auto w = device.Random<TestType>(size.outputs * size.inputs);
    const auto expected = Expected(Floats(x), Floats(w), size.rows, size.inputs, size.outputs);
    CHECK(Distance(Run<TestType, TestType>(device, size, x, w, false), expected) <
          Tolerance<TestType>());
    CHECK(Distance(Run<TestType, float>(device, size, x, w, false), expected) <
          SumTolerance<TestType>());
  }
}

TEMPLATE_TEST_CASE("products of few rows", "", float, Bf16, Half) {
  DeviceCase device;
  for (std::int64_t rows = 1; rows <= kMostMatVecRows; ++rows) {
    // A step of a warp is 256 (floats: 128), of a block 1024 (512).
    for (const std::int64_t inputs : {8, 256, 264, 576, 1288, 2048, 4864}) {
      const Size size{rows, inputs, inputs == 8 ? 1 : 21};
      const auto x = device.Random<TestType>(rows * inputs);
      const auto w = device.Random<TestType>(size.outputs * inputs);
      const auto expected = Expected(Floats(x), Floats(w), rows, inputs, size.outputs);
      CHECK(Distance(Run<TestType, TestType>(device, size, x, w, true), expected) <
            Tolerance<TestType>());
      CHECK(Distance(Run<TestType, float>(device, size, x, w, true), expected) < 2e-6);
    }
  }
}

TEMPLATE_TEST_CASE("products of few rows through SwiGLU", "", float, Bf16, Half) {
  DeviceCase device;
  for (std::int64_t rows = 1; rows <= kMostMatVecRows; ++rows) {
    for (const std::int64_t inputs : {24, 896, 2056}) {
      constexpr std::int64_t kWidth = 13;
      const auto x = device.Random<TestType>(rows * inputs);
      const auto w = device.Random<TestType>(2 * kWidth * inputs, 0.1);
      const auto bias = device.Random(2 * kWidth);
      const auto d_x = device.Put(x);
      const auto d_w = device.Put(w);
      const auto d_bias = device.Put(bias);
      for (const bool with_bias : {false, true}) {
        auto sums = Expected(Floats(x), Floats(w), rows, inputs, 2 * kWidth);
        std::vector<float> expected(static_cast<std::size_t>(rows * kWidth));
        for (std::int64_t m = 0; m < rows; ++m) {
          float* row = sums.data() + m * 2 * kWidth;
          for (std::size_t i = 0; with_bias && i < bias.size(); ++i) row[i] += bias[i];
          kernels::reference::SwiGlu(row, row + kWidth, kWidth, expected.data() + m * kWidth);
        }
        const auto y = device.Room<TestType>(expected.size());
        MatVecSwiGlu<TestType>(device.handle(), {d_x.data(), d_w.data(), rows, inputs, 2 * kWidth},
                               with_bias ? d_bias.data() : nullptr, y.data());
        CHECK(Distance(device.Get(y), expected) < 2 * Tolerance<TestType>());
      }
    }
  }
}

TEMPLATE_TEST_CASE("a row's product does not depend on how many there are", "", float, Bf16, Half) {
  DeviceCase device;
  constexpr std::int64_t kRows = 150;
  constexpr std::int64_t kInputs = 72;
  constexpr std::int64_t kOutputs = 40;
  const auto x = device.Random<TestType>(kRows * kInputs);
  const auto w = device.Random<TestType>(kOutputs * kInputs);
  const auto all = Run<TestType, float>(device, {kRows, kInputs, kOutputs}, x, w, false);
  for (const std::int64_t rows : {1, 15, 64, 100}) {
    const std::vector<TestType> first(x.begin(), x.begin() + rows * kInputs);
    const auto some = Run<TestType, float>(device, {rows, kInputs, kOutputs}, first, w, false);
    CHECK(std::equal(some.begin(), some.end(), all.begin()));
  }
}

}  // namespace
}  // namespace assay::cuda
