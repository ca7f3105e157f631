#include "trainer/model/tensor_memory.h"

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "base/check.h"

namespace assay {
namespace {

// Below this the C library's heap is faster, and its holes are small.
constexpr std::size_t kLarge = std::size_t{1} << 20;
// Blocks of many huge pages are mapped with them where the system grants it: fewer page faults.
constexpr std::size_t kHuge = std::size_t{8} << 20;

std::size_t WholePages(std::size_t bytes) {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

void GiveBack(void* block) { LargeTensors().Give(block); }

class Allocator : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes < kLarge) return c10::GetDefaultCPUAllocator()->allocate(bytes);
    void* block = LargeTensors().Take(bytes);
    if (block == nullptr) throw std::bad_alloc();
    return {block, block, &GiveBack, c10::Device(c10::DeviceType::CPU)};
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
};

}  // namespace

TensorMemory::~TensorMemory() { Release(); }

void TensorMemory::Unmap(const Block& block) {
  ::munmap(block.data, block.bytes);
  use_.mapped -= block.bytes;
}

void* TensorMemory::Take(std::size_t bytes) {
  const std::size_t size = WholePages(std::max<std::size_t>(bytes, 1));
  const std::lock_guard lock(mutex_);
  use_.live += size;
  use_.peak = std::max(use_.peak, use_.live);
  // The one given back last is the likeliest to be in the processor's cache.
  const auto fits = std::find_if(kept_.rbegin(), kept_.rend(),
                                 [size](const Block& block) { return block.bytes == size; });
  if (fits != kept_.rend()) {
    void* data = fits->data;
    kept_.erase(std::next(fits).base());
    taken_[data] = size;
    return data;
  }
  void* data = use_.mapped + size > use_.peak && !kept_.empty() ? Resized(size) : Mapped(size);
  if (data == nullptr) {
    use_.live -= size;
    return nullptr;
  }
  taken_[data] = size;
  return data;
}

void* TensorMemory::Mapped(std::size_t size) {
  void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) return nullptr;
  if (size >= kHuge) ::madvise(data, size, MADV_HUGEPAGE);
  use_.mapped += size;
  return data;
}

// The pages of the kept block nearest in size, so that few have to be zeroed; the longest kept go
// until what is mapped is within the peak again.
void* TensorMemory::Resized(std::size_t size) {
  const auto distance = [size](const Block& block) {
    return block.bytes > size ? block.bytes - size : size - block.bytes;
  };
  const auto nearest =
      std::min_element(kept_.begin(), kept_.end(),
                       [&](const Block& a, const Block& b) { return distance(a) < distance(b); });
  const Block block = *nearest;
  kept_.erase(nearest);
  void* data = ::mremap(block.data, block.bytes, size, MREMAP_MAYMOVE);
  if (data == MAP_FAILED) {
    Unmap(block);
    data = Mapped(size);
  } else {
    if (size >= kHuge) ::madvise(data, size, MADV_HUGEPAGE);
    use_.mapped = use_.mapped - block.bytes + size;
  }
  std::size_t dropped = 0;
  while (dropped < kept_.size() && use_.mapped > use_.peak) Unmap(kept_[dropped++]);
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(dropped));
  return data;
}

void TensorMemory::Give(void* block) {
  const std::lock_guard lock(mutex_);
  const auto found = taken_.find(block);
  ASSAY_CHECK(found != taken_.end(), "a block that is nobody's");
  kept_.push_back({found->first, found->second});
  use_.live -= found->second;
  taken_.erase(found);
}

void TensorMemory::Release() {
  const std::lock_guard lock(mutex_);
  for (const Block& block : kept_) Unmap(block);
  kept_.clear();
}

TensorMemory::Use TensorMemory::use() const {
  const std::lock_guard lock(mutex_);
  return use_;
}

// Never destroyed: tensors with static lifetime end after it would.
TensorMemory& LargeTensors() {
  static auto* memory = new TensorMemory;
  return *memory;
}

void UseLargeTensors() {
#if !defined(__SANITIZE_ADDRESS__)  // it looks at the borders of what the C library gives
  static auto* const allocator = new Allocator;  // LibTorch's until the process ends
  static std::once_flag once;
  std::call_once(once, [] { c10::SetCPUAllocator(allocator, /*priority=*/1); });
#endif
}

}  // namespace assay
