#include "runner/model/cuda/backend.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/cuda/network.h"
#include "runner/model/cuda/plan.h"

namespace assay::cuda {
namespace {

template <class T>
class CudaBackend : public Backend {
 public:
  CudaBackend(const ModelConfig& config, std::shared_ptr<const TensorSource> source,
              const Options& options, DeviceInfo device, std::int64_t pages)
      : config_(config),
        source_(std::move(source)),
        options_(options),
        device_(std::move(device)),
        pages_(pages) {}
  // Members that use the stream go before it.
  ~CudaBackend() override { graphs_.clear(); }

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
    auto network = Network<T>::Create(config_, size, *stream_, blas_.get(), options_.deterministic);
    if (!network) return Pass(network.error());
    network_ = *std::move(network);
    if (auto done = Take(pool_, (pages_.pages() + 1) * page_numbers); !done) return done;
    if (auto done = Take(kept_, options_.samples * config_.vocabulary); !done) return done;
    if (auto done = Take(step_, LargestStep(size.rows, config_.context)); !done) return done;
    if (auto done = Take(draw_rows_, size.samples); !done) return done;
    if (auto done = Take(drawn_, size.samples); !done) return done;
    stream_->Zero(pool_.data(), pool_.size() * sizeof(T));
    return Reload();
  }

  const ModelConfig& config() const override { return config_; }
  std::int64_t most_rows() const override { return kMostRows; }
  std::int64_t most_samples() const override { return options_.samples; }
  PagePool& pages() override { return pages_; }

  void CopyPage(PageId from, PageId to) override {
    stream_->Copy(pool_.data() + to * page_numbers_, pool_.data() + from * page_numbers_,
                  static_cast<std::size_t>(page_numbers_) * sizeof(T));
  }

  Result<void> Forward(std::span<const ForwardRow> rows) override {
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
    const std::int64_t n = config_.vocabulary;
    stream_->Copy(kept_.data() + kept * n, network_->logits() + place * n,
                  static_cast<std::size_t>(n) * sizeof(float));
  }

  Result<void> Draw(std::int64_t vocabulary, std::span<const DrawFrom> from,
                    std::span<std::optional<assay::Draw>> draws) override {
    if (from.empty()) return stream_->Synchronize();
    std::vector<DrawRow> rows;
    for (const DrawFrom& one : from) rows.push_back(RowOf(one));
    draw_rows_.Upload(*stream_, rows);
    DrawTokens(stream_->handle(), draw_rows_.data(), static_cast<std::int64_t>(rows.size()),
               vocabulary, drawn_.data());
    std::vector<DrawnToken> drawn(rows.size());
    stream_->Download(drawn.data(), drawn_.data(), drawn.size() * sizeof(DrawnToken));
    if (auto done = stream_->Synchronize(); !done) return done;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      draws[i].reset();
      if (drawn[i].id >= 0) draws[i] = assay::Draw{drawn[i].id, drawn[i].logprob};
    }
    return {};
  }

  Result<void> Reload() override { return LoadWeights(config_, *source_, *stream_, weights_); }

  std::string Description() const override {
    const char* products = options_.deterministic ? "deterministic"
                           : blas_ != nullptr     ? "cuBLASLt"
                                                  : "own products";
    std::string text = fmt::format("cuda {}, {}", device_.name, products);
    if (!without_blas_.empty()) text += ": " + without_blas_;
    return text;
  }

  std::string Arithmetic() const override {
    return fmt::format("cuda-1 {} {} {}", options_.deterministic, blas_ != nullptr,
                       options_.deterministic ? "" : device_.name);
  }

 private:
  template <class U>
  static Result<void> Take(DeviceArray<U>& array, std::int64_t count) {
    auto made = DeviceArray<U>::Allocate(static_cast<std::size_t>(count));
    if (!made) return Pass(made.error());
    array = *std::move(made);
    return {};
  }

  void Launch(const StepShape& shape) {
    network_->Run(weights_, shape, step_.data(), pool_.data(), page_numbers_);
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

  ModelConfig config_;
  std::shared_ptr<const TensorSource> source_;
  Options options_;
  DeviceInfo device_;
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
  DeviceArray<DrawnToken> drawn_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<Graph>> graphs_;
};

template <class T>
Result<Opened> Make(const ModelConfig& config, std::shared_ptr<const TensorSource> weights,
                    const Options& options, const DeviceInfo& device, const MemoryPlan& plan) {
  const std::int64_t page = PageBytes(config, options.weights);
  auto backend =
      std::make_unique<CudaBackend<T>>(config, weights, options, device, plan.cache_bytes / page);
  const auto numbers = page / static_cast<std::int64_t>(sizeof(T));
  if (auto done = backend->Create(numbers); !done) return Pass(done.error());
  return Opened{std::move(backend), plan};
}

}  // namespace

Result<Opened> OpenOnDevice(const std::string& name, const ModelConfig& config,
                            const std::shared_ptr<const TensorSource>& weights,
                            const Options& options) {
  const auto device = OpenDevice();
  if (!device) return Pass(device.error());
  const auto plan = PlanDeviceMemory(name, config, options, *device);
  if (!plan) return Pass(plan.error());
  switch (options.weights) {
    case WeightType::kBf16:
      return Make<Bf16>(config, weights, options, *device, *plan);
    case WeightType::kF16:
      return Make<Half>(config, weights, options, *device, *plan);
    default:
      return Make<float>(config, weights, options, *device, *plan);
  }
}

}  // namespace assay::cuda
