// tasks/manifest.h -- A suite over a public data set that the user has as a plain file: source and
// checksum, how its fields make a problem, prompt, few-shot examples, verifier. Adding one is a
// JSON file in tasks/suites/, no C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tasks/suite.h"

namespace assay {

struct Manifest {
  std::string name;
  std::string url;                         // where `assay tasks fetch` gets the file
  std::string sha256;                      // of the file as stored, 64 hexadecimal digits
  std::optional<std::string> compression;  // of the download: "gzip"
  std::optional<std::string> convert;      // of the download, to a record a line: "json-array"
  std::vector<std::string> files;          // below a data folder, the first one present is read
  std::int64_t count = 0;                  // problems of the suite
  std::int64_t skip = 0;                   // records before the first one that is taken
  std::optional<std::int64_t> take;        // records that are taken; absent: all that follow
  bool python = false;                     // numbers in the file are Python's (tasks/python_data.h)
  std::string domain;
  Suite head;   // everything but problems and sha256
  Json fields;  // how a record becomes a problem: see docs/adding-tasks.md
};

// kInput with path and key when the file is not a manifest.
Result<Manifest> LoadManifest(const std::filesystem::path& path);

// The suite from a local data file. kInput naming file, line and key when a record does not fit,
// and when the file's sha256 is not the manifest's (`any_content` turns that check off, for edited
// copies: the suite is then named by its own content hash as always).
Result<Suite> LoadSuite(const Manifest& manifest, const std::filesystem::path& file,
                        bool any_content = false);

}  // namespace assay
