// Rewards: components and weights, verdicts made while sampling goes on, and the same verdict as
// the runner gives.
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "runner/evaluate.h"
#include "runner/store/run_reader.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_model.h"
#include "tests/support/temp_dir.h"
#include "trainer/loss/shaping.h"
#include "trainer/stages/held_out.h"
#include "trainer/stages/policy_step.h"
#include "trainer/stages/rollout.h"

namespace assay {
namespace {

// Right when the text is "right", unscored when it is "broken".
class WordVerifier : public Verifier {
 public:
  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    if (response == "broken") return Verdict::Failure("the verifier broke");
    return response == "right" ? Verdict::Correct("right", "") : Verdict::Wrong("", "");
  }
};

RolloutSample Judged(const std::string& text, std::int64_t tokens) {
  RolloutSample sample;
  sample.text = text;
  sample.ids.resize(static_cast<std::size_t>(tokens), 1);
  sample.logps.resize(sample.ids.size(), -1.0);
  sample.verdict = WordVerifier().Check(text, {});
  return sample;
}

Response Saying(std::string text) {
  Response response;
  response.ids = {1, 2};
  response.logprobs = {-1, -1};
  response.text = std::move(text);
  return response;
}

TrainProblem ProblemWith(std::shared_ptr<const Verifier> verifier) {
  TrainProblem problem;
  problem.id = "p";
  problem.prompt = {1, 2, 3};
  problem.verifier = std::move(verifier);
  return problem;
}

TEST_CASE("each component of the reward stands in its place, with its weight") {
  RewardSection reward;
  reward.accuracy = 1;
  reward.format = 0.5;
  reward.overlong = 0.25;
  reward.overlong_cache = 4;
  reward.repetition = 0.1;
  reward.repetition_words = 1;
  reward.language = 0.2;
  RolloutSection rollout;
  rollout.max_tokens = 10;
  CHECK(RewardNames(reward) ==
        std::vector<std::string>{"accuracy", "format", "overlong", "repetition", "language"});
  CHECK(RewardWeights(reward) == std::vector<double>{1, 0.5, 0.25, 0.1, 0.2});

  const auto right = RewardsOf(reward, rollout, Judged("right", 6));
  CHECK(right == std::vector<Reward>{1.0, 0.0, 0.0, -0.0, 1.0});
  const auto tagged =
      RewardsOf(reward, rollout, Judged("<think>да да</think> <answer>да</answer>", 8));
  CHECK(tagged[0] == 0.0);
  CHECK(tagged[1] == 1.0);
  CHECK(tagged[2] == -0.5);  // 8 of 10 tokens with a cache of 4: half way down
  CHECK(*tagged[4] < 1);     // Cyrillic letters where Latin ones are wanted

  RewardSection only;
  only.accuracy = 0;
  only.format = 2;
  CHECK(RewardNames(only) == std::vector<std::string>{"format"});
}

TEST_CASE("a sample whose verifier failed is unscored in every component") {
  RewardSection reward;
  reward.format = 1;
  const auto components = RewardsOf(reward, {}, Judged("broken", 4));
  REQUIRE(components.size() == 2);
  for (const Reward& component : components) CHECK_FALSE(component.has_value());
}

TEST_CASE("unscored and masked samples have no part in the step") {
  TrainConfig config;
  config.rollout.group = 4;
  config.rollout.mask_truncated = true;
  const TrainProblem problem = ProblemWith(std::make_shared<WordVerifier>());
  RolloutGroup group;
  group.problem = &problem;
  for (const char* text : {"right", "no", "broken", "no"}) group.samples.push_back(Judged(text, 3));
  group.samples[3].truncated = true;
  for (RolloutSample& sample : group.samples) {
    sample.components = RewardsOf(config.reward, config.rollout, sample);
  }
  const auto advantages = StepAdvantages({group}, config);
  CHECK(advantages.advantages[0] > 0);
  CHECK(advantages.advantages[2] == 0);
  // Mean and spread are those of the three scored samples.
  CHECK(advantages.advantages[0] + advantages.advantages[1] + advantages.advantages[3] ==
        Approx(0).margin(1e-12));
  const auto slices = SliceGroups({group}, {0}, advantages, config);
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].tokens == 6);
  CHECK(slices[0].mask == std::vector<std::uint8_t>{1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0});
}

// Says that it was asked.
class SignallingVerifier : public Verifier {
 public:
  Verdict Check(std::string_view, std::chrono::milliseconds) const override {
    const std::lock_guard lock(mutex_);
    asked_ = true;
    changed_.notify_all();
    return Verdict::Correct("", "");
  }
  bool WaitUntilAsked(std::chrono::seconds most) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, most, [&] { return asked_; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable bool asked_ = false;
};

TEST_CASE("verdicts are made while other samples are still being drawn") {
  const auto verifier = std::make_shared<SignallingVerifier>();
  const TrainProblem problem = ProblemWith(verifier);
  bool judged_meanwhile = false;
  int drawn = 0;
  // The second response comes only once the first has been judged.
  ScriptedModel model([&](const Request&) -> Result<Response> {
    if (++drawn == 2) judged_meanwhile = verifier->WaitUntilAsked(std::chrono::seconds(20));
    return Saying("right");
  });
  TrainConfig config;
  config.threads = 1;
  RolloutPlan plan;
  plan.problems = {&problem};
  plan.keys = {Key("t", 1)};
  plan.group = 2;
  const auto rollout = RollOut(model, plan, config);
  REQUIRE(rollout.has_value());
  CHECK(judged_meanwhile);
  CHECK(rollout->groups[0].samples[1].verdict.outcome == Outcome::kCorrect);
}

TEST_CASE("shuffled rewards are the same rewards in another order") {
  const TrainProblem problem = ProblemWith(std::make_shared<WordVerifier>());
  ScriptedModel model([](const Request& request) -> Result<Response> {
    return Saying(request.sample < 8 ? "right" : "wrong");
  });
  TrainConfig config;
  config.reward.shuffle = true;
  RolloutPlan plan;
  plan.problems = {&problem};
  plan.keys = {Key("t", 1)};
  plan.group = 16;
  const auto rollout = RollOut(model, plan, config);
  REQUIRE(rollout.has_value());
  int rewarded = 0, rewarded_right = 0;
  for (const RolloutSample& sample : rollout->groups[0].samples) {
    const bool reward = sample.components[0] == 1.0;
    rewarded += reward ? 1 : 0;
    rewarded_right += reward && sample.verdict.outcome == Outcome::kCorrect ? 1 : 0;
  }
  CHECK(rewarded == 8);
  CHECK(rewarded_right < 8);
}

// Texts as models write them, and as they do not: right, wrong, malformed, bytes that are no text.
std::string SomeText(std::uint64_t index, const std::string& reference) {
  Rng rng(Key("text", index));
  switch (rng.Int(0, 7)) {
    case 0:
      return "The answer is $\\boxed{" + reference + "}$.";
    case 1:
      return "\\boxed{" + std::to_string(rng.Int(-50, 50)) + "}";
    case 2:
      return "so x = \\frac{" + std::to_string(rng.Int(1, 40)) + "}{" +
             std::to_string(rng.Int(0, 4)) + "}";
    case 3:
      return "";
    case 4:
      return "<think>" + reference + "?</think><answer>" + std::to_string(rng.Int(0, 20)) +
             "</answer>";
    case 5:
      return "\\boxed{\\boxed{" + reference + "} and {{{";
    case 6:
      return reference + ".0";
    default: {
      std::string bytes;
      for (int i = 0; i < 40; ++i) bytes += static_cast<char>(rng.Int(1, 127));
      return bytes;
    }
  }
}

TEST_CASE("a stored text has the identical verdict in trainer and runner: 10,000 texts") {
  constexpr std::int64_t kProblems = 100, kSamples = 100;
  Suite suite;
  suite.name = "texts";
  suite.version = "1.0.0";
  suite.prompt_template = "{prompt}";
  for (std::int64_t p = 0; p < kProblems; ++p) {
    Problem problem;
    problem.id = std::to_string(p);
    problem.prompt = "problem " + problem.id;
    problem.reference = p % 3 == 0 ? "\\frac{" + std::to_string(p) + "}{4}" : std::to_string(p);
    problem.verifier = {{"kind", p % 5 == 4 ? "numeric" : "math"}};
    if (p % 3 == 0) problem.verifier = {{"kind", "math"}};
    suite.problems.push_back(problem);
  }
  ScriptedModel model([&](const Request& request) -> Result<Response> {
    const auto slash = request.problem_id.find('/');
    const auto p = std::stoull(request.problem_id.substr(slash + 1));
    Response response = Saying(SomeText(p * 1000 + static_cast<std::uint64_t>(request.sample),
                                        suite.problems[p].reference));
    response.response_tokens = 2;
    return response;
  });
  // The trainer's way.
  TrainConfig config;
  config.reward.budget_ms = 30'000;
  std::vector<QuestionSet> suites = {QuestionsOf(suite)};
  std::vector<TrainProblem> problems(kProblems);
  RolloutPlan plan;
  plan.group = kSamples;
  for (std::size_t p = 0; p < problems.size(); ++p) {
    auto verifier = VerifierOf(suite, suite.problems[p]);
    REQUIRE(verifier.has_value());
    problems[p] = ProblemWith(std::move(*verifier));
    problems[p].id = "texts/" + std::to_string(p);
    plan.problems.push_back(&problems[p]);
    plan.keys.push_back(Key("t", p));
  }
  const auto rollout = RollOut(model, plan, config);
  REQUIRE(rollout.has_value());
  // The runner's way, into a store and back.
  const TempDir folder;
  EvaluateOptions options;
  options.n = kSamples;
  options.threads = 2;
  const auto planned = PlanRun(suites, options);
  REQUIRE(planned.has_value());
  auto writer = RunWriter::Open(folder.path() / "run", TrainerRunRecord(model, 0, suites));
  REQUIRE(writer.has_value());
  REQUIRE(Evaluate(model, suites, *planned, options, *writer, [](const Counted&) {}, {}));
  auto reader = RunReader::Open(folder.path() / "run");
  REQUIRE(reader.has_value());
  std::int64_t compared = 0, different = 0;
  std::map<Outcome, int> outcomes;
  REQUIRE(reader->ForEachSample([&](const JudgedSample& judged) {
    const auto& sample = rollout->groups[static_cast<std::size_t>(judged.sample.problem)]
                             .samples[static_cast<std::size_t>(judged.sample.sample)];
    const Verdict& a = sample.verdict;
    const Verdict& b = judged.verdict;
    ++outcomes[a.outcome];
    const bool same = a.outcome == b.outcome && a.reward == b.reward && a.answer == b.answer &&
                      a.reason == b.reason;
    different += same ? 0 : 1;
    ++compared;
    return true;
  }));
  CHECK(compared == kProblems * kSamples);
  CHECK(different == 0);
  // The texts are of every kind, or the comparison shows little.
  CHECK(outcomes[Outcome::kCorrect] > 1000);
  CHECK(outcomes[Outcome::kWrong] > 1000);
  CHECK(outcomes[Outcome::kNoAnswer] > 500);
}

}  // namespace
}  // namespace assay
