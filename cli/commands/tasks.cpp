// assay tasks: suites and problems that can be scored, generated, checked and added.
#include "cli/commands/tasks.h"

#include "cli/commands.h"

namespace assay::cli {

std::shared_ptr<LibraryOptions> AddDataFlag(CLI::App& command) {
  auto options = std::make_shared<LibraryOptions>();
  command
      .add_option("--data", options->data_dirs,
                  "Folder (or file) with the data of public suites; may be given again")
      ->type_name("PATH");
  return options;
}

void AddTasks(CLI::App& app) {
  CLI::App* tasks = app.add_subcommand("tasks", "List, show, generate, check and add problems");
  tasks->require_subcommand(1);
  AddTasksList(*tasks);
  AddTasksShow(*tasks);
  AddTasksFetch(*tasks);
  AddTasksGenerate(*tasks);
  AddTasksCheck(*tasks);
  AddTasksNew(*tasks);
  AddTasksFamilies(*tasks);
}

}  // namespace assay::cli
