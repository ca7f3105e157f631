// tests/trainer/runs/toy_run.h -- Whole training runs of the toy task in this process, or in
// processes of their own (this test program again, as a worker).
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "trainer/stages/trainer.h"

extern char** environ;

namespace assay {

namespace fs = std::filesystem;

// Sort four digits with a 102k-parameter model, few samples a step, nothing held out.
inline Json ToyJson() {
  auto json = ReadJsonFile(ASSAY_SOURCE_DIR "/trainer/configs/sort-4-digits/grpo.json");
  REQUIRE(json.has_value());
  (*json)["threads"] = 1;
  (*json)["model"]["fresh"].erase("initializer_range");
  (*json)["loss"] = {{"name", "grpo"}};
  (*json)["optimizer"] = {
      {"learning_rate", 0.001}, {"max_grad_norm", 1.0}, {"tokens_per_batch", 16384}};
  (*json)["data"] = {{"sort_digits", 4}, {"count", 300}, {"chat", false}};
  (*json)["rollout"] = {{"prompts", 6}, {"group", 4}, {"max_tokens", 4}};
  (*json)["loss"] = {{"name", "grpo"}};
  (*json)["run"] = {{"steps", 5}, {"log_samples", 0}};
  return *json;
}

inline TrainConfig ToyConfig(const Json& json, StageKind stage) {
  auto config =
      ParseTrainConfig(json, stage, ASSAY_SOURCE_DIR "/trainer/configs/sort-4-digits", "toy");
  INFO((config ? std::string() : config.error().message));
  REQUIRE(config.has_value());
  return *config;
}

// A run for a worker: what to train and how it is to end.
struct Job {
  Json config = ToyJson();
  std::string stage = "grpo";
  fs::path run;
  bool double_precision = false;
  std::int64_t deadline_ms = 60000;
  std::int64_t silence_ms = 15000;
  std::int64_t kill_after_step = -1;  // SIGKILL to itself when that step is reported
  // SIGKILL to all its sandbox rooms then; with `for_good` no other one can be started.
  std::int64_t break_rooms_after_step = -1;
  bool for_good = false;
  // As OpenBulk takes them. Parts pass through the CPU's memory; "cuda:0" only where Gloo is
  // chosen.
  std::string exchange = "auto", exchange_device = "cpu";
};

inline Json ToJson(const Job& job) {
  return {{"config", job.config},
          {"stage", job.stage},
          {"run", job.run.string()},
          {"double", job.double_precision},
          {"deadline_ms", job.deadline_ms},
          {"kill_after_step", job.kill_after_step},
          {"break_rooms_after_step", job.break_rooms_after_step},
          {"for_good", job.for_good},
          {"exchange", job.exchange},
          {"exchange_device", job.exchange_device},
          {"silence_ms", job.silence_ms}};
}

struct Child {
  pid_t pid = 0;
  fs::path output;

  // The exit status, or minus the signal.
  int Wait() const {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  std::string Said() const {
    auto bytes = ReadFile(output);
    return bytes ? *bytes : "";
  }
};

// Starts a worker (worker_test.cpp) with these variables over this process' own.
inline Child StartWorker(const Job& job, const fs::path& scratch,
                         const std::map<std::string, std::string>& variables = {}) {
  static int count = 0;
  const fs::path file = scratch / fmt::format("job-{}.json", ++count);
  REQUIRE(WriteFileAtomically(file, DumpJson(ToJson(job))).has_value());
  Child child;
  child.output = scratch / fmt::format("said-{}.txt", count);
  std::map<std::string, std::string> merged = variables;
  merged["ASSAY_TEST_JOB"] = file.string();
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (merged.count(text.substr(0, text.find('='))) == 0) environment.push_back(text);
  }
  for (const auto& [name, value] : merged) environment.push_back(name + "=" + value);
  std::vector<char*> pointers;
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  std::string program = fs::read_symlink("/proc/self/exe").string();
  std::string test = "[worker]";
  char* arguments[] = {program.data(), test.data(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, child.output.c_str(), O_CREAT | O_WRONLY, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  REQUIRE(::posix_spawn(&child.pid, program.c_str(), &actions, nullptr, arguments,
                        pointers.data()) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  return child;
}

// One worker a process of a job, in rank order.
inline std::vector<Child> StartJob(const Job& job, const fs::path& scratch, int size, int port,
                                   std::map<std::string, std::string> variables = {}) {
  std::vector<Child> children;
  for (int rank = 0; rank < size; ++rank) {
    variables["RANK"] = variables["LOCAL_RANK"] = std::to_string(rank);
    variables["WORLD_SIZE"] = std::to_string(size);
    variables["MASTER_ADDR"] = "127.0.0.1";
    variables["MASTER_PORT"] = std::to_string(port);
    children.push_back(StartWorker(job, scratch, variables));
  }
  return children;
}

inline int FreePort() {
  static int next = 20000 + static_cast<int>(::getpid() % 20000);
  return next++;
}

inline bool IsTiming(const std::string& name) {
  return name.starts_with("timing_s/") || name.starts_with("perf/") || name == "step_time";
}

// What a run left: the last checkpoint's files, and its metrics but for times.
struct Left {
  std::map<std::string, std::string> files;
  std::vector<std::map<std::string, double>> steps;
  bool operator==(const Left&) const = default;
};

inline Left WhatIsLeft(const fs::path& run) {
  Left left;
  const auto last = LastCheckpoint(run);
  REQUIRE(last.has_value());
  for (const auto& entry : fs::directory_iterator(*last)) {
    auto bytes = ReadFile(entry.path());
    REQUIRE(bytes.has_value());
    left.files[entry.path().filename().string()] = *bytes;
  }
  const auto read = ForEachJsonLine(run / "metrics.jsonl", [&](std::size_t, Result<Json> line) {
    REQUIRE(line.has_value());
    std::map<std::string, double> step;
    for (const auto& [name, value] : line->items()) {
      if (!IsTiming(name) && value.is_number()) step[name] = value.get<double>();
    }
    left.steps.push_back(std::move(step));
    return true;
  });
  REQUIRE(read.has_value());
  return left;
}

// In this process.
inline Left RunHere(const Job& job) {
  TrainConfig config = ToyConfig(job.config, *ParseStageKind(job.stage));
  config.model.learner.double_precision = job.double_precision;
  auto trainer = Trainer::Open(config, job.run, {});
  INFO((trainer ? std::string() : trainer.error().message));
  REQUIRE(trainer.has_value());
  const auto ran = (*trainer)->Run();
  INFO((ran ? std::string() : ran.error().message));
  REQUIRE(ran.has_value());
  return WhatIsLeft(job.run);
}

}  // namespace assay
