// tests/support/shared_data.h -- Public suites and recorded outputs that are not part of the
// repository. Tests use them where they are present (ASSAY_SHARED, or ../shared beside the
// checkout) and say so where not.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/catch.h"

namespace assay {

inline std::optional<std::filesystem::path> SharedData(const std::string& relative) {
  const char* named = std::getenv("ASSAY_SHARED");
  const std::filesystem::path root =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(ASSAY_SOURCE_DIR) / ".." / "shared";
  const auto path = root / relative;
  if (std::filesystem::exists(path)) return path;
  WARN("SKIPPED: " << relative << " is not present (set ASSAY_SHARED)");
  return std::nullopt;
}

}  // namespace assay
