// assay score: samples a model on suites, judges every response, stores all of it, prints the
// table.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "cli/commands.h"
#include "cli/commands/score_setup.h"
#include "cli/interrupts.h"
#include "cli/progress.h"
#include "reports/export.h"
#include "reports/paired.h"
#include "reports/table.h"
#include "runner/identity.h"
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
    fmt::print("{:<16} {:>8}  {:>12.1f} %  {:>15.1f} points\n", suite.name, plan.problems,
               100 * ExpectedHalfWidth(plan), 100 * SmallestDetectableDifference(plan));
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

int PrintResult(const ScoreFlags& flags, const std::filesystem::path& folder) {
  auto reader = RunReader::Open(folder);
  if (!reader) return Report(reader.error());
  SummaryOptions options;
  options.ks = flags.ks;
  options.most_samples = flags.n;
  if (flags.shard.empty()) options.limit = flags.limit;
  options.majority = flags.majority;
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
    fmt::print("{}{}", RenderTable(*summary), Usage(flags, *summary));
  }
  fmt::print("stored in {}\n", folder.string());
  return kDone;
}

int Run(const ScoreFlags& flags) {
  auto options = EvaluateOptionsOf(flags);
  if (!options) return Report(options.error());
  std::string note;
  const auto suites = LoadSuites(flags, note);
  if (!suites) return Report(suites.error());
  if (flags.plan) return PrintPlan(flags, *suites);
  const auto plan = PlanRun(*suites, *options);
  if (!plan) return Report(plan.error());
  const Interrupts interrupts;
  ModelOptions model_options = flags.model_options;
  model_options.threads = flags.threads;
  const auto model = OpenModel(flags.model, model_options);
  if (!model) return Report(model.error());

  const RunIdentity identity = IdentifyRun((*model)->Identity(), flags.seed, *suites);
  const RunRecord record{identity.hash, identity.json, flags.model, (*model)->Description(),
                         ASSAY_VERSION, Now(),         flags.seed};
  const auto folder = FolderOf(flags, identity.hash);
  auto writer = RunWriter::Open(folder, record);
  if (!writer) return Report(writer.error());
  if (!note.empty()) fmt::print(stderr, "{}\n", note);

  Progress progress(fmt::format("{}", fmt::join(flags.suites, ",")),
                    static_cast<std::int64_t>(plan->size()) * flags.n);
  if (flags.until_width.value_or(0) > 0) {
    options->enough = [&] {
      const auto running = progress.Running();
      return running && 100 * (running->high - running->low) <= *flags.until_width;
    };
  }
  const auto ran = Evaluate(
      **model, *suites, *plan, *options, *writer,
      [&](const Counted& counted) { progress.Count(counted); }, interrupts.token());
  progress.Finish();
  if (!ran) return Report(ran.error());
  if (const int status = PrintResult(flags, folder); status != kDone) return status;
  if (interrupts.requested()) {
    fmt::print(stderr, "assay: stopped early; repeat the command to go on\n");
    return kSomeFailed;
  }
  if (progress.failures() == 0) return kDone;
  fmt::print(stderr, "assay: {} sample(s) failed; repeat the command to try them again\n",
             progress.failures());
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
