// tasks/download.h -- One file over HTTP, continued where an earlier try ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

namespace assay {

struct Download {
  std::string url;
  // Where the bytes go. What it holds already is taken as the beginning of the file: only the rest
  // is asked for (HTTP Range), unless the server cannot do that.
  std::filesystem::path part;
  std::uint64_t most_bytes = std::uint64_t{1} << 30;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// kUnavailable when the server cannot be reached, breaks off three times, or answers with anything
// but the file; what came is kept in `part`. Redirects are followed, to https only from https.
Result<void> Fetch(const Download& download);

}  // namespace assay
