#include "tasks/library.h"

#include <fstream>

#include "tasks/field_map.h"
#include "tests/support/catch.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"

using assay::EvaluateField;
using assay::FindProblem;
using assay::FindSuite;
using assay::Json;

TEST_CASE("field expressions read a record") {
  const Json record = {{"q", "2 {x} \\boxed{4}"}, {"n", 7},
                       {"a", "so\n#### 1,000 "},  {"l", "Level 3"},
                       {"t", {"a", "b"}},         {"s", "\\boxed{\\frac{1}{2}} x"}};
  CHECK(EvaluateField("{q} and {n} of {index}", record, 5).value() ==
        "2 {x} \\boxed{4} and 7 of 5");
  CHECK(EvaluateField("{n}", record, 0).value() == 7);
  CHECK(EvaluateField({{"from", "a"}, {"after_last", "####"}}, record, 0).value() == "1,000");
  CHECK(EvaluateField({{"from", "l"}, {"digits", true}}, record, 0).value() == 3);
  CHECK(EvaluateField({{"from", "t"}, {"join", "+"}}, record, 0).value() == "a+b");
  CHECK(EvaluateField({{"from", "s"}, {"last_boxed", true}}, record, 0).value() == "\\frac{1}{2}");
  CHECK(EvaluateField("{m}", record, 0).error().message.find("no field \"m\"") == 15);
  CHECK_FALSE(EvaluateField({{"from", "q"}, {"after_last", "####"}}, record, 0));
}

TEST_CASE("every shipped suite is listed, and the starter pack is one of them") {
  const auto suites = assay::ListSuites();
  REQUIRE(suites);
  bool starter = false;
  for (const auto& info : *suites) starter = starter || (info.name == "starter" && info.present);
  CHECK(starter);
}

TEST_CASE("a misspelt suite or problem brings a suggestion") {
  CHECK(FindSuite("startr").error().message.find("did you mean \"starter\"") != std::string::npos);
  CHECK(FindProblem("starter/math-1").error().message.find("math-01") != std::string::npos);
  CHECK(FindProblem("starter/math-01").value().problem->id == "math-01");
  CHECK_FALSE(FindProblem("starter"));
}

TEST_CASE("a missing data file is named with the way to get it") {
  const auto suite = FindSuite("gsm8k");
  if (!suite) CHECK(suite.error().message.find("assay tasks fetch gsm8k") != std::string::npos);
}

TEST_CASE("manifests read the public files") {
  const auto data = assay::SharedData("data");
  if (!data) return;
  assay::LibraryOptions options;
  options.data_dirs.push_back(*data);
  const auto suites = assay::ListSuites(options);
  REQUIRE(suites);
  for (const auto& info : *suites) {
    INFO(info.name);
    if (!info.present) continue;
    const auto suite = FindSuite(info.name, options);
    if (!suite) FAIL(suite.error().message);
    CHECK(suite->problems.size() == info.count);
  }
  CHECK(FindSuite("gsm8k", options)->problems[0].reference == "18");
}

TEST_CASE("a changed data file is refused") {
  const auto data = assay::SharedData("data/gsm8k/test.jsonl");
  if (!data) return;
  assay::TempDir dir;
  std::filesystem::copy_file(*data, dir.path() / "gsm8k.jsonl");
  std::filesystem::permissions(dir.path() / "gsm8k.jsonl", std::filesystem::perms::owner_all);
  std::ofstream(dir.path() / "gsm8k.jsonl", std::ios::app) << "\n";
  assay::LibraryOptions options;
  options.data_dirs.push_back(dir.path());
  const auto suite = FindSuite("gsm8k", options);
  REQUIRE_FALSE(suite);
  CHECK(suite.error().message.find("sha256") != std::string::npos);
}
