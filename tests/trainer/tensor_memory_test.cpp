// Blocks of large tensors: reused by size, and never more of them than were in use at once.
#include "trainer/model/tensor_memory.h"

#include <cstring>
#include <vector>

#include "base/rng.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

constexpr std::size_t kMb = std::size_t{1} << 20;

TEST_CASE("a block given back serves the next of its size", "[trainer]") {
  TensorMemory memory;
  void* first = memory.Take(3 * kMb - 5);
  REQUIRE(first != nullptr);
  std::memset(first, 1, 3 * kMb - 5);
  memory.Give(first);
  CHECK(memory.use().live == 0);
  CHECK(memory.use().mapped == 3 * kMb);
  CHECK(memory.Take(3 * kMb) == first);  // both are three megabytes of pages
  CHECK(memory.use().mapped == 3 * kMb);
  memory.Give(first);
  memory.Release();
  CHECK(memory.use().mapped == 0);
  CHECK(memory.use().peak == 3 * kMb);
}

TEST_CASE("blocks of other sizes make room before more is mapped", "[trainer]") {
  TensorMemory memory;
  void* large = memory.Take(10 * kMb);
  memory.Give(large);
  void* a = memory.Take(4 * kMb);  // 14 would be mapped: the large one goes
  CHECK(memory.use().mapped == 4 * kMb);
  void* b = memory.Take(5 * kMb);
  CHECK(memory.use().mapped == 9 * kMb);
  memory.Give(a);
  memory.Give(b);
  void* c = memory.Take(1 * kMb);  // ten in all: both stay
  CHECK(memory.use().mapped == 10 * kMb);
  CHECK(memory.Take(5 * kMb) == b);
  memory.Give(b);
  memory.Give(c);
}

TEST_CASE("what is mapped stays within the most that was ever in use, and no block is two's",
          "[trainer]") {
  TensorMemory memory;
  struct Owned {
    unsigned char* data;
    std::size_t bytes;
    unsigned char mark;
  };
  std::vector<Owned> owned;
  Rng rng(Key("blocks", 1));
  std::size_t live = 0, most = 0;
  for (int round = 0; round < 3000; ++round) {
    if (owned.empty() || (owned.size() < 40 && rng.Uniform() < 0.5)) {
      const auto bytes = static_cast<std::size_t>(rng.Int(1, 12)) * kMb / 4;
      auto* data = static_cast<unsigned char*>(memory.Take(bytes));
      REQUIRE(data != nullptr);
      const auto mark = static_cast<unsigned char>(round);
      data[0] = data[bytes - 1] = mark;
      owned.push_back({data, bytes, mark});
      live += bytes;
      most = std::max(most, live);
    } else {
      const auto at = static_cast<std::size_t>(rng.Int(0, static_cast<int>(owned.size()) - 1));
      const Owned gone = owned[at];
      REQUIRE(gone.data[0] == gone.mark);
      REQUIRE(gone.data[gone.bytes - 1] == gone.mark);
      memory.Give(gone.data);
      owned.erase(owned.begin() + static_cast<std::ptrdiff_t>(at));
      live -= gone.bytes;
    }
    const TensorMemory::Use use = memory.use();
    REQUIRE(use.live == live);
    REQUIRE(use.peak == most);
    REQUIRE(use.mapped >= live);
    REQUIRE(use.mapped <= most);
  }
  for (const Owned& block : owned) memory.Give(block.data);
}

}  // namespace
}  // namespace assay
