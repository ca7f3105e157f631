// runner/model/cuda/network.h -- The forward pass on the GPU: which kernels run on which buffers.
//
// The residual stream is float; weights, cache, and what products read and write are of type T.
// With `deterministic` a row's results depend on nothing else in the pass: products are our own
// Matmul always. Without, few rows go through MatVec and many through cuBLASLt where it is
// installed, whose order of sums changes with the number of rows. A model on several GPUs is a
// network on each, of a share of the heads and of the intermediate columns; what each adds to the
// residual stream is summed over all, in the order of the GPUs where `deterministic`.
#pragma once

#include <cstdint>
#include <memory>

#include "runner/model/checkpoint/config.h"
#include "runner/model/cuda/blas.h"
#include "runner/model/cuda/device.h"
#include "runner/model/cuda/kernels/sample.h"
#include "runner/model/cuda/link.h"
#include "runner/model/cuda/step.h"
#include "runner/model/cuda/weights.h"

namespace assay::cuda {

// A GPU's part in a model that lies on several.
struct Share {
  Link* link = nullptr;
  std::int64_t of = 1;
  bool has_head = true;  // computes the logits
};

// What passes of one size at most need of the GPU beside weights and cache.
struct WorkSize {
  std::int64_t rows = 0;     // of a pass
  std::int64_t samples = 0;  // a power of two: rows of drawn tokens, and places of logits
};

template <class T>
class Network {
 public:
  // `parts`: of what is added to the residual stream, kept one by one.
  static std::int64_t WorkBytes(const ModelConfig& config, const WorkSize& size,
                                std::int64_t parts);

  // `config` is the share's. `blas` may be null. Takes the memory; kUnavailable where there is not
  // enough.
  static Result<std::unique_ptr<Network>> Create(const ModelConfig& config, const WorkSize& size,
                                                 Stream& stream, Blas* blas, bool deterministic,
                                                 const Share& share);

  // Launches the pass of a step that lies at `data` on the GPU; `drawn` is what its tokens may
  // stand for (rows.h). The logits of wanted rows go to logits() in order, where this share has the
  // head.
  void Run(const Weights<T>& weights, const StepShape& shape, const std::int32_t* data,
           const DrawnToken* drawn, T* pool, std::int64_t page_stride);

  float* logits() const { return logits_.data(); }

 private:
  Network(const ModelConfig& config, const WorkSize& size, Stream& stream, Blas* blas,
          bool deterministic, const Share& share)
      : config_(config),
        size_(size),
        stream_(stream),
        blas_(blas),
        deterministic_(deterministic),
        share_(share) {}

  Result<void> Allocate();
  void UploadRope(const RopeConfig& config, DeviceArray<float>& cos, DeviceArray<float>& sin);
  // `room`: rows that the memory of x and y holds.
  template <class Out>
  void Product(const T* x, const T* w, std::int64_t rows, std::int64_t room, std::int64_t inputs,
               std::int64_t outputs, Out* y);
  // normed_ through the gated half of the MLP, to activated_.
  void Activate(const LayerWeights<T>& w, std::int64_t rows);
  void Attention(std::int64_t layer, const LayerWeights<T>& w, const StepShape& shape,
                 const std::int32_t* data, const CacheView<T>& cache);
  // What is still to be added to the rows of the residual stream; of each share, where it lies in
  // parts.
  struct Addend {
    const T* data = nullptr;
    std::int64_t rows = 0;
    const float* bias = nullptr;
    const float* norm = nullptr;
  };
  std::int64_t parts() const { return deterministic_ ? share_.of : 1; }
  // delta_ of all shares: summed, or brought here to be summed; then the bias, then the norm, each
  // where there is one.
  Addend Join(std::int64_t rows, const DeviceArray<float>& bias, const DeviceArray<float>& norm);
  void Norm(const Addend& addend, const DeviceArray<float>& weight, const std::int32_t* sources,
            std::int64_t rows);

  ModelConfig config_;
  WorkSize size_;
  Stream& stream_;
  Blas* blas_;
  bool deterministic_;
  Share share_;
  DeviceArray<float> cos_;  // [context][head_dim / 2]
  DeviceArray<float> sin_;
  DeviceArray<float> window_cos_;  // of windowed layers, where they turn otherwise
  DeviceArray<float> window_sin_;
  DeviceArray<float> x_;  // the residual stream
  DeviceArray<T> normed_;
  DeviceArray<T> qkv_;
  DeviceArray<T> attended_;
  DeviceArray<T> delta_;
  DeviceArray<T> joined_;  // everybody's delta_, where they are added here
  DeviceArray<T> gate_up_;
  DeviceArray<T> activated_;
  DeviceArray<float> partial_;  // of attention (DecodeRoom)
  DeviceArray<std::int32_t> arrived_;
  DeviceArray<float> logits_;  // [samples][vocabulary]
};

}  // namespace assay::cuda
