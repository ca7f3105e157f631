// Embedding, norms, gates, caps and rotation against their CPU references.
#include "runner/model/cuda/kernels/rows.h"

#include "runner/model/cuda/kernels/rope.h"
#include "runner/model/transformer/kernels/reference.h"
#include "tests/runner/cuda/device_case.h"

namespace assay::cuda {
namespace {

namespace reference = kernels::reference;

TEMPLATE_TEST_CASE("rows of the embedding", "", float, Bf16, Half) {
  DeviceCase device;
  for (const std::int64_t columns : {8, 24, 300, 576}) {
    const auto table = device.Random<TestType>(17 * columns);
    const std::vector<std::int32_t> tokens = {16, 0, 3, 3};
    const auto on_device = device.Put(table);
    const auto ids = device.Put(tokens);
    const auto x = device.Room<float>(static_cast<std::size_t>(4 * columns));
    Embed(device.handle(), on_device.data(), ids.data(), nullptr, 4, columns, x.data());
    const auto rows = device.Get(x);
    Embed(device.handle(), on_device.data(), ids.data(), nullptr, 1, columns, x.data(), 6.5F);
    CHECK(device.Get(x)[0] == 6.5F * rows[0]);
    for (std::int64_t i = 0; i < 4 * columns; ++i) {
      const auto from = static_cast<std::size_t>(
          tokens[static_cast<std::size_t>(i / columns)] * columns + i % columns);
      REQUIRE(rows[static_cast<std::size_t>(i)] == ToFloat(table[from]));
    }
  }
}

TEST_CASE("rows of tokens that only the device knows") {
  DeviceCase device;
  const auto table = device.Random<float>(17 * 8);
  const auto on_device = device.Put(table);
  const auto drawn = device.Put(std::vector<DrawnToken>{{5, 0}, {-1, 0}, {16, 0}});
  const auto ids = device.Put(std::vector<std::int32_t>{-3, 7, -1, -2});
  const auto x = device.Room<float>(4 * 8);
  Embed(device.handle(), on_device.data(), ids.data(), drawn.data(), 4, 8, x.data());
  std::vector<float> expected;
  for (const std::int64_t token : {16, 7, 5, 0}) {
    expected.insert(expected.end(), table.begin() + 8 * token, table.begin() + 8 * (token + 1));
  }
  CHECK(device.Get(x) == expected);
}

TEMPLATE_TEST_CASE("residual sum and norm", "", float, Bf16, Half) {
  DeviceCase device;
  for (const std::int64_t columns : {8, 64, 72, 576, 896, 2048, 2312}) {
    for (const bool gather : {false, true}) {
      const std::int64_t rows = gather ? 3 : 5;
      const std::vector<std::int32_t> sources = {4, 0, 2};
      const auto x = device.Random(5 * columns);
      const auto delta = device.Random<TestType>(5 * columns);
      const auto bias = device.Random(columns);
      const auto weight = device.Random(columns);
      const auto d_x = device.Put(x);
      const auto d_delta = device.Put(delta);
      const auto d_bias = device.Put(bias);
      const auto d_weight = device.Put(weight);
      const auto d_sources = device.Put(sources);
      const auto out = device.Room<TestType>(static_cast<std::size_t>(rows * columns));
      AddNormArgs<TestType> args;
      args.x = d_x.data();
      args.delta = d_delta.data();
      args.bias = d_bias.data();
      args.weight = d_weight.data();
      args.sources = gather ? d_sources.data() : nullptr;
      args.rows = rows;
      args.columns = columns;
      args.epsilon = 1e-5F;
      args.out = out.data();
      AddNorm(device.handle(), args);
      std::vector<float> expected(static_cast<std::size_t>(rows * columns));
      std::vector<float> summed(static_cast<std::size_t>(columns));
      for (std::int64_t r = 0; r < rows; ++r) {
        const std::int64_t source = gather ? sources[static_cast<std::size_t>(r)] : r;
        for (std::int64_t i = 0; i < columns; ++i) {
          const auto at = static_cast<std::size_t>(source * columns + i);
          summed[static_cast<std::size_t>(i)] =
              x[at] + ToFloat(delta[at]) + bias[static_cast<std::size_t>(i)];
        }
        reference::RmsNorm(summed.data(), weight.data(), columns, 1e-5F,
                           expected.data() + r * columns);
      }
      CHECK(Distance(device.Get(out), expected) < Tolerance<TestType>());
    }
  }
}

TEMPLATE_TEST_CASE("what several GPUs add to a row is added in their order", "", float, Bf16,
                   Half) {
  DeviceCase device;
  constexpr std::int64_t kRows = 3;
  constexpr std::int64_t kColumns = 264;
  constexpr std::int64_t kParts = 4;
  const auto x = device.Random(kRows * kColumns);
  const auto delta = device.Random<TestType>(kParts * kRows * kColumns);
  const auto weight = device.Random(kColumns);
  const auto d_x = device.Put(x);
  const auto d_delta = device.Put(delta);
  const auto d_weight = device.Put(weight);
  const auto out = device.Room<TestType>(kRows * kColumns);
  AddNormArgs<TestType> args;
  args.x = d_x.data();
  args.delta = d_delta.data();
  args.parts = kParts;
  args.part_stride = kRows * kColumns;
  args.weight = d_weight.data();
  args.rows = kRows;
  args.columns = kColumns;
  args.out = out.data();
  AddNorm(device.handle(), args);
  std::vector<float> sums = x;
  for (std::size_t i = 0; i < delta.size(); ++i) sums[i % sums.size()] += ToFloat(delta[i]);
  CHECK(device.Get(d_x) == sums);
}

TEMPLATE_TEST_CASE("what is added to a row is normalised first where it has a norm", "", float,
                   Bf16, Half) {
  DeviceCase device;
  constexpr std::int64_t kRows = 4;
  constexpr std::int64_t kParts = 2;
  for (const std::int64_t columns : {8, 72, 576}) {
    const auto x = device.Random(kRows * columns);
    const auto delta = device.Random<TestType>(kParts * kRows * columns, 5);
    const auto delta_weight = device.Random(columns);
    const auto weight = device.Random(columns);
    const auto d_x = device.Put(x);
    const auto d_delta = device.Put(delta);
    const auto d_delta_weight = device.Put(delta_weight);
    const auto d_weight = device.Put(weight);
    const auto out = device.Room<TestType>(static_cast<std::size_t>(kRows * columns));
    AddNormArgs<TestType> args;
    args.x = d_x.data();
    args.delta = d_delta.data();
    args.parts = kParts;
    args.part_stride = kRows * columns;
    args.delta_weight = d_delta_weight.data();
    args.weight = d_weight.data();
    args.rows = kRows;
    args.columns = columns;
    args.epsilon = 1e-5F;
    args.out = out.data();
    AddNorm(device.handle(), args);
    std::vector<float> sums(x.size());
    for (std::size_t i = 0; i < delta.size(); ++i) sums[i % sums.size()] += ToFloat(delta[i]);
    std::vector<float> expected(x.size());
    for (std::int64_t r = 0; r < kRows; ++r) {
      float* row = sums.data() + r * columns;
      reference::RmsNorm(row, delta_weight.data(), columns, 1e-5F, row);
      for (std::int64_t i = 0; i < columns; ++i) {
        row[i] += x[static_cast<std::size_t>(r * columns + i)];
      }
      reference::RmsNorm(row, weight.data(), columns, 1e-5F, expected.data() + r * columns);
    }
    CHECK(Distance(device.Get(d_x), sums) < 1e-5);
    CHECK(Distance(device.Get(out), expected) < Tolerance<TestType>());
  }
}

TEST_CASE("caps") {
  DeviceCase device;
  for (const std::int64_t n : {1, 255, 256, 700}) {
    const auto x = device.Random(n, 100);
    const auto d_x = device.Put(x);
    SoftCap(device.handle(), d_x.data(), n, 30);
    std::vector<float> expected;
    for (const float value : x) expected.push_back(reference::SoftCap(value, 30));
    CHECK(Distance(device.Get(d_x), expected) < 1e-5);
  }
}

TEMPLATE_TEST_CASE("SwiGLU and GeGLU", "", float, Bf16, Half) {
  DeviceCase device;
  for (const std::int64_t width : {8, 24, 256, 264, 1536}) {
    const auto in = device.Random<TestType>(3 * 2 * width, 3);
    const auto bias = device.Random(2 * width);
    const auto d_in = device.Put(in);
    const auto d_bias = device.Put(bias);
    const auto out = device.Room<TestType>(static_cast<std::size_t>(3 * width));
    for (const auto& [with_bias, gelu] :
         {std::pair{false, false}, {true, false}, {false, true}, {true, true}}) {
      const auto gated = gelu ? GeGlu<TestType> : SwiGlu<TestType>;
      gated(device.handle(), d_in.data(), with_bias ? d_bias.data() : nullptr, 3, width,
            out.data());
      auto sums = Floats(in);
      std::vector<float> expected(static_cast<std::size_t>(3 * width));
      for (std::int64_t r = 0; r < 3; ++r) {
        float* row = sums.data() + r * 2 * width;
        for (std::int64_t i = 0; with_bias && i < 2 * width; ++i) {
          row[i] += bias[static_cast<std::size_t>(i)];
        }
        (gelu ? reference::GeGlu : reference::SwiGlu)(row, row + width, width,
                                                      expected.data() + r * width);
      }
      CHECK(Distance(device.Get(out), expected) < Tolerance<TestType>());
    }
  }
}

// One row's expected queries, keys and values.
std::vector<float> Rotated(std::vector<float> row, std::int64_t heads, std::int64_t dim,
                           const std::vector<float>* norm, const float* cos, const float* sin) {
  for (std::int64_t head = 0; head < heads; ++head) {
    float* values = row.data() + head * dim;
    if (norm != nullptr) reference::RmsNorm(values, norm->data(), dim, 1e-6F, values);
    reference::Rotate(values, cos, sin, dim);
  }
  return row;
}

TEMPLATE_TEST_CASE("rotation, head norms and the cache", "", float, Bf16, Half) {
  DeviceCase device;
  constexpr std::int64_t kHeads = 3;
  for (const std::int64_t dim : {8, 24, 64, 72, 128}) {
    for (const bool norms : {false, true}) {
      const std::int64_t columns = (kHeads + 2) * dim;
      const auto qkv = device.Random<TestType>(2 * columns);
      const auto bias = device.Random(columns);
      const auto norm = device.Random(dim);
      const auto cos = device.Random(40 * dim / 2);
      const auto sin = device.Random(40 * dim / 2);
      const std::vector<std::int32_t> positions = {37, 5};
      // Row 0 is of sequence 1, row 1 of sequence 0.
      const std::vector<std::int32_t> sequences = {1, 0};
      const std::vector<std::int32_t> tables = {2, 0, 0, 0, 0, 1};
      const std::int64_t page = 2 * 2 * kPagePositions * dim;  // two layers, one head
      const auto d_qkv = device.Put(qkv);
      const auto d_bias = device.Put(bias);
      const auto d_norm = device.Put(norm);
      const auto d_cos = device.Put(cos);
      const auto d_sin = device.Put(sin);
      const auto d_positions = device.Put(positions);
      const auto d_sequences = device.Put(sequences);
      const auto d_tables = device.Put(tables);
      const auto pool = device.Put(std::vector<TestType>(static_cast<std::size_t>(3 * page)));
      RopeArgs<TestType> args;
      args.qkv = d_qkv.data();
      args.rows = 2;
      args.heads = kHeads;
      args.kv_heads = 1;
      args.head_dim = dim;
      args.bias = d_bias.data();
      args.query_norm = args.key_norm = norms ? d_norm.data() : nullptr;
      args.epsilon = 1e-6F;
      args.cos = d_cos.data();
      args.sin = d_sin.data();
      args.positions = d_positions.data();
      args.cache = {pool.data(),     page, 2 * kPagePositions * dim, d_sequences.data(),
                    d_tables.data(), 3};
      RotateAndKeep(device.handle(), args);
      const auto queries = device.Get(d_qkv);
      const auto pages = device.Get(pool);
      for (std::size_t r = 0; r < 2; ++r) {
        auto row = Floats(qkv);
        row = {row.begin() + static_cast<std::ptrdiff_t>(r) * columns,
               row.begin() + static_cast<std::ptrdiff_t>(r + 1) * columns};
        for (std::size_t i = 0; i < row.size(); ++i) row[i] += bias[i];
        const std::int64_t position = positions[r];
        const auto expected =
            Rotated(row, kHeads + 1, dim, norms ? &norm : nullptr, cos.data() + position * dim / 2,
                    sin.data() + position * dim / 2);
        const auto part = [&](const auto& values, std::int64_t at, std::int64_t count) {
          return std::vector(values.begin() + at, values.begin() + at + count);
        };
        const auto at = static_cast<std::int64_t>(r) * columns;
        CHECK(Distance(part(queries, at, kHeads * dim), part(expected, 0, kHeads * dim)) <
              Tolerance<TestType>());
        const std::int64_t keys = (r == 0 ? 1 : 2) * page + 2 * kPagePositions * dim;
        const std::int64_t slot = position % kPagePositions * dim;
        CHECK(Distance(part(pages, keys + slot, dim), part(expected, kHeads * dim, dim)) <
              Tolerance<TestType>());
        CHECK(Distance(part(pages, keys + kPagePositions * dim + slot, dim),
                       part(expected, (kHeads + 1) * dim, dim)) < Tolerance<TestType>());
      }
    }
  }
}

}  // namespace
}  // namespace assay::cuda
