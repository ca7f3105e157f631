// cli/local_model_flags.h -- The flags of every command that draws from a local model.
#pragma once

#include <CLI/CLI.hpp>

#include "runner/model/local_flags.h"

namespace assay::cli {

// All but --threads, which is not the model's alone. `flags` outlives the parsing.
void DeclareLocalModel(CLI::App& command, LocalFlags& flags);

}  // namespace assay::cli
