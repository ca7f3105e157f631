#include "runner/evaluate.h"

#include <atomic>
#include <map>

#include "runner/identity.h"
#include "runner/store/run_reader.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_model.h"
#include "tests/support/temp_dir.h"

using namespace assay;

namespace {

class StartsWithYes : public Verifier {
 public:
  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    if (broken) return Verdict::Failure("the judge is ill");
    if (response.empty()) return Verdict::NoAnswer("empty");
    return response.substr(0, 3) == "yes" ? Verdict::Correct("yes", "") : Verdict::Wrong("no", "");
  }
  std::atomic<bool> broken = false;
};

QuestionSet MakeSuite(const std::string& name, int problems) {
  QuestionSet suite;
  suite.name = name;
  suite.version = "1.0.0";
  for (int i = 0; i < problems; ++i) {
    Question question;
    question.problem.id = name + "/" + std::to_string(i);
    question.problem.prompt = "say yes";
    question.problem.verifier = {{"kind", "yes"}};
    question.prompt = "say yes";
    suite.questions.push_back(question);
  }
  return suite;
}

struct Bench {
  TempDir dir;
  std::vector<QuestionSet> suites{MakeSuite("b", 7), MakeSuite("a", 12)};
  std::shared_ptr<StartsWithYes> verifier = std::make_shared<StartsWithYes>();
  EvaluateOptions options;
  std::map<SampleClass, int> counts;
  int counted_before = 0;

  std::vector<PlannedQuestion> Plan() const {
    std::vector<PlannedQuestion> plan;
    std::int64_t id = 0;
    for (const QuestionSet* suite : {&suites[1], &suites[0]}) {
      for (const Question& question : suite->questions) {
        plan.push_back({id++, suite, &question, verifier});
      }
    }
    return plan;
  }

  Result<void> Run(Model& model, const std::string& folder, const std::stop_token& stop = {}) {
    counts.clear();
    counted_before = 0;
    const RunIdentity identity = IdentifyRun(model.Identity(), options.seed, suites);
    RunRecord record;
    record.identity = identity.hash;
    record.identity_json = identity.json;
    auto writer = RunWriter::Open(dir.path() / folder, record);
    if (!writer) return Pass(writer.error());
    return Evaluate(
        model, suites, Plan(), options, *writer,
        [&](const Counted& counted) {
          ++counts[counted.outcome_class];
          counted_before += counted.stored_before ? 1 : 0;
        },
        stop);
  }

  // Everything that must not depend on how the run went.
  std::string Dump(const std::string& folder) const {
    auto reader = RunReader::Open(dir.path() / folder);
    REQUIRE(reader);
    std::string dump;
    REQUIRE(reader->ForEachSample([&](const JudgedSample& judged) {
      const auto& sample = judged.sample;
      dump += std::to_string(sample.problem) + "." + std::to_string(sample.sample) + " " +
              std::string(ToString(judged.outcome_class)) + " " +
              reader->ReadSample(sample.problem, sample.sample)->text + "\n";
      return true;
    }));
    return dump;
  }
};

ScriptedModel Keyed() {
  return ScriptedModel([](const Request& request) { return KeyedText(request); });
}

}  // namespace

TEST_CASE("a run stores and counts every sample once") {
  Bench bench;
  bench.options.n = 4;
  bench.options.threads = 2;
  auto model = Keyed();
  REQUIRE(bench.Run(model, "r"));
  CHECK(model.asked == 76);
  CHECK(bench.counts[SampleClass::kCorrect] + bench.counts[SampleClass::kWrong] == 76);
  CHECK(bench.counts[SampleClass::kCorrect] > 20);
  CHECK(bench.counts[SampleClass::kWrong] > 20);
}

TEST_CASE("repeating a finished run asks nothing and counts the same") {
  Bench bench;
  bench.options.n = 2;
  auto model = Keyed();
  REQUIRE(bench.Run(model, "r"));
  const auto first = bench.counts;
  REQUIRE(bench.Run(model, "r"));
  CHECK(model.asked == 38);
  CHECK(bench.counts == first);
  CHECK(bench.counted_before == 38);
}

TEST_CASE("extending n draws only the new samples and keeps the old ones") {
  Bench bench;
  auto model = Keyed();
  bench.options.n = 2;
  REQUIRE(bench.Run(model, "grown"));
  bench.options.n = 5;
  REQUIRE(bench.Run(model, "grown"));
  CHECK(model.asked == 19 * 5);
  REQUIRE(bench.Run(model, "at-once"));
  CHECK(bench.Dump("grown") == bench.Dump("at-once"));
}

TEST_CASE("a stopped run goes on where it was and ends the same") {
  Bench bench;
  bench.options.n = 3;
  auto whole = Keyed();
  REQUIRE(bench.Run(whole, "whole"));
  for (const int after : {1, 5, 30, 56}) {
    const std::string folder = "stopped" + std::to_string(after);
    std::stop_source stop;
    int asked = 0;
    ScriptedModel interrupted([&](const Request& request) {
      if (++asked == after) stop.request_stop();
      return KeyedText(request);
    });
    REQUIRE(bench.Run(interrupted, folder, stop.get_token()));
    CHECK(interrupted.asked == static_cast<std::size_t>(after));
    auto rest = Keyed();
    REQUIRE(bench.Run(rest, folder));
    CHECK(rest.asked == 57 - static_cast<std::size_t>(after));
    CHECK(bench.Dump(folder) == bench.Dump("whole"));
  }
}

TEST_CASE("a failed request is no answer, is counted apart, and is asked again") {
  Bench bench;
  bench.options.n = 2;
  ScriptedModel flaky([](const Request& request) -> Result<Response> {
    if (request.problem_id == "a/3") return Fail(ErrorCode::kUnavailable, "HTTP 500");
    return KeyedText(request);
  });
  REQUIRE(bench.Run(flaky, "r"));
  CHECK(bench.counts[SampleClass::kFailed] == 2);
  auto whole = Keyed();
  REQUIRE(bench.Run(whole, "r"));
  CHECK(whole.asked == 2);
  CHECK(bench.counts[SampleClass::kFailed] == 0);
  REQUIRE(bench.Run(whole, "whole"));
  CHECK(bench.Dump("r") == bench.Dump("whole"));
}

TEST_CASE("a verifier's failure is judged again without drawing again") {
  Bench bench;
  bench.verifier->broken = true;
  auto model = Keyed();
  REQUIRE(bench.Run(model, "r"));
  CHECK(bench.counts[SampleClass::kError] == 19);
  bench.verifier->broken = false;
  REQUIRE(bench.Run(model, "r"));
  CHECK(model.asked == 19);
  CHECK(bench.counts[SampleClass::kError] == 0);
}

TEST_CASE("early stop ends after whole blocks, at the same place when resumed") {
  Bench bench;
  bench.suites = {MakeSuite("b", 40), MakeSuite("a", 30)};
  int problems = 0;
  bench.options.enough = [&] { return ++problems == 2; };
  auto model = Keyed();
  REQUIRE(bench.Run(model, "r"));
  CHECK(model.asked == 32);
}

TEST_CASE("a sample depends on its own key only") {
  const QuestionSet suite = MakeSuite("a", 2);
  const PlannedQuestion one{0, &suite, &suite.questions[0], nullptr};
  const PlannedQuestion two{1, &suite, &suite.questions[1], nullptr};
  CHECK(RequestFor(one, 0, 1).key.Uniform(0) == RequestFor(one, 0, 1).key.Uniform(0));
  CHECK(RequestFor(one, 0, 1).key.Uniform(0) != RequestFor(one, 1, 1).key.Uniform(0));
  CHECK(RequestFor(one, 0, 1).key.Uniform(0) != RequestFor(two, 0, 1).key.Uniform(0));
  CHECK(RequestFor(one, 0, 1).key.Uniform(0) != RequestFor(one, 0, 2).key.Uniform(0));
}

TEST_CASE("one changed byte anywhere makes another run") {
  std::vector<QuestionSet> suites{MakeSuite("a", 3)};
  std::vector<std::string> hashes{IdentifyRun("m", 1, suites).hash};
  hashes.push_back(IdentifyRun("M", 1, suites).hash);
  hashes.push_back(IdentifyRun("m", 2, suites).hash);
  const auto with = [&](const auto& change) {
    auto changed = suites;
    change(changed[0]);
    hashes.push_back(IdentifyRun("m", 1, changed).hash);
  };
  with([](QuestionSet& s) { s.questions[1].prompt = "say yes "; });
  with([](QuestionSet& s) { s.questions[2].problem.reference = "x"; });
  with([](QuestionSet& s) { s.questions[2].problem.verifier["kind"] = "no"; });
  with([](QuestionSet& s) { s.sampling.temperature = 0.5; });
  with([](QuestionSet& s) { s.sampling.stop = {"\n"}; });
  with([](QuestionSet& s) { s.sampling.max_tokens = 513; });
  with([](QuestionSet& s) { s.digest = "x"; });
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(hashes[i] != hashes[j]);
  }
  CHECK(IdentifyRun("m", 1, suites).hash == hashes[0]);
}
