#include "verifiers/stream.h"

#include <sstream>

#include "tests/support/catch.h"

namespace assay {
namespace {

std::vector<Json> Verify(const std::string& input, StreamOptions options, StreamSummary& summary) {
  std::istringstream in(input);
  std::vector<Json> lines;
  summary = VerifyStream(in, options, [&](std::string_view line) {
    lines.push_back(Json::parse(line));
    return true;
  });
  return lines;
}

TEST_CASE("a stream keeps its order and its bad lines") {
  std::string input;
  const int count = 500;
  for (int i = 0; i < count; ++i) {
    if (i == 6) {
      input += "{\"id\": 6, \"respnse\": \"\"}\n";
    } else {
      input += fmt::format("{{\"id\": {}, \"reference\": \"{}\", \"response\": \"{}\"}}\n", i,
                           i % 7, i % 2 == 0 ? i % 7 : 9);
    }
  }
  StreamSummary one, four;
  const auto serial = Verify(input, {.spec = {{"kind", "numeric"}}, .threads = 1}, one);
  const auto parallel = Verify(input, {.spec = {{"kind", "numeric"}}, .threads = 4}, four);
  CHECK(serial == parallel);
  REQUIRE(serial.size() == count);
  for (int i = 0; i < count; ++i) CHECK(serial[static_cast<std::size_t>(i)]["id"] == i);
  CHECK(serial[0]["outcome"] == "correct");
  CHECK(serial[1]["outcome"] == "wrong");
  CHECK(serial[6]["outcome"] == "error");
  CHECK(serial[6]["reward"].is_null());
  CHECK(serial[6]["reason"].get<std::string>().rfind("line 7: ", 0) == 0);
  CHECK(one.failed == 1);
  CHECK(four.lines == count);
}

TEST_CASE("lines that cannot be judged say why") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"nonsense", "not valid JSON"},
      {"[1]", "expected an object"},
      {"{\"response\": \"1\", \"reference\": \"1\"}", "\"verifier\": is missing"},
      {"{\"response\": \"1\", \"problem\": \"a/b\"}", "no suites are known"},
      {"{\"response\": \"1\", \"problem\": \"a/b\", \"reference\": \"1\"}", "not both"},
      {"{\"response\": 1, \"reference\": \"1\", \"verifier\": {\"kind\": \"exact\"}}", "a string"},
      {"{\"response\": \"1\", \"reference\": \"1\", \"verifier\": {\"kind\": \"exct\"}}", "exact"},
      {"{\"response\": \"1\", \"reference\": \"\", \"verifier\": {\"kind\": \"exact\"}}", "empty"},
  };
  for (const auto& [line, reason] : cases) {
    StreamSummary summary;
    const auto lines = Verify("\n" + line, {}, summary);
    REQUIRE(lines.size() == 1);
    INFO(lines[0]);
    CHECK(lines[0]["outcome"] == "error");
    CHECK(lines[0]["reason"].get<std::string>().rfind("line 2: ", 0) == 0);
    CHECK(lines[0]["reason"].get<std::string>().find(reason) != std::string::npos);
  }
}

TEST_CASE("a line over the limit fails alone") {
  StreamSummary summary;
  const std::string good = "{\"id\":1,\"reference\":\"1\",\"response\":\"1\"}";
  StreamOptions options{.spec = {{"kind", "exact"}}};
  options.max_line_bytes = 100;
  const auto lines = Verify(std::string(1000, 'x') + "\n" + good, options, summary);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["outcome"] == "error");
  CHECK(lines[1]["outcome"] == "correct");
}

}  // namespace
}  // namespace assay
