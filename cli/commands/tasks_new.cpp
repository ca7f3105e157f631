// assay tasks new: a pack to start from.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/commands/tasks.h"
#include "tasks/scaffold.h"

namespace assay::cli {

void AddTasksNew(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand("new", "Start a pack: a folder with two problems");
  auto folder = std::make_shared<std::string>();
  auto options = std::make_shared<ScaffoldOptions>();
  command->add_option("DIR", *folder, "Folder to make")->required();
  command
      ->add_option("--verifier", options->verifier,
                   fmt::format("How answers are judged: {}", fmt::join(ScaffoldVerifiers(), ", ")))
      ->capture_default_str();
  command->add_option("--name", options->name, "Name of the suite (the folder's)");
  command->add_option("--licence", options->licence, "SPDX name")->capture_default_str();
  OnRun(command, [folder, options]() -> int {
    if (auto done = WriteScaffold(*folder, *options); !done) return Report(done.error());
    fmt::print(
        "{0}: two problems to start from. Edit problems.jsonl, then:\n  assay tasks check {0}\n",
        *folder);
    return kDone;
  });
}

}  // namespace assay::cli
