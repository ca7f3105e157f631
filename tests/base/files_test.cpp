#include "base/files.h"

#include <filesystem>

#include "base/hash.h"
#include "base/sqlite.h"
#include "base/suggest.h"
#include "base/thread_pool.h"
#include "base/utf8.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using namespace assay;

TEST_CASE("files are written whole and read back") {
  const TempDir dir;
  const auto path = dir.path() / "a.txt";
  REQUIRE(WriteFileAtomically(path, "one"));
  REQUIRE(WriteFileAtomically(path, "two"));
  CHECK(ReadFile(path).value() == "two");
  CHECK(MappedFile::Open(path).value().bytes() == "two");
  CHECK(Sha256HexOfFile(path).value() == Sha256Hex("two"));
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
  CHECK(ReadFile(path, 2).error().code == ErrorCode::kInput);
}

TEST_CASE("errors name the path") {
  const auto missing = ReadFile("/nonexistent/x");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::kNotFound);
  CHECK(missing.error().message.find("/nonexistent/x") == 0);
  CHECK(WriteFileAtomically("/nonexistent/x", "").error().code == ErrorCode::kUnavailable);
}

TEST_CASE("SHA-256 gives the value of FIPS 180-2's first example") {
  CHECK(Sha256Hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("UTF-8 decoding refuses overlong forms and surrogates") {
  CHECK(IsUtf8("aé€😀"));
  CHECK_FALSE(IsUtf8("\xC0\x80"));
  CHECK_FALSE(IsUtf8("\xED\xA0\x80"));
  CHECK_FALSE(IsUtf8("\xF4\x90\x80\x80"));
  CHECK(SanitizeUtf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(CompleteUtf8Prefix("ab\xE2\x82") == 2);
  CHECK(CompleteUtf8Prefix("ab\xE2\x82\xAC") == 5);
  CHECK(Abbreviate("a€b", 3) == "a…");
}

TEST_CASE("the nearest word is suggested, a far one is not") {
  const std::vector<std::string> known = {"--limit", "--suite", "--seed"};
  CHECK(Nearest("--limt", known) == "--limit");
  CHECK(Nearest("--temperature", known).empty());
}

TEST_CASE("SQLite round trip, errors are values") {
  const TempDir dir;
  auto db = Database::Open(dir.path() / "x.db", Database::Mode::kReadWrite);
  REQUIRE(db);
  REQUIRE(db->Execute("CREATE TABLE t(a INTEGER, b TEXT)"));
  auto insert = db->Prepare("INSERT INTO t VALUES(?, ?)");
  REQUIRE(insert);
  REQUIRE(insert->Bind(0, std::int64_t{7}).Bind(1, std::string_view("x\0y", 3)).Run());
  auto select = db->Prepare("SELECT a, b FROM t");
  REQUIRE(select->Step().value());
  CHECK(select->Int(0) == 7);
  CHECK(select->Text(1) == std::string("x\0y", 3));
  CHECK_FALSE(select->Step().value());
  CHECK_FALSE(db->Prepare("SELECT nothing FROM nowhere"));
  CHECK(Database::Open("/nonexistent/x.db", Database::Mode::kReadOnly).error().code ==
        ErrorCode::kUnavailable);
}

TEST_CASE("the pool runs every job, also beyond its bound") {
  std::atomic<int> sum = 0;
  {
    ThreadPool pool(2, 3);
    for (int i = 1; i <= 100; ++i) pool.Submit([&sum, i] { sum += i; });
    pool.Wait();
    CHECK(sum == 5050);
    pool.Submit([&sum] { sum = 1; });
  }
  CHECK(sum == 1);
  ParallelFor(10, 4, [&](std::size_t i) { sum += static_cast<int>(i); });
  CHECK(sum == 46);
}
