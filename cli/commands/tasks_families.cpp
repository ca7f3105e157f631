// assay tasks families: the generators and what they give.
#include <fmt/format.h>

#include "base/utf8.h"
#include "cli/commands/tasks.h"
#include "tasks/benchmark.h"
#include "tasks/family_table.h"

namespace assay::cli {
namespace {

struct Flags {
  bool json = false;
  bool markdown = false;
  bool mix = false;
  bool freeze = false;
};

void PrintTable(const std::vector<FamilyRow>& rows) {
  fmt::print("{:<7} {:<24} {:>6} {:>7} {:>7} {:>9}  {}\n", "domain", "family", "in 10k", "prompt",
             "random", "constant", "what it asks");
  for (const FamilyRow& row : rows) {
    fmt::print("{:<7} {:<24} {:>6} {:>7} {:>6.0f}% {:>8.0f}%  {}\n", row.domain, row.name,
               row.in_benchmark, row.prompt_median, 100 * row.random_guess,
               100 * row.constant_guess, Abbreviate(row.title, 70));
  }
}

// The two lines of tasks/frozen.h.
int PrintHashes() {
  const auto hashes = HashesToFreeze();
  if (!hashes) return Report(hashes.error());
  constexpr const char* kLine = "inline constexpr std::string_view {} =\n    \"{}\";\n";
  fmt::print(fmt::runtime(kLine), "kBenchmarkSha256", hashes->benchmark);
  fmt::print(fmt::runtime(kLine), "kMiniSha256", hashes->mini);
  return kDone;
}

int Families(const Flags& flags) {
  if (flags.freeze) return PrintHashes();
  if (flags.mix) {
    for (const Portion& portion : BalancedMix()) {
      fmt::print("{{\"{}\", {}}},\n", portion.family->name, portion.count);
    }
    return kDone;
  }
  const auto rows = FamilyTable();
  if (!rows) return Report(rows.error());
  if (flags.markdown) {
    fmt::print("{}", ToMarkdown(*rows));
    return kDone;
  }
  if (!flags.json) {
    PrintTable(*rows);
    return kDone;
  }
  Json array = Json::array();
  for (const FamilyRow& row : *rows) array.push_back(ToJson(row));
  fmt::print("{}\n", DumpJsonPretty(array));
  return kDone;
}

}  // namespace

void AddTasksFamilies(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand("families", "Describe the problem families");
  auto flags = std::make_shared<Flags>();
  command->add_flag("--json", flags->json, "One JSON array");
  command->add_flag("--markdown", flags->markdown, "The page docs/families.md");
  command->add_flag("--mix", flags->mix, "A balanced mix of 10,000, as in tasks/frozen_mix.inc");
  command->add_flag("--freeze", flags->freeze,
                    "The sha256 of what that mix gives now, as in tasks/frozen.h");
  OnRun(command, [flags]() -> int { return Families(*flags); });
}

}  // namespace assay::cli
