// Downloads themselves: tests/e2e/fetch_test.py.
#include "tasks/fetch.h"

#include "base/files.h"
#include "base/hash.h"
#include "tests/support/catch.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"

TEST_CASE("an array of records becomes one record a line, in the form of Python's json.dumps") {
  assay::Manifest manifest;
  manifest.convert = "json-array";
  const auto lines = assay::StoredForm(
      manifest, "[{\"b\": 1, \"a\": [true, null, 0.5]}, {\"t\": \"\xc3\xa9\\n\", \"e\": {}}]");
  REQUIRE(lines);
  CHECK(*lines == "{\"b\": 1, \"a\": [true, null, 0.5]}\n{\"t\": \"\xc3\xa9\\n\", \"e\": {}}\n");
  CHECK_FALSE(assay::StoredForm(manifest, "{}"));
  CHECK_FALSE(assay::StoredForm(manifest, "[1, "));
}

TEST_CASE("the converted file of a public suite has the sha256 of its manifest") {
  const auto data = assay::SharedData("data/aime/aime2024.jsonl");
  if (!data) return;
  const auto manifest =
      assay::LoadManifest(std::string(ASSAY_SOURCE_DIR) + "/tasks/suites/aime2024.json");
  REQUIRE(manifest);
  std::string array = assay::ReadFile(*data).value();
  array.pop_back();
  for (std::size_t at = 0; (at = array.find('\n', at)) != std::string::npos; at += 2) {
    array.insert(at, ",");
  }
  const auto lines = assay::StoredForm(*manifest, "[" + array + "]");
  REQUIRE(lines);
  CHECK(assay::Sha256Hex(*lines) == manifest->sha256);
}

TEST_CASE("what is not gzip is refused") {
  assay::Manifest manifest;
  manifest.compression = "gzip";
  CHECK_FALSE(assay::StoredForm(manifest, "plain text"));
  CHECK_FALSE(assay::StoredForm(manifest, ""));
}

TEST_CASE("suites without data say so") {
  CHECK(assay::FetchSuite("starter", {}).error().message.find("comes with assay") !=
        std::string::npos);
  CHECK(assay::FetchSuite("assay-10k", {}).error().message.find("is generated") !=
        std::string::npos);
  CHECK(assay::FetchSuite("gsm9k", {}).error().message.find("gsm8k") != std::string::npos);
}
