#include "base/trim.h"

#include "tests/support/catch.h"

namespace assay {
namespace {

TEST_CASE("white space around a text goes, and no other") {
  CHECK(Trimmed("") == "");
  CHECK(Trimmed(" \t\r\n") == "");
  CHECK(Trimmed("a b") == "a b");
  CHECK(Trimmed("\r\n a\t\nb \t") == "a\t\nb");
  CHECK(Trimmed(" \v\fx\u00a0 ") == "\v\fx\u00a0");
}

}  // namespace
}  // namespace assay
