#include "verifiers/line_judge.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

// Problems whose reference is their name; names that start with "no" are not known.
class Problems {
 public:
  StreamOptions Options() {
    StreamOptions options;
    options.find_problem =
        [this](const std::string& name) -> Result<std::shared_ptr<const Verifier>> {
      CHECK(++inside_ == 1);  // one at a time
      ++asked;
      std::this_thread::yield();
      --inside_;
      if (name.starts_with("no")) return Fail(ErrorCode::kUsage, "there is no {}", name);
      return std::shared_ptr<const Verifier>(
          std::move(*MakeVerifier({{"kind", "exact"}}, {name, Json(), {}})));
    };
    return options;
  }
  std::atomic<int> asked = 0;

 private:
  std::atomic<int> inside_ = 0;
};

std::string Line(const std::string& problem) {
  return DumpJson({{"id", problem}, {"problem", problem}, {"response", problem}});
}

TEST_CASE("a problem is looked up once, however many ask for it") {
  Problems problems;
  LineJudge judge(problems.Options());
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        const std::string name = "p" + std::to_string(i % 5);
        const JudgedLine judged = judge.Judge(1, Line(name));
        if (judged.outcome == Outcome::kCorrect && Json::parse(judged.text)["id"] == name) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 800);
  CHECK(problems.asked == 5);
}

TEST_CASE("the verifiers least asked for are forgotten, failures at once") {
  Problems problems;
  LineJudge judge(problems.Options());
  for (int i = 0; i < 1500; ++i) judge.Judge(1, Line("p" + std::to_string(i)));
  CHECK(problems.asked == 1500);
  judge.Judge(1, Line("p1499"));
  CHECK(problems.asked == 1500);
  judge.Judge(1, Line("p0"));
  CHECK(problems.asked == 1501);
  for (int i = 0; i < 2; ++i) CHECK(judge.Judge(3, Line("no")).outcome == Outcome::kError);
  CHECK(problems.asked == 1503);
  CHECK(Json::parse(judge.Judge(3, Line("no")).text)["reason"] == "line 3: there is no no");
}

TEST_CASE("names and specs from outside are bounded") {
  Problems problems;
  StreamOptions options = problems.Options();
  options.check_spec = [](const Json& spec) -> Result<void> {
    if (spec.contains("rel")) return Fail(ErrorCode::kInput, "\"rel\": not here");
    return {};
  };
  LineJudge judge(options);
  CHECK(judge.Judge(1, Line(std::string(1025, 'p'))).outcome == Outcome::kError);
  CHECK(problems.asked == 0);
  CHECK(judge.Judge(1, Line(std::string(1024, 'p'))).outcome == Outcome::kCorrect);
  const auto with = [&](const Json& spec) {
    return judge.Judge(7, DumpJson({{"reference", "1"}, {"response", "1"}, {"verifier", spec}}));
  };
  CHECK(with({{"kind", "numeric"}}).outcome == Outcome::kCorrect);
  const JudgedLine refused = with({{"kind", "numeric"}, {"rel", 0.1}});
  CHECK(refused.outcome == Outcome::kError);
  CHECK(Json::parse(refused.text)["reason"] == "line 7: \"rel\": not here");
}

}  // namespace
}  // namespace assay
