#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

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
