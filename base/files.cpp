#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/unique_fd.h"

namespace assay {
namespace {

tl::unexpected<Error> SystemFailure(ErrorCode code, const std::filesystem::path& path,
                                    std::string_view action) {
  return Fail(code, "{}: {}: {}", path.string(), action, std::strerror(errno));
}

Result<void> WriteAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return SystemFailure(ErrorCode::kUnavailable, path, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return SystemFailure(ErrorCode::kNotFound, path, "cannot be opened");
  std::string bytes;
  std::string chunk(std::size_t{1} << 16, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemFailure(ErrorCode::kUnavailable, path, "cannot be read");
    if (got == 0) return bytes;
    bytes.append(chunk, 0, static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return Fail(ErrorCode::kInput, "{}: longer than the {} bytes allowed here", path.string(),
                  max_bytes);
    }
  }
}

Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::path beside = path;
  beside += fmt::format(".tmp.{}", ::getpid());
  UniqueFd fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.valid()) return SystemFailure(ErrorCode::kUnavailable, path, "cannot be written");
  Result<void> written = WriteAll(fd.get(), bytes, path);
  if (written && ::fsync(fd.get()) != 0) {
    written = SystemFailure(ErrorCode::kUnavailable, path, "cannot be written");
  }
  fd.Reset();
  if (written && ::rename(beside.c_str(), path.c_str()) != 0) {
    written = SystemFailure(ErrorCode::kUnavailable, path, "cannot be replaced");
  }
  if (!written) ::unlink(beside.c_str());
  return written;
}

Result<MappedFile> MappedFile::Open(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return SystemFailure(ErrorCode::kNotFound, path, "cannot be opened");
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) {
    return SystemFailure(ErrorCode::kUnavailable, path, "cannot be examined");
  }
  if (!S_ISREG(status.st_mode))
    return Fail(ErrorCode::kInput, "{}: not a regular file", path.string());
  MappedFile file;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return file;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (address == MAP_FAILED)
    return SystemFailure(ErrorCode::kUnavailable, path, "cannot be mapped");
  file.mapping_ = std::shared_ptr<const void>(
      address, [size](const void* mapped) { ::munmap(const_cast<void*>(mapped), size); });
  file.bytes_ = {static_cast<const char*>(address), size};
  return file;
}

}  // namespace assay
