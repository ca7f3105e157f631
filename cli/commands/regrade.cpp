// assay regrade: a run's stored responses under the rules of other harnesses.
#include "runner/regrade.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/thread_pool.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "runner/profiles.h"

namespace assay::cli {
namespace {

struct Flags {
  std::string run;
  std::vector<std::string> profiles;
  std::size_t threads = 0;
  std::size_t examples = 10;
  bool list = false;
  bool json = false;
};

void Print(const Regraded& regraded) {
  fmt::print("{} responses; row correct, column not\n{:<24} {:>10}", regraded.samples, "profile",
             "correct");
  for (std::size_t j = 0; j < regraded.profiles.size(); ++j) fmt::print(" {:>7}", j + 1);
  fmt::print("\n");
  for (std::size_t i = 0; i < regraded.profiles.size(); ++i) {
    const double share = regraded.samples == 0 ? 0
                                               : 100.0 * static_cast<double>(regraded.correct[i]) /
                                                     static_cast<double>(regraded.samples);
    fmt::print("{} {:<22} {:>8.2f} %", i + 1, regraded.profiles[i], share);
    for (const auto count : regraded.matrix[i]) fmt::print(" {:>7}", count);
    fmt::print("\n");
  }
  for (const Disagreement& example : regraded.examples) {
    fmt::print("{} sample {}:", example.problem, example.sample);
    for (std::size_t i = 0; i < example.answers.size(); ++i) {
      fmt::print("  {} {} \"{}\"", i + 1, example.correct[i] ? "correct" : "not",
                 Abbreviate(SanitizeUtf8(example.answers[i]), 40));
    }
    fmt::print("\n");
  }
}

Json ToJson(const Regraded& regraded) {
  Json examples = Json::array();
  for (const Disagreement& example : regraded.examples) {
    examples.push_back({{"problem", example.problem},
                        {"sample", example.sample},
                        {"answers", example.answers},
                        {"correct", example.correct}});
  }
  return {{"samples", regraded.samples},
          {"profiles", regraded.profiles},
          {"correct", regraded.correct},
          {"matrix", regraded.matrix},
          {"examples", examples}};
}

int Run(const Flags& flags) {
  if (flags.list || flags.run.empty()) {
    for (const ProfileInfo& info : Profiles()) fmt::print("{:<24} {}\n", info.name, info.rule);
    return flags.list ? kDone : kBadInput;
  }
  if (flags.profiles.empty()) {
    return Report(Error{ErrorCode::kUsage, "--profile: name at least one (--list shows them)"});
  }
  const std::size_t threads = flags.threads == 0 ? UsableThreads() : flags.threads;
  const auto regraded =
      Regrade(flags.run, flags.profiles, threads, std::chrono::seconds(30), flags.examples);
  if (!regraded) return Report(regraded.error());
  if (flags.json) {
    fmt::print("{}\n", DumpJsonPretty(ToJson(*regraded)));
  } else {
    Print(*regraded);
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
  command->add_option("--examples", flags->examples, "Disagreements to show")
      ->capture_default_str();
  command->add_flag("--list", flags->list, "Say which profiles there are");
  command->add_flag("--json", flags->json, "The result as JSON");
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
