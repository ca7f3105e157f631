#include "trainer/stages/held_out.h"

#include <fmt/chrono.h>

#include <ctime>
#include <map>

#include "base/thread_pool.h"
#include "runner/identity.h"
#include "runner/store/run_reader.h"
#include "tasks/benchmark.h"

namespace assay {

RunRecord TrainerRunRecord(Model& model, std::uint64_t seed,
                           const std::vector<QuestionSet>& suites) {
  const RunIdentity identity = IdentifyRun(model.Identity(), seed, suites);
  return {identity.hash, identity.json,
          "policy",      model.Description(),
          ASSAY_VERSION, fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))),
          seed};
}

Result<std::unique_ptr<HeldOut>> HeldOut::Make(const TrainConfig& config, Suite suite,
                                               const std::filesystem::path& run) {
  std::unique_ptr<HeldOut> held_out(new HeldOut());
  held_out->folder_ = run / "held-out";
  held_out->seed_ = config.seed;
  suite.sampling.max_tokens = static_cast<int>(config.rollout.max_tokens);
  suite.sampling.temperature = config.data.held_out_temperature;
  suite.sampling.top_p = 1;
  suite.sampling.stop = config.rollout.stop;
  if (config.data.held_out == "generated") {
    if (auto written = WritePack(suite, held_out->folder_ / "pack"); !written) {
      return Pass(written.error());
    }
  }
  held_out->options_.n = config.data.held_out_samples;
  held_out->options_.seed = config.seed;
  held_out->options_.threads = config.threads == 0 ? UsableThreads() : config.threads;
  held_out->options_.budget = std::chrono::milliseconds(config.reward.budget_ms);
  held_out->suites_.push_back(AskedAs(config.data, suite));
  auto plan = PlanRun(held_out->suites_, held_out->options_);
  if (!plan) return Pass(plan.error());
  held_out->plan_ = std::move(*plan);
  return held_out;
}

Result<HeldOutResult> HeldOut::Evaluate(Model& model, std::int64_t step) {
  auto writer = RunWriter::Open(folder_ / fmt::format("step-{:06}", step),
                                TrainerRunRecord(model, seed_, suites_));
  if (!writer) return Pass(writer.error());
  std::map<std::int64_t, ProblemTally> tallies;
  HeldOutResult result;
  double counted = 0;
  const auto count = [&](const Counted& sample) {
    if (SaysNothing(sample.outcome_class)) return;
    ProblemTally& tally = tallies[sample.problem];
    ++tally.drawn;
    tally.correct += sample.outcome_class == SampleClass::kCorrect ? 1 : 0;
    result.reward += sample.reward;
    ++counted;
  };
  if (auto ran = assay::Evaluate(model, suites_, plan_, options_, *writer, count, {}); !ran) {
    return Pass(ran.error());
  }
  for (const auto& [id, tally] : tallies) {
    result.problems.push_back(tally);
    result.correct += static_cast<double>(tally.correct) / static_cast<double>(tally.drawn) /
                      static_cast<double>(tallies.size());
  }
  if (counted > 0) result.reward /= counted;
  auto unscored = UnscoredIn(writer->folder());
  if (!unscored) return Pass(unscored.error());
  result.unscored = std::move(*unscored);
  return result;
}

Result<Unscored> UnscoredIn(const std::filesystem::path& folder) {
  auto reader = RunReader::Open(folder);
  if (!reader) return Pass(reader.error());
  Unscored unscored;
  const auto read = reader->ForEachSample(
      [&](const JudgedSample& judged) {
        unscored.Count(!SaysNothing(judged.outcome_class), judged.verdict.reason);
        return true;
      },
      std::string(kOwnProfile), false);
  if (!read) return Pass(read.error());
  return unscored;
}

}  // namespace assay
