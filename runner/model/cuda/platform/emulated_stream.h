// runner/model/cuda/platform/emulated_stream.h -- Streams of the imitated GPU: work waits until the
// host waits for it, or is recorded while the stream is being captured. It is done as late as a GPU
// may do it, so that a host which looks too early, or changes too early what work will read, shows.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "base/check.h"

namespace assay::cuda::emulated {

// Of the calling thread.
inline int& CurrentDevice() {
  thread_local int device = 0;
  return device;
}

struct StreamState {
  int device = 0;
  bool capturing = false;
  std::vector<std::function<void()>> recorded;
  std::deque<std::function<void()>> queue;
  std::size_t marked = 0;  // of the queue, before the mark

  void Do(std::size_t count) {
    for (; count > 0; --count) {
      const std::function<void()> work = std::move(queue.front());
      queue.pop_front();
      if (marked > 0) --marked;
      work();
    }
  }
};

// `stream` is a StreamState, or null: at once.
inline void Put(void* stream, std::function<void()> work) {
  auto* state = static_cast<StreamState*>(stream);
  if (state == nullptr) return work();
  ASSAY_CHECK(state->device == CurrentDevice(),
              "work is put on a stream of another GPU than the current one");
  if (state->capturing) {
    state->recorded.push_back(std::move(work));
  } else {
    state->queue.push_back(std::move(work));
  }
}

}  // namespace assay::cuda::emulated
