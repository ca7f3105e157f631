// tasks/fetch.h -- Gets the data file of a manifest: download, resume, checksum.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "tasks/library.h"

namespace assay {

struct FetchOptions {
  std::string from;          // a URL or file to take instead of the manifest's URL; "": that URL
  std::filesystem::path to;  // data folder; empty: DataCache()/"data"
  // Called now and then with bytes present and bytes expected (0: unknown).
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

struct Fetched {
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  bool was_there = false;  // with the right checksum; nothing was downloaded
};

// The data file of the suite `name` in its place, its sha256 checked. What an interrupted download
// left is kept beside it and continued next time. kUsage when the suite has no data file to fetch;
// kUnavailable when the source cannot be reached, saying how to go on without a network; kInput
// when what came is not the file that the manifest describes (nothing is kept then).
Result<Fetched> FetchSuite(const std::string& name, const FetchOptions& options,
                           const LibraryOptions& library = {});

// Bytes as downloaded -> bytes as stored, as the manifest says (gunzip, array to lines). kInput
// when they are not of that form.
Result<std::string> StoredForm(const Manifest& manifest, std::string downloaded);

}  // namespace assay
