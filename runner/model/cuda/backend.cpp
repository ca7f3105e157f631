#include "runner/model/cuda/backend.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "runner/model/checkpoint/model_share.h"
#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/cuda/network.h"
#include "runner/model/cuda/plan.h"
#include "runner/model/cuda/spread.h"

namespace assay::cuda {
namespace {

// Where a share of the model goes.
struct Seat {
  DeviceInfo device;
  ModelConfig config;  // the share's
  std::shared_ptr<const TensorSource> source;
  std::unique_ptr<Link> link;  // null for a share that is the whole
  std::int64_t share = 0;
  std::int64_t of = 1;
  bool first() const { return share == 0; }
};

template <class T>
class CudaBackend : public Backend {
 public:
  CudaBackend(Seat seat, const Options& options, std::int64_t pages)
      : seat_(std::move(seat)), config_(seat_.config), options_(options), pages_(pages) {}
  // Members that use the stream go before it.
  ~CudaBackend() override {
    if (stream_) stream_->Use();
    graphs_.clear();
  }

  Result<void> Create(std::int64_t page_numbers) {
    page_numbers_ = page_numbers;
    auto stream = Stream::Create();
    if (!stream) return Pass(stream.error());
    stream_ = *std::move(stream);
    if (!options_.deterministic) {
      auto blas = Blas::Open();
      if (blas) {
        blas_ = *std::move(blas);
      } else {
        without_blas_ = blas.error().message;
      }
    }
    const WorkSize size = SizeOf(options_);
    const Share share{seat_.link.get(), seat_.of, seat_.first()};
    auto network =
        Network<T>::Create(config_, size, *stream_, blas_.get(), options_.deterministic, share);
    if (!network) return Pass(network.error());
    network_ = *std::move(network);
    if (auto done = Take(pool_, (pages_.pages() + 1) * page_numbers); !done) return done;
    if (auto done = Take(kept_, options_.samples * config_.vocabulary); !done) return done;
    if (auto done = Take(step_, LargestStep(size.rows, config_.context)); !done) return done;
    if (auto done = Take(draw_rows_, size.samples); !done) return done;
    if (auto done = Take(own_drawn_, size.samples); !done) return done;
    if (seat_.link) {
      if (auto done = Take(all_drawn_, seat_.of * size.samples); !done) return done;
    }
    auto known = HostMemory::Allocate(static_cast<std::size_t>(size.samples) * sizeof(DrawnToken));
    if (!known) return Pass(known.error());
    known_ = *std::move(known);
    auto room = DeviceMemory::Allocate(DrawRoomBytes(size.samples, config_.vocabulary));
    if (!room) return Pass(room.error());
    draw_room_ = *std::move(room);
    stream_->Zero(pool_.data(), pool_.size() * sizeof(T));
    return Reload();
  }

  const ModelConfig& config() const override { return config_; }
  std::int64_t most_rows() const override { return kMostRows; }
  std::int64_t most_samples() const override { return options_.samples; }
  PagePool& pages() override { return pages_; }

  void CopyPage(PageId from, PageId to) override {
    stream_->Use();
    stream_->Copy(pool_.data() + to * page_numbers_, pool_.data() + from * page_numbers_,
                  static_cast<std::size_t>(page_numbers_) * sizeof(T));
  }

  Result<void> Forward(std::span<const ForwardRow> rows) override {
    stream_->Use();
    const auto spare_page = static_cast<PageId>(pages_.pages());
    const Step step = MakeStep(rows, SizeOf(options_).samples, spare_page);
    ASSAY_CHECK(step.shape.rows() <= kMostRows && step.data.size() <= step_.size(),
                "too many rows in a forward pass");
    stream_->Upload(step_.data(), step.data.data(), step.data.size() * sizeof(std::int32_t));
    if (step.shape.prompt_rows > 0) {
      Launch(step.shape);
      return {};
    }
    const auto [at, is_new] =
        graphs_.try_emplace(std::pair(step.shape.decode_rows, step.shape.splits));
    if (!is_new) {
      stream_->Run(*at->second);
      return {};
    }
    // Once as it is: what the driver and cuBLASLt do at a first launch must not fall into a
    // capture.
    Launch(step.shape);
    stream_->BeginCapture();
    Launch(step.shape);
    auto graph = stream_->EndCapture();
    if (!graph) {
      graphs_.erase(at);
      return Pass(graph.error());
    }
    at->second = *std::move(graph);
    return {};
  }

  void Keep(std::int64_t place, std::int64_t kept) override {
    if (!seat_.first()) return;
    stream_->Use();
    const std::int64_t n = config_.vocabulary;
    stream_->Copy(kept_.data() + kept * n, network_->logits() + place * n,
                  static_cast<std::size_t>(n) * sizeof(float));
  }

  bool draws_ahead() const override { return true; }

  Result<void> StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) override {
    stream_->Use();
    const auto count = static_cast<std::int64_t>(from.size());
    if (seat_.first()) {
      std::vector<DrawRow> rows;
      for (const DrawFrom& one : from) rows.push_back(RowOf(one));
      draw_rows_.Upload(*stream_, rows);
      DrawTokens(stream_->handle(), draw_rows_.data(), count, vocabulary, draw_room_.data(),
                 own_drawn_.data());
    }
    if (seat_.link) {
      static_assert(sizeof(DrawnToken) == 2 * sizeof(float));
      seat_.link->Gather(*stream_, Number::kFloat, own_drawn_.data(), all_drawn_.data(), 2 * count);
    }
    stream_->Download(known_.data(), drawn(), from.size() * sizeof(DrawnToken));
    stream_->Mark();
    return {};
  }

  Result<void> FinishDraw(std::span<std::optional<Draw>> draws) override {
    stream_->Use();
    auto done = seat_.link ? AwaitTogether(*stream_, *seat_.link) : stream_->AwaitMark();
    if (!done) return done;
    const auto* known = static_cast<const DrawnToken*>(known_.data());
    for (std::size_t i = 0; i < draws.size(); ++i) {
      draws[i].reset();
      if (known[i].id >= 0) draws[i] = Draw{known[i].id, known[i].logprob};
    }
    return {};
  }

  Result<void> Reload() override {
    stream_->Use();
    return LoadWeights(config_, *seat_.source, *stream_, seat_.first(), weights_);
  }

  std::string Description() const override {
    const char* products = options_.deterministic ? "deterministic"
                           : blas_ != nullptr     ? "cuBLASLt"
                                                  : "own products";
    std::string text = fmt::format("cuda {}{}, {}", seat_.device.name,
                                   seat_.of > 1 ? fmt::format(" x {}", seat_.of) : "", products);
    if (!without_blas_.empty()) text += ": " + without_blas_;
    return text;
  }

  std::string Arithmetic() const override {
    const std::string shares = seat_.of > 1 ? fmt::format(" {} shares", seat_.of) : "";
    // Matrix units of another generation keep other bits of a sum.
    const std::string device = options_.deterministic
                                   ? fmt::format("sm_{}{}", seat_.device.major, seat_.device.minor)
                                   : seat_.device.name;
    return fmt::format("cuda-2 {} {} {}{}", options_.deterministic, blas_ != nullptr, device,
                       shares);
  }

 private:
  template <class U>
  static Result<void> Take(DeviceArray<U>& array, std::int64_t count) {
    auto made = DeviceArray<U>::Allocate(static_cast<std::size_t>(count));
    if (!made) return Pass(made.error());
    array = *std::move(made);
    return {};
  }

  // Of the last draws; the first GPU's, which come first of all GPUs'.
  const DrawnToken* drawn() const { return seat_.link ? all_drawn_.data() : own_drawn_.data(); }

  void Launch(const StepShape& shape) {
    network_->Run(weights_, shape, step_.data(), drawn(), pool_.data(), page_numbers_);
  }

  DrawRow RowOf(const DrawFrom& from) const {
    const Sampling& sampling = *from.sampling;
    DrawRow row;
    const float* places = from.kept ? kept_.data() : network_->logits();
    row.logits = places + from.place * config_.vocabulary;
    row.uniform = from.uniform;
    row.greedy = sampling.temperature <= 0 ? 1 : 0;
    row.inverse_temperature =
        row.greedy != 0 ? 1.0F : static_cast<float>(1.0 / sampling.temperature);
    row.top_k = sampling.top_k;
    row.top_p = sampling.top_p;
    row.min_p = static_cast<float>(sampling.min_p);
    return row;
  }

  Seat seat_;
  const ModelConfig& config_;  // the share's
  Options options_;
  PagePool pages_;
  std::int64_t page_numbers_ = 0;
  std::string without_blas_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Blas> blas_;
  std::unique_ptr<Network<T>> network_;
  Weights<T> weights_;
  DeviceArray<T> pool_;  // pages, and a spare one
  DeviceArray<float> kept_;
  DeviceArray<std::int32_t> step_;
  DeviceArray<DrawRow> draw_rows_;
  DeviceMemory draw_room_;
  DeviceArray<DrawnToken> own_drawn_;
  DeviceArray<DrawnToken> all_drawn_;  // where there is a link
  HostMemory known_;                   // the draws, once they are finished
  std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<Graph>> graphs_;
};

template <class T>
Result<std::unique_ptr<Backend>> Make(Seat seat, const Options& options, std::int64_t pages) {
  const auto numbers =
      PageBytes(seat.config, options.weights) / static_cast<std::int64_t>(sizeof(T));
  auto backend = std::make_unique<CudaBackend<T>>(std::move(seat), options, pages);
  if (auto done = backend->Create(numbers); !done) return Pass(done.error());
  return backend;
}

Result<std::unique_ptr<Backend>> Sit(Seat seat, const Options& options, std::int64_t pages) {
  switch (options.weights) {
    case WeightType::kBf16:
      return Make<Bf16>(std::move(seat), options, pages);
    case WeightType::kF16:
      return Make<Half>(std::move(seat), options, pages);
    default:
      return Make<float>(std::move(seat), options, pages);
  }
}

}  // namespace

Result<Opened> OpenOnDevice(const std::string& name, const ModelConfig& config,
                            const std::shared_ptr<const TensorSource>& weights,
                            const Options& options) {
  const auto shares = static_cast<std::int64_t>(options.devices.size());
  ASSAY_CHECK(shares > 0, "a model on no GPU");
  const auto share = ShareConfig(config, shares, name);
  if (!share) return Pass(share.error());
  std::vector<Seat> seats;
  std::optional<MemoryPlan> smallest;
  for (std::int64_t i = 0; i < shares; ++i) {
    auto device = OpenDevice(options.devices[static_cast<std::size_t>(i)]);
    if (!device) return Pass(device.error());
    const auto plan = PlanDeviceMemory(name, *share, options, *device);
    if (!plan) return Pass(plan.error());
    if (!smallest || plan->cache_bytes < smallest->cache_bytes) smallest = *plan;
    auto source = weights;
    if (shares > 1) {
      auto part = ShareTensors(weights, config, i, shares);
      if (!part) return Pass(part.error());
      source = *std::move(part);
    }
    seats.push_back({*std::move(device), *share, std::move(source), nullptr, i, shares});
  }
  const std::int64_t pages = smallest->cache_bytes / PageBytes(*share, options.weights);
  if (shares == 1) {
    auto backend = Sit(std::move(seats[0]), options, pages);
    if (!backend) return Pass(backend.error());
    return Opened{*std::move(backend), *smallest};
  }
  auto links = Connect(options.devices);
  if (!links) return Pass(links.error());
  for (std::size_t i = 0; i < seats.size(); ++i) seats[i].link = std::move((*links)[i]);
  auto backend = Spread(shares, [&](std::int64_t i) -> Result<std::unique_ptr<Backend>> {
    Seat& seat = seats[static_cast<std::size_t>(i)];
    if (auto device = OpenDevice(seat.device.index); !device) return Pass(device.error());
    return Sit(std::move(seat), options, pages);
  });
  if (!backend) return Pass(backend.error());
  return Opened{*std::move(backend), *smallest};
}

}  // namespace assay::cuda
