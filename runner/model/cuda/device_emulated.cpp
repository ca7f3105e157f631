#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "runner/model/cuda/device.h"
#include "runner/model/cuda/platform/emulated_stream.h"

namespace assay::cuda {
namespace {

struct EmulatedGraph : Graph {
  std::vector<std::function<void()>> work;
};

constexpr int kDevices = 4;

class EmulatedStream : public Stream {
 public:
  EmulatedStream() { state_.device = emulated::CurrentDevice(); }
  void Use() override { emulated::CurrentDevice() = state_.device; }
  void* handle() override { return &state_; }
  void Upload(void* device, const void* host, std::size_t bytes) override {
    const auto* from = static_cast<const char*>(host);
    emulated::Put(&state_, [device, staged = std::vector<char>(from, from + bytes)] {
      if (!staged.empty()) std::memcpy(device, staged.data(), staged.size());
    });
  }
  void Download(void* host, const void* device, std::size_t bytes) override {
    if (bytes > 0) Copy(host, device, bytes);
  }
  void Copy(void* to, const void* from, std::size_t bytes) override {
    emulated::Put(&state_, [=] { std::memcpy(to, from, bytes); });
  }
  void Zero(void* device, std::size_t bytes) override {
    emulated::Put(&state_, [=] { std::memset(device, 0, bytes); });
  }
  Result<void> Synchronize() override {
    state_.Do(state_.queue.size());
    return {};
  }
  void Mark() override { state_.marked = state_.queue.size(); }
  // Each look lets the GPU do a piece of work.
  Result<bool> Reached() override {
    state_.Do(std::min<std::size_t>(state_.marked, 1));
    return state_.marked == 0;
  }
  Result<void> AwaitMark() override {
    state_.Do(state_.marked);
    return {};
  }
  void BeginCapture() override { state_.capturing = true; }
  Result<std::unique_ptr<Graph>> EndCapture() override {
    state_.capturing = false;
    auto graph = std::make_unique<EmulatedGraph>();
    graph->work.swap(state_.recorded);
    return graph;
  }
  void Run(Graph& graph) override {
    for (const auto& work : static_cast<EmulatedGraph&>(graph).work) emulated::Put(&state_, work);
  }
  Result<double> Now() override {
    state_.Do(state_.queue.size());
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(now).count();
  }

 private:
  emulated::StreamState state_;
};

}  // namespace

Result<DeviceInfo> OpenDevice(int index) {
  if (index < 0 || index >= kDevices) {
    return Fail(ErrorCode::kUnavailable, "device cuda:{}: this machine has {} GPUs", index,
                kDevices);
  }
  emulated::CurrentDevice() = index;
  DeviceInfo info;
  info.index = index;
  info.name = "emulated";
  info.major = 8;
  info.processors = 4;
  info.total_bytes = info.free_bytes = std::int64_t{1} << 30;
  info.emulated = true;
  return info;
}

void DeviceMemory::Free::operator()(void* data) const { std::free(data); }

Result<DeviceMemory> DeviceMemory::Allocate(std::size_t bytes) {
  DeviceMemory out;
  out.data_.reset(std::malloc(bytes == 0 ? 1 : bytes));
  if (!out.data_) return Fail(ErrorCode::kUnavailable, "no {} bytes of memory", bytes);
  std::memset(out.data_.get(), 0xFF, bytes);  // NaNs: what is read before it is written shows
  out.bytes_ = bytes;
  return out;
}

void HostMemory::Free::operator()(void* data) const { std::free(data); }

Result<HostMemory> HostMemory::Allocate(std::size_t bytes) {
  HostMemory out;
  out.data_.reset(std::malloc(bytes == 0 ? 1 : bytes));
  if (!out.data_) return Fail(ErrorCode::kUnavailable, "no {} bytes of memory", bytes);
  return out;
}

Result<std::unique_ptr<Stream>> Stream::Create() { return std::make_unique<EmulatedStream>(); }

}  // namespace assay::cuda
