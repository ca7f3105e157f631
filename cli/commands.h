// cli/commands.h -- Every subcommand, in the order `assay --help` shows them.
#pragma once

#include "cli/command.h"

namespace assay::cli {

void AddScore(CLI::App& app);
void AddReport(CLI::App& app);
void AddTasks(CLI::App& app);
void AddCompare(CLI::App& app);
void AddImport(CLI::App& app);
void AddRegrade(CLI::App& app);
void AddSandbox(CLI::App& app);
void AddServe(CLI::App& app);
void AddSample(CLI::App& app);
void AddTokenize(CLI::App& app);
void AddVerify(CLI::App& app);
void AddTrainProgram(CLI::App& app);
void AddTrain(CLI::App& app);  // of assay-train, where LibTorch is
void AddChatTemplate(CLI::App& app);
void AddDoctor(CLI::App& app);

void AddCommands(CLI::App& app);

}  // namespace assay::cli
