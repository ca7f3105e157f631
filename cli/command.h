// cli/command.h -- How a subcommand joins the program: one file in cli/commands/, one line in
// commands.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/result.h"

namespace assay::cli {

// Exit statuses, the same for every command.
enum Exit : int {
  kDone = 0,
  kConditionFailed = 1,  // done, but the asked-for condition does not hold (a check, a comparison)
  kBadInput = 2,         // wrong usage or input; nothing was changed
  kSomeFailed = 3,       // some items of a stream or run failed and are listed
  kOurFault = 4,
};

// A command's Add function declares flags on a subcommand of `app` and calls OnRun with what to do.
using Action = std::function<int()>;  // returns an exit status
void OnRun(CLI::App* command, Action action);

// Prints "assay: <message>" to standard error and gives the exit status that goes with the error.
int Report(const Error& error);

}  // namespace assay::cli
