#include "sandbox/room/payload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "sandbox/room/system.h"
#include "sandbox/wire.h"

namespace assay::sandbox {

bool TakeIn(IncomingProgram& program) {
  std::string& bytes = program.bytes;
  if (!ReadAll(kPayloadFd, bytes) || bytes.size() < sizeof(Payload)) return false;
  close(kPayloadFd);
  Payload header;
  std::memcpy(&header, bytes.data(), sizeof header);
  char* next = bytes.data() + sizeof header;
  char* const end = bytes.data() + bytes.size();
  const auto text = [&next, end]() -> char* {
    char* const begin = next;
    void* const nul = std::memchr(begin, 0, static_cast<std::size_t>(end - begin));
    if (nul == nullptr) return nullptr;
    next = static_cast<char*>(nul) + 1;
    return begin;
  };
  for (std::uint32_t i = 0; i < header.argument_count; ++i) {
    program.arguments.push_back(text());
    if (program.arguments.back() == nullptr) return false;
  }
  program.arguments.push_back(nullptr);
  for (std::uint32_t i = 0; i < header.file_count; ++i) {
    const char* const name = text();
    std::uint64_t size = 0;
    if (name == nullptr || static_cast<std::size_t>(end - next) < sizeof size) return false;
    std::memcpy(&size, next, sizeof size);
    next += sizeof size;
    if (size > static_cast<std::uint64_t>(end - next)) return false;
    program.files.emplace_back(name, std::string_view(next, static_cast<std::size_t>(size)));
    next += size;
  }
  return true;
}

bool WriteInputFiles(const IncomingProgram& program, std::size_t first) {
  for (std::size_t i = first; i < program.files.size(); ++i) {
    const auto& [name, bytes] = program.files[i];
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    const bool written = WriteAll(fd, bytes.data(), bytes.size());
    close(fd);
    if (!written) return false;
  }
  return true;
}

}  // namespace assay::sandbox
