#include "cli/commands.h"

namespace assay::cli {

void AddCommands(CLI::App& app) {
  AddScore(app);
  AddReport(app);
  AddVerify(app);
  AddTasks(app);
  AddSandbox(app);
  AddSample(app);
  AddTokenize(app);
  AddChatTemplate(app);
  AddDoctor(app);
}

}  // namespace assay::cli
