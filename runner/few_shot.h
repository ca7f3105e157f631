// runner/few_shot.h -- Solved examples from a file the user names, to be shown before each problem.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "tasks/suite.h"

namespace assay {

// The first `count` examples of a JSONL file (0: all) with "prompt" and "response", or "question"
// and "answer" (GSM8K's training split), or "problem" and "solution" (MATH's). kInput naming file
// and line where neither stands there, or fewer than `count` are there.
Result<std::vector<FewShot>> ReadFewShot(const std::filesystem::path& file, std::size_t count);

// Puts the examples into the suite; in a text to be continued each response starts with white
// space.
void ShowExamples(std::vector<FewShot> shots, Suite& suite);

}  // namespace assay
