// Event files, byte by byte as TensorBoard's own writer makes them
// (tests/cases/trainer/events.json).
#include "trainer/stages/event_file.h"

#include <cmath>
#include <limits>

#include "base/files.h"
#include "base/json.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace assay {
namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

TEST_CASE("events are the bytes of the reference", "[trainer]") {
  const auto cases = ReadJsonFile(ASSAY_SOURCE_DIR "/tests/cases/trainer/events.json");
  REQUIRE(cases.has_value());
  REQUIRE(cases->at("events").size() >= 5);
  for (const Json& event : cases->at("events")) {
    const double wall_time = event.at("wall_time");
    const std::int64_t step = event.value("step", std::int64_t{0});
    const std::string kind = event.at("kind");
    std::string made;
    if (kind == "version") made = VersionEvent(wall_time);
    if (kind == "start") made = StartEvent(wall_time, step);
    if (kind == "scalars") {
      Metrics metrics;
      for (const Json& pair : event.at("scalars")) metrics.emplace_back(pair.at(0), pair.at(1));
      made = ScalarsEvent(wall_time, step, metrics);
    }
    INFO(DumpJson(event));
    CHECK(TfRecord(made) == FromHex(event.at("record")));
  }
  // The check value of CRC-32C, 0xE3069283, masked.
  CHECK(MaskedCrc32c("123456789") == ((0xE3069283U >> 15 | 0xE3069283U << 17) + 0xA282EAD8U));
}

TEST_CASE("numbers that are not finite are left out of events", "[trainer]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(ScalarsEvent(1, 2, {{"a", 1}, {"b", nan}, {"c", HUGE_VAL}}) ==
        ScalarsEvent(1, 2, {{"a", 1}}));
}

TEST_CASE("a continued run's events begin a file that takes back later steps", "[trainer]") {
  TempDir dir;
  auto file = EventFile::Open(dir.path() / "events", 7);
  REQUIRE(file.has_value());
  REQUIRE(file->Write(8, {{"reward", 0.5}}).has_value());
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path() / "events")) {
    ++files;
    const auto bytes = ReadFile(entry.path());
    REQUIRE(bytes.has_value());
    const std::size_t version = TfRecord(VersionEvent(1)).size();
    const std::size_t start = TfRecord(StartEvent(1, 8)).size();
    CHECK(bytes->size() == version + start + TfRecord(ScalarsEvent(1, 8, {{"reward", 1}})).size());
    CHECK(entry.path().filename().string().find("tfevents") != std::string::npos);
  }
  CHECK(files == 1);
  auto nowhere = EventFile::Open("/proc/no-such-place/events", 0);
  REQUIRE(!nowhere.has_value());
  CHECK(nowhere.error().message.find("/proc/no-such-place") != std::string::npos);
}

}  // namespace
}  // namespace assay
