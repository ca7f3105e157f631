// tasks/generators/generate.h -- From a seed to problems: keyed draws, no duplicates, the same
// bytes on any number of threads.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "tasks/generators/family.h"
#include "tasks/problem.h"

namespace assay {

// So many problems of one family; their levels take turns from `low_level` to `high_level`.
struct Portion {
  const Family* family = nullptr;
  int low_level = 1;
  int high_level = 10;
  std::size_t count = 0;
};

struct Generated {
  Problem problem;  // id "<family>-<index>", meta {family, level, index}
  Draft draft;
};

struct GenerateOptions {
  std::uint64_t seed = 0;
  std::size_t threads = 0;  // 0: as many as this process may use
  // Normalised prompts (see PromptHash) that must not come up: another split's.
  const std::unordered_set<std::string>* avoid = nullptr;
  // Whether a family that runs out of different problems at a level gives fewer instead of failing.
  bool allow_fewer = false;
};

// One problem of one attempt: a pure function of its arguments. Nothing where the family rejects
// the draw.
std::optional<Draft> DrawOnce(const Family& family, std::uint64_t seed, std::size_t index,
                              int level, std::size_t attempt);

// Every portion's problems in order. Prompts and fingerprints are all different. kUsage when a
// family runs out of different problems at a level, saying where.
Result<std::vector<Generated>> GenerateProblems(const std::vector<Portion>& portions,
                                                const GenerateOptions& options);

// SHA-256 of the prompt in lower case without white space and without the punctuation right behind
// a word: equal for prompts that differ in layout only. Other signs count: they tell x + 3 from
// x - 3, and one board of # and . from another.
std::string PromptHash(const std::string& prompt);

}  // namespace assay
