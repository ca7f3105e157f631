// base/memory.h -- How much memory this process may still take.
#pragma once

#include <cstdint>
#include <filesystem>

namespace assay {

// Bytes that can be had without swapping: what the system calls available, or what the control
// groups of this process leave of their limits where that is less. 0 where the system tells
// nothing. `root` is "/" but in tests.
std::int64_t AvailableMemory(const std::filesystem::path& root = "/");

// Bytes of ordinary memory that this process has now; 0 where the system tells nothing.
std::int64_t ResidentMemory(const std::filesystem::path& root = "/");

}  // namespace assay
