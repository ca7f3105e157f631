// runner/zip_archive.h -- Reads ZIP archives (with ZIP64), stored, deflated or Zstandard members.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"

namespace assay {

// The file is mapped, members are unpacked one at a time. Const methods are thread-safe.
class ZipArchive {
 public:
  // A member that would unpack to more is refused.
  static constexpr std::uint64_t kMostMemberBytes = std::uint64_t{1} << 30;

  struct Member {
    std::string name;
    std::uint64_t packed_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t header_at = 0;
    int method = 0;
    std::uint32_t crc = 0;
  };

  // kInput, naming the file, when it is no ZIP archive or its directory is damaged.
  static Result<ZipArchive> Open(const std::filesystem::path& path);

  // In the order of the directory; of several members of one name the last counts.
  const std::vector<Member>& members() const { return members_; }
  // The unpacked bytes, their checksum verified. kInput naming file and member.
  Result<std::string> Read(const Member& member) const;

 private:
  ZipArchive(std::filesystem::path path, MappedFile file)
      : path_(std::move(path)), file_(std::move(file)) {}
  Result<void> ReadDirectory();

  std::filesystem::path path_;
  MappedFile file_;
  std::vector<Member> members_;
};

}  // namespace assay
