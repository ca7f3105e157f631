// cli/program.h -- What the programs of this folder share: parse, run one subcommand, end.
#pragma once

#include "cli/command.h"

namespace assay::cli {

// Parses the command line with the subcommands that `add` declares and runs the chosen one; its
// exit status, or kBadInput with a sentence (and the nearest known word) for what does not parse.
int RunProgram(int argc, char** argv, void (*add)(CLI::App& app));

// Becomes the program `name` that lies beside this one, with `words` as its arguments. Returns only
// where that fails: kNotFound naming what was looked for.
Error BecomeProgram(const std::string& name, const std::vector<std::string>& words);

// Whether a program `name` lies beside this one.
bool HasProgram(const std::string& name);

}  // namespace assay::cli
