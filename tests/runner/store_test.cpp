#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "runner/store/merge.h"
#include "runner/store/run_lock.h"
#include "runner/store/run_reader.h"
#include "runner/store/run_writer.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using namespace assay;

namespace {

RunRecord Run(std::uint64_t seed = 1) {
  RunRecord run;
  run.identity = "id" + std::to_string(seed);
  run.identity_json = R"({"model":"m","seed":)" + std::to_string(seed) + "}";
  run.model = "m";
  run.seed = seed;
  return run;
}

Response Text(std::string text, Finish finish = Finish::kStop) {
  Response response;
  response.text = std::move(text);
  response.finish = finish;
  response.ids = {1, 2, 3};
  response.logprobs = {-0.5F, -1.0F, 0.0F};
  response.response_tokens = 3;
  return response;
}

void Fill(RunWriter& writer) {
  REQUIRE(writer.Put(SuiteRecord{0, "demo", "1.0.0", "d", "{}"}));
  ProblemRecord problem{0, 0, "demo/1", "math", 3, "[]", "\"2+2?\"", "4", "{}"};
  REQUIRE(writer.Put(problem));
  problem.id = 1;
  problem.problem_id = "demo/2";
  problem.level.reset();
  REQUIRE(writer.Put(problem));
}

}  // namespace

TEST_CASE("a store gives back what was put in") {
  const TempDir dir;
  {
    auto writer = RunWriter::Open(dir.path() / "run", Run());
    REQUIRE(writer);
    Fill(*writer);
    const std::string bytes("four \0 \xff 4", 10);
    REQUIRE(writer->Put(0, 1, Text(bytes)));
    REQUIRE(writer->Put(0, 0, Text("cut", Finish::kLength)));
    REQUIRE(writer->Put(FailureRecord{1, 0, "HTTP 500"}));
    Verdict verdict = Verdict::Correct("4", "4 = 4");
    verdict.span = Span{5, 6};
    REQUIRE(writer->Put(StoredVerdict{0, 1, std::string(kOwnProfile), verdict, 0.1}));
    REQUIRE(writer->Put(
        StoredVerdict{0, 0, std::string(kOwnProfile), Verdict::NoAnswer("nothing"), 0.1}));
    REQUIRE(writer->Finish());
  }
  auto reader = RunReader::Open(dir.path() / "run");
  REQUIRE(reader);
  CHECK(reader->run().seed == 1);
  REQUIRE(reader->suites().size() == 1);
  const auto problems = reader->Problems(true).value();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].level == 3);
  CHECK_FALSE(problems[1].level.has_value());
  std::vector<JudgedSample> samples;
  REQUIRE(reader->ForEachSample([&](const JudgedSample& sample) {
    samples.push_back(sample);
    return true;
  }));
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].outcome_class == SampleClass::kTruncated);
  CHECK(samples[1].outcome_class == SampleClass::kCorrect);
  CHECK(samples[1].verdict.span->begin == 5);
  CHECK(samples[2].outcome_class == SampleClass::kFailed);
  CHECK(samples[2].verdict.reason == "HTTP 500");
  const auto response = reader->ReadSample(0, 1).value();
  CHECK(response.text == std::string("four \0 \xff 4", 10));
  CHECK(response.ids == std::vector<TokenId>{1, 2, 3});
  CHECK(response.logprobs.at(1) == -1.0F);
  CHECK(reader->Profiles().value() == std::vector<std::string>{"suite"});
}

TEST_CASE("a response that comes after a failure replaces it") {
  const TempDir dir;
  auto writer = RunWriter::Open(dir.path(), Run());
  Fill(*writer);
  REQUIRE(writer->Put(FailureRecord{1, 0, "HTTP 500"}));
  REQUIRE(writer->Put(1, 0, Text("late")));
  REQUIRE(writer->Finish());
  auto reader = RunReader::Open(dir.path());
  int samples = 0;
  REQUIRE(reader->ForEachSample([&](const JudgedSample& sample) {
    CHECK(sample.outcome_class == SampleClass::kError);  // stored, not judged yet
    CHECK_FALSE(sample.judged);
    return ++samples > 0;
  }));
  CHECK(samples == 1);
}

TEST_CASE("another run in the folder is refused, naming what differs") {
  const TempDir dir;
  { REQUIRE(RunWriter::Open(dir.path(), Run(1))); }
  const auto other = RunWriter::Open(dir.path(), Run(2));
  REQUIRE_FALSE(other);
  CHECK(other.error().code == ErrorCode::kUsage);
  CHECK(other.error().message.find("seed: 1 there, 2 here") != std::string::npos);
}

TEST_CASE("two writers in one folder: the second is refused, naming the first") {
  const TempDir dir;
  auto first = RunWriter::Open(dir.path(), Run());
  REQUIRE(first);
  const auto second = RunWriter::Open(dir.path(), Run());
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("process " + std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("what was committed survives kill -9, what was not is gone as a whole") {
  const TempDir dir;
  const pid_t child = ::fork();
  if (child == 0) {
    auto writer = RunWriter::Open(dir.path(), Run());
    (void)writer->Put(SuiteRecord{0, "demo", "1.0.0", "d", "{}"});
    (void)writer->Put(ProblemRecord{0, 0, "demo/1", "", {}, "[]", "\"\"", "", "{}"});
    (void)writer->Put(0, 0, Text("kept"));
    (void)writer->Commit();
    (void)writer->Put(0, 1, Text("lost"));
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(RunWriter::Open(dir.path(), Run()));  // the lock went with the process
  auto reader = RunReader::Open(dir.path());
  std::vector<std::string> texts;
  REQUIRE(reader->ForEachText([&](auto, auto, std::string text) {
    texts.push_back(text);
    return true;
  }));
  CHECK(texts == std::vector<std::string>{"kept"});
}

TEST_CASE("a file that is no store is refused") {
  const TempDir dir;
  std::ofstream(dir.path() / "run.db") << std::string(5000, 'x');
  const auto reader = RunReader::Open(dir.path());
  REQUIRE_FALSE(reader);
  CHECK(reader.error().code == ErrorCode::kInput);
  const auto missing = RunReader::Open(dir.path() / "none");
  CHECK(missing.error().code == ErrorCode::kNotFound);
}

TEST_CASE("a store of a later schema is refused, naming both") {
  const TempDir dir;
  { REQUIRE(RunWriter::Open(dir.path(), Run())); }
  {
    auto database = Database::Open(dir.path() / "run.db", Database::Mode::kReadWrite);
    REQUIRE(database->Execute("PRAGMA user_version=99"));
  }
  CHECK(RunReader::Open(dir.path()).error().message.find("schema 99") != std::string::npos);
  CHECK(RunWriter::Open(dir.path(), Run()).error().message.find("schema 99") != std::string::npos);
}

namespace {

std::vector<std::string> FilesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

StoredVerdict Judged(Verdict verdict) {
  return {0, 0, std::string(kOwnProfile), std::move(verdict), 0.1};
}

void Write(const std::filesystem::path& folder, const std::string& text,
           const std::optional<Verdict>& verdict) {
  auto writer = RunWriter::Open(folder, Run());
  REQUIRE(writer);
  Fill(*writer);
  REQUIRE(writer->Put(0, 0, Text(text)));
  if (verdict) REQUIRE(writer->Put(Judged(*verdict)));
  REQUIRE(writer->Finish());
}

std::vector<JudgedSample> SamplesOf(const std::filesystem::path& folder) {
  auto reader = RunReader::Open(folder);
  REQUIRE(reader);
  std::vector<JudgedSample> all;
  REQUIRE(reader->ForEachSample([&](const JudgedSample& judged) {
    all.push_back(judged);
    return true;
  }));
  return all;
}

}  // namespace

TEST_CASE("after an orderly end the folder holds one file, also once it was read") {
  const TempDir dir;
  Write(dir.path(), "4", Verdict::Correct("4", ""));
  CHECK(FilesIn(dir.path()) == std::vector<std::string>{"run.db"});
  CHECK(SamplesOf(dir.path()).size() == 1);
  CHECK(FilesIn(dir.path()) == std::vector<std::string>{"run.db"});
  Write(dir.path(), "4", Verdict::Correct("4", ""));  // opened again
  CHECK(FilesIn(dir.path()) == std::vector<std::string>{"run.db"});
}

TEST_CASE("a reader does not keep a writer from its end") {
  const TempDir dir;
  auto writer = RunWriter::Open(dir.path(), Run());
  REQUIRE(writer);
  Fill(*writer);
  REQUIRE(writer->Put(0, 0, Text("4")));
  REQUIRE(writer->Commit());
  auto reader = RunReader::Open(dir.path());
  int seen = 0;
  REQUIRE(reader->ForEachText([&](auto, auto, const std::string&) {
    REQUIRE(writer->Put(Judged(Verdict::Correct("4", ""))));
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(writer->Finish());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
    return ++seen > 0;
  }));
  CHECK(seen == 1);
  CHECK(SamplesOf(dir.path()).at(0).judged);
}

TEST_CASE("a folder's lock is taken by one of many that try at once, again and again") {
  const TempDir dir;
  std::atomic<int> holders = 0;
  std::atomic<int> taken = 0;
  std::atomic<bool> two = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 300; ++round) {
        const auto lock = RunLock::Take(dir.path());
        if (!lock) continue;
        two = two || ++holders > 1;
        ++taken;
        --holders;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(two);
  CHECK(taken >= 30);  // of 1,200 tries; how many meet a holder is the scheduler's to say
  CHECK(FilesIn(dir.path()).empty());
}

TEST_CASE("merged parts: a verdict goes with its response, and an error gives way to a judgement") {
  const TempDir dir;
  const auto merge = [&](const char* name) {
    REQUIRE(MergeRuns({dir.path() / "a", dir.path() / "b"}, dir.path() / name));
    return SamplesOf(dir.path() / name).at(0);
  };
  Write(dir.path() / "a", "4", Verdict::Failure("no judge"));
  Write(dir.path() / "b", "4", Verdict::Correct("4", ""));
  CHECK(merge("one").outcome_class == SampleClass::kCorrect);
  std::filesystem::remove_all(dir.path() / "a");
  Write(dir.path() / "a", "5", std::nullopt);
  const JudgedSample other = merge("two");  // the verdict of "4" says nothing about "5"
  CHECK_FALSE(other.judged);
  CHECK(FilesIn(dir.path() / "two") == std::vector<std::string>{"run.db"});
}

TEST_CASE("a damaged store is refused where it would be counted wrongly") {
  for (const char* damage : {"UPDATE problem SET suite = 7", "UPDATE suite SET id = 3",
                             "INSERT INTO sample VALUES (99, 77, 0, 'stop', '', 0, 0, 0.0)",
                             "INSERT INTO failure VALUES (-5, 0, -5, 'x')",
                             "INSERT INTO response VALUES (-1048577, 'x', NULL, NULL)"}) {
    const TempDir dir;
    Write(dir.path(), "4", Verdict::Correct("4", ""));
    {
      auto database = Database::Open(dir.path() / "run.db", Database::Mode::kReadWrite);
      REQUIRE(database->Execute(damage));
    }
    INFO(damage);
    auto reader = RunReader::Open(dir.path());
    Result<void> read;
    if (reader) {
      read = reader->ForEachSample([](const JudgedSample&) { return true; });
      if (read) read = reader->ForEachText([](auto, auto, const std::string&) { return true; });
    } else {
      read = Pass(reader.error());
    }
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kInput);
    CHECK(read.error().message.find("damaged") != std::string::npos);
  }
}
