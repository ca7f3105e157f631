// The `assay` program: parses the command line, runs one subcommand, ends with its exit status.
#include "cli/commands.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  return assay::cli::RunProgram(argc, argv, assay::cli::AddCommands);
}
