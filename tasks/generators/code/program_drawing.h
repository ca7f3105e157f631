// tasks/generators/code/program_drawing.h -- Random small programs with inputs for them.
#pragma once

#include <string>
#include <vector>

#include "base/rng.h"
#include "tasks/generators/code/mini_python.h"

namespace assay {

enum class InputKind { kNumbers, kText, kPair };

struct DrawnProgram {
  InputKind kind = InputKind::kNumbers;
  mini::Program program;  // of one function f
};

// A program whose length and nesting grow with the level. It may fail, or do nothing of interest.
DrawnProgram DrawProgram(Rng& rng, int level);
std::vector<mini::Value> DrawArguments(Rng& rng, InputKind kind, int level);

// The numbers 0 to `count` - 1 in random order.
std::vector<std::size_t> Shuffled(Rng& rng, std::size_t count);

// "[1, 2], 3"
std::string ArgumentsText(const std::vector<mini::Value>& arguments);

// What f returns, where that is worth asking for: neither empty nor long, found in a few hundred
// steps, and half of the program's mutants (of a sample) return something else or fail.
std::optional<mini::Value> InterestingResult(Rng& rng, const mini::Program& program,
                                             const std::vector<mini::Value>& arguments);

}  // namespace assay
