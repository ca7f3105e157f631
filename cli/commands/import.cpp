// assay import: responses that other harnesses recorded, judged by this suite's verifiers and
// stored as a run.
#include "runner/import.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/commands/tasks.h"
#include "reports/table.h"
#include "runner/evaluate.h"
#include "runner/identity.h"

namespace assay::cli {
namespace {

struct Flags {
  std::string file;
  std::string suite;
  std::string out;
  std::shared_ptr<LibraryOptions> library;
};

int Run(const Flags& flags) {
  const auto suite = FindSuite(flags.suite, *flags.library);
  if (!suite) return Report(suite.error());
  const std::vector<QuestionSet> suites{QuestionsOf(*suite)};
  const auto imported = ImportResponses(flags.file, suites.front());
  if (!imported) return Report(imported.error());
  EvaluateOptions options;
  options.n = imported->samples;
  options.threads = UsableThreads();
  auto plan = PlanRun(suites, options);
  if (!plan) return Report(plan.error());
  std::erase_if(*plan, [&](const PlannedQuestion& planned) {
    const std::string& id = planned.question->problem.id;
    return !imported->problems.contains(FullProblemId(suites.front().name, id));
  });
  const RunIdentity identity = IdentifyRun(imported->model->Identity(), 0, suites);
  const RunRecord record{identity.hash,
                         identity.json,
                         std::filesystem::path(flags.file).filename().string(),
                         imported->model->Description(),
                         ASSAY_VERSION,
                         fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))),
                         0};
  auto writer = RunWriter::Open(flags.out, record);
  if (!writer) return Report(writer.error());
  const auto ran =
      Evaluate(*imported->model, suites, *plan, options, *writer, [](const Counted&) {}, {});
  if (!ran) return Report(ran.error());
  auto reader = RunReader::Open(flags.out);
  if (!reader) return Report(reader.error());
  const auto summary = Summarise(*reader, {});
  if (!summary) return Report(summary.error());
  fmt::print("{} responses ({})\n{}stored in {}\n", imported->responses, imported->format,
             RenderTable(*summary), flags.out);
  return kDone;
}

}  // namespace

void AddImport(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "import", "Judge responses that lm-eval, inspect, evalplus or others recorded");
  auto flags = std::make_shared<Flags>();
  command->add_option("file", flags->file, "Samples JSONL, or an inspect log as JSON")->required();
  command->add_option("--suite", flags->suite, "The suite that the responses answer")
      ->required()
      ->type_name("NAME");
  command->add_option("--out", flags->out, "Run folder")->required()->type_name("DIR");
  flags->library = AddDataFlag(*command);
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
