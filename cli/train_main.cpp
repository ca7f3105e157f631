// The `assay-train` program: what `assay train` becomes. A program of its own, so that only
// training waits for LibTorch to load.
#include "cli/commands.h"
#include "cli/program.h"

int main(int argc, char** argv) { return assay::cli::RunProgram(argc, argv, assay::cli::AddTrain); }
