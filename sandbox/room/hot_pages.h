// sandbox/room/hot_pages.h -- Pages that every fork of a warm process writes to, copied all at
// once.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/unique_fd.h"

namespace assay::sandbox {

// A fork's first write to a page costs a fault and a copy. Which pages it will write to is known:
// those that a rehearsal of its work in the process it is forked from writes to. To copy them in
// one go takes a fraction of the faults' time. Where the kernel does not tell or copy them, nothing
// changes but the speed. Not thread-safe.
class HotPages {
 public:
  // Opens the process' own maps; call it before /proc goes away.
  void Open();
  // Runs `rehearsal` and notes the pages that it wrote to; once, in a process of one thread.
  void Learn(const std::function<void()>& rehearsal);
  // In a fork: makes the pages its own.
  void Populate() const;

 private:
  struct Range {
    std::size_t begin, size;  // bytes
  };
  void Scan(std::size_t begin, std::size_t end);

  UniqueFd maps_, page_map_;
  std::vector<Range> ranges_;  // ascending
};

}  // namespace assay::sandbox
