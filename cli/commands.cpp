#include "cli/commands.h"

namespace assay::cli {

void AddCommands(CLI::App& app) { AddDoctor(app); }

}  // namespace assay::cli
