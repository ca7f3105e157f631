#include "base/rng.h"

#include <set>

#include "tests/support/catch.h"

using assay::Key;
using assay::Rng;

TEST_CASE("draws are the same on every machine, for ever") {
  // Frozen: a change here changes every benchmark, every sample and every training run.
  const Key key = Key("test", 7).With("suite").With(3);
  CHECK(key.low() == 10462403878111299790U);
  CHECK(key.high() == 14555813758566133373U);
  CHECK(key.Block(0)[0] == 300846881U);
  CHECK(key.Block(11)[3] == 3289442473U);
  Rng rng(key);
  CHECK(rng.Int(0, 999'999) == 57953);
}

TEST_CASE("neighbouring seeds, words and numbers share no draws") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (std::uint64_t index = 0; index < 50; ++index) {
      seen.insert(Rng(Key("test", seed).With(index))());
    }
  }
  CHECK(seen.size() == 2500);
  CHECK(Key("a", 1).With("b").low() != Key("a", 1).With("c").low());
  CHECK(Key("a", 1).With(1).low() !=
        Key("a", 1).With(std::string_view("\1\0\0\0\0\0\0\0", 8)).low());
}

TEST_CASE("Int covers its range evenly and keeps to it") {
  Rng rng(Key("test", 1));
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(static_cast<std::size_t>(rng.Int(-3, 3) + 3));
  for (const int count : counts) CHECK(std::abs(count - 10'000) < 500);  // five standard deviations
  CHECK(rng.Int(5, 5) == 5);
}

TEST_CASE("Uniform lies in [0, 1) with the right mean") {
  const Key key("test", 2);
  double sum = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const double u = key.Uniform(i);
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    sum += u;
  }
  CHECK(std::abs(sum / 100'000 - 0.5) < 0.005);
}
