// Problem streams: the same problems after a resume, a curriculum that follows what is measured,
// and nothing that is held out.
#include "trainer/stages/streams.h"

#include "tasks/generators/generate.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

DataSection TwoLevels(bool curriculum) {
  DataSection data;
  data.streams = {{"gcd_lcm", 1, 2, 1.0}, {"percent_chain", 3, 3, 2.0}};
  data.curriculum = curriculum;
  return data;
}

std::vector<std::string> Draw(ProblemStreams& streams, std::int64_t from, std::int64_t to) {
  std::vector<std::string> drawn;
  for (std::int64_t cursor = from; cursor < to; ++cursor) {
    const auto next = streams.Next(cursor);
    REQUIRE(next.has_value());
    drawn.push_back(next->problem.id + ": " + std::get<std::string>(next->problem.prompt));
    streams.Count(next->stream, next->stream == 0 ? 8 : 2, 8);
  }
  return drawn;
}

TEST_CASE("streams go on where their state says") {
  ProblemStreams whole(TwoLevels(true), 7, {});
  const auto all = Draw(whole, 0, 60);
  ProblemStreams first(TwoLevels(true), 7, {});
  auto parts = Draw(first, 0, 25);
  ProblemStreams second(TwoLevels(true), 7, {});
  second.set_state(first.state());
  const auto rest = Draw(second, 25, 60);
  parts.insert(parts.end(), rest.begin(), rest.end());
  CHECK(parts == all);
  CHECK(second.state() == whole.state());
  ProblemStreams other(TwoLevels(true), 8, {});
  CHECK(Draw(other, 0, 60) != all);
}

TEST_CASE("without a curriculum streams come by weight, with one by what is learnt from them") {
  ProblemStreams plain(TwoLevels(false), 1, {});
  REQUIRE(plain.size() == 3);
  CHECK(plain.Name(0) == "gcd_lcm/1");
  CHECK(plain.Share(0) == Approx(1.0 / 6));
  CHECK(plain.Share(2) == Approx(2.0 / 3));
  for (int i = 0; i < 50; ++i) plain.Count(0, 8, 8);
  CHECK(plain.Share(0) == Approx(1.0 / 6));

  ProblemStreams learning(TwoLevels(true), 1, {});
  for (int i = 0; i < 200; ++i) {
    learning.Count(0, 8, 8);  // always solved
    learning.Count(1, 4, 8);  // half of the time
    learning.Count(2, 0, 8);  // never
  }
  CHECK(learning.state()[0].success == Approx(1).margin(1e-6));
  CHECK(learning.state()[2].success == Approx(0).margin(1e-6));
  CHECK(learning.Share(1) == Approx(2.0 / 3));
  // The floor keeps easy and hard ones from being forgotten.
  CHECK(learning.Share(0) > 0.02);
  CHECK(learning.Share(0) + learning.Share(1) + learning.Share(2) == Approx(1));
  learning.Count(1, 0, 0);  // nothing was scored
  CHECK(learning.state()[1].success == Approx(0.5));
}

TEST_CASE("what is held out never comes up") {
  ProblemStreams streams(TwoLevels(false), 3, {});
  std::unordered_set<std::string> held_out;
  for (std::int64_t cursor = 0; cursor < 20; ++cursor) {
    const auto next = streams.Next(cursor);
    REQUIRE(next.has_value());
    held_out.insert(PromptHash(std::get<std::string>(next->problem.prompt)));
  }
  ProblemStreams avoiding(TwoLevels(false), 3, held_out);
  for (std::int64_t cursor = 0; cursor < 60; ++cursor) {
    const auto next = avoiding.Next(cursor);
    REQUIRE(next.has_value());
    CHECK(held_out.count(PromptHash(std::get<std::string>(next->problem.prompt))) == 0);
  }
}

}  // namespace
}  // namespace assay
