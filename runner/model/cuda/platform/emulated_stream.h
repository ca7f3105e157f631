// runner/model/cuda/platform/emulated_stream.h -- Streams of the imitated GPU: work is done at
// once, or recorded while the stream is being captured.
#pragma once

#include <functional>
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
};

// `stream` is a StreamState, or null: at once.
inline void Put(void* stream, std::function<void()> work) {
  auto* state = static_cast<StreamState*>(stream);
  ASSAY_CHECK(state == nullptr || state->device == CurrentDevice(),
              "work is put on a stream of another GPU than the current one");
  if (state != nullptr && state->capturing) {
    state->recorded.push_back(std::move(work));
  } else {
    work();
  }
}

}  // namespace assay::cuda::emulated
