#include "base/json.h"

#include "tests/support/catch.h"

using assay::Fields;
using assay::ParseJson;

namespace {
std::string ErrorOf(const std::string& text) {
  const auto value = ParseJson(text);
  return value ? "" : value.error().message;
}
}  // namespace

TEST_CASE("a syntax error names line and column") {
  CHECK(ErrorOf("{\n  \"a\": 1,\n  oops\n}").find("line 3, column 3") != std::string::npos);
}

TEST_CASE("duplicate keys, deep nesting, trailing text and bad UTF-8 are refused") {
  CHECK(ErrorOf(R"({"a":1,"a":2})").find("\"a\" stands twice") != std::string::npos);
  CHECK(ErrorOf(std::string(100'000, '[')).find("nested deeper") != std::string::npos);
  CHECK_FALSE(ErrorOf("1 2").empty());
  CHECK_FALSE(ErrorOf("\"\xff\"").empty());
  CHECK(ErrorOf(R"({"a":{"a":1},"b":[{"a":1}]})").empty());
}

TEST_CASE("numbers out of range are an error, not an exception") {
  CHECK_FALSE(ErrorOf("1e999999").empty());
}

TEST_CASE("Fields reads, refuses unknown keys and suggests the nearest") {
  const auto object = ParseJson(R"({"kind":"math","rell":0.1})").value();
  Fields fields(object, "verifier");
  CHECK(fields.String("kind") == "math");
  CHECK_FALSE(fields.OptionalNumber("rel").has_value());
  const auto done = fields.Done();
  REQUIRE_FALSE(done);
  CHECK(done.error().message == "verifier: unknown key \"rell\" (did you mean \"rel\"?)");
}

TEST_CASE("Fields keeps the first problem") {
  const auto object = ParseJson(R"({"n":"x","m":7})").value();
  Fields fields(object, "f");
  fields.Int("n");
  fields.Int("m", 0, 5);
  CHECK(fields.Done().error().message == "f: \"n\": expected a whole number");
  Fields missing(object, "f");
  missing.String("name");
  CHECK(missing.Done().error().message == "f: \"name\": is missing");
}

TEST_CASE("DumpJson never throws on bytes that are not UTF-8") {
  CHECK(assay::DumpJson(assay::Json("\xff")) == "\"\xEF\xBF\xBD\"");
}
