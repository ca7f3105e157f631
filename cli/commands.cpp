#include "cli/commands.h"

namespace assay::cli {

void AddCommands(CLI::App& app) {
  AddScore(app);
  AddReport(app);
  AddVerify(app);
  AddServe(app);
  AddTasks(app);
  AddCompare(app);
  AddImport(app);
  AddRegrade(app);
  AddSandbox(app);
  AddSample(app);
  AddTokenize(app);
  AddChatTemplate(app);
  AddTrainProgram(app);
  AddDoctor(app);
}

}  // namespace assay::cli
