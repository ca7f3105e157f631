#include "tasks/family_table.h"

#include "base/files.h"
#include "tasks/benchmark.h"
#include "tasks/generators/registry.h"
#include "tests/support/catch.h"

TEST_CASE("docs/families.md is what \"assay tasks families --markdown\" writes") {
  const auto rows = assay::FamilyTable();
  if (!rows) FAIL(rows.error().message);
  CHECK(rows->size() == assay::AllFamilies().size());
  for (const auto& row : *rows) {
    INFO(row.name);
    CHECK(row.prompt_median > 20);
    CHECK(row.random_guess <= 0.55);
  }
  const auto page =
      assay::ReadFile(std::string(ASSAY_SOURCE_DIR) + "/docs/families.md").value_or("");
  if (!assay::kBenchmarkComplete) {
    WARN("SKIPPED: the families are not frozen, docs/families.md may lag behind");
    return;
  }
  INFO("renew it: assay tasks families --markdown > docs/families.md");
  CHECK((page == ToMarkdown(*rows)));
}
