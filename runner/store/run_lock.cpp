#include "runner/store/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace assay {
namespace {

// Whether the open file still is the one at `path`: its last holder may have removed it between
// our opening and our locking it.
bool StillThere(int fd, const std::filesystem::path& path) {
  struct stat opened = {};
  struct stat named = {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

tl::unexpected<Error> CannotWrite(const std::filesystem::path& path) {
  return Fail(ErrorCode::kUnavailable, "{}: cannot be written: {}", path.string(),
              std::strerror(errno));
}

}  // namespace

Result<RunLock> RunLock::Take(const std::filesystem::path& folder) {
  const auto path = folder / "run.lock";
  UniqueFd fd;
  do {
    fd.Reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd.valid()) return CannotWrite(folder);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      char holder[32] = {};
      const ssize_t got = ::pread(fd.get(), holder, sizeof(holder) - 1, 0);
      return Fail(ErrorCode::kUnavailable,
                  "{}: process {} is writing into this run; wait for it or choose another folder "
                  "with --out",
                  folder.string(), got > 0 ? holder : "?");
    }
  } while (!StillThere(fd.get(), path));
  // The number only helps people; the lock itself is what counts.
  const std::string self = std::to_string(::getpid());
  if (::ftruncate(fd.get(), 0) == 0 && ::pwrite(fd.get(), self.data(), self.size(), 0) < 0) {
    return CannotWrite(path);
  }
  return RunLock(path, std::move(fd));
}

RunLock::~RunLock() {
  if (fd_.valid()) ::unlink(path_.c_str());
}

}  // namespace assay
