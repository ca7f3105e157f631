// assay report: one or several runs as a page, or as files for other programs.
#include <fmt/format.h>
#include <stdlib.h>

#include "base/files.h"
#include "cli/commands.h"
#include "reports/export.h"
#include "reports/html.h"
#include "reports/table.h"
#include "reports/training.h"
#include "runner/store/merge.h"

namespace assay::cli {
namespace {

struct Flags {
  std::vector<std::string> runs;
  std::string out;
  std::string profile{kOwnProfile};
  bool json = false;
  bool csv = false;
  bool lm_eval = false;
  std::string merge;
};

// Exact maj@k over more samples a problem takes long (assay score --maj).
constexpr std::int64_t kMostForMajority = 16;

// A folder that lives as long as this.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-merge-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Shards of one run become one run: in the folder that --merge names, or for this report only.
Result<void> MergeShards(Flags& flags, Scratch& scratch) {
  if (flags.runs.size() < 2) {
    if (flags.merge.empty()) return {};
    return Fail(ErrorCode::kUsage, "--merge: name at least two runs");
  }
  const std::vector<std::filesystem::path> runs(flags.runs.begin(), flags.runs.end());
  if (flags.merge.empty()) {
    const auto one = ArePartsOfOneRun(runs);
    if (!one) return Pass(one.error());
    if (!*one) return {};
    if (scratch.path().empty()) {
      return Fail(ErrorCode::kUnavailable, "no temporary folder can be made; use --merge DIR");
    }
  }
  const auto folder = flags.merge.empty() ? scratch.path() : std::filesystem::path(flags.merge);
  if (auto merged = MergeRuns(runs, folder); !merged) return merged;
  if (flags.out.empty() && flags.merge.empty() && !flags.json && !flags.csv && !flags.lm_eval) {
    flags.out = (runs.front() / "report.html").string();
  }
  flags.runs = {folder.string()};
  return {};
}

std::string NameOf(const std::string& run) {
  const auto path = std::filesystem::path(run).lexically_normal();
  return path.filename().empty() ? path.parent_path().filename().string()
                                 : path.filename().string();
}

// Several runs share a page as if each were a suite of its own: "run: suite".
void Append(Json& all, Json report, const std::string& run) {
  for (const char* part : {"rows", "problems"}) {
    for (Json& item : report[part]) {
      item["suite"] = run + ": " + item["suite"].get<std::string>();
      all[part].push_back(std::move(item));
    }
  }
  all["run"]["runs"].push_back(std::move(report["run"]));
  all["left_out"] =
      all.value("left_out", std::int64_t{0}) + report.value("left_out", std::int64_t{0});
}

Result<Json> ReportOf(const Flags& flags) {
  SummaryOptions options;
  options.profile = flags.profile;
  options.majority = true;
  options.majority_samples = kMostForMajority;
  if (!flags.json) options.most_listed = kMostOnPage / std::ssize(flags.runs);
  Json all = {{"run", {{"model", ""}, {"subtitle", ""}, {"runs", Json::array()}}},
              {"rows", Json::array()},
              {"problems", Json::array()}};
  for (const std::string& run : flags.runs) {
    auto reader = RunReader::Open(run);
    if (!reader) return Pass(reader.error());
    if (auto there = reader->RequireProfile(flags.profile); !there) return Pass(there.error());
    auto report = ExportReport(*reader, options, true);
    if (!report) return Pass(report.error());
    if (flags.runs.size() == 1) return report;
    const std::string model = reader->run().model;
    Json& title = all["run"]["model"];
    title = title.get<std::string>() + (title.get<std::string>().empty() ? "" : ", ") + model;
    Append(all, std::move(*report), NameOf(run));
  }
  return all;
}

int Deliver(const Flags& flags, const std::string& bytes) {
  if (flags.out.empty()) {
    fmt::print("{}", bytes);
    return kDone;
  }
  if (const auto written = WriteFileAtomically(flags.out, bytes); !written) {
    return Report(written.error());
  }
  fmt::print("wrote {}\n", flags.out);
  return kDone;
}

int RunOne(const Flags& flags) {
  if (flags.runs.size() != 1) {
    return Report({ErrorCode::kUsage, "--csv and --lm-eval take one run"});
  }
  auto reader = RunReader::Open(flags.runs[0]);
  if (!reader) return Report(reader.error());
  if (auto there = reader->RequireProfile(flags.profile); !there) return Report(there.error());
  if (flags.csv) {
    const auto csv = ExportCsv(*reader, flags.profile);
    return csv ? Deliver(flags, *csv) : Report(csv.error());
  }
  SummaryOptions options;
  options.profile = flags.profile;
  const auto summary = Summarise(*reader, options);
  if (!summary) return Report(summary.error());
  const Json document = ExportLmEval(reader->run(), reader->suites(), *summary);
  return Deliver(flags, DumpJsonPretty(document) + "\n");
}

// A training run has curves in place of scores.
int RunTraining(const Flags& flags) {
  if (flags.runs.size() != 1 || flags.csv || flags.lm_eval) {
    return Report({ErrorCode::kUsage, flags.runs[0] +
                                          " is a training run: it is reported alone, as a page or "
                                          "with --json"});
  }
  const auto training = ReadTraining(flags.runs[0]);
  if (!training) return Report(training.error());
  if (flags.json) return Deliver(flags, DumpJsonPretty(*training) + "\n");
  Flags page = flags;
  if (page.out.empty()) page.out = (std::filesystem::path(flags.runs[0]) / "report.html").string();
  return Deliver(
      page, RenderTrainingPage((*training)["name"].get<std::string>() + " — assay", *training));
}

int Run(Flags flags) {
  for (const std::string& run : flags.runs) {
    if (IsTrainingRun(run)) return RunTraining(flags);
  }
  Scratch scratch;
  if (auto merged = MergeShards(flags, scratch); !merged) return Report(merged.error());
  if (flags.csv || flags.lm_eval) return RunOne(flags);
  const auto report = ReportOf(flags);
  if (!report) return Report(report.error());
  if (flags.json) return Deliver(flags, DumpJsonPretty(*report) + "\n");
  Flags page = flags;
  if (page.out.empty()) page.out = (std::filesystem::path(flags.runs[0]) / "report.html").string();
  const std::string title = (*report)["run"]["model"].get<std::string>() + " — assay";
  return Deliver(page, RenderPage(title, *report));
}

}  // namespace

void AddReport(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "report", "Write a run, or several side by side, as a page; shards of one run are merged");
  command
      ->add_option("RUN", flags->runs,
                   "Run folders that assay score wrote, or one that assay train wrote")
      ->required();
  command->add_option(
      "--out", flags->out,
      "File to write; without it the page goes to RUN/report.html and --json, --csv "
      "and --lm-eval to standard output");
  command
      ->add_option("--profile", flags->profile, "Verdicts to show, where assay regrade made others")
      ->capture_default_str();
  command
      ->add_option("--merge", flags->merge,
                   "Keep the merged shards as a run in this folder; without it shards are merged "
                   "for this report only")
      ->type_name("DIR");
  CLI::Option* json =
      command->add_flag("--json", flags->json, "Everything as JSON instead of a page");
  CLI::Option* csv = command->add_flag("--csv", flags->csv, "One line a sample");
  CLI::Option* lm_eval = command->add_flag("--lm-eval", flags->lm_eval,
                                           "The results document of lm-evaluation-harness");
  json->excludes(csv)->excludes(lm_eval);
  csv->excludes(lm_eval);
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
