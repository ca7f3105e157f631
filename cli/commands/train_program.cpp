// assay train, as the program `assay` sees it: hands everything to `assay-train`.
#include <cstdlib>

#include "cli/commands.h"
#include "cli/program.h"

namespace assay::cli {

void AddTrainProgram(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "Train a model with the verifiers that score it");
  command->prefix_command();
  command->set_help_flag();  // --help is answered by assay-train
  OnRun(command, [command] {
    if (!HasProgram("assay-train")) {
      return Report({ErrorCode::kNotFound,
                     "the trainer is not built: run scripts/setup, then build the release preset"});
    }
    // LibTorch's threads would spin between its loops, on the cores that ours work on.
    ::setenv("OMP_WAIT_POLICY", "passive", /*overwrite=*/0);
    std::vector<std::string> words = command->remaining();
    words.insert(words.begin(), "train");
    return Report(BecomeProgram("assay-train", words));
  });
}

}  // namespace assay::cli
