// The worker that other tests start: one process of one training run, as its job file says.
#include <fstream>

#include "tests/trainer/runs/toy_run.h"
#include "trainer/distributed/nccl_group.h"

namespace assay {
namespace {

// Kilobytes of a line of /proc/self/status.
std::int64_t Status(const std::string& name) {
  auto bytes = ReadFile("/proc/self/status");
  const std::size_t at = bytes->find(name + ":");
  return std::stoll(bytes->substr(at + name.size() + 1));
}

// Ends every sandbox room of this process (it has no other children); `for_good`: the program of
// the next one is gone too.
void BreakRooms(bool for_good) {
  if (for_good) REQUIRE(fs::remove(*ReadEnvironment("ASSAY_ROOM")));
  int rooms = 0;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) {
      if (::kill(child, SIGKILL) == 0) ++rooms;
    }
  }
  REQUIRE(rooms > 0);
}

// Brings in the code and the tables that every run needs, so that what comes is the run's own.
void WarmUp() {
  const auto model = ParseModelConfig(ToyJson()["model"]["fresh"], "fresh");
  REQUIRE(model.has_value());
  auto learner = Learner::Random(*model, {}, Key("warm", 1));
  REQUIRE(learner.has_value());
  const std::vector<PromptGroup> groups = {{{1, 2, 3}, {{4, 5}, {6}}}};
  (*learner)->Accumulate(Pack(groups), 1, [](const TokenOutputs& outputs) {
    return TokenGradients{std::vector<double>(outputs.logps.size(), 1.0), {}, {}};
  });
}

[[noreturn]] void EndWith(const Error& error, std::unique_ptr<ProcessGroup>& group) {
  if (!group->quiet()) fmt::print("message: {}\n", error.message);
  std::fflush(stdout);
  group.reset();
  ::_exit(9);
}

TEST_CASE("worker", "[.][worker]") {
  const auto file = ReadEnvironment("ASSAY_TEST_JOB");
  if (!file) return;  // not started as a worker
  const auto job = ReadJsonFile(*file);
  REQUIRE(job.has_value());
  const auto launch = LaunchFrom();
  REQUIRE(launch.has_value());
  Heartbeat heartbeat;
  heartbeat.silence = std::chrono::milliseconds(job->at("silence_ms").get<std::int64_t>());
  auto group = Join(*launch, std::chrono::milliseconds(job->at("deadline_ms").get<std::int64_t>()),
                    heartbeat);
  INFO((group ? std::string() : group.error().message));
  REQUIRE(group.has_value());
  TrainConfig config =
      ToyConfig(job->at("config"), *ParseStageKind(job->at("stage").get<std::string>()));
  config.model.learner.double_precision = job->at("double").get<bool>();
  const std::int64_t kill_after = job->at("kill_after_step");
  const std::int64_t break_rooms_after = job->at("break_rooms_after_step");
  const bool for_good = job->at("for_good");
  const fs::path run = job->at("run").get<std::string>();
  TrainEvents events;
  events.on_step = [&](std::int64_t step, std::int64_t, const Metrics&) {
    if (step == kill_after) ::kill(::getpid(), SIGKILL);
    if (step == break_rooms_after) BreakRooms(for_good);
  };
  WarmUp();
  const std::int64_t before = Status("VmRSS");
  NcclOptions options;
  options.device = job->at("exchange_device");
  auto bulk = OpenBulk(**group, job->at("exchange").get<std::string>(), options);
  if (!bulk) EndWith(bulk.error(), *group);
  if (!bulk->told.empty()) fmt::print("told: {}\n", bulk->told);
  auto trainer =
      Trainer::Open(config, run, events, bulk->over_nccl ? bulk->over_nccl.get() : group->get());
  const auto ran = trainer ? (*trainer)->Run() : Pass(trainer.error());
  if (!ran) {
    trainer = Fail(ErrorCode::kInternal, "");
    bulk->over_nccl.reset();
    EndWith(ran.error(), *group);
  }
  if (launch->size == 1) {
    const Json memory = {{"before", before * 1024}, {"peak", Status("VmHWM") * 1024}};
    REQUIRE(WriteFileAtomically(run / "memory.json", DumpJson(memory)).has_value());
  }
}

}  // namespace
}  // namespace assay
