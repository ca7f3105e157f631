// What is left: nothing, whoever is killed; no growth over many runs.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "sandbox/cgroup.h"
#include "sandbox/payload.h"
#include "sandbox/pool.h"
#include "sandbox/python.h"
#include "tests/sandbox/modes.h"
#include "tests/support/pace.h"

namespace assay::sandbox {
namespace {

namespace fs = std::filesystem;

// All processes below `pid`.
std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> all;
  std::error_code error;
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) {
      all.push_back(child);
      const auto below = ChildrenOf(child);
      all.insert(all.end(), below.begin(), below.end());
    }
  }
  return all;
}

bool AllGone(const std::vector<pid_t>& pids) {
  for (int attempt = 0; attempt < 300; ++attempt) {
    bool alive = false;
    for (const pid_t pid : pids) {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string text;
      std::getline(stat, text);
      alive = alive || (!text.empty() && text.find(") Z") == std::string::npos);
    }
    if (!alive) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::size_t OpenDescriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

std::int64_t ResidentKb() {
  std::int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * 4;
}

// A room tidies up and readies its next process after its reply.
void Settle() { std::this_thread::sleep_for(std::chrono::milliseconds(500)); }

std::vector<fs::path> CgroupsOf(pid_t owner) {
  std::vector<fs::path> groups;
  std::error_code error;
  const std::string prefix = CgroupPrefix(owner);
  for (auto entry = fs::recursive_directory_iterator(
           "/sys/fs/cgroup", fs::directory_options::skip_permission_denied, error);
       entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with(prefix)) groups.push_back(entry->path());
  }
  return groups;
}

TEST_CASE("the cgroups of a killed host go when the next sandbox opens", "[sandbox][cleanup]") {
  const bool grouped = (BestBox().layers() & kCgroupMemory) != 0;
  RunScript(BestBox(), "pass", "", {});  // leaves a worker with groups, which must stay
  const pid_t host = fork();
  if (host == 0) {
    auto box = Sandbox::Open({});
    if (box) RunScript(**box, "while True: pass", "", {});
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const std::vector<pid_t> family = ChildrenOf(host);
  kill(host, SIGKILL);
  waitpid(host, nullptr, 0);
  REQUIRE(AllGone(family));
  CHECK(CgroupsOf(host).empty() != grouped);
  const std::vector<fs::path> ours = CgroupsOf(getpid());
  CHECK(ours.empty() != grouped);
  // A host of another pid namespace whose number nobody has here.
  fs::path foreign;
  if (grouped) {
    foreign = ours[0].parent_path() / ("assay-1-" + std::to_string(host) + "-0");
    REQUIRE(fs::create_directory(foreign));
  }
  REQUIRE(Sandbox::Open({}));
  CHECK(CgroupsOf(host).empty());
  CHECK(CgroupsOf(getpid()).empty() != grouped);
  CHECK(fs::remove(foreign) == grouped);
}

TEST_CASE("kill -9 of the host at any moment leaves no process", "[sandbox][cleanup]") {
  for (const Mode mode : {Mode::kRoot, Mode::kUser, Mode::kNoNamespaces}) {
    if (BoxFor(mode) == nullptr) continue;
    for (int moment_ms = 150; moment_ms <= 450; moment_ms += 100) {
      const pid_t host = fork();
      if (host == 0) {
        SandboxOptions options;
        options.mode = mode;
        auto box = Sandbox::Open(options);
        if (box) RunScript(**box, "while True: pass", "", {});
        _exit(0);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(moment_ms));
      const std::vector<pid_t> family = ChildrenOf(host);
      kill(host, SIGKILL);
      waitpid(host, nullptr, 0);
      INFO(Name(mode) << " after " << moment_ms << " ms, " << family.size() << " processes");
      CHECK(AllGone(family));
    }
  }
}

TEST_CASE("kill -9 of a keeper or room: a clear ending, no orphan, work goes on",
          "[sandbox][cleanup]") {
  for (Sandbox* box : AllBoxes()) {
    const WorkerKind kind{Role::kPython, Purpose::kRun, 0};
    for (const bool the_keeper : {true, false}) {
      INFO(Name(box->mode()) << (the_keeper ? " keeper" : " room"));
      auto lease = box->pool().Borrow(kind, true);
      REQUIRE(lease);
      RunOrder order;
      const std::string source = "while True: pass";
      const std::uint64_t size = source.size();
      order.payload = std::string("\0\0\0\0\2\0\0\0\0", 9) +
                      std::string(reinterpret_cast<const char*>(&size), 8) + source +
                      std::string(9, '\0');
      ActiveRun run(**lease, order);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      const pid_t keeper = (*lease)->keeper();
      const std::vector<pid_t> family = ChildrenOf(keeper);
      CHECK(family.size() >= 2);
      kill(the_keeper ? keeper : family.front(), SIGKILL);
      ActiveRun::WaitAll({&run});
      CHECK(run.report().ending == Ending::kSandboxFailed);
      CHECK(!run.report().message.empty());
      CHECK(AllGone(family));
    }
    CHECK(RunScript(*box, "print(1)", "", {}).stdout_text == "1\n");
  }
}

TEST_CASE("kill -9 of a process that waits for its run: the run gets another",
          "[sandbox][cleanup]") {
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    auto lease = box->pool().Borrow({Role::kPython, Purpose::kRun, 0}, true);
    REQUIRE(lease);
    for (int time = 0; time < 3; ++time) {
      // The room comes first; the last one waits once nobody comes and goes any more.
      std::vector<pid_t> family, before;
      for (int attempt = 0; (family.size() < 2 || family != before) && attempt < 500; ++attempt) {
        before = family;
        std::this_thread::sleep_for(std::chrono::milliseconds(10 * kPace));
        family = ChildrenOf((*lease)->keeper());
      }
      REQUIRE(family.size() >= 2);
      kill(family.back(), SIGKILL);
      CHECK(AllGone({family.back()}));
      RunOrder order;
      order.payload = PackPython("print(1)", "");
      ActiveRun run(**lease, order);
      ActiveRun::WaitAll({&run});
      INFO(run.report().message);
      CHECK(run.report().ending == Ending::kExited);
      CHECK(run.TakeStdout() == "1\n");
    }
  }
}

TEST_CASE("a room that was killed while it was idle is not given out", "[sandbox][cleanup]") {
  const WorkerKind kind{Role::kPython, Purpose::kRun, 0};
  for (Sandbox* box : AllBoxes()) {
    INFO(Name(box->mode()));
    pid_t keeper = -1;
    {
      auto lease = box->pool().Borrow(kind);
      REQUIRE(lease);
      keeper = (*lease)->keeper();
    }
    const std::vector<pid_t> family = ChildrenOf(keeper);
    CHECK(!family.empty());
    kill(keeper, SIGKILL);
    CHECK(AllGone(family));
    auto lease = box->pool().Borrow(kind);
    REQUIRE(lease);
    CHECK((*lease)->keeper() != keeper);
    CHECK((*lease)->Waits());
  }
}

TEST_CASE(
    "kill -9 of anything of ours at any moment: an answer or a clear error, then work goes on",
    "[sandbox][cleanup]") {
  for (Sandbox* box : AllBoxes()) {
    std::atomic<bool> stop{false};
    std::thread killer([&] {
      std::mt19937 draw(7);
      while (!stop) {
        std::this_thread::sleep_for(std::chrono::microseconds(draw() % (30'000 * kPace)));
        const std::vector<pid_t> ours = ChildrenOf(getpid());
        if (!ours.empty()) kill(ours[draw() % ours.size()], SIGKILL);
      }
    });
    int answers = 0, errors = 0, killed = 0;
    for (int run = 0; run < 60; ++run) {
      const RunResult result = RunScript(*box, "print(1)", "", {});
      const EndingReport& report = result.report;
      if (report.ending == Ending::kSandboxFailed) {
        ++errors;
        CHECK(!report.message.empty());
      } else if (report.ending == Ending::kSignaled) {
        ++killed;  // the program itself was hit
        CHECK(report.signal == SIGKILL);
      } else {
        ++answers;
        CHECK(result.stdout_text == "1\n");
      }
    }
    stop = true;
    killer.join();
    INFO(Name(box->mode()) << ": " << answers << " answers, " << errors << " errors, " << killed
                           << " programs killed");
    CHECK(answers > 0);
    // A room that was hit while it was idle is not used again.
    for (int run = 0; run < 4; ++run)
      CHECK(RunScript(*box, "print(1)", "", {}).stdout_text == "1\n");
  }
}

TEST_CASE("a sandbox leaves no descriptor, process or folder behind", "[sandbox][cleanup]") {
  BestBox();
  Settle();
  const std::size_t before = OpenDescriptors();
  const std::size_t children = ChildrenOf(getpid()).size();
  for (int time = 0; time < 3; ++time) {
    SandboxOptions options;
    options.workers = 1;
    auto box = Sandbox::Open(options);
    REQUIRE(box);
    RunScript(**box, "print(1)", "", {});
  }
  CHECK(OpenDescriptors() == before);
  CHECK(ChildrenOf(getpid()).size() == children);
}

struct Held {
  std::int64_t resident_kb = ResidentKb();
  std::size_t descriptors = OpenDescriptors();
  std::size_t processes = ChildrenOf(getpid()).size();
  std::size_t zombies = 0;
  std::size_t mounts = 0;
  std::size_t cgroups = CgroupsOf(getpid()).size();

  Held() {
    for (const pid_t child : ChildrenOf(getpid())) {
      std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
      std::string text;
      std::getline(stat, text);
      zombies += text.find(") Z") != std::string::npos ? 1 : 0;
    }
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) ++mounts;
  }
};

TEST_CASE("100,000 runs: memory, zombies, mounts, cgroups and descriptors stay",
          "[sandbox][slow]") {
  Sandbox& box = BestBox();
  for (int run = 0; run < 200; ++run) RunScript(box, "pass", "", {});
  Settle();
  const Held before;
  for (int run = 0; run < 100'000; ++run) {
    const RunResult result = RunScript(box, "print(1)", "", {});
    REQUIRE(result.stdout_text == "1\n");
  }
  Settle();
  const Held after;
  WARN("supervisor memory grew by "
       << after.resident_kb - before.resident_kb << " KB; " << after.processes << " processes, "
       << after.mounts << " mounts, " << after.cgroups << " cgroups, " << after.descriptors
       << " descriptors");
  CHECK(after.resident_kb - before.resident_kb < 1024);
  CHECK(after.descriptors == before.descriptors);
  CHECK(after.processes <= before.processes);
  CHECK(after.zombies == 0);
  CHECK(after.mounts == before.mounts);
  CHECK(after.cgroups <= before.cgroups);
}

}  // namespace
}  // namespace assay::sandbox
