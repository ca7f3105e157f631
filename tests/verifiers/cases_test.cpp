// Runs tests/cases/<kind>/*.jsonl: {"reference", "response", "outcome", "verifier"?, "note"?} a
// line.
#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/pace.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

void CheckCase(const std::string& kind, const std::string& place, const Json& line) {
  INFO(place << ": " << DumpJson(line));
  const Json spec = line.contains("verifier") ? line["verifier"] : Json{{"kind", kind}};
  const auto verifier =
      MakeVerifier(spec, {line["reference"].get<std::string>(), Json(), std::filesystem::path()});
  REQUIRE(verifier.has_value());
  const auto response = line["response"].get<std::string>();
  const Verdict verdict = (*verifier)->Check(response, std::chrono::milliseconds(1000));
  INFO("answer \"" << verdict.answer << "\": " << verdict.reason);
  CHECK(ToString(verdict.outcome) == line["outcome"].get<std::string>());
  if (verdict.span) CHECK(verdict.span->end <= response.size());
}

void CheckFolder(const std::string& kind) {
  int cases = 0;
  const auto folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests" / "cases" / kind;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto read = ForEachJsonLine(file.path(), [&](std::size_t number, Result<Json> line) {
      REQUIRE(line.has_value());
      CheckCase(kind, file.path().filename().string() + ":" + std::to_string(number), *line);
      ++cases;
      return true;
    });
    REQUIRE(read.has_value());
  }
  CHECK(cases > 0);
}

TEST_CASE("numeric cases") { CheckFolder("numeric"); }
TEST_CASE("exact cases") { CheckFolder("exact"); }
TEST_CASE("choice cases") { CheckFolder("choice"); }
TEST_CASE("cases of answers that are data") { CheckFolder("code_answers"); }
TEST_CASE("logic cases") { CheckFolder("logic"); }

bool Refused(const Json& spec, const std::string& reference) {
  return !MakeVerifier(spec, {reference, Json(), {}}).has_value();
}

TEST_CASE("a bad reference or key is refused when the verifier is made") {
  CHECK(Refused({{"kind", "numeric"}}, ""));
  CHECK(Refused({{"kind", "numeric"}}, "many"));
  CHECK(Refused({{"kind", "numeric"}}, "4 or 5"));
  CHECK(Refused({{"kind", "numeric"}, {"rel", -1}}, "4"));
  CHECK(Refused({{"kind", "numeric"}, {"percent", "yes"}}, "4"));
  CHECK(Refused({{"kind", "numeric"}, {"tolerance", 1}}, "4"));
  CHECK(Refused({{"kind", "exact"}}, "  "));
  CHECK(Refused({{"kind", "exact"}, {"case", true}}, "a"));
  CHECK(Refused({{"kind", "choice"}}, "Z"));
  CHECK(Refused({{"kind", "choice"}}, "A or B"));
  CHECK(Refused({{"kind", "choice"}, {"choices", 1}}, "A"));
  CHECK(Refused({{"kind", "choice"}, {"choices", 3}}, "D"));
  const Json database = {{"setup", "CREATE TABLE t (a)"}, {"rows", {{1}}}};
  CHECK(Refused({{"kind", "code"}, {"protocol", "sql"}, {"databases", Json::array()}}, "x"));
  CHECK(Refused({{"kind", "code"}, {"protocol", "sql"}, {"databases", {{{"rows", {{1}}}}}}}, "x"));
  CHECK(Refused({{"kind", "code"}, {"protocol", "sql"}, {"databases", {database}}, {"sort", 1}},
                "x"));
  CHECK_FALSE(Refused({{"kind", "code"}, {"protocol", "sql"}, {"databases", {database}}}, "x"));
  CHECK(Refused({{"kind", "code"}, {"protocol", "regex"}, {"accept", {"a"}}}, "x"));
  CHECK(Refused({{"kind", "code"}, {"protocol", "input"}, {"program", "def f(): pass"}}, "x"));
  CHECK(Refused({{"kind", "numerc"}}, "4"));
  CHECK(Refused({{"kind", "logic"}, {"puzzle", "suduko"}}, "1"));
  CHECK(Refused({{"kind", "logic"}, {"puzzle", "list"}, {"order", 1}}, "1"));
  CHECK(Refused({{"kind", "logic"}, {"puzzle", "list"}}, " "));
  CHECK(Refused({{"kind", "logic"}, {"puzzle", "queens"}, {"size", 4}, {"fixed", {{0, 4}}}}, "1"));
  CHECK(Refused({{"kind", "logic"}, {"puzzle", "flips"}, {"stack", {2, 1}}, {"most", 1}}, "1"));
  CHECK(Refused(Json::array(), "4"));
}

TEST_CASE("hostile responses of a megabyte end soon") {
  const std::size_t size = 1 << 20;
  std::vector<std::string> hostile = {std::string(size, '{'),    std::string(size, '1'),
                                      std::string(size, '$'),    std::string(size, '\\'),
                                      std::string(size, '\xff'), std::string(size, 'A')};
  for (const std::string piece : {"\\boxed{", "\\frac{1", "1 1/", "the answer is ", "####", "1,000",
                                  "(A) or ", "A or ", "-$", "**", "\xC2\xBD", "\\boxed{1}"}) {
    std::string text;
    while (text.size() < size) text += piece;
    hostile.push_back(std::move(text));
  }
  for (const char* kind : {"numeric", "exact", "choice"}) {
    const auto verifier =
        MakeVerifier({{"kind", kind}}, {kind == std::string("choice") ? "A" : "4", Json(), {}});
    REQUIRE(verifier.has_value());
    for (const std::string& response : hostile) {
      INFO(kind << " " << response.substr(0, 20));
      const auto start = std::chrono::steady_clock::now();
      (*verifier)->Check(response, std::chrono::milliseconds(1000));
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2 * kPace));
    }
  }
}

}  // namespace
}  // namespace assay
