// runner/model/cuda/network.h -- The forward pass on the GPU: which kernels run on which buffers.
//
// The residual stream is float; weights, cache, and what products read and write are of type T.
// With `deterministic` a row's results depend on nothing else in the pass: products are our own
// Matmul always. Without, few rows go through MatVec and many through cuBLASLt where it is
// installed, whose order of sums changes with the number of rows.
#pragma once

#include <cstdint>
#include <memory>

#include "runner/model/checkpoint/config.h"
#include "runner/model/cuda/blas.h"
#include "runner/model/cuda/device.h"
#include "runner/model/cuda/step.h"
#include "runner/model/cuda/weights.h"

namespace assay::cuda {

// What passes of one size at most need of the GPU beside weights and cache.
struct WorkSize {
  std::int64_t rows = 0;     // of a pass
  std::int64_t samples = 0;  // a power of two: rows of drawn tokens, and places of logits
};

template <class T>
class Network {
 public:
  static std::int64_t WorkBytes(const ModelConfig& config, const WorkSize& size);

  // `blas` may be null. Takes the memory; kUnavailable where there is not enough.
  static Result<std::unique_ptr<Network>> Create(const ModelConfig& config, const WorkSize& size,
                                                 Stream& stream, Blas* blas, bool deterministic);

  // Launches the pass of a step that lies at `data` on the GPU. The logits of wanted rows go to
  // logits() in order.
  void Run(const Weights<T>& weights, const StepShape& shape, const std::int32_t* data, T* pool,
           std::int64_t page_stride);

  float* logits() const { return logits_.data(); }

 private:
  Network(const ModelConfig& config, const WorkSize& size, Stream& stream, Blas* blas,
          bool deterministic)
      : config_(config), size_(size), stream_(stream), blas_(blas), deterministic_(deterministic) {}

  Result<void> Allocate();
  // `room`: rows that the memory of x and y holds.
  template <class Out>
  void Product(const T* x, const T* w, std::int64_t rows, std::int64_t room, std::int64_t inputs,
               std::int64_t outputs, Out* y);
  void Attention(const LayerWeights<T>& w, const StepShape& shape, const std::int32_t* data,
                 const CacheView<T>& cache);
  void Norm(const T* delta, const float* bias, const DeviceArray<float>& weight,
            const std::int32_t* sources, std::int64_t rows);

  ModelConfig config_;
  WorkSize size_;
  Stream& stream_;
  Blas* blas_;
  bool deterministic_;
  DeviceArray<float> cos_;  // [context][head_dim / 2]
  DeviceArray<float> sin_;
  DeviceArray<float> x_;  // the residual stream
  DeviceArray<T> normed_;
  DeviceArray<T> qkv_;
  DeviceArray<T> attended_;
  DeviceArray<T> delta_;
  DeviceArray<T> gate_up_;
  DeviceArray<T> activated_;
  DeviceArray<float> partial_;  // of attention
  DeviceArray<float> logits_;   // [samples][vocabulary]
};

}  // namespace assay::cuda
