// assay regrade: a run's stored responses under the rules of other harnesses.
#include "runner/regrade.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/thread_pool.h"
#include "cli/commands.h"
#include "reports/disagreement.h"
#include "runner/profiles.h"
#include "runner/profiles/shots.h"

namespace assay::cli {
namespace {

struct Flags {
  std::string run;
  std::vector<std::string> profiles;
  std::size_t threads = 0;
  std::size_t examples = 10;
  double verdict_seconds = 30;
  bool list = false;
  bool json = false;
};

void PrintProfiles() {
  std::size_t width = 0;
  for (const ProfileInfo& info : Profiles()) width = std::max(width, info.name.size());
  for (const ProfileInfo& info : Profiles()) {
    std::string asks = info.asks ? "; has a prompt (assay score --profile)" : "";
    if (info.shots > 0) asks += fmt::format(" and shows {} examples ({})", info.shots, kShotsName);
    fmt::print("{:<{}}  {}\n{:<{}}  judges {}{}; follows {}\n", info.name, width, info.rule, "",
               width, info.judges, asks, info.follows);
  }
}

int Run(const Flags& flags) {
  if (flags.list || flags.run.empty()) {
    PrintProfiles();
    return flags.list ? kDone : kBadInput;
  }
  if (flags.profiles.empty()) {
    return Report(Error{ErrorCode::kUsage, "--profile: name at least one (--list shows them)"});
  }
  const std::size_t threads = flags.threads == 0 ? UsableThreads() : flags.threads;
  const std::chrono::milliseconds budget(static_cast<int>(flags.verdict_seconds * 1000));
  const auto regraded = Regrade(flags.run, flags.profiles, threads, budget, flags.examples);
  if (!regraded) return Report(regraded.error());
  if (flags.json) {
    fmt::print("{}\n", DumpJsonPretty(ToJson(*regraded)));
  } else {
    fmt::print("{}", RenderDisagreement(*regraded));
  }
  return kDone;
}

}  // namespace

void AddRegrade(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("regrade", "Judge stored responses under the rules of other harnesses");
  auto flags = std::make_shared<Flags>();
  command->add_option("run", flags->run, "Run folder");
  command->add_option("--profile", flags->profiles, "Profiles, separated by commas")
      ->delimiter(',')
      ->type_name("NAME[,NAME]");
  command->add_option("--threads", flags->threads, "0: all this process may use")
      ->capture_default_str();
  command->add_option("--verdict-seconds", flags->verdict_seconds, "Wall time for one verdict")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--examples", flags->examples, "Disagreements to show")
      ->capture_default_str();
  command->add_flag("--list", flags->list, "Say which profiles there are");
  command->add_flag("--json", flags->json, "The result as JSON");
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
