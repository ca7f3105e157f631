#include "trainer/stages/gather.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/thread_pool.h"
#include "runner/evaluate.h"
#include "runner/store/run_reader.h"
#include "trainer/stages/held_out.h"
#include "trainer/stages/rollout.h"

namespace assay {
namespace {

struct Candidate {
  std::int64_t sample = 0;
  std::string text;
  std::int64_t tokens = 0;
  double form = 0;
};

// What the reward says of a response beside its answer.
double FormReward(const RewardSection& reward, const RolloutSection& rollout,
                  const Candidate& candidate) {
  RolloutSample sample;
  sample.text = candidate.text;
  sample.ids.resize(static_cast<std::size_t>(candidate.tokens));
  sample.verdict.outcome = Outcome::kCorrect;
  sample.verdict.reward = 1;
  const auto weights = RewardWeights(reward);
  const auto components = RewardsOf(reward, rollout, sample);
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * components[i].value_or(0);
  return sum;
}

std::vector<Candidate> Best(std::vector<Candidate> candidates, std::int64_t keep) {
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    if (a.form != b.form) return a.form > b.form;
    return a.tokens != b.tokens ? a.tokens < b.tokens : a.sample < b.sample;
  });
  std::set<std::string> known;
  std::vector<Candidate> best;
  for (Candidate& candidate : candidates) {
    if (static_cast<std::int64_t>(best.size()) == keep) break;
    if (known.insert(candidate.text).second) best.push_back(std::move(candidate));
  }
  return best;
}

Prompt PromptFrom(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  std::vector<Message> messages;
  for (const Json& turn : json) {
    messages.push_back({turn.value("role", ""), turn.value("content", "")});
  }
  return messages;
}

Result<Example> ExampleOf(const Prompt& prompt, const std::string& text,
                          const PromptEncoder& encoder) {
  auto ids = encoder.Encode(prompt);
  if (!ids) return Pass(ids.error());
  auto response = encoder.EncodeResponse(text);
  if (!response) return Pass(response.error());
  return Example{std::move(*ids), std::move(*response)};
}

// The right, finished responses of a stored run, by problem.
Result<std::vector<std::vector<Candidate>>> RightOnes(const std::filesystem::path& folder,
                                                      std::size_t problems,
                                                      const TrainConfig& config) {
  auto reader = RunReader::Open(folder);
  if (!reader) return Pass(reader.error());
  std::vector<std::vector<Candidate>> right(problems);
  const auto read = reader->ForEachSample(
      [&](const JudgedSample& judged) {
        const bool whole = judged.sample.finish == Finish::kStop;
        if (judged.outcome_class == SampleClass::kCorrect && whole) {
          right[static_cast<std::size_t>(judged.sample.problem)].push_back(
              {judged.sample.sample, "", judged.sample.response_tokens, 0});
        }
        return true;
      },
      std::string(kOwnProfile), false);
  if (!read) return Pass(read.error());
  for (std::size_t problem = 0; problem < problems; ++problem) {
    for (Candidate& candidate : right[problem]) {
      auto response = reader->ReadSample(static_cast<std::int64_t>(problem), candidate.sample);
      if (!response) return Pass(response.error());
      candidate.text = std::move(response->text);
      candidate.form = FormReward(config.reward, config.rollout, candidate);
    }
  }
  return right;
}

}  // namespace

Result<std::optional<Gathered>> ReadGathered(const std::filesystem::path& run,
                                             const PromptEncoder& encoder) {
  const auto file = run / "gathered.jsonl";
  if (!std::filesystem::exists(file)) return std::nullopt;
  Gathered gathered;
  std::optional<Error> error;
  const auto read = ForEachJsonLine(file, [&](std::size_t number, Result<Json> line) {
    const std::string place = fmt::format("{}: line {}", file.string(), number);
    if (!line) {
      error = Within(place, line.error()).value();
      return false;
    }
    if (line->contains("drawn")) {
      gathered.drawn = line->value("drawn", std::int64_t{0});
      gathered.right = line->value("right", std::int64_t{0});
      gathered.problems_solved = line->value("problems_solved", std::int64_t{0});
      return true;
    }
    auto example = ExampleOf(PromptFrom((*line)["prompt"]), line->value("response", ""), encoder);
    if (!example) {
      error = Within(place, example.error()).value();
      return false;
    }
    gathered.examples.push_back(std::move(*example));
    return true;
  });
  if (!read) return Pass(read.error());
  if (error) return Pass(*error);
  return std::optional(std::move(gathered));
}

Result<Gathered> GatherVerified(Model& model, const TrainConfig& config,
                                const QuestionSet& questions, const std::filesystem::path& run,
                                const PromptEncoder& encoder) {
  std::vector<QuestionSet> suites = {questions};
  suites[0].sampling.max_tokens = static_cast<int>(config.rollout.max_tokens);
  suites[0].sampling.temperature = config.rollout.temperature;
  suites[0].sampling.top_p = 1;
  suites[0].sampling.stop = config.rollout.stop;
  EvaluateOptions options;
  options.n = static_cast<int>(config.run.samples);
  options.seed = config.seed;
  options.threads = config.threads == 0 ? UsableThreads() : config.threads;
  options.budget = std::chrono::milliseconds(config.reward.budget_ms);
  const auto plan = PlanRun(suites, options);
  if (!plan) return Pass(plan.error());
  const auto folder = run / "gathered";
  {
    auto writer = RunWriter::Open(folder, TrainerRunRecord(model, config.seed, suites));
    if (!writer) return Pass(writer.error());
    const auto ran = Evaluate(model, suites, *plan, options, *writer, [](const Counted&) {}, {});
    if (!ran) return Pass(ran.error());
  }
  const auto unscored = UnscoredIn(folder);
  if (!unscored) return Pass(unscored.error());
  if (unscored->share() > config.reward.max_error_share) {
    return Fail(ErrorCode::kUnavailable,
                "{} of {} responses could not be scored (reward.max_error_share is {:.0f}%): {}; "
                "the same command asks for these again",
                unscored->failed, unscored->samples, 100 * config.reward.max_error_share,
                unscored->reason);
  }
  auto right = RightOnes(folder, questions.questions.size(), config);
  if (!right) return Pass(right.error());
  Gathered gathered;
  gathered.drawn = static_cast<std::int64_t>(plan->size()) * config.run.samples;
  std::string lines;
  for (std::size_t problem = 0; problem < right->size(); ++problem) {
    const Question& question = questions.questions[problem];
    gathered.right += static_cast<std::int64_t>((*right)[problem].size());
    gathered.problems_solved += (*right)[problem].empty() ? 0 : 1;
    for (const Candidate& kept : Best(std::move((*right)[problem]), config.run.keep)) {
      lines += DumpJson({{"prompt", ToJson(question.prompt)}, {"response", kept.text}}) + "\n";
      auto example = ExampleOf(question.prompt, kept.text, encoder);
      if (!example) return Pass(example.error());
      gathered.examples.push_back(std::move(*example));
    }
  }
  lines = DumpJson({{"drawn", gathered.drawn},
                    {"right", gathered.right},
                    {"problems_solved", gathered.problems_solved}}) +
          "\n" + lines;
  if (auto written = WriteFileAtomically(run / "gathered.jsonl", lines); !written) {
    return Pass(written.error());
  }
  return gathered;
}

}  // namespace assay
