#include "base/memory.h"

#include <fstream>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace assay {
namespace {

void Write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST_CASE("available memory is what the system or the tightest control group leaves") {
  const TempDir dir;
  CHECK(AvailableMemory(dir.path()) == 0);
  Write(dir.path() / "proc/meminfo", "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable: 4000 kB\n");
  CHECK(AvailableMemory(dir.path()) == 4000 * 1024);
  Write(dir.path() / "proc/self/cgroup", "0::/a/b\n");
  const auto groups = dir.path() / "sys/fs/cgroup";
  Write(groups / "a/b/memory.max", "max\n");
  Write(groups / "a/b/memory.current", "1000\n");
  CHECK(AvailableMemory(dir.path()) == 4000 * 1024);
  Write(groups / "a/memory.max", "3000000\n");
  Write(groups / "a/memory.current", "2500000\n");
  CHECK(AvailableMemory(dir.path()) == 500000);
  Write(groups / "a/memory.stat", "anon 5\nfile 7\ninactive_file 300000\nactive_file 200000\n");
  CHECK(AvailableMemory(dir.path()) == 1000000);
  Write(groups / "a/b/memory.max", "900\n");
  CHECK(AvailableMemory(dir.path()) == 0);
}

TEST_CASE("this machine has some memory left") { CHECK(AvailableMemory() > 1 << 20); }

TEST_CASE("this process has some memory, and more once it takes more") {
  const std::int64_t before = ResidentMemory();
  CHECK(before > 1 << 20);
  const std::vector<char> taken(64 << 20, 1);
  CHECK(ResidentMemory() - before > (60 << 20) * std::int64_t{taken[5]});
  CHECK(ResidentMemory("/nowhere") == 0);
}

}  // namespace
}  // namespace assay
