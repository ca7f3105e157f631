#include "cli/commands.h"

namespace assay::cli {

void AddCommands(CLI::App& app) {
  AddScore(app);
  AddReport(app);
  AddVerify(app);
  AddTasks(app);
  AddCompare(app);
  AddImport(app);
  AddRegrade(app);
  AddSandbox(app);
  AddSample(app);
  AddTokenize(app);
  AddChatTemplate(app);
#ifdef ASSAY_TORCH
  AddTrain(app);
#endif
  AddDoctor(app);
}

}  // namespace assay::cli
