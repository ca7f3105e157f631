// trainer/model/tensor_memory.h -- Where large tensors lie. Free of LibTorch's headers.
//
// Theory of operation. The C library keeps blocks below 32 MB in one heap, where the tensors of a
// micro-batch leave holes that no later one fits: a step that needed 400 MB held 700. Here each
// large block is mapped by itself. One that is given back is kept for the next of exactly its size,
// which a layer's tensors soon ask for, or gives its pages to one of another size: fresh pages are
// zeroed by the system, which took a fifth of a step. All mapped blocks together stay within the
// most that were ever in use at once: keeping blocks never raises the peak, so that the peak is
// what a plan can count (trainer/stages/memory_plan.h).
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

namespace assay {

// Thread-safe.
class TensorMemory {
 public:
  struct Use {
    std::size_t live = 0;    // bytes in use
    std::size_t peak = 0;    // the most that ever were
    std::size_t mapped = 0;  // live, and kept for later
  };

  ~TensorMemory();
  TensorMemory() = default;
  TensorMemory(const TensorMemory&) = delete;
  TensorMemory& operator=(const TensorMemory&) = delete;

  // Whole pages, not zeroed. Null where the system gives none.
  void* Take(std::size_t bytes);
  // `block` came from Take.
  void Give(void* block);
  // Gives what is kept back to the system.
  void Release();
  Use use() const;

 private:
  struct Block {
    void* data = nullptr;
    std::size_t bytes = 0;
  };
  void* Mapped(std::size_t size);
  void* Resized(std::size_t size);
  void Unmap(const Block& block);

  mutable std::mutex mutex_;
  std::map<void*, std::size_t> taken_;
  std::vector<Block> kept_;  // the longest kept first
  Use use_;
};

// The one that this process' tensors lie in once a learner was made.
TensorMemory& LargeTensors();
// Makes LibTorch take the memory of large tensors there. Once is enough, more does nothing.
void UseLargeTensors();

}  // namespace assay
