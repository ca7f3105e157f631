// tasks/generators/code/repair_programs.h -- Correct small programs with descriptions, for bug
// repair.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "tasks/generators/code/mini_python.h"

namespace assay {

struct RepairProgram {
  std::string entry;
  std::string words;   // what the function returns
  std::string source;  // a mini program
  // Arguments of one call; `size` from 0 (edge cases) to about 10.
  std::function<std::vector<mini::Value>(Rng& rng, int size)> arguments;
};

// One of about twenty with its constants drawn; higher levels take the longer ones.
RepairProgram DrawRepairProgram(Rng& rng, int level);

}  // namespace assay
