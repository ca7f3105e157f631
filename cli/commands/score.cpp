// assay score: samples a model on suites, judges every response, stores all of it, prints the
// table.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "cli/commands.h"
#include "cli/commands/score_setup.h"
#include "cli/interrupts.h"
#include "cli/progress.h"
#include "reports/disagreement.h"
#include "reports/export.h"
#include "reports/paired.h"
#include "reports/table.h"
#include "runner/identity.h"
#include "runner/preflight.h"
#include "runner/regrade.h"
#include "runner/store/run_reader.h"

namespace assay::cli {
namespace {

std::string Now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::filesystem::path FolderOf(const ScoreFlags& flags, const std::string& identity) {
  if (!flags.out.empty()) return flags.out;
  std::string name = ShortModelName(flags.model) + "-" + identity.substr(0, 12);
  if (!flags.shard.empty()) {
    name += "-shard" + flags.shard;
    name.replace(name.find('/'), 1, "of");
  }
  return std::filesystem::path("runs") / name;
}

int PrintPlan(const ScoreFlags& flags, const std::vector<QuestionSet>& suites) {
  fmt::print("What {} sample(s) a problem could tell, at 95 % and 80 % power\n", flags.n);
  fmt::print("{:<16} {:>8}  {:>14}  {:>22}\n", "suite", "problems", "interval at 50",
             "detectable difference");
  for (const QuestionSet& suite : suites) {
    const auto all = suite.questions.size();
    Plan plan;
    plan.problems = static_cast<std::int64_t>(std::min(flags.limit.value_or(all), all));
    plan.samples = flags.n;
    const auto detectable = SmallestDetectableDifference(plan);
    fmt::print("{:<16} {:>8}  {:>12} %  {:>22}\n", suite.name, plan.problems,
               fmt::format("±{:.1f}", 100 * ExpectedHalfWidth(plan)),
               detectable ? fmt::format("{:.1f} points", 100 * *detectable)
                          : std::string("none: too few"));
  }
  fmt::print(
      "\nAssumes pass@1 near 50 %, half of a sample's variance between problems, and a correlation "
      "of 0.7\nbetween two models' rates; the difference is for a paired comparison on the same "
      "problems.\n");
  return kDone;
}

// What the stored samples took; attempts that failed are not in it.
std::string Usage(const ScoreFlags& flags, const Summary& summary) {
  std::int64_t prompt = 0;
  std::int64_t response = 0;
  for (const SummaryRow& row : summary.rows) {
    if (row.group != "all") continue;
    prompt += row.prompt_tokens;
    response += row.response_tokens;
  }
  if (prompt + response == 0) return "";
  std::string text = fmt::format("{} prompt tokens, {} response tokens", prompt, response);
  if (flags.price.size() == 2) {
    text += fmt::format(", cost {:.4f}", (static_cast<double>(prompt) * flags.price[0] +
                                          static_cast<double>(response) * flags.price[1]) /
                                             1e6);
  }
  return text + "\n";
}

// Exact maj@k over large n takes long: beyond this only on demand.
constexpr int kMostForMajority = 16;

bool WantsMajority(const ScoreFlags& flags, const std::vector<QuestionSet>& suites) {
  const auto asks = [](const QuestionSet& suite) {
    return std::find(suite.metrics.begin(), suite.metrics.end(), "maj@k") != suite.metrics.end();
  };
  const bool few = flags.n > 1 && flags.n <= kMostForMajority;
  return flags.majority || (few && std::any_of(suites.begin(), suites.end(), asks));
}

int PrintResult(const ScoreFlags& flags, const std::vector<QuestionSet>& suites,
                const std::filesystem::path& folder) {
  auto reader = RunReader::Open(folder);
  if (!reader) return Report(reader.error());
  SummaryOptions options;
  options.ks = flags.ks;
  options.most_samples = flags.n;
  if (flags.shard.empty()) options.limit = flags.limit;
  options.majority = WantsMajority(flags, suites);
  if (options.ks.empty()) options.ks = DefaultKs(flags.n);
  if (flags.json) {
    auto report = ExportReport(*reader, options, false);
    if (!report) return Report(report.error());
    (*report)["folder"] = folder.string();
    fmt::print("{}\n", DumpJsonPretty(*report));
    return kDone;
  }
  const auto summary = Summarise(*reader, options);
  if (!summary) return Report(summary.error());
  if (summary->rows.empty()) {
    fmt::print("no sample has ended yet\n");
  } else {
    fmt::print("{}{}", RenderTable(*summary, flags.truncated_percent / 100),
               Usage(flags, *summary));
  }
  fmt::print("stored in {}\n", folder.string());
  return kDone;
}

// The stored responses under the profile that asked for them, beside the suite's own verdicts.
int JudgeByProfile(const ScoreFlags& flags, const std::filesystem::path& folder,
                   std::size_t threads) {
  constexpr std::size_t kExamples = 4;
  const auto regraded =
      Regrade(folder, {std::string(kOwnProfile), flags.profile}, threads,
              std::chrono::milliseconds(static_cast<int>(flags.verdict_seconds * 1000)), kExamples);
  if (!regraded) return Report(regraded.error());
  if (!flags.json) fmt::print("\n{}", RenderDisagreement(*regraded));
  return kDone;
}

// What a run needs, all of it checked.
struct Prepared {
  std::vector<QuestionSet> suites;
  EvaluateOptions options;
  std::vector<PlannedQuestion> plan;  // points into `suites`
  std::unique_ptr<Model> model;
  std::vector<SuitePreflight> preflight;
  std::string note;
};

Result<void> Prepare(const ScoreFlags& flags, Prepared& run) {
  auto plan = PlanRun(run.suites, run.options);
  if (!plan) return Pass(plan.error());
  run.plan = std::move(*plan);
  ModelOptions model_options = flags.model_options;
  model_options.local.threads = flags.threads;
  auto model = OpenModel(flags.model, model_options);
  if (!model) return Pass(model.error());
  run.model = std::move(*model);
  auto preflight = Preflight(*run.model, run.plan, run.options.threads);
  if (!preflight) return Within("preflight", preflight.error());
  run.preflight = std::move(*preflight);
  if (const std::string use = run.model->MemoryUse(); !use.empty()) {
    run.note += fmt::format("{}: {}\n", run.model->Description(), use);
  }
  for (const SuitePreflight& suite : run.preflight) {
    if (suite.cut_short == 0) continue;
    run.note += fmt::format("{}: {} prompt(s) leave less than {} tokens of the model's context\n",
                            suite.suite, suite.cut_short, suite.sampling.max_tokens);
  }
  return {};
}

// Draws and judges into `folder`, which is let go of afterwards.
Result<void> Draw(const ScoreFlags& flags, Prepared& run, const std::filesystem::path& folder,
                  const RunRecord& record, std::optional<Progress>& progress,
                  const Interrupts& interrupts) {
  auto writer = RunWriter::Open(folder, record);
  if (!writer) return Pass(writer.error());
  const std::string preflight = DumpJson(ToJson(run.preflight));
  if (auto put = writer->PutNote("preflight", preflight); !put) return put;
  progress.emplace(fmt::format("{}", fmt::join(flags.suites, ",")),
                   static_cast<std::int64_t>(run.plan.size()) * flags.n);
  if (flags.until_width.value_or(0) > 0) {
    run.options.enough = [&] {
      const auto running = progress->Running();
      return running && 100 * (running->high - running->low) <= *flags.until_width;
    };
  }
  return Evaluate(
      *run.model, run.suites, run.plan, run.options, *writer,
      [&](const Counted& counted) { progress->Count(counted); }, interrupts.token());
}

int Run(const ScoreFlags& flags) {
  Prepared run;
  auto options = EvaluateOptionsOf(flags);
  if (!options) return Report(options.error());
  run.options = std::move(*options);
  auto suites = LoadSuites(flags, run.note);
  if (!suites) return Report(suites.error());
  run.suites = std::move(*suites);
  if (flags.plan) return PrintPlan(flags, run.suites);
  const Interrupts interrupts;
  if (auto prepared = Prepare(flags, run); !prepared) return Report(prepared.error());
  if (flags.preflight) {
    fmt::print(stderr, "{}", run.note);
    fmt::print("{}", flags.json ? DumpJsonPretty(ToJson(run.preflight)) + "\n"
                                : RenderPreflight(run.preflight));
    return kDone;
  }
  const RunIdentity identity = IdentifyRun(run.model->Identity(), flags.seed, run.suites);
  const RunRecord record{identity.hash, identity.json, flags.model, run.model->Description(),
                         ASSAY_VERSION, Now(),         flags.seed};
  const auto folder = FolderOf(flags, identity.hash);
  fmt::print(stderr, "{}", run.note);
  std::optional<Progress> progress;
  const auto ran = Draw(flags, run, folder, record, progress, interrupts);
  if (progress) progress->Finish();
  if (!ran) return Report(ran.error());
  if (const int status = PrintResult(flags, run.suites, folder); status != kDone) return status;
  if (!flags.profile.empty() && !interrupts.requested()) {
    const int status = JudgeByProfile(flags, folder, run.options.threads);
    if (status != kDone) return status;
  }
  if (interrupts.requested()) {
    fmt::print(stderr, "assay: stopped early; repeat the command to go on\n");
    return kSomeFailed;
  }
  if (progress->failures() == 0) return kDone;
  fmt::print(stderr, "assay: {} sample(s) failed; repeat the command to try them again\n",
             progress->failures());
  return kSomeFailed;
}

}  // namespace

void AddScore(CLI::App& app) {
  CLI::App* command = app.add_subcommand("score", "Score a model on suites with pass@k");
  auto flags = std::make_shared<ScoreFlags>();
  DeclareScoreFlags(*command, *flags);
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
