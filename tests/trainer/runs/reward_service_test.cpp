// The sandbox that makes a run's rewards goes away in the middle: an error is no reward, and
// nothing that was learnt before is lost.
#include "sandbox/worker.h"
#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

// The reward is the share of 7s, from a pack's own program in the sandbox.
fs::path SevensPack(const fs::path& folder) {
  fs::create_directories(folder);
  const auto write = [&](const char* name, const std::string& bytes) {
    REQUIRE(WriteFileAtomically(folder / name, bytes).has_value());
  };
  write("pack.json",
        R"({"name": "sevens", "version": "1.0.0", "licence": "CC0-1.0", "source": "test"})");
  write(
      "verify.py",
      "def verify(problem, response):\n"
      "    share = response.count('7') / 4\n"
      "    return {'outcome': 'correct' if share == 1 else 'wrong', 'reward': min(share, 1.0)}\n");
  std::string problems;
  for (int i = 0; i < 12; ++i) {
    problems += fmt::format(R"({{"id": "p{0}", "prompt": "{0:04}=", "reference": "0", )"
                            R"("verifier": {{"kind": "program"}}}})"
                            "\n",
                            i);
  }
  write("problems.jsonl", problems);
  return folder;
}

// A run with a room program of its own, so that it can be taken away.
struct Fixture {
  Fixture() {
    room = dir.path() / "bin" / "assay-room";
    fs::create_directories(room.parent_path());
    PutRoom();
    job.config["data"] = {{"suite", SevensPack(dir.path() / "pack").string()}, {"chat", false}};
    job.config["rollout"] = {{"prompts", 4}, {"group", 4}, {"max_tokens", 4}};
    job.config["run"] = {{"steps", 4}, {"log_samples", 0}};
  }
  void PutRoom() const {
    const auto built = sandbox::FindRoomProgram({});
    REQUIRE(built.has_value());
    fs::copy_file(*built, room, fs::copy_options::overwrite_existing);
  }
  Child Start(const std::string& name) {
    job.run = dir.path() / name;
    return StartWorker(job, dir.path(), {{"ASSAY_ROOM", room.string()}});
  }
  Left Whole(const std::string& name) {
    const Child child = Start(name);
    const int status = child.Wait();
    INFO(child.Said());
    REQUIRE(status == 0);
    return WhatIsLeft(job.run);
  }

  TempDir dir;
  fs::path room;
  Job job;
};

TEST_CASE("a run whose sandbox dies for good ends, keeps what it learnt, and goes on later",
          "[trainer][runs]") {
  Fixture fixture;
  const Left straight = fixture.Whole("straight");
  REQUIRE(straight.steps.back().at("reward_std") > 0);  // there was something to learn
  fixture.job.break_rooms_after_step = 2;
  fixture.job.for_good = true;
  const Child child = fixture.Start("broken");
  CHECK(child.Wait() == 9);
  const std::string said = child.Said();
  INFO(said);
  const std::string begin =
      "message: step 3: 100% of the samples could not be scored (reward.max_error_share is 20%): ";
  const auto at = said.find(begin);
  REQUIRE(at != std::string::npos);
  const std::string sentence = said.substr(at, said.find('\n', at) - at);
  CHECK(sentence.find("assay-room") != std::string::npos);
  // Nobody had asked for a checkpoint here.
  const fs::path saved = fixture.job.run / "step-000002";
  CHECK(sentence.ends_with("; the last checkpoint is " + saved.string()));
  CHECK(LastCheckpoint(fixture.job.run) == saved);
  CHECK(WhatIsLeft(fixture.job.run).steps.size() == 2);

  fixture.PutRoom();
  fixture.job.break_rooms_after_step = -1;
  CHECK(fixture.Whole("broken") == straight);
  // A run that loses its rooms alone starts others.
  fixture.job.break_rooms_after_step = 2;
  fixture.job.for_good = false;
  CHECK(fixture.Whole("again") == straight);
}

// One of two processes loses its sandbox, and with it half of the verdicts: both end as one.
TEST_CASE("two processes of which one loses its sandbox end with one sentence and one checkpoint",
          "[trainer][runs][distributed]") {
  Fixture fixture;
  fixture.job.run = fixture.dir.path() / "two";
  fixture.job.break_rooms_after_step = 2;  // of the first process
  fixture.job.for_good = true;
  const auto children = StartJob(fixture.job, fixture.dir.path(), 2, FreePort(),
                                 {{"ASSAY_ROOM", fixture.room.string()}});
  CHECK(children[0].Wait() == 9);
  CHECK(children[1].Wait() == 9);
  const std::string said = children[0].Said();
  INFO(said);
  CHECK(said.find("message: step 3: 50% of the samples could not be scored") != std::string::npos);
  CHECK(children[1].Said().find("message:") == std::string::npos);
  CHECK(LastCheckpoint(fixture.job.run) == fixture.job.run / "step-000002");
}

}  // namespace
}  // namespace assay
