// Attention over the paged cache against reference::Attend.
#include "runner/model/cuda/kernels/attention.h"

#include <algorithm>
#include <numeric>

#include "runner/model/transformer/kernels/reference.h"
#include "tests/runner/cuda/device_case.h"

namespace assay::cuda {
namespace {

struct Shape {
  std::int64_t heads;
  std::int64_t kv_heads;
  std::int64_t head_dim;
};

// Sequences with random caches whose pages lie in a shuffled order, and rows that look at them.
template <class T>
struct Scene {
  Scene(DeviceCase& device, const Shape& its_shape, std::int64_t most_positions,
        std::vector<std::int32_t> its_sequences, std::vector<std::int32_t> its_positions)
      : shape(its_shape),
        sequences(std::move(its_sequences)),
        positions(std::move(its_positions)),
        stride(PagesFor(most_positions)) {
    const std::int64_t count = 1 + *std::max_element(sequences.begin(), sequences.end());
    tables.resize(static_cast<std::size_t>(count * stride));
    std::iota(tables.begin(), tables.end(), 0);
    device.rng().Shuffle(tables);
    page = 3 * 2 * kPagePositions * shape.kv_heads * shape.head_dim;  // the second of three layers
    pool = device.Random<T>(count * stride * page);
    columns = (shape.heads + 2 * shape.kv_heads) * shape.head_dim;
    qkv = device.Random<T>(rows() * columns, 2);
    d_qkv = device.Put(qkv);
    d_pool = device.Put(pool);
    d_tables = device.Put(tables);
    d_sequences = device.Put(sequences);
    d_positions = device.Put(positions);
    out = device.Room<T>(static_cast<std::size_t>(rows() * shape.heads * shape.head_dim));
    args.qkv = d_qkv.data();
    args.row_stride = columns;
    args.rows = rows();
    args.heads = shape.heads;
    args.kv_heads = shape.kv_heads;
    args.head_dim = shape.head_dim;
    args.scale = 1 / std::sqrt(static_cast<float>(shape.head_dim));
    args.positions = d_positions.data();
    args.cache = {d_pool.data(), page, page / 3, d_sequences.data(), d_tables.data(), stride};
    args.out = out.data();
  }

  static std::int64_t PagesFor(std::int64_t positions) {
    return (positions + kPagePositions - 1) / kPagePositions;
  }
  std::int64_t rows() const { return static_cast<std::int64_t>(positions.size()); }

  std::vector<float> Expected() const {
    const std::int64_t dim = shape.head_dim;
    std::vector<float> all(static_cast<std::size_t>(rows() * shape.heads * dim));
    for (std::int64_t r = 0; r < rows(); ++r) {
      const std::int64_t seen = positions[static_cast<std::size_t>(r)] + 1;
      for (std::int64_t head = 0; head < shape.heads; ++head) {
        std::vector<float> keys;
        std::vector<float> values;
        for (std::int64_t t = 0; t < seen; ++t) {
          const std::int64_t table =
              sequences[static_cast<std::size_t>(r)] * stride + t / kPagePositions;
          const std::int64_t at = tables[static_cast<std::size_t>(table)] * page + page / 3 +
                                  head / (shape.heads / shape.kv_heads) * 2 * kPagePositions * dim +
                                  t % kPagePositions * dim;
          for (std::int64_t d = 0; d < dim; ++d) {
            keys.push_back(ToFloat(pool[static_cast<std::size_t>(at + d)]));
            values.push_back(
                ToFloat(pool[static_cast<std::size_t>(at + kPagePositions * dim + d)]));
          }
        }
        std::vector<float> query;
        for (std::int64_t d = 0; d < dim; ++d) {
          query.push_back(ToFloat(qkv[static_cast<std::size_t>(r * columns + head * dim + d)]));
        }
        kernels::reference::Attend(query.data(), keys.data(), values.data(),
                                   {FirstSeen(args, seen - 1), seen, args.scale, args.cap}, dim,
                                   all.data() + (r * shape.heads + head) * dim);
      }
    }
    return all;
  }

  Shape shape;
  std::vector<std::int32_t> sequences;
  std::vector<std::int32_t> positions;
  std::int64_t stride;
  std::int64_t page = 0;
  std::int64_t columns = 0;
  std::vector<std::int32_t> tables;
  std::vector<T> pool;
  std::vector<T> qkv;
  DeviceArray<T> d_qkv;
  DeviceArray<T> d_pool;
  DeviceArray<std::int32_t> d_tables;
  DeviceArray<std::int32_t> d_sequences;
  DeviceArray<std::int32_t> d_positions;
  DeviceArray<T> out;
  AttentionArgs<T> args;
};

TEMPLATE_TEST_CASE("attention of drawn tokens", "", float, Bf16, Half) {
  DeviceCase device;
  for (const Shape& shape : {Shape{3, 1, 24}, Shape{4, 2, 64}, Shape{7, 1, 64}, Shape{2, 2, 136},
                             Shape{9, 1, 8}, Shape{18, 1, 128}, Shape{2, 2, 72}}) {
    INFO(shape.heads << " heads, " << shape.kv_heads << " of keys, " << shape.head_dim << " wide");
    // Within one stretch, at its border, at those of warps, and over three.
    Scene<TestType> scene(device, shape, 700, {0, 1, 2, 3, 4, 5}, {0, 16, 255, 256, 640, 543});
    constexpr std::int64_t kSplits = 4;
    const auto partial = device.Room<float>(static_cast<std::size_t>(
        PartialFloats(scene.rows(), shape.heads, shape.head_dim, kSplits)));
    const auto arrived =
        device.Put(std::vector<std::int32_t>(static_cast<std::size_t>(scene.rows() * shape.heads)));
    AttendDecode(device.handle(), scene.args, kSplits, {partial.data(), arrived.data()});
    const auto together = device.Get(scene.out);
    CHECK(Distance(together, scene.Expected()) < Tolerance<TestType>());
    // Once more, with what the first call has left behind.
    AttendDecode(device.handle(), scene.args, kSplits, {partial.data(), arrived.data()});
    CHECK(Floats(device.Get(scene.out)) == Floats(together));
    // One row by itself, with no more room than it needs, has the same bits.
    const auto other = device.Put(std::vector<TestType>(together.size()));
    scene.args.first_row = 1;
    scene.args.rows = 1;
    scene.args.out = other.data();
    AttendDecode(device.handle(), scene.args, 1, {});
    const auto alone = Floats(device.Get(other));
    const auto width = static_cast<std::size_t>(shape.heads * shape.head_dim);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      REQUIRE(alone[i] == (i / width == 1 ? ToFloat(together[i]) : 0.0F));
    }
  }
}

// A window within one stretch of 256, over one border, over two; and one wider than all.
TEMPLATE_TEST_CASE("drawn tokens see a window, by capped scores", "", float, Bf16, Half) {
  DeviceCase device;
  for (const Shape& shape : {Shape{4, 2, 64}, Shape{2, 1, 256}}) {
    Scene<TestType> scene(device, shape, 700, {0, 1, 2, 3, 4}, {0, 19, 20, 256, 640});
    constexpr std::int64_t kSplits = 4;
    const auto partial = device.Room<float>(static_cast<std::size_t>(
        PartialFloats(scene.rows(), shape.heads, shape.head_dim, kSplits)));
    const auto arrived =
        device.Put(std::vector<std::int32_t>(static_cast<std::size_t>(scene.rows() * shape.heads)));
    for (const std::int64_t window : {1, 20, 200, 300, 640, 1000}) {
      for (const float cap : {0.0F, 2.0F}) {
        INFO("window " << window << ", cap " << cap);
        scene.args.window = window;
        scene.args.cap = cap;
        AttendDecode(device.handle(), scene.args, kSplits, {partial.data(), arrived.data()});
        CHECK(Distance(device.Get(scene.out), scene.Expected()) < Tolerance<TestType>());
      }
    }
  }
}

TEMPLATE_TEST_CASE("attention of prompt rows by tiles", "", Bf16, Half) {
  DeviceCase device;
  for (const Shape& shape : {Shape{3, 1, 24}, Shape{2, 2, 64}, Shape{4, 1, 72}, Shape{2, 1, 128}}) {
    INFO(shape.heads << " heads, " << shape.kv_heads << " of keys, " << shape.head_dim << " wide");
    // 70 rows from position 0 on (two tiles), and 3 that go on at position 150 of another sequence.
    std::vector<std::int32_t> sequences(70, 1);
    std::vector<std::int32_t> positions(70);
    std::iota(positions.begin(), positions.end(), 0);
    for (std::int32_t i = 0; i < 3; ++i) {
      sequences.push_back(0);
      positions.push_back(150 + i);
    }
    Scene<TestType> scene(device, shape, 160, sequences, positions);
    const std::vector<PrefillTile> tiles = {{0, 64}, {64, 6}, {70, 3}};
    const auto d_tiles = device.Put(tiles);
    const std::vector<PrefillTile> others = {{0, 10}, {10, 60}, {70, 1}, {71, 2}};
    const auto d_others = device.Put(others);
    for (const auto& [window, cap] :
         {std::pair<std::int64_t, float>{0, 0}, {20, 0}, {0, 2}, {70, 2}}) {
      INFO("window " << window << ", cap " << cap);
      scene.args.window = window;
      scene.args.cap = cap;
      AttendPrefill(device.handle(), scene.args, d_tiles.data(), 3);
      const auto out = device.Get(scene.out);
      CHECK(Distance(out, scene.Expected()) < 2 * Tolerance<TestType>());
      // Cut otherwise, the rows have the same bits.
      AttendPrefill(device.handle(), scene.args, d_others.data(), 4);
      CHECK(Floats(device.Get(scene.out)) == Floats(out));
    }
  }
}

}  // namespace
}  // namespace assay::cuda
