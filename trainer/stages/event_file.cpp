#include "trainer/stages/event_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>
#include <cmath>

namespace assay {
namespace {

// Table of the reflected polynomial 0x1EDC6F41, a byte at a time.
constexpr std::array<std::uint32_t, 256> MakeCrcTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    table[byte] = crc;
  }
  return table;
}
constexpr auto kCrcTable = MakeCrcTable();

template <class Unsigned>
std::string LittleEndian(Unsigned value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(value); ++i) {
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i))));
  }
  return bytes;
}

// Protocol buffers: a field's key is its number and its wire type.
enum class Wire : std::uint64_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

std::string Varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(0x80 | (value & 0x7F)));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

std::string FieldKey(std::uint64_t number, Wire wire) {
  return Varint((number << 3) | static_cast<std::uint64_t>(wire));
}

std::string Bytes(std::uint64_t number, std::string_view bytes) {
  return FieldKey(number, Wire::kBytes) + Varint(bytes.size()) + std::string(bytes);
}

// Event: 1 wall_time (double), 2 step (int64; 0 is left out, as everywhere in proto3).
std::string EventHead(double wall_time, std::int64_t step) {
  std::string event =
      FieldKey(1, Wire::kFixed64) + LittleEndian(std::bit_cast<std::uint64_t>(wall_time));
  if (step != 0) event += FieldKey(2, Wire::kVarint) + Varint(static_cast<std::uint64_t>(step));
  return event;
}

double Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

std::uint32_t MaskedCrc32c(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  }
  return std::rotr(~crc, 15) + 0xA282EAD8U;
}

std::string TfRecord(std::string_view bytes) {
  const std::string length = LittleEndian(std::uint64_t{bytes.size()});
  return length + LittleEndian(MaskedCrc32c(length)) + std::string(bytes) +
         LittleEndian(MaskedCrc32c(bytes));
}

std::string VersionEvent(double wall_time) {
  return EventHead(wall_time, 0) + Bytes(3, "brain.Event:2");
}

std::string StartEvent(double wall_time, std::int64_t step) {
  // session_log { status: START }
  return EventHead(wall_time, step) + Bytes(7, FieldKey(1, Wire::kVarint) + Varint(1));
}

std::string ScalarsEvent(double wall_time, std::int64_t step, const Metrics& metrics) {
  std::string summary;
  for (const auto& [name, value] : metrics) {
    if (!std::isfinite(value)) continue;
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    // A member of a oneof is written even where it is 0.
    const std::string scalar = FieldKey(2, Wire::kFixed32) + LittleEndian(bits);
    summary += Bytes(1, Bytes(1, name) + scalar);
  }
  return EventHead(wall_time, step) + Bytes(5, summary);
}

Result<EventFile> EventFile::Open(const std::filesystem::path& folder, std::int64_t last_step) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", folder.string(),
                error.message());
  }
  EventFile file;
  const double now = Now();
  // Readers take files in the order of their names: the second stands first in them.
  file.path_ = (folder / fmt::format("events.out.tfevents.{}.assay.{}",
                                     static_cast<std::int64_t>(now), ::getpid()))
                   .string();
  file.file_.open(file.path_, std::ios::binary | std::ios::app);
  if (auto done = file.Append(VersionEvent(now)); !done) return Pass(done.error());
  if (last_step > 0) {
    if (auto done = file.Append(StartEvent(now, last_step + 1)); !done) return Pass(done.error());
  }
  return file;
}

Result<void> EventFile::Write(std::int64_t step, const Metrics& metrics) {
  return Append(ScalarsEvent(Now(), step, metrics));
}

Result<void> EventFile::Append(const std::string& event) {
  file_ << TfRecord(event) << std::flush;
  if (!file_) return Fail(ErrorCode::kUnavailable, "{}: cannot be written to", path_);
  return {};
}

}  // namespace assay
