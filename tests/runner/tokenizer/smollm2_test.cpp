// Ids of the bundled default model against those that Hugging Face tokenizers gave
// (tests/peers/tokenizer_fuzz.py --write).
#include "base/json.h"
#include "runner/model/resolve.h"
#include "runner/model/tokenizer/load.h"
#include "tests/support/catch.h"

using assay::Json;
using assay::Result;

TEST_CASE("SmolLM2's ids equal the recorded ones, and decode back") {
  const std::string name(assay::kDefaultModelName);
  if (!assay::ResolveModel(name)) {
    WARN("SKIPPED: the default model is not in the cache folder (scripts/setup fetches it)");
    return;
  }
  const auto tokenizer = assay::LoadTokenizer(name);
  REQUIRE(tokenizer);
  std::size_t lines = 0;
  const auto read = assay::ForEachJsonLine(
      std::string(ASSAY_SOURCE_DIR) + "/tests/cases/tokenizer/smollm2.jsonl",
      [&](std::size_t number, Result<Json> line) {
        const auto text = line->at("text").get<std::string>();
        const auto expected = line->at("ids").get<std::vector<assay::TokenId>>();
        const auto ids = tokenizer->Encode(text, {});
        INFO("line " << number);
        CHECK(ids.value() == expected);
        ++lines;
        return true;
      });
  CHECK(read);
  CHECK(lines >= 1200);
}
