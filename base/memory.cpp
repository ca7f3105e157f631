#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace assay {
namespace {

// The number after `key` in a file of "key number" lines; the file's first word for an empty key.
std::optional<std::int64_t> NumberIn(const std::filesystem::path& path, const std::string& key) {
  std::ifstream file(path);
  std::string word;
  while (key.empty() || file >> word) {
    if (!key.empty() && word != key) continue;
    std::int64_t number = 0;
    if (file >> number) return number;
    return std::nullopt;  // "max": no limit
  }
  return std::nullopt;
}

// What a group's limit leaves; file pages can be taken back, so they do not count as used.
std::optional<std::int64_t> Left(const std::filesystem::path& group) {
  const auto limit = NumberIn(group / "memory.max", "");
  const auto used = NumberIn(group / "memory.current", "");
  if (!limit || !used) return std::nullopt;
  const std::int64_t pages = NumberIn(group / "memory.stat", "inactive_file").value_or(0) +
                             NumberIn(group / "memory.stat", "active_file").value_or(0);
  return std::max<std::int64_t>(0, *limit - std::max<std::int64_t>(0, *used - pages));
}

// The path of this process's group below the hierarchy's root ("0::/user.slice/…").
std::filesystem::path OwnGroup(const std::filesystem::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("0::/", 0) == 0) return line.substr(4);
  }
  return {};
}

}  // namespace

std::int64_t AvailableMemory(const std::filesystem::path& root) {
  const auto kilobytes = NumberIn(root / "proc/meminfo", "MemAvailable:");
  if (!kilobytes) return 0;
  std::int64_t least = *kilobytes * 1024;
  const std::filesystem::path hierarchy = root / "sys/fs/cgroup";
  for (std::filesystem::path group = OwnGroup(root);; group = group.parent_path()) {
    if (const auto left = Left(hierarchy / group)) least = std::min(least, *left);
    if (group.empty()) return least;
  }
}

std::int64_t ResidentMemory(const std::filesystem::path& root) {
  return NumberIn(root / "proc/self/status", "VmRSS:").value_or(0) * 1024;
}

}  // namespace assay
