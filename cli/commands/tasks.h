// cli/commands/tasks.h -- The subcommands of `assay tasks`, one file each.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "tasks/library.h"

namespace assay::cli {

void AddTasksList(CLI::App& tasks);
void AddTasksShow(CLI::App& tasks);
void AddTasksFetch(CLI::App& tasks);
void AddTasksGenerate(CLI::App& tasks);
void AddTasksCheck(CLI::App& tasks);
void AddTasksNew(CLI::App& tasks);
void AddTasksFamilies(CLI::App& tasks);

// The --data flag, the same wherever suites are read; the options live as long as the command.
std::shared_ptr<LibraryOptions> AddDataFlag(CLI::App& command);

}  // namespace assay::cli
