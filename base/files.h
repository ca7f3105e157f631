// base/files.h -- Reading and writing whole files, with errors that name the path.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

inline constexpr std::size_t kMaxTextFileBytes = std::size_t{1} << 30;

// The file's bytes. kNotFound when it cannot be opened, kInput when it is longer than `max_bytes`,
// kUnavailable when reading fails midway.
Result<std::string> ReadFile(const std::filesystem::path& path,
                             std::size_t max_bytes = kMaxTextFileBytes);

// Replaces the file in one step (write beside it, fsync, rename): readers see the old bytes or the
// new ones, whatever happens in between. kUnavailable, naming the path and the reason (full disk,
// read-only, …).
Result<void> WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// A file mapped read-only. Copies share the mapping; the bytes stay valid as long as one copy
// lives.
class MappedFile {
 public:
  static Result<MappedFile> Open(const std::filesystem::path& path);
  std::string_view bytes() const { return bytes_; }

 private:
  std::shared_ptr<const void> mapping_;
  std::string_view bytes_;
};

}  // namespace assay
