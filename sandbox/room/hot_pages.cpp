#include "sandbox/room/hot_pages.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "sandbox/room/system.h"

namespace assay::sandbox {
namespace {

constexpr std::size_t kPage = 4096;
// Linux, Documentation/admin-guide/mm/pagemap.rst.
constexpr std::uint64_t kPresent = 1ULL << 63, kOfFile = 1ULL << 61, kExclusive = 1ULL << 56;
constexpr std::size_t kLargestMapping = std::size_t{1} << 32;  // sanitizers reserve terabytes
constexpr int kPopulateWrite = 23;                             // MADV_POPULATE_WRITE, Linux 5.14

// As long as it lives, a page that this process has not written to since belongs to both.
class Sharer {
 public:
  Sharer() : pid_(_Fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (true) pause();
  }
  ~Sharer() {
    if (pid_ > 0) EndChild(pid_);
  }
  Sharer(const Sharer&) = delete;
  Sharer& operator=(const Sharer&) = delete;
  bool lives() const { return pid_ > 0; }

 private:
  pid_t pid_;
};

}  // namespace

void HotPages::Open() {
  maps_ = OpenAbove("/proc/self/maps");
  page_map_ = OpenAbove("/proc/self/pagemap");
}

void HotPages::Learn(const std::function<void()>& rehearsal) {
  const Sharer sharer;
  rehearsal();
  std::string maps;
  if (!sharer.lives() || !page_map_.valid() || !ReadAll(maps_.get(), maps)) return;
  for (std::size_t at = 0; at < maps.size();) {
    const std::size_t end = std::min(maps.find('\n', at), maps.size());
    unsigned long long first = 0, last = 0;
    char rights[5] = {};
    if (std::sscanf(maps.substr(at, end - at).c_str(), "%llx-%llx %4s", &first, &last, rights) ==
            3 &&
        std::strcmp(rights, "rw-p") == 0 && last - first < kLargestMapping) {
      Scan(first, last);
    }
    at = end + 1;
  }
  maps_.Reset();
  page_map_.Reset();
}

void HotPages::Scan(std::size_t begin, std::size_t end) {
  std::uint64_t entries[512];
  for (std::size_t at = begin; at < end;) {
    const std::size_t count = std::min<std::size_t>(512, (end - at) / kPage);
    const ssize_t got = pread(page_map_.get(), entries, count * sizeof entries[0],
                              static_cast<off_t>(at / kPage * sizeof entries[0]));
    if (got <= 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof entries[0];
         ++i, at += kPage) {
      if ((entries[i] & (kPresent | kOfFile | kExclusive)) != (kPresent | kExclusive)) continue;
      if (!ranges_.empty() && ranges_.back().begin + ranges_.back().size == at) {
        ranges_.back().size += kPage;
      } else {
        ranges_.push_back({at, kPage});
      }
    }
  }
}

void HotPages::Populate() const {
  for (const Range& range : ranges_) {
    madvise(reinterpret_cast<void*>(range.begin), range.size, kPopulateWrite);
  }
}

}  // namespace assay::sandbox
