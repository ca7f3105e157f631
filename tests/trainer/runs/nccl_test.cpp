// Bulk over an imitated NCCL (tests/support/imitated_nccl.cpp): the same bytes and the same runs as
// over Gloo, and one sentence where it fails. Parts are staged in ordinary memory.
#include <dlfcn.h>

#include <cstdlib>
#include <thread>

#include "tests/trainer/runs/toy_run.h"
#include "trainer/distributed/nccl_group.h"

namespace assay {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Bytes = std::vector<std::byte>;

constexpr const char* kImitation = ASSAY_BINARY_DIR "/tests/libimitated_nccl.so";

// The variables that the imitation reads, while this lives.
class Fault {
 public:
  Fault(const std::string& fault, const std::string& rank, const std::string& after = "0") {
    ::setenv("IMITATED_NCCL_FAULT", fault.c_str(), 1);
    ::setenv("IMITATED_NCCL_RANK", rank.c_str(), 1);
    ::setenv("IMITATED_NCCL_AFTER", after.c_str(), 1);
  }
  ~Fault() {
    for (const char* name : {"IMITATED_NCCL_FAULT", "IMITATED_NCCL_RANK", "IMITATED_NCCL_AFTER"}) {
      ::unsetenv(name);
    }
  }
};

NcclOptions Staged(std::size_t staging_bytes) {
  NcclOptions options;
  options.device = "cpu";
  options.staging_bytes = staging_bytes;
  return options;
}

std::size_t MovedBytes() {
  void* library = ::dlopen(kImitation, RTLD_NOW);
  REQUIRE(library != nullptr);
  auto* moved = reinterpret_cast<std::size_t (*)()>(::dlsym(library, "ImitatedNcclMovedBytes"));
  REQUIRE(moved != nullptr);
  return moved();
}

// What `body` says of each of `size` processes, played by threads that meet over Gloo.
template <class Body>
std::vector<std::string> Together(int size, milliseconds deadline, const Body& body) {
  ::setenv("ASSAY_NCCL", kImitation, /*overwrite=*/1);
  ::setenv("TORCH_FR_BUFFER_SIZE", "0", /*overwrite=*/0);  // see group_test
  std::vector<std::string> said(static_cast<std::size_t>(size));
  const int port = FreePort();
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      auto gloo = Join({rank, size, rank, "127.0.0.1", port, false, "0"}, deadline);
      said[static_cast<std::size_t>(rank)] = gloo ? body(**gloo) : gloo.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return said;
}

Bytes Pattern(std::size_t size, int rank) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(i * 31 + i / 251 + static_cast<std::size_t>(rank) * 97);
  }
  return bytes;
}

// Where the two groups differ; "" if nowhere.
std::string Compare(ProcessGroup& gloo, ProcessGroup& nccl, std::size_t part) {
  const auto size = static_cast<std::size_t>(gloo.size());
  const Bytes send = Pattern(part * size, gloo.rank()), own = Pattern(part, gloo.rank() + 7);
  for (const bool exchanges : {true, false}) {
    Bytes expected(part * size), found(part * size, std::byte{0xee});
    const auto over_gloo =
        exchanges ? gloo.Exchange("x", send, expected) : gloo.Gather("x", own, expected);
    const auto over_nccl =
        exchanges ? nccl.Exchange("x", send, found) : nccl.Gather("x", own, found);
    if (!over_gloo) return over_gloo.error().message;
    if (!over_nccl) return over_nccl.error().message;
    if (found != expected) return fmt::format("{} of parts of {}", exchanges, part);
  }
  return "";
}

TEST_CASE("over NCCL come the bytes that come over Gloo", "[trainer][distributed]") {
  constexpr std::size_t kSmallest = 65536, kStaging = 300000;
  for (const int size : {2, 3}) {
    const std::size_t piece = kStaging / static_cast<std::size_t>(size);
    const std::vector<std::size_t> parts = {
        1, 1000, kSmallest - 1, kSmallest, kSmallest + 1, piece - 1, piece + 1, 3 * piece + 77};
    const std::size_t before = MovedBytes();
    const auto said = Together(size, milliseconds(60000), [&](ProcessGroup& gloo) -> std::string {
      const auto bulk = OpenBulk(gloo, "nccl", Staged(kStaging));
      if (!bulk) return bulk.error().message;
      if (bulk->told != "exchange over NCCL") return bulk->told;
      for (const std::size_t part : parts) {
        if (auto wrong = Compare(gloo, *bulk->over_nccl, part); !wrong.empty()) return wrong;
      }
      return "same";
    });
    for (const std::string& text : said) CHECK(text == "same");
    // Every process sends to and receives from each other one, in two ways.
    std::size_t bulk_bytes = 0;
    for (const std::size_t part : parts) bulk_bytes += part >= kSmallest ? part : 0;
    const auto processes = static_cast<std::size_t>(size);
    CHECK(MovedBytes() - before == bulk_bytes * 2 * processes * (processes - 1) * 2);
  }
}

// What each process says of a transfer of 100 kB.
std::vector<std::string> Transfer(int size, milliseconds deadline, const NcclOptions& options) {
  return Together(size, deadline, [&](ProcessGroup& gloo) {
    const auto bulk = OpenBulk(gloo, "nccl", options);
    if (!bulk) return bulk.error().message;
    const Bytes own = Pattern(100000, gloo.rank());
    Bytes all(own.size() * static_cast<std::size_t>(size));
    const auto gathered = bulk->over_nccl->Gather("the gradients", own, all);
    return gathered ? "fine" : gathered.error().message;
  });
}

void CheckAllSay(const std::vector<std::string>& said, const std::string& expected) {
  for (const std::string& text : said) CHECK(text == expected);
}

TEST_CASE("what fails in NCCL fails in all processes, with the words of the one where it did",
          "[trainer][distributed]") {
  const auto begin = Clock::now();
  const std::string kRemote = "remote process exited or there was a network error (imitated)";
  {
    const Fault fault("error", "1");
    CheckAllSay(Transfer(3, milliseconds(60000), Staged(1 << 20)),
                "process 1: the gradients: NCCL: " + kRemote);
  }
  {
    const Fault fault("refuse", "0");
    CheckAllSay(Transfer(2, milliseconds(60000), Staged(1 << 20)),
                "the gradients: NCCL: invalid usage (imitated)");
  }
  {
    const Fault fault("init", "1");
    CheckAllSay(Transfer(2, milliseconds(60000), Staged(1 << 20)),
                "process 1: the start of NCCL: NCCL: unhandled system error (imitated)");
  }
  // The others look for the alarm: nobody waits for the deadline.
  CHECK(Clock::now() - begin < std::chrono::seconds(40));
}

TEST_CASE("what never ends in NCCL ends at the deadline", "[trainer][distributed]") {
  const auto begin = Clock::now();
  {
    const Fault fault("stuck", "");
    CheckAllSay(Transfer(2, milliseconds(3000), Staged(1 << 20)),
                "the gradients over NCCL did not end within 3 s");
  }
  {
    const Fault fault("init-hang", "");
    CheckAllSay(Transfer(2, milliseconds(3000), Staged(1 << 20)),
                "the start of NCCL did not end within 3 s");
  }
  NcclOptions options = Staged(1 << 20);
  options.device_is_done = [] { return false; };
  CheckAllSay(Transfer(2, milliseconds(3000), options),
              "the gradients over NCCL did not end within 3 s");
  CHECK(Clock::now() - begin < std::chrono::seconds(40));
}

TEST_CASE("a process that does not come to a bulk transfer is named as ever",
          "[trainer][distributed]") {
  const std::size_t before = MovedBytes();
  const auto said = Together(2, milliseconds(1500), [](ProcessGroup& gloo) -> std::string {
    const auto bulk = OpenBulk(gloo, "nccl", Staged(1 << 20));
    if (!bulk) return bulk.error().message;
    if (gloo.rank() == 1) {
      std::this_thread::sleep_for(milliseconds(5000));
      return "slept";
    }
    const Bytes own(100000);
    Bytes all(200000);
    const auto gathered = bulk->over_nccl->Gather("the gradients", own, all);
    return gathered ? "fine" : gathered.error().message;
  });
  CHECK(said[0] == "process 1 of 2 did not come to the gradients within 1.5 s");
  CHECK(MovedBytes() == before);  // nobody began without it
}

std::vector<std::string> RunWith(const Job& job, const fs::path& scratch, int size, int status,
                                 const std::map<std::string, std::string>& variables) {
  std::vector<std::string> said;
  for (const Child& child : StartJob(job, scratch, size, FreePort(), variables)) {
    const int ended = child.Wait();
    said.push_back(child.Said());
    INFO(said.back());
    CHECK((ended == status || ended == -SIGKILL));
  }
  return said;
}

TEST_CASE("a run over NCCL leaves the bytes of one over Gloo", "[trainer][runs][distributed]") {
  TempDir dir;
  Job job;
  for (const std::string stage : {"grpo", "sft"}) {
    INFO(stage);
    job.stage = stage;
    if (stage == "sft") {
      job.config.erase("loss");
      job.config.erase("rollout");
      job.config["run"]["batch"] = 7;
    }
    std::map<std::string, Left> left;
    for (const std::string exchange : {"gloo", "nccl"}) {
      job.exchange = exchange;
      job.run = dir.path() / (stage + "-" + exchange);
      const auto said = RunWith(job, dir.path(), 2, 0, {{"ASSAY_NCCL", kImitation}});
      for (const std::string& text : said) {
        CHECK((text.find("told: exchange over NCCL\n") != std::string::npos) ==
              (exchange == "nccl"));
      }
      left[exchange] = WhatIsLeft(job.run);
    }
    CHECK(left["nccl"] == left["gloo"]);
  }
}

TEST_CASE("a process that dies in a transfer is named, though NCCL does not notice",
          "[trainer][runs][distributed]") {
  TempDir dir;
  Job job;
  job.silence_ms = 5000;
  job.exchange = "nccl";
  job.run = dir.path() / "run";
  const auto begin = Clock::now();
  const auto said = RunWith(job, dir.path(), 3, 9,
                            {{"ASSAY_NCCL", kImitation},
                             {"IMITATED_NCCL_FAULT", "die"},
                             {"IMITATED_NCCL_RANK", "1"},
                             {"IMITATED_NCCL_AFTER", "3"}});
  CHECK(Clock::now() - begin < std::chrono::seconds(45));  // the deadline is 60 s
  INFO(said[0]);
  CHECK(said[0].find("message: process 1 of 3 is gone: missed at ") != std::string::npos);
  CHECK(said[2].find("message:") == std::string::npos);
}

TEST_CASE("why it is Gloo where NCCL cannot be used is told in one line",
          "[trainer][runs][distributed]") {
  TempDir dir;
  Job job;
  job.config["run"]["steps"] = 1;
  job.exchange_device = "cuda:0";  // only the choice is made for it
  const auto tell = [&](const std::string& library, int status) {
    static int count = 0;
    job.run = dir.path() / fmt::format("run-{}", ++count);
    return RunWith(job, dir.path(), 2, status, {{"ASSAY_NCCL", library}})[0];
  };
  CHECK(tell("/no/libnccl.so", 0)
            .find("told: exchange over Gloo: /no/libnccl.so cannot be loaded: "
                  "name the file of NCCL 2 in ASSAY_NCCL") != std::string::npos);
  CHECK(tell(kImitation, 0).find("told: exchange over Gloo: processes 0 and 1 share one GPU\n") !=
        std::string::npos);
  job.exchange = "nccl";
  CHECK(tell("libm.so.6", 9)
            .find("message: exchange over NCCL: libm.so.6 is no NCCL 2 that can be "
                  "used: it has no nccl") != std::string::npos);
}

TEST_CASE("exchanges by name", "[trainer][distributed]") {
  CHECK(CheckExchange("auto", "cpu").has_value());
  CHECK(CheckExchange("gloo", "cuda").has_value());
  CHECK(CheckExchange("nccl", "cuda").has_value());
  CHECK(CheckExchange("nccl", "cpu").error().message ==
        "exchange is nccl, which is for GPUs, but device is cpu");
  CHECK(CheckExchange("mpi", "cuda").error().message ==
        "exchange is \"mpi\": expected auto, nccl or gloo");
}

}  // namespace
}  // namespace assay
