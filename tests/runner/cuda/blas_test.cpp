// Products by the library, where there is one, against a plain loop in double precision.
#include "runner/model/cuda/blas.h"

#include "tests/runner/cuda/device_case.h"

namespace assay::cuda {
namespace {

struct Size {
  std::int64_t rows;
  std::int64_t inputs;
  std::int64_t outputs;
};

template <class T>
constexpr Number NumberOf() {
  if (sizeof(T) == sizeof(float)) return Number::kFloat;
  return std::is_same_v<T, Bf16> ? Number::kBf16 : Number::kHalf;
}

std::vector<float> Expected(const std::vector<float>& x, const std::vector<float>& w,
                            const Size& size) {
  std::vector<float> y;
  for (std::int64_t m = 0; m < size.rows; ++m) {
    for (std::int64_t n = 0; n < size.outputs; ++n) {
      double sum = 0;
      for (std::int64_t k = 0; k < size.inputs; ++k) {
        sum += static_cast<double>(x[static_cast<std::size_t>(m * size.inputs + k)]) *
               static_cast<double>(w[static_cast<std::size_t>(n * size.inputs + k)]);
      }
      y.push_back(static_cast<float>(sum));
    }
  }
  return y;
}

template <class T, class Out>
void Check(DeviceCase& device, Blas& blas, const Size& size, double tolerance) {
  INFO(size.rows << " x " << size.inputs << " x " << size.outputs);
  const auto x = device.Random<T>(size.rows * size.inputs);
  const auto w = device.Random<T>(size.outputs * size.inputs);
  const auto d_x = device.Put(x);
  const auto d_w = device.Put(w);
  const auto written = static_cast<std::size_t>(size.rows * size.outputs);
  const auto y = device.Put(std::vector<Out>(written + 8));  // the last ones stay zero
  REQUIRE(blas.Multiply(device.stream(), NumberOf<T>(), NumberOf<Out>(), d_x.data(), d_w.data(),
                        size.rows, size.inputs, size.outputs, y.data()));
  auto all = device.Get(y);
  for (std::size_t i = written; i < all.size(); ++i) REQUIRE(ToFloat(all[i]) == 0);
  all.resize(written);
  CHECK(Distance(all, Expected(Floats(x), Floats(w), size)) < tolerance);
}

// Matrix units add 16 or more products and the sum before at once, each cut off, not rounded, at
// about 2^-24 of the largest of them: 17 * 2^-24 of it for every 16 inputs at worst. Sums kept in
// 16 bits, or products of floats cut to TF32, would be tens of times further away than this.
TEMPLATE_TEST_CASE("products by cuBLASLt", "", float, Bf16, Half) {
  DeviceCase device;
  const auto blas = Blas::Open();
  if (!blas) return Skip(blas.error().message);
  for (const Size& size : {Size{5, 64, 8}, Size{8, 896, 1152}, Size{64, 72, 264},
                           Size{100, 576, 1000}, Size{256, 128, 136}}) {
    Check<TestType, TestType>(device, **blas, size, std::max(2e-5, Tolerance<TestType>()));
    Check<TestType, float>(device, **blas, size, 2e-5);
  }
}

}  // namespace
}  // namespace assay::cuda
