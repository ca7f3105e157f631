// assay doctor: what this machine offers and what is missing.
#include <fmt/format.h>

#include "base/thread_pool.h"
#include "cli/commands.h"

namespace assay::cli {

void AddDoctor(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say what this machine offers and what is missing");
  OnRun(command, [] {
    fmt::print("assay {}\nthreads: {}\n", ASSAY_VERSION, UsableThreads());
    return kDone;
  });
}

}  // namespace assay::cli
