// sandbox/room/payload.h -- What a run's child takes in from the host (format: sandbox/wire.h).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::sandbox {

struct IncomingProgram {
  std::vector<char*> arguments;  // NULL at the end; point into `bytes`
  std::vector<std::pair<const char*, std::string_view>> files;
  std::string bytes;
};

// Reads kPayloadFd to its end, closes it, takes it apart. False when malformed.
bool TakeIn(IncomingProgram& program);
// Creates files [first, …) in the working directory.
bool WriteInputFiles(const IncomingProgram& program, std::size_t first);

}  // namespace assay::sandbox
