// runner/model/cuda/device.h -- A GPU's memory and its queue of work, owned and freed by objects.
//
// Work put on a stream runs in order, while the host goes on; what fails shows once, where the host
// waits next. One thread at a time for each stream. Memory is taken on, and kernels are launched
// to, the calling thread's current GPU: a thread says which one that is (OpenDevice, Stream::Use)
// before it does either. The tests' build imitates all of it, with four GPUs (platform/emulated.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

namespace assay::cuda {

struct DeviceInfo {
  int index = 0;
  std::string name;
  int major = 0;  // compute capability
  int minor = 0;
  int processors = 0;  // streaming multiprocessors
  std::int64_t total_bytes = 0;
  std::int64_t free_bytes = 0;
  bool emulated = false;
};

// GPU `index`, which becomes the thread's current one. kUnavailable, in one sentence, where there
// is no driver, no GPU of that index, or too old a one.
Result<DeviceInfo> OpenDevice(int index = 0);

// Bytes on the GPU. Move-only.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  // kUnavailable naming the size where it cannot be had.
  static Result<DeviceMemory> Allocate(std::size_t bytes);
  void* data() const { return data_.get(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(void* data) const;
  };
  std::unique_ptr<void, Free> data_;
  std::size_t bytes_ = 0;
};

// Bytes of the host's memory that a GPU reaches by itself, so that copies there do not wait for
// each other. Move-only.
class HostMemory {
 public:
  HostMemory() = default;
  // kUnavailable naming the size where it cannot be had.
  static Result<HostMemory> Allocate(std::size_t bytes);
  void* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(void* data) const;
  };
  std::unique_ptr<void, Free> data_;
};

// A captured series of launches.
class Graph {
 public:
  virtual ~Graph() = default;
};

class Stream {
 public:
  // On the current GPU.
  static Result<std::unique_ptr<Stream>> Create();
  virtual ~Stream() = default;
  // Makes the stream's GPU the calling thread's current one.
  virtual void Use() = 0;
  // For Launch.
  virtual void* handle() = 0;

  // Host memory is read before Upload returns, which waits for no other work where it is at most
  // kStagedBytes; and is written when the host has waited for the download, which itself waits for
  // nothing where `host` is HostMemory.
  static constexpr std::size_t kStagedBytes = std::size_t{4} << 20;
  virtual void Upload(void* device, const void* host, std::size_t bytes) = 0;
  virtual void Download(void* host, const void* device, std::size_t bytes) = 0;
  virtual void Copy(void* to, const void* from, std::size_t bytes) = 0;
  virtual void Zero(void* device, std::size_t bytes) = 0;
  // Waits for everything; kInternal naming the first failure that was not told yet.
  virtual Result<void> Synchronize() = 0;
  // Remembers this moment, in place of the one before; what was put before it is done when Reached
  // says so, and after AwaitMark. Failures as with Synchronize.
  virtual void Mark() = 0;
  virtual Result<bool> Reached() = 0;
  virtual Result<void> AwaitMark() = 0;

  // What is launched between these two is recorded, not run.
  virtual void BeginCapture() = 0;
  virtual Result<std::unique_ptr<Graph>> EndCapture() = 0;
  virtual void Run(Graph& graph) = 0;

  // Of the stream's own clock, in milliseconds, since an arbitrary point. Waits.
  virtual Result<double> Now() = 0;
};

// `count` elements of T on the GPU.
template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  static Result<DeviceArray> Allocate(std::size_t count) {
    auto memory = DeviceMemory::Allocate(count * sizeof(T));
    if (!memory) return Pass(memory.error());
    DeviceArray out;
    out.memory_ = *std::move(memory);
    return out;
  }
  T* data() const { return static_cast<T*>(memory_.data()); }
  std::size_t size() const { return memory_.bytes() / sizeof(T); }
  void Upload(Stream& stream, std::span<const T> values) {
    stream.Upload(data(), values.data(), values.size_bytes());
  }

 private:
  DeviceMemory memory_;
};

}  // namespace assay::cuda
