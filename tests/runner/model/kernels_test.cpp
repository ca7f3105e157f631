// Every kernel of every instruction set against a plain loop in the documented order: equal bits,
// at odd sizes.
#include <cmath>
#include <cstring>
#include <limits>

#include "base/rng.h"
#include "runner/model/checkpoint/half.h"
#include "runner/model/transformer/kernels/activation.h"
#include "runner/model/transformer/kernels/attention.h"
#include "runner/model/transformer/kernels/linear.h"
#include "runner/model/transformer/kernels/norm.h"
#include "runner/model/transformer/kernels/reference.h"
#include "runner/model/transformer/kernels/rope.h"
#include "runner/model/transformer/kernels/softmax.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using namespace kernels;  // the whole file is about them
namespace truth = kernels::reference;

std::vector<float> Random(Rng& rng, std::int64_t n, double scale = 1) {
  std::vector<float> out(static_cast<std::size_t>(n));
  for (float& x : out) x = static_cast<float>(scale * (2 * rng.Uniform() - 1));
  return out;
}

// Runs `check` once with every set that this processor has.
template <class Check>
void WithEverySet(const Check& check) {
  const std::string best = Kernels().name;
  for (const KernelTable* table : AvailableKernels()) {
    INFO(table->name);
    REQUIRE(UseKernels(table->name));
    check();
  }
  REQUIRE(UseKernels(best));
}

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

void RandomBlocks(Rng& rng, std::int64_t blocks, PackedMatrix::Int4Block* out) {
  for (std::int64_t b = 0; b < blocks; ++b, ++out) {
    out->scale = FloatToHalf(static_cast<float>(rng.Uniform()));
    out->offset = FloatToHalf(static_cast<float>(-8 * rng.Uniform()));
    for (std::uint8_t& value : out->values) value = static_cast<std::uint8_t>(rng.Int(0, 15));
  }
}

TEST_CASE("panels packed from rows in memory, and from their transpose, are a matrix's own") {
  for (const auto& [count, columns] :
       {std::pair<std::int64_t, std::int64_t>{1, 7}, {5, 64}, {33, 40}, {64, 31}, {70, 33}}) {
    const std::int64_t stride = columns + 3;
    std::vector<float> rows(static_cast<std::size_t>(count * stride));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i) + 0.5F;
    const auto at = [&](std::int64_t row, std::int64_t column) {
      return rows[static_cast<std::size_t>(row * stride + column)];
    };
    const auto check = [](const PackedMatrix& matrix, const std::vector<float>& panels) {
      REQUIRE(matrix.bytes() == static_cast<std::int64_t>(panels.size() * sizeof(float)));
      CHECK(std::memcmp(matrix.data(), panels.data(), panels.size() * sizeof(float)) == 0);
    };
    PackedMatrix outputs(WeightFormat::kF32, count, columns);
    outputs.PackAll([&](std::int64_t row, float* out) {
      for (std::int64_t k = 0; k < columns; ++k) out[k] = at(row, k);
    });
    std::vector<float> panels(static_cast<std::size_t>(outputs.bytes()) / sizeof(float));
    PackRows(rows.data(), stride, count, columns, panels.data());
    check(outputs, panels);
    PackedMatrix turned(WeightFormat::kF32, columns, count);
    turned.PackAll([&](std::int64_t row, float* out) {
      for (std::int64_t k = 0; k < count; ++k) out[k] = at(k, row);
    });
    panels.assign(static_cast<std::size_t>(turned.bytes()) / sizeof(float), 0);
    PackTransposed(rows.data(), stride, count, columns, panels.data());
    check(turned, panels);
  }
}

TEST_CASE("linear has the bits of the plain loop") {
  Rng rng(Key("linear", 1));
  for (const auto format :
       {WeightFormat::kF32, WeightFormat::kBf16, WeightFormat::kInt8, WeightFormat::kInt4}) {
    for (const auto epilogue :
         {Epilogue::kStore, Epilogue::kAdd, Epilogue::kSwiGlu, Epilogue::kGeGlu}) {
      for (const std::int64_t inputs : {1, 31, 64, 77}) {
        for (const std::int64_t outputs : {32, 64, 96}) {
          for (const std::int64_t rows : {1, 2, 5, 6, 12, 13, 29}) {
            const std::int64_t odd = IsGated(epilogue) ? outputs : outputs - 7;
            const auto w = Random(rng, odd * inputs);
            const auto x = Random(rng, rows * inputs);
            const auto bias = Random(rng, RoundUp(odd, kPanel));
            PackedMatrix packed(format, odd, inputs);
            if (format == WeightFormat::kInt4) {
              packed.PackBlocks(
                  [&](std::int64_t, PackedMatrix::Int4Block* out) {
                    RandomBlocks(rng, RoundUp(inputs, kQuantBlock) / kQuantBlock, out);
                  },
                  0, packed.panels());
            } else {
              packed.PackAll([&](std::int64_t row, float* out) {
                std::copy_n(w.data() + row * inputs, inputs, out);
              });
            }
            const std::int64_t width = IsGated(epilogue) ? odd / 2 : odd;
            const auto before = Random(rng, rows * width);
            auto expected = before;
            truth::Linear(packed, bias.data(), epilogue, rows, x.data(), expected.data());
            WithEverySet([&] {
              auto y = before;
              LinearArgs args = packed.Args();
              args.bias = bias.data();
              args.epilogue = epilogue;
              args.rows = rows;
              args.x = x.data();
              args.ldx = inputs;
              args.y = y.data();
              args.ldy = width;
              const std::int64_t padded = RoundUp(inputs, kQuantBlock);
              std::vector<std::int8_t> qx(static_cast<std::size_t>(rows * padded));
              std::vector<float> scales(qx.size() / kQuantBlock);
              std::vector<std::int32_t> sums(scales.size());
              for (std::int64_t r = 0; r < rows; ++r) {
                const std::int64_t blocks = padded / kQuantBlock;
                QuantizeRow(x.data() + r * inputs, inputs, qx.data() + r * padded,
                            scales.data() + r * blocks, sums.data() + r * blocks);
              }
              args.qx = qx.data();
              args.scales = scales.data();
              args.sums = sums.data();
              Linear(args, 0, packed.panels());
              CHECK(SameBits(y, expected));
            });
          }
        }
      }
    }
  }
}

TEST_CASE("packing keeps the weights as the format can") {
  Rng rng(Key("pack", 1));
  const std::int64_t outputs = 41;
  const std::int64_t inputs = 50;
  const auto w = Random(rng, outputs * inputs);
  for (const auto format : {WeightFormat::kF32, WeightFormat::kBf16, WeightFormat::kInt8}) {
    PackedMatrix packed(format, outputs, inputs);
    packed.PackAll(
        [&](std::int64_t row, float* out) { std::copy_n(w.data() + row * inputs, inputs, out); });
    std::vector<float> row(static_cast<std::size_t>(inputs));
    const double allowed = format == WeightFormat::kF32 ? 0 : 1.0 / 220;
    for (std::int64_t r = 0; r < outputs; ++r) {
      packed.UnpackRow(r, row.data());
      for (std::int64_t k = 0; k < inputs; ++k) {
        const auto at = static_cast<std::size_t>(r * inputs + k);
        CHECK(std::fabs(static_cast<double>(row[static_cast<std::size_t>(k)] - w[at])) <= allowed);
      }
    }
  }
}

TEST_CASE("norm, rotation and swiglu have the bits of the plain loop") {
  Rng rng(Key("rows", 1));
  for (const std::int64_t n : {2, 6, 16, 24, 30, 48, 64, 100, 576}) {
    const auto x = Random(rng, n, 3);
    const auto w = Random(rng, n, 3);
    const auto cos = Random(rng, n / 2);
    const auto sin = Random(rng, n / 2);
    std::vector<float> normed(x.size());
    std::vector<float> activated(x.size());
    auto rotated = x;
    truth::RmsNorm(x.data(), w.data(), n, 1e-5F, normed.data());
    truth::Rotate(rotated.data(), cos.data(), sin.data(), n);
    truth::SwiGlu(x.data(), w.data(), n, activated.data());
    WithEverySet([&] {
      std::vector<float> y(x.size());
      RmsNorm(x.data(), w.data(), n, 1e-5F, y.data());
      CHECK(SameBits(y, normed));
      SwiGlu(x.data(), w.data(), n, y.data());
      CHECK(SameBits(y, activated));
      y = x;
      Rotate(y.data(), cos.data(), sin.data(), n);
      CHECK(SameBits(y, rotated));
    });
  }
}

template <class Kept>
void CheckAttention(Rng& rng, std::int64_t dim, std::int64_t group, const truth::Sight& sight) {
  constexpr bool kHalf = std::is_same_v<Kept, std::uint16_t>;
  const std::int64_t positions = sight.positions;
  const std::int64_t pages = RoundUp(positions, kPagePositions) / kPagePositions;
  std::vector<Kept> pool(static_cast<std::size_t>(pages * PageNumbers(dim)));
  std::vector<std::int32_t> ids;
  for (std::int64_t p = pages; p > 0; --p) ids.push_back(static_cast<std::int32_t>(p - 1));
  auto keys = Random(rng, positions * dim, 2);
  auto values = Random(rng, positions * dim);
  const auto queries = Random(rng, group * dim, 2);
  for (std::int64_t t = 0; t < positions; ++t) {
    Kept* page = pool.data() + ids[static_cast<std::size_t>(t / kPagePositions)] * PageNumbers(dim);
    WriteKeyValue(keys.data() + t * dim, values.data() + t * dim, dim, t % kPagePositions, page);
  }
  for (float& x : keys) x = kHalf ? HalfToFloat(FloatToHalf(x)) : x;
  for (float& x : values) x = kHalf ? HalfToFloat(FloatToHalf(x)) : x;
  std::vector<float> expected(queries.size());
  for (std::int64_t g = 0; g < group; ++g) {
    truth::Attend(queries.data() + g * dim, keys.data(), values.data(), sight, dim,
                  expected.data() + g * dim);
  }
  WithEverySet([&] {
    std::vector<float> out(queries.size());
    std::vector<float> scratch(
        static_cast<std::size_t>(group * RoundUp(positions, kPagePositions)));
    AttentionArgs args;
    args.queries = queries.data();
    args.group = group;
    args.head_dim = dim;
    args.cache = kHalf ? CacheFormat::kF16 : CacheFormat::kF32;
    args.pool = pool.data();
    args.page_ids = ids.data();
    args.page_stride = PageNumbers(dim);
    args.run_stride = kRunPages * args.page_stride;
    args.first = sight.first;
    args.positions = positions;
    args.scale = sight.scale;
    args.cap = sight.cap;
    args.scratch = scratch.data();
    args.out = out.data();
    Attend(args);
    CHECK(SameBits(out, expected));
  });
}

TEMPLATE_TEST_CASE("attention has the bits of the plain loop over what the cache holds", "", float,
                   std::uint16_t) {
  Rng rng(Key("attention", 1));
  for (const std::int64_t dim : {2, 16, 24, 64, 80}) {
    for (const std::int64_t group : {1, 2, 3, 4, 7}) {
      for (const std::int64_t positions : {1, 15, 16, 17, 64, 131}) {
        CheckAttention<TestType>(rng, dim, group, {0, positions, 0.3F, 0});
      }
    }
  }
}

TEST_CASE("half floats are rounded as the plain conversion rounds them") {
  Rng rng(Key("halves", 1));
  std::vector<float> x = {0.0F,  -0.0F, 65504.0F, 65519.9F, 65520.0F,
                          -1e9F, 6e-8F, 2.9e-8F,  1.0F / 3};
  for (std::uint32_t half = 0; half < 0x7C00; half += 13) {  // ties, and their neighbours
    const float low = HalfToFloat(static_cast<std::uint16_t>(half));
    const float middle = low + (HalfToFloat(static_cast<std::uint16_t>(half + 1)) - low) / 2;
    x.insert(x.end(), {low, middle, std::nextafter(middle, 1e9F), std::nextafter(middle, -1e9F)});
  }
  std::vector<std::uint16_t> expected;
  for (const float value : x) expected.push_back(FloatToHalf(value));
  WithEverySet([&] {
    std::vector<std::uint16_t> halves(x.size());
    Kernels().to_half(x.data(), static_cast<std::int64_t>(x.size()), halves.data());
    CHECK(halves == expected);
  });
}

TEMPLATE_TEST_CASE(
    "attention over a window, and with capped scores, has the bits of the plain loop", "", float,
    std::uint16_t) {
  Rng rng(Key("window", 1));
  for (const std::int64_t group : {1, 3, 7}) {
    for (const std::int64_t first : {0, 1, 15, 16, 40, 63, 64}) {
      for (const std::int64_t seen : {1, 3, 16, 17, 67}) {
        for (const float cap : {0.0F, 1.5F}) {
          CheckAttention<TestType>(rng, 24, group, {first, first + seen, 0.3F, cap});
        }
      }
    }
  }
}

TEST_CASE("soft caps have the bits of the plain loop and are within 3e-7 of the cap's tanh") {
  Rng rng(Key("cap", 1));
  for (const float cap : {5.0F, 30.0F, 50.0F}) {
    for (const std::int64_t n : {1, 15, 16, 17, 100}) {
      const auto x = Random(rng, n, n % 2 == 0 ? 2 : 200);
      WithEverySet([&] {
        auto y = x;
        SoftCap(y.data(), n, cap);
        for (std::size_t i = 0; i < x.size(); ++i) {
          CHECK(y[i] == truth::SoftCap(x[i], cap));
          const double exact = double{cap} * std::tanh(double{x[i]} / double{cap});
          REQUIRE(std::fabs(double{y[i]} - exact) <= 3e-7 * double{cap});
        }
      });
    }
  }
  WithEverySet([] {
    float ends[] = {1e30F, -1e30F, std::numeric_limits<float>::quiet_NaN()};
    SoftCap(ends, 3, 30);
    CHECK(ends[0] == 30);
    CHECK(ends[1] == -30);
    CHECK(std::isnan(ends[2]));
  });
}

TEST_CASE("softmax has the bits of the plain loop and is a softmax") {
  Rng rng(Key("softmax", 1));
  for (const std::int64_t n : {1, 5, 16, 511, 512, 513, 2000}) {
    for (const double temperature : {1.0, 0.3, 2.0}) {
      const auto logits = Random(rng, n, 12);
      std::vector<float> expected(logits.size());
      const double sum = truth::Exponentials(logits.data(), n, temperature, expected.data());
      double exact = 0;
      for (const float x : logits) exact += std::exp(static_cast<double>(x) / temperature);
      WithEverySet([&] {
        Softmax softmax;
        softmax.Compute(logits.data(), n, temperature);
        CHECK(SameBits(softmax.exponentials, expected));
        CHECK(softmax.sum == sum);
        const double logprob = static_cast<double>(logits[0]) / temperature - std::log(exact);
        CHECK(static_cast<double>(softmax.LogProb(logits[0])) == Approx(logprob).margin(2e-5));
      });
    }
  }
}

TEST_CASE("exp is within 3e-7 of the true value, 0 far below, NaN for NaN") {
  std::vector<float> x;
  for (float value = -87; value <= 0; value += 0.0137F) x.push_back(value);
  WithEverySet([&] {
    std::vector<float> y(x.size());
    std::vector<double> sums(x.size());
    Kernels().exponentials(x.data(), static_cast<std::int64_t>(x.size()), 0, 1, y.data(),
                           sums.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = std::exp(static_cast<double>(x[i]));
      REQUIRE(std::fabs(static_cast<double>(y[i]) - exact) <= 3e-7 * exact);
    }
    const float far = -1000;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(Kernels().exponentials(&far, 1, 0, 1, y.data(), sums.data()) == 0);
    CHECK(std::isnan(Kernels().exponentials(&nan, 1, 0, 1, y.data(), sums.data())));
  });
}

TEST_CASE("half floats convert both ways") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float wide = HalfToFloat(static_cast<std::uint16_t>(bits));
    if (std::isnan(wide)) continue;
    REQUIRE(FloatToHalf(wide) == bits);
  }
  CHECK(FloatToHalf(1.0F + 0x1.0p-11F) == 0x3C00);             // a tie goes to the even one
  CHECK(FloatToHalf(1.0F + 0x1.8p-10F) == 0x3C02);             // another tie
  CHECK(FloatToBf16(1.0F + 0x1.0p-8F) == 0x3F80);              // a tie
  CHECK(FloatToHalf(1e9F) == 0x7C00);                          // too large
  CHECK(std::isnan(Bf16ToFloat(FloatToBf16(std::nanf("")))));  // stays NaN
}

}  // namespace
}  // namespace assay
