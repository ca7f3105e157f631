#include "runner/store/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace assay {

Result<RunLock> RunLock::Take(const std::filesystem::path& folder) {
  const auto path = folder / "run.lock";
  RunLock lock;
  lock.fd_.Reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock.fd_.valid()) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be written: {}", folder.string(),
                std::strerror(errno));
  }
  if (::flock(lock.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t got = ::pread(lock.fd_.get(), holder, sizeof(holder) - 1, 0);
    return Fail(ErrorCode::kUnavailable,
                "{}: process {} is writing into this run; wait for it or choose another folder "
                "with --out",
                folder.string(), got > 0 ? holder : "?");
  }
  // The number only helps people; the lock itself is what counts.
  const std::string self = std::to_string(::getpid());
  if (::ftruncate(lock.fd_.get(), 0) == 0 &&
      ::pwrite(lock.fd_.get(), self.data(), self.size(), 0) < 0) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be written: {}", path.string(),
                std::strerror(errno));
  }
  return lock;
}

}  // namespace assay
