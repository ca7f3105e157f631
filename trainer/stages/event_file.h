// trainer/stages/event_file.h -- Numbers of each step as an event file that TensorBoard reads.
//
// A file is a row of TFRecords: length (8 bytes, little endian), its masked CRC-32C, the bytes,
// their masked CRC-32C. The bytes are a protocol buffer `Event`; of its fields the four that
// scalars need are written by hand here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"
#include "trainer/stages/metrics.h"

namespace assay {

// CRC-32C (Castagnoli), rotated and offset as TFRecord wants it.
std::uint32_t MaskedCrc32c(std::string_view bytes);
std::string TfRecord(std::string_view bytes);

// Serialized events. `wall_time` is in seconds since 1970.
std::string VersionEvent(double wall_time);
// Tells readers to forget what earlier files of the folder say of `step` and later ones.
std::string StartEvent(double wall_time, std::int64_t step);
std::string ScalarsEvent(double wall_time, std::int64_t step, const Metrics& metrics);

// One thread at a time.
class EventFile {
 public:
  // A new file in `folder`, which is made: TensorBoard reads all files of a folder together.
  // `last_step` is the last one that earlier files may keep. kUnavailable naming the file.
  static Result<EventFile> Open(const std::filesystem::path& folder, std::int64_t last_step);
  // Numbers that are not finite are left out.
  Result<void> Write(std::int64_t step, const Metrics& metrics);

 private:
  EventFile() = default;
  Result<void> Append(const std::string& event);

  std::ofstream file_;
  std::string path_;
};

}  // namespace assay
