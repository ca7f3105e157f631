// runner/model/cuda/platform/emulated_stream.h -- Streams of the imitated GPU: work is done at
// once, or recorded while the stream is being captured.
#pragma once

#include <functional>
#include <vector>

namespace assay::cuda::emulated {

struct StreamState {
  bool capturing = false;
  std::vector<std::function<void()>> recorded;
};

// `stream` is a StreamState, or null: at once.
inline void Put(void* stream, std::function<void()> work) {
  auto* state = static_cast<StreamState*>(stream);
  if (state != nullptr && state->capturing) {
    state->recorded.push_back(std::move(work));
  } else {
    work();
  }
}

}  // namespace assay::cuda::emulated
