#include <ucontext.h>

#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/check.h"
#include "runner/model/cuda/platform/emulated_stream.h"
#include "runner/model/cuda/platform/platform.h"

namespace assay::cuda::emulated {

Index g_thread;
Index g_block;
Index g_block_size;
Index g_grid_size;

namespace {

constexpr std::size_t kStackBytes = 256 * 1024;

struct Barrier {
  unsigned arrived = 0;
  unsigned passed = 0;  // times that all have arrived
};

// A place to go on at. The first time by ucontext, then by setjmp, which needs no system calls;
// under the address sanitizer, which does not know such jumps, always by ucontext.
struct Place {
  ucontext_t context{};
  std::jmp_buf jump{};
  bool by_jump = false;
};

void Switch(Place& from, Place& to) {
#ifdef __SANITIZE_ADDRESS__
  swapcontext(&from.context, &to.context);
#else
  if (_setjmp(from.jump) != 0) return;
  from.by_jump = true;
  if (to.by_jump) _longjmp(to.jump, 1);
  setcontext(&to.context);
#endif
}

struct Copy {
  void* to;
  const void* from;  // null: zeros
};

void Arrive(const Copy& copy) {
  if (copy.from != nullptr) {
    std::memcpy(copy.to, copy.from, 16);
  } else {
    std::memset(copy.to, 0, 16);
  }
}

struct Fiber {
  Place place;
  std::unique_ptr<char[]> stack{new char[kStackBytes]};
  const Barrier* waits_for = nullptr;
  unsigned waits_since = 0;  // value of `passed` when it began to wait
  bool done = false;
  std::deque<std::vector<Copy>> copies;  // groups that are under way
  std::vector<Copy> next_copies;         // the group that is not closed yet
};

// The block that runs. One block at a time in the whole program.
struct Block {
  Place scheduler;
  std::vector<std::unique_ptr<Fiber>> fibers;  // kept from block to block
  unsigned threads = 0;
  unsigned waited = 0;  // threads that have waited for the previous kernel
  Barrier barrier;
  std::vector<Barrier> warps;
  std::vector<unsigned char> shared;
  std::vector<unsigned char> mailboxes;
  const std::function<void()>* body = nullptr;
  const bool backwards = std::getenv("ASSAY_EMULATED_BACKWARDS") != nullptr;
};

Block& Current() {
  static Block block;
  return block;
}

void Enter() {
  Block& block = Current();
  ASSAY_CHECK(block.body != nullptr, "a fiber runs outside a grid");
  (*block.body)();
  Fiber& fiber = *block.fibers[g_thread.x];
  fiber.done = true;
  Switch(fiber.place, block.scheduler);
}

void Wait(Barrier& barrier, unsigned size) {
  Block& block = Current();
  if (++barrier.arrived == size) {
    barrier.arrived = 0;
    ++barrier.passed;
    return;
  }
  const Index me = g_thread;
  Fiber& fiber = *block.fibers[me.x];
  fiber.waits_for = &barrier;
  fiber.waits_since = barrier.passed;
  Switch(fiber.place, block.scheduler);
  fiber.waits_for = nullptr;
}

void Prepare(Fiber& fiber) {
  fiber.done = false;
  fiber.waits_for = nullptr;
  fiber.copies.clear();
  fiber.next_copies.clear();
  fiber.place.by_jump = false;
  ucontext_t& context = fiber.place.context;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber.stack.get();
  context.uc_stack.ss_size = kStackBytes;
  makecontext(&context, Enter, 0);
}

void RunBlock(Block& block) {
  std::memset(block.shared.data(), 0xFF, block.shared.size());
  block.barrier = {};
  block.waited = 0;
  block.warps.assign(block.threads / kWarp, {});
  for (unsigned i = 0; i < block.threads; ++i) Prepare(*block.fibers[i]);
  unsigned left = block.threads;
  while (left > 0) {
    bool moved = false;
    for (unsigned i = 0; i < block.threads; ++i) {
      const unsigned at = block.backwards ? block.threads - 1 - i : i;
      Fiber& fiber = *block.fibers[at];
      if (fiber.done) continue;
      if (fiber.waits_for != nullptr && fiber.waits_for->passed == fiber.waits_since) continue;
      g_thread = {at, 0, 0};
      Switch(block.scheduler, fiber.place);
      moved = true;
      left -= fiber.done ? 1 : 0;
    }
    ASSAY_CHECK(moved, "threads of a block wait at different barriers, or some have ended");
  }
  ASSAY_CHECK(block.waited == block.threads,
              "a thread has not waited for the previous kernel, or has twice");
}

void RunGrid(const LaunchShape& shape, const std::function<void()>& thread) {
  static std::mutex one_grid;  // several GPUs are driven by a thread each
  const std::lock_guard lock(one_grid);
  Block& block = Current();
  ASSAY_CHECK(shape.threads > 0 && shape.threads <= 1024 && shape.threads % kWarp == 0,
              "a block of this size cannot be launched");
  ASSAY_CHECK(shape.grid_x > 0 && shape.grid_y > 0 && shape.grid_z > 0 && shape.grid_y < 65536 &&
                  shape.grid_z < 65536,
              "a grid of this size cannot be launched");
  constexpr std::size_t kMostShared = 163 * 1024;  // of a block on sm_80
  ASSAY_CHECK(shape.shared_bytes <= kMostShared, "a block cannot have as much shared memory");
  while (block.fibers.size() < shape.threads) block.fibers.push_back(std::make_unique<Fiber>());
  block.threads = shape.threads;
  block.body = &thread;
  block.shared.resize(shape.shared_bytes);
  block.mailboxes.resize(shape.threads * kMailboxBytes);
  g_block_size = {shape.threads, 1, 1};
  g_grid_size = {shape.grid_x, shape.grid_y, shape.grid_z};
  for (unsigned z = 0; z < shape.grid_z; ++z) {
    for (unsigned y = 0; y < shape.grid_y; ++y) {
      for (unsigned x = 0; x < shape.grid_x; ++x) {
        g_block = {x, y, z};
        RunBlock(block);
      }
    }
  }
}

}  // namespace

void StartCopy(void* shared, const void* global) {
  ASSAY_CHECK(reinterpret_cast<std::uintptr_t>(shared) % 16 == 0 &&
                  reinterpret_cast<std::uintptr_t>(global) % 16 == 0,
              "an asynchronous copy is not aligned to 16 bytes");
  Block& block = Current();
  const Copy copy{shared, global};
  if (block.backwards) return Arrive(copy);
  block.fibers[g_thread.x]->next_copies.push_back(copy);
}
void CloseCopies() {
  Fiber& fiber = *Current().fibers[g_thread.x];
  fiber.copies.push_back(std::move(fiber.next_copies));
  fiber.next_copies.clear();
}
void FinishCopies(std::size_t all_but) {
  auto& copies = Current().fibers[g_thread.x]->copies;
  for (; copies.size() > all_but; copies.pop_front()) {
    for (const Copy& copy : copies.front()) Arrive(copy);
  }
}
void NoteWaited() { ++Current().waited; }
void BlockBarrier() { Wait(Current().barrier, Current().threads); }
void WarpBarrier() { Wait(Current().warps[g_thread.x / kWarp], kWarp); }
unsigned char* Shared() { return Current().shared.data(); }
unsigned char* Mailbox(unsigned lane) {
  return Current().mailboxes.data() + (g_thread.x / kWarp * kWarp + lane) * kMailboxBytes;
}

void Run(const LaunchShape& shape, void* stream, std::function<void()> thread) {
  Put(stream, [shape, thread = std::move(thread)] { RunGrid(shape, thread); });
}

}  // namespace assay::cuda::emulated
