#include "tasks/python_data.h"

#include "tasks/field_map.h"
#include "tests/support/catch.h"

using namespace assay;

namespace {

std::string Through(const std::string& line) {
  const auto value = ParseJson(ProtectNumbers(line));
  REQUIRE(value);
  return PythonSource(*value);
}

}  // namespace

TEST_CASE("numbers that JSON cannot hold come through as Python wrote them") {
  CHECK(Through("[123456789012345678901234567890, -98765432109876543210]") ==
        "[123456789012345678901234567890, -98765432109876543210]");
  CHECK(Through("[Infinity, -Infinity, NaN]") == "[float('inf'), float('-inf'), float('nan')]");
  CHECK(Through(R"({"a": [1, 2.5, -0.0, 1e22], "b": null, "c": [true, false]})") ==
        R"({"a": [1, 2.5, -0.0, 1e+22], "b": None, "c": [True, False]})");
  CHECK(Through(R"(["NaN \" 123456789012345678901234567890", "-Infinity"])") ==
        R"(["NaN \" 123456789012345678901234567890", "-Infinity"])");
}

TEST_CASE("a manifest's texts take lists as lines and any value as Python") {
  const Json record = {{"tests", {"a", "b"}}, {"input", {1, nullptr}}, {"name", "f"}};
  CHECK(EvaluateText("{name}:\n{tests:lines}", record, 0).value() == "f:\na\nb");
  CHECK(EvaluateText("x = {input:python}", record, 0).value() == "x = [1, None]");
  CHECK(EvaluateText("{input:json}", record, 0).value() == "{input:json}");
  CHECK(EvaluateText(Json{{"lines", {"def {name}():", "    pass"}}}, record, 0).value() ==
        "def f():\n    pass\n");
  CHECK_FALSE(EvaluateText("{nam:lines}", record, 0));
}
