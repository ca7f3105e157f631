// Each kernel of a pass by itself, on the sizes of a model: where a step's time goes. Matrices and
// caches are rotated through more memory than the card's cache holds, as a pass rotates through its
// layers, and launches are replayed from a graph, as drawn tokens' are.
#pragma once

#include <vector>

#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/cuda/kernels/rope.h"
#include "runner/model/cuda/kernels/rows.h"
#include "runner/model/cuda/kernels/sample.h"
#include "tests/bench/gpu_common.h"

namespace assay::cuda {

class KernelBench {
 public:
  KernelBench(const ModelConfig& config, Stream& stream, const Ceilings& ceilings, bool quick)
      : c_(config),
        stream_(stream),
        ceilings_(ceilings),
        rounds_(quick ? 3 : 9),
        weights_(RandomNumbers(stream, kWeights)),
        x_(RandomNumbers(stream, kRows * (2 * config.intermediate + config.hidden))),
        y_(RandomNumbers(stream, kRows * (2 * config.intermediate + config.hidden))) {
    if (auto blas = Blas::Open()) blas_ = *std::move(blas);
  }

  void Run() {
    for (const std::int64_t rows : {1, 32, 256, 2048}) Products(rows);
    for (const std::int64_t rows : {1, 32, 256}) {
      Attend(rows, 576, false);
      Rows(rows);
      Draws(rows);
    }
    Attend(kRows, 512, true);
    Rows(kRows);
  }

 private:
  static constexpr std::int64_t kRows = 2048;
  static constexpr std::int64_t kWeights = std::int64_t{1} << 28;  // numbers: 512 MB

  // Microseconds of one of `count` different launches.
  template <class LaunchOne>
  double Microseconds(std::int64_t count, const LaunchOne& launch) {
    const std::int64_t launches = std::clamp<std::int64_t>(count, 8, 64);
    launch(0);  // what a first launch does must not fall into a capture
    Need(stream_.Synchronize());
    stream_.BeginCapture();
    for (std::int64_t i = 0; i < launches; ++i) launch(i % count);
    const auto graph = Need(stream_.EndCapture());
    return 1e3 / static_cast<double>(launches) *
           Milliseconds(stream_, rounds_, 3, [&] { stream_.Run(*graph); });
  }

  void Tell(const char* what, const std::string& shape, double us, double bytes,
            double operations) {
    Line(
        "{{\"what\":\"{}\",\"shape\":\"{}\",\"us\":{:.2f},\"gb_per_s\":{:.0f},\"tflops\":{:.2f},"
        "\"of_bound\":{:.3f}}}",
        what, shape, us, 1e-3 * bytes / us, 1e-6 * operations / us,
        1e6 * ceilings_.Seconds(bytes, operations) / us);
  }

  void Products(std::int64_t rows) {
    Product("qkv", rows, c_.hidden, c_.query_columns() + 2 * c_.kv_columns());
    Product("output", rows, c_.query_columns(), c_.hidden);
    Product("gate, up", rows, c_.hidden, 2 * c_.intermediate);
    Product("down", rows, c_.intermediate, c_.hidden);
    if (rows == kRows) return;
    logits_ = Need(DeviceArray<float>::Allocate(static_cast<std::size_t>(rows * c_.vocabulary)));
    ProductOf("head", rows, c_.hidden, c_.vocabulary, logits_.data(), Number::kFloat);
  }
  void Product(const char* what, std::int64_t rows, std::int64_t inputs, std::int64_t outputs) {
    ProductOf(what, rows, inputs, outputs, y_.data(), Number::kBf16);
  }

  template <class Out>
  void ProductOf(const char* what, std::int64_t rows, std::int64_t inputs, std::int64_t outputs,
                 Out* y, Number out) {
    const std::int64_t size = inputs * outputs;
    const std::int64_t count = std::max<std::int64_t>(1, kWeights / size);
    const double bytes =
        2.0 * static_cast<double>(size + rows * inputs) + sizeof(Out) * double(rows * outputs);
    const double operations = 2.0 * static_cast<double>(size) * static_cast<double>(rows);
    const auto args = [&](std::int64_t i) {
      return MatmulArgs<Bf16>{x_.data(), weights_.data() + i * size, rows, inputs, outputs};
    };
    const std::string shape = fmt::format("{} x {} x {}", rows, inputs, outputs);
    const auto tell = [&](const char* by, double us) {
      Tell(fmt::format("{} by {}", what, by).c_str(), shape, us, bytes, operations);
    };
    tell("tiles",
         Microseconds(count, [&](std::int64_t i) { Matmul(stream_.handle(), args(i), y); }));
    if (rows <= kMostMatVecRows) {
      tell("mat-vec",
           Microseconds(count, [&](std::int64_t i) { MatVec(stream_.handle(), args(i), y); }));
    }
    if (blas_ == nullptr) return;
    const auto multiply = [&](std::int64_t i) {
      return blas_->Multiply(stream_, Number::kBf16, out, x_.data(), args(i).w, rows, inputs,
                             outputs, y);
    };
    if (multiply(0)) tell("cuBLASLt", Microseconds(count, multiply));
  }

  // Decode: each row is a sequence of `positions`; prompts: sequences of that many rows each.
  void Attend(std::int64_t rows, std::int64_t positions, bool prompts) {
    const std::int64_t sequences = prompts ? rows / positions : rows;
    const std::int64_t stride = (positions + kPagePositions - 1) / kPagePositions;
    const std::int64_t page = 2 * kPagePositions * c_.kv_columns();
    const std::int64_t layer = sequences * stride * page;
    const std::int64_t layers = std::max<std::int64_t>(1, kWeights / layer);
    std::vector<std::int32_t> tables;
    for (std::int64_t i = 0; i < sequences * stride; ++i) {
      tables.push_back(static_cast<std::int32_t>(i));
    }
    std::vector<std::int32_t> of_row;
    std::vector<std::int32_t> at;
    std::vector<PrefillTile> tiles;
    for (std::int64_t r = 0; r < rows; ++r) {
      of_row.push_back(static_cast<std::int32_t>(prompts ? r / positions : r));
      at.push_back(static_cast<std::int32_t>(prompts ? r % positions : positions - 1));
      if (prompts && r % kPrefillRows == 0) {
        tiles.push_back({static_cast<std::int32_t>(r), static_cast<std::int32_t>(kPrefillRows)});
      }
    }
    const auto d_tables = Put(tables);
    const auto d_of_row = Put(of_row);
    const auto d_at = Put(at);
    AttentionArgs<Bf16> args;
    args.qkv = x_.data();
    args.row_stride = c_.query_columns() + 2 * c_.kv_columns();
    args.rows = rows;
    args.heads = c_.heads;
    args.kv_heads = c_.kv_heads;
    args.head_dim = c_.head_dim;
    args.scale = 0.1F;
    args.positions = d_at.data();
    args.out = y_.data();
    const auto in_layer = [&](std::int64_t i) {
      AttentionArgs<Bf16> its = args;
      its.cache = {weights_.data() + i * layer, page, 0, d_of_row.data(), d_tables.data(), stride};
      return its;
    };
    const std::string shape =
        fmt::format("{} x {}, {} heads of {}", rows, positions, c_.heads, c_.head_dim);
    const double seen = static_cast<double>(rows * positions) * (prompts ? 0.5 : 1);
    const double operations = 4 * seen * static_cast<double>(c_.query_columns());
    const double bytes = 2.0 * static_cast<double>(layer + 2 * rows * c_.query_columns());
    if (prompts) {
      const auto d_tiles = Put(tiles);
      Tell("attention, prompts", shape,
           Microseconds(layers,
                        [&](std::int64_t i) {
                          AttendPrefill(stream_.handle(), in_layer(i), d_tiles.data(),
                                        static_cast<std::int64_t>(tiles.size()));
                        }),
           bytes, operations);
      return;
    }
    std::int64_t splits = 1;
    while (splits < SplitsFor(positions)) splits *= 2;
    const auto partial = Need(DeviceArray<float>::Allocate(
        static_cast<std::size_t>(PartialFloats(rows, c_.heads, c_.head_dim, splits))));
    const auto arrived = Put(std::vector<std::int32_t>(static_cast<std::size_t>(rows * c_.heads)));
    Tell(
        "attention, drawn", shape,
        Microseconds(
            layers,
            [&](std::int64_t i) {
              AttendDecode(stream_.handle(), in_layer(i), splits, {partial.data(), arrived.data()});
            }),
        bytes, operations);
  }

  void Rows(std::int64_t rows) {
    const auto x = Need(DeviceArray<float>::Allocate(static_cast<std::size_t>(rows * c_.hidden)));
    stream_.Zero(x.data(), x.size() * sizeof(float));
    const auto weight = Need(DeviceArray<float>::Allocate(static_cast<std::size_t>(c_.hidden)));
    stream_.Zero(weight.data(), weight.size() * sizeof(float));
    AddNormArgs<Bf16> norm;
    norm.x = x.data();
    norm.delta = x_.data();
    norm.weight = weight.data();
    norm.rows = rows;
    norm.columns = c_.hidden;
    norm.epsilon = 1e-5F;
    norm.out = y_.data();
    const auto numbers = static_cast<double>(rows * c_.hidden);
    Tell("sum and norm", fmt::format("{} x {}", rows, c_.hidden),
         Microseconds(1, [&](std::int64_t) { AddNorm(stream_.handle(), norm); }), 12 * numbers, 0);
    Tell("SwiGLU", fmt::format("{} x {}", rows, c_.intermediate),
         Microseconds(1,
                      [&](std::int64_t) {
                        SwiGlu<Bf16>(stream_.handle(), x_.data(), nullptr, rows, c_.intermediate,
                                     y_.data());
                      }),
         6.0 * static_cast<double>(rows * c_.intermediate), 0);
  }

  void Draws(std::int64_t rows) {
    const std::int64_t n = c_.vocabulary;
    std::vector<float> logits(static_cast<std::size_t>(n));
    Rng rng(Key("logits", 1));
    for (float& logit : logits) logit = static_cast<float>(8 * rng.Uniform());
    std::vector<DrawRow> plain(static_cast<std::size_t>(rows));
    const auto d_logits = Need(DeviceArray<float>::Allocate(static_cast<std::size_t>(rows * n)));
    for (std::int64_t r = 0; r < rows; ++r) {
      stream_.Upload(d_logits.data() + r * n, logits.data(), logits.size() * sizeof(float));
      plain[static_cast<std::size_t>(r)].logits = d_logits.data() + r * n;
      plain[static_cast<std::size_t>(r)].uniform = rng.Uniform();
    }
    auto cut = plain;
    for (DrawRow& row : cut) {
      row.top_k = 50;
      row.top_p = 0.95;
    }
    const auto out = Need(DeviceArray<DrawnToken>::Allocate(plain.size()));
    const auto room = Need(DeviceMemory::Allocate(DrawRoomBytes(rows, n)));
    const auto tell = [&](const char* what, const std::vector<DrawRow>& kind) {
      const auto d_rows = Put(kind);
      Tell(what, fmt::format("{} x {}", rows, n),
           Microseconds(1,
                        [&](std::int64_t) {
                          DrawTokens(stream_.handle(), d_rows.data(), rows, n, room.data(),
                                     out.data());
                        }),
           4.0 * static_cast<double>(rows * n), 0);
    };
    tell("draw", plain);
    tell("draw, top-k and top-p", cut);
  }

  template <class T>
  DeviceArray<T> Put(const std::vector<T>& values) {
    auto array = Need(DeviceArray<T>::Allocate(values.size()));
    array.Upload(stream_, values);
    return array;
  }

  ModelConfig c_;
  Stream& stream_;
  const Ceilings& ceilings_;
  int rounds_;
  std::unique_ptr<Blas> blas_;
  DeviceArray<Bf16> weights_;
  DeviceArray<Bf16> x_;
  DeviceArray<Bf16> y_;
  DeviceArray<float> logits_;
};

}  // namespace assay::cuda
