#include <fstream>

#include "runner/model/replay_model.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using namespace assay;

namespace {

std::filesystem::path Write(const TempDir& dir, const std::string& text) {
  const auto path = dir.path() / "replies.jsonl";
  std::ofstream(path) << text;
  return path;
}

Result<Response> Ask(Model& model, const std::string& problem, std::int64_t sample) {
  Request request{std::string(), Sampling(), Key("sample", 1), -1, problem, sample};
  Result<Response> answer = Fail(ErrorCode::kInternal, "not handed over");
  model.Sample({request}, [&](std::size_t, Result<Response> got) { answer = std::move(got); }, {});
  return answer;
}

}  // namespace

TEST_CASE("replay finds responses by problem and sample, in either spelling") {
  const TempDir dir;
  auto model = OpenReplayModel(Write(dir,
                                     "{\"problem\":\"demo/a\",\"response\":\"one\"}\n\n"
                                     "{\"problem\":\"demo/a\",\"response\":\"two\"}\n"
                                     "{\"id\":\"b\",\"text\":\"x\",\"sample\":4,"
                                     "\"finish\":\"length\",\"ids\":[5,6],\"extra\":0}\n"));
  REQUIRE(model);
  CHECK(Ask(**model, "demo/a", 0)->text == "one");
  CHECK(Ask(**model, "demo/a", 1)->text == "two");
  const auto cut = Ask(**model, "demo/b", 4);
  REQUIRE(cut);
  CHECK(cut->finish == Finish::kLength);
  CHECK(cut->response_tokens == 2);
  CHECK(Ask(**model, "demo/a", 2).error().message.find("no sample 2") != std::string::npos);
  CHECK(Ask(**model, "demo/c", 0).error().code == ErrorCode::kNotFound);
}

TEST_CASE("replay refuses malformed files, naming the line") {
  const TempDir dir;
  const auto bad = OpenReplayModel(Write(dir, "{\"id\":\"a\",\"text\":\"\"}\n{\"id\":\"a\"}\n"));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.find("line 2: \"response\": is missing") != std::string::npos);
  const auto twice = OpenReplayModel(Write(
      dir, "{\"id\":\"a\",\"text\":\"\",\"sample\":0}\n{\"id\":\"a\",\"text\":\"\",\"sample\":0}"));
  CHECK(twice.error().message.find("stands there twice") != std::string::npos);
}

TEST_CASE("the identity of recorded responses is their content") {
  const TempDir dir;
  const auto one = OpenReplayModel(Write(dir, "{\"id\":\"a\",\"text\":\"1\"}\n")).value();
  const std::string before = one->Identity();
  const auto two = OpenReplayModel(Write(dir, "{\"id\":\"a\",\"text\":\"2\"}\n")).value();
  CHECK(before != two->Identity());
}
