#include <cuda_runtime_api.h>

#include <array>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "runner/model/cuda/device.h"

namespace assay::cuda {
namespace {

std::string NoDevice(cudaError_t error) {
  switch (error) {
    case cudaErrorInsufficientDriver:
    case cudaErrorSystemDriverMismatch:
      return "device cuda: there is no NVIDIA driver on this machine, or one too old for CUDA 13";
    case cudaErrorNoDevice:
      return "device cuda: there is no NVIDIA GPU on this machine";
    default:
      return std::string("device cuda: the GPU cannot be used: ") + cudaGetErrorString(error);
  }
}

struct CudaGraph : Graph {
  ~CudaGraph() override {
    if (run != nullptr) cudaGraphExecDestroy(run);
  }
  cudaGraphExec_t run = nullptr;
};

struct DestroyEvent {
  void operator()(cudaEvent_t event) const { cudaEventDestroy(event); }
};
using Event = std::unique_ptr<std::remove_pointer_t<cudaEvent_t>, DestroyEvent>;

// What uploads go through.
struct StagingSlot {
  HostMemory memory;
  Event copied;  // the last one
};
using Staging = std::array<StagingSlot, 4>;

class CudaStream : public Stream {
 public:
  CudaStream(int device, cudaStream_t stream, std::array<Event, 3> events, Staging staging)
      : device_(device),
        stream_(stream),
        start_(std::move(events[0])),
        now_(std::move(events[1])),
        mark_(std::move(events[2])),
        staging_(std::move(staging)) {
    cudaEventRecord(start_.get(), stream_);
    cudaEventRecord(mark_.get(), stream_);
  }
  ~CudaStream() override { cudaStreamDestroy(stream_); }
  void Use() override { Note(cudaSetDevice(device_)); }
  void* handle() override { return stream_; }
  // From memory that can be paged out a copy may wait for the work before it.
  void Upload(void* device, const void* host, std::size_t bytes) override {
    if (bytes == 0) return;
    if (bytes > kStagedBytes) {
      Note(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream_));
      return;
    }
    StagingSlot& slot = staging_[next_++ % staging_.size()];
    Note(cudaEventSynchronize(slot.copied.get()));
    std::memcpy(slot.memory.data(), host, bytes);
    Note(cudaMemcpyAsync(device, slot.memory.data(), bytes, cudaMemcpyHostToDevice, stream_));
    Note(cudaEventRecord(slot.copied.get(), stream_));
  }
  void Download(void* host, const void* device, std::size_t bytes) override {
    if (bytes > 0) Note(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream_));
  }
  void Copy(void* to, const void* from, std::size_t bytes) override {
    Note(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_));
  }
  void Zero(void* device, std::size_t bytes) override {
    Note(cudaMemsetAsync(device, 0, bytes, stream_));
  }
  Result<void> Synchronize() override {
    Note(cudaStreamSynchronize(stream_));
    return Told();
  }
  void Mark() override { Note(cudaEventRecord(mark_.get(), stream_)); }
  Result<bool> Reached() override {
    Note(cudaGetLastError());
    const cudaError_t state = cudaEventQuery(mark_.get());
    if (state == cudaErrorNotReady) {
      cudaGetLastError();  // it counts as an error there
    } else {
      Note(state);
    }
    if (auto fine = Told(); !fine) return Pass(fine.error());
    return state == cudaSuccess;
  }
  Result<void> AwaitMark() override {
    Note(cudaEventSynchronize(mark_.get()));
    return Told();
  }
  void BeginCapture() override {
    Note(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal));
  }
  Result<std::unique_ptr<Graph>> EndCapture() override {
    cudaGraph_t recorded = nullptr;
    auto graph = std::make_unique<CudaGraph>();
    Note(cudaStreamEndCapture(stream_, &recorded));
    if (recorded != nullptr) {
      Note(cudaGraphInstantiate(&graph->run, recorded, 0));
      cudaGraphDestroy(recorded);
    }
    if (graph->run == nullptr) {
      if (auto failed = Synchronize(); !failed) return Pass(failed.error());
      return Fail(ErrorCode::kInternal, "the GPU failed: nothing was captured");
    }
    return graph;
  }
  void Run(Graph& graph) override {
    Note(cudaGraphLaunch(static_cast<CudaGraph&>(graph).run, stream_));
  }
  Result<double> Now() override {
    Note(cudaEventRecord(now_.get(), stream_));
    Note(cudaEventSynchronize(now_.get()));
    float milliseconds = 0;
    Note(cudaEventElapsedTime(&milliseconds, start_.get(), now_.get()));
    if (auto failed = Synchronize(); !failed) return Pass(failed.error());
    return static_cast<double>(milliseconds);
  }

 private:
  void Note(cudaError_t error) {
    if (first_ == cudaSuccess) first_ = error;
  }
  Result<void> Told() {
    Note(cudaGetLastError());
    if (first_ == cudaSuccess) return {};
    return Fail(ErrorCode::kInternal, "the GPU failed: {}",
                cudaGetErrorString(std::exchange(first_, cudaSuccess)));
  }
  int device_;
  cudaStream_t stream_;
  Event start_;
  Event now_;
  Event mark_;
  Staging staging_;
  std::size_t next_ = 0;  // of staging_
  cudaError_t first_ = cudaSuccess;
};

}  // namespace

Result<DeviceInfo> OpenDevice(int index) {
  int count = 0;
  if (const auto error = cudaGetDeviceCount(&count); error != cudaSuccess || count == 0) {
    return Fail(ErrorCode::kUnavailable, "{}",
                NoDevice(error == cudaSuccess ? cudaErrorNoDevice : error));
  }
  if (index < 0 || index >= count) {
    return Fail(ErrorCode::kUnavailable, "device cuda:{}: this machine has {} GPU{}", index, count,
                count == 1 ? "" : "s");
  }
  cudaDeviceProp properties{};
  std::size_t free_bytes = 0;
  std::size_t total_bytes = 0;
  auto error = cudaSetDevice(index);
  if (error == cudaSuccess) error = cudaGetDeviceProperties(&properties, index);
  if (error == cudaSuccess) error = cudaMemGetInfo(&free_bytes, &total_bytes);
  if (error != cudaSuccess) return Fail(ErrorCode::kUnavailable, "{}", NoDevice(error));
  if (properties.major < 8) {
    return Fail(ErrorCode::kUnavailable,
                "device cuda: {} has compute capability {}.{}, expected at least 8.0",
                properties.name, properties.major, properties.minor);
  }
  DeviceInfo info;
  info.index = index;
  info.name = properties.name;
  info.major = properties.major;
  info.minor = properties.minor;
  info.processors = properties.multiProcessorCount;
  info.total_bytes = static_cast<std::int64_t>(total_bytes);
  info.free_bytes = static_cast<std::int64_t>(free_bytes);
  return info;
}

void DeviceMemory::Free::operator()(void* data) const { cudaFree(data); }

Result<DeviceMemory> DeviceMemory::Allocate(std::size_t bytes) {
  void* data = nullptr;
  if (const auto error = cudaMalloc(&data, bytes == 0 ? 1 : bytes); error != cudaSuccess) {
    cudaGetLastError();  // it is told here, not at the next Synchronize
    return Fail(ErrorCode::kUnavailable, "the GPU has no {} MB left: {}", (bytes >> 20) + 1,
                cudaGetErrorString(error));
  }
  DeviceMemory out;
  out.data_.reset(data);
  out.bytes_ = bytes;
  return out;
}

void HostMemory::Free::operator()(void* data) const { cudaFreeHost(data); }

Result<HostMemory> HostMemory::Allocate(std::size_t bytes) {
  void* data = nullptr;
  if (const auto error = cudaMallocHost(&data, bytes == 0 ? 1 : bytes); error != cudaSuccess) {
    cudaGetLastError();
    return Fail(ErrorCode::kUnavailable, "there are no {} kB of memory that the GPU can reach: {}",
                (bytes >> 10) + 1, cudaGetErrorString(error));
  }
  HostMemory out;
  out.data_.reset(data);
  return out;
}

Result<std::unique_ptr<Stream>> Stream::Create() {
  int device = 0;
  auto error = cudaGetDevice(&device);
  const auto take = [&error](Event& event, unsigned flags) {
    cudaEvent_t made = nullptr;
    if (error == cudaSuccess) error = cudaEventCreateWithFlags(&made, flags);
    event.reset(made);
  };
  std::array<Event, 3> events;
  for (Event& event : events) take(event, cudaEventDefault);
  Staging staging;
  for (StagingSlot& slot : staging) {
    take(slot.copied, cudaEventDisableTiming);
    auto memory = HostMemory::Allocate(kStagedBytes);
    if (!memory) return Pass(memory.error());
    slot.memory = *std::move(memory);
  }
  cudaStream_t stream = nullptr;
  if (error == cudaSuccess) error = cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
  if (error != cudaSuccess) return Fail(ErrorCode::kUnavailable, "{}", NoDevice(error));
  return std::make_unique<CudaStream>(device, stream, std::move(events), std::move(staging));
}

}  // namespace assay::cuda
