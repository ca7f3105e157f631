// assay tasks check: reviews packs and prints a report card for each.
#include <fmt/format.h>

#include "cli/commands/tasks.h"
#include "tasks/pack.h"
#include "tasks/review/review.h"

namespace assay::cli {
namespace {

struct Flags {
  std::vector<std::string> packs;
  ReviewOptions review;
  bool seal = false;
  bool json = false;
  bool list = false;
};

int ListChecks() {
  for (const CheckInfo& check : ReviewChecks()) fmt::print("{:<12} {}\n", check.name, check.asks);
  return kDone;
}

int Seal(const std::vector<std::string>& packs) {
  for (const std::string& pack : packs) {
    if (auto sealed = SealPack(pack); !sealed) return Report(sealed.error());
    fmt::print("{}: sealed\n", pack);
  }
  return kDone;
}

int Check(const Flags& flags) {
  if (flags.list) return ListChecks();
  if (flags.packs.empty()) {
    return Report({ErrorCode::kUsage, "name at least one pack: a folder, or a suite"});
  }
  if (flags.seal) {
    if (const int status = Seal(flags.packs); status != kDone) return status;
  }
  Json cards = Json::array();
  bool passed = true;
  for (const std::string& pack : flags.packs) {
    const auto card = Review(pack, flags.review);
    if (!card) return Report(card.error());
    passed = passed && card->Passed();
    if (flags.json) {
      cards.push_back(ToJson(*card));
    } else {
      fmt::print("{}", ToText(*card));
    }
  }
  if (flags.json) fmt::print("{}\n", DumpJsonPretty(cards.size() == 1 ? cards[0] : cards));
  return passed ? kDone : kConditionFailed;
}

}  // namespace

void AddTasksCheck(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand("check", "Review packs by machine; 1 if one fails");
  auto flags = std::make_shared<Flags>();
  command->add_option("PACK", flags->packs, "Folder of a pack, or the name of a suite");
  command
      ->add_option("--data", flags->review.library.data_dirs,
                   "Folder with the data of public suites, to compare prompts with")
      ->type_name("PATH");
  command->add_option("--sample", flags->review.sample, "Problems whose verdicts are tried; 0: all")
      ->capture_default_str();
  command->add_option("--threads", flags->review.threads, "Threads; 0: all")->capture_default_str();
  command->add_flag("--seal", flags->seal, "First note the files' sha256 in pack.json");
  command->add_flag("--list", flags->list, "List the checks");
  command->add_flag("--json", flags->json, "One JSON object, or an array for several packs");
  OnRun(command, [flags]() -> int { return Check(*flags); });
}

}  // namespace assay::cli
