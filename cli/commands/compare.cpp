// assay compare: two runs on the same problems, paired.
#include <fmt/format.h>

#include "base/files.h"
#include "cli/commands.h"
#include "reports/compare_page.h"
#include "reports/html.h"
#include "reports/terminal_text.h"

namespace assay::cli {
namespace {

struct Flags {
  std::string a;
  std::string b;
  std::string profile{kOwnProfile};
  std::size_t flips = 20;
  double worse_by = -1;
  bool json = false;
  std::string out;
};

void Print(const SuiteComparison& comparison, const Flags& flags, std::size_t suites) {
  const PairedComparison& paired = comparison.paired;
  fmt::print("{}: {} shared problems\n", comparison.suite, paired.problems);
  fmt::print(
      "  pass@1 {:.1f} -> {:.1f} %, difference {:+.1f} points, 95 % interval [{:+.1f}, {:+.1f}]\n",
      100 * comparison.a, 100 * comparison.b, 100 * paired.difference, 100 * paired.low,
      100 * paired.high);
  fmt::print("  better on {}, worse on {}; p = {:.4g} (paired permutation, {})", paired.better,
             paired.worse, paired.p_permutation,
             paired.permutation_exact ? "exact" : "100,000 draws");
  if (paired.p_mcnemar) fmt::print(", p = {:.4g} (McNemar, exact)", *paired.p_mcnemar);
  if (suites > 1) {
    fmt::print("\n  p = {:.4g} after Holm's correction: {} suites are tested at once",
               comparison.p_adjusted, suites);
  }
  fmt::print("\n");
  if (!comparison.same_content) {
    fmt::print("  note: prompts, references or verifiers differ between the two runs\n");
  }
  std::size_t shown = 0;
  for (const FlippedProblem& flip : comparison.flips) {
    if (shown++ == flags.flips) {
      fmt::print("  … and {} more (--flips, --json)\n", comparison.flips.size() - flags.flips);
      break;
    }
    fmt::print("  {:<30} {}/{} -> {}/{}\n", OneLine(flip.id), flip.a.correct, flip.a.drawn,
               flip.b.correct, flip.b.drawn);
  }
}

int Run(const Flags& flags) {
  auto a = RunReader::Open(flags.a);
  if (!a) return Report(a.error());
  auto b = RunReader::Open(flags.b);
  if (!b) return Report(b.error());
  for (RunReader* run : {&*a, &*b}) {
    if (auto there = run->RequireProfile(flags.profile); !there) return Report(there.error());
  }
  const auto all = CompareRuns(*a, *b, flags.profile);
  if (!all) return Report(all.error());
  bool failed = false;
  Json json = Json::array();
  for (const SuiteComparison& comparison : *all) {
    json.push_back(ToJson(comparison));
    if (!flags.json) Print(comparison, flags, all->size());
    // Worse for sure: the whole interval lies below the allowed loss.
    failed = failed || (flags.worse_by >= 0 && 100 * comparison.paired.high < -flags.worse_by);
  }
  if (flags.json) fmt::print("{}\n", DumpJsonPretty(json));
  if (!flags.out.empty()) {
    const auto page = ComparisonReport(*a, *b, flags.a, flags.b, *all, flags.profile);
    if (!page) return Report(page.error());
    const std::string title = (*page)["run"]["model"].get<std::string>() + " — assay";
    const auto written = WriteFileAtomically(flags.out, RenderPage(title, *page));
    if (!written) return Report(written.error());
    if (!flags.json) fmt::print("wrote {}\n", flags.out);
  }
  return failed ? kConditionFailed : kDone;
}

}  // namespace

void AddCompare(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("compare", "Compare two runs on the same problems, paired");
  auto flags = std::make_shared<Flags>();
  command->add_option("run_a", flags->a, "Run folder to compare with")->required();
  command->add_option("run_b", flags->b, "Run folder that is compared")->required();
  command->add_option("--profile", flags->profile, "Verdicts of this profile")
      ->capture_default_str();
  command->add_option("--flips", flags->flips, "Problems to list whose rate changed")
      ->capture_default_str();
  command
      ->add_option("--fail-if-worse", flags->worse_by,
                   "Exit status 1 if B is worse by more than so many points, with 95 % confidence")
      ->check(CLI::NonNegativeNumber);
  command
      ->add_option("--out", flags->out,
                   "Also write a page with the comparison and every sample of both runs")
      ->type_name("FILE.html");
  command->add_flag("--json", flags->json, "The comparison as JSON");
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
