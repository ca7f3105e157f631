// tasks/benchmark.h -- The generated suites: assay-10k, its subset assay-mini, private splits of
// the same distribution under a seed of one's own, and training problems.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "tasks/frozen.h"
#include "tasks/generators/generate.h"
#include "tasks/suite.h"

namespace assay {

// The seed of the public split. Any other seed gives a private one.
inline constexpr std::uint64_t kPublicSeed = 20260101;
inline constexpr std::size_t kBenchmarkProblems = 10'000;
inline constexpr std::size_t kMiniProblems = 500;
// Whether the public split is frozen. Until then assay-10k and assay-mini are refused, and listed
// as unfinished.
inline constexpr bool kBenchmarkComplete = !kBenchmarkSha256.empty();

// How many problems of each family make up the frozen suite (tasks/frozen_mix.inc): families that
// are written later do not change it.
std::vector<Portion> FrozenMix();
// What a next version would be made of: about 40 % math, 30 % code, 30 % logic, equal within a
// domain, over all families there are; a domain without families gives its share to the others.
std::vector<Portion> BalancedMix(std::size_t problems = kBenchmarkProblems);

// Proofs of generated problems: the family's own, and the verdict on the reference.
struct Proof {
  std::size_t proven = 0;
  std::vector<std::string> doubts;  // one sentence each; empty when all is proven
};

// The whole benchmark under `seed`. Where `seed` is not the public one, no problem of the public
// split comes up. 0 threads: all. Fills `proof` where it is not null, which takes much longer.
// kUnavailable while the suite is not frozen.
Result<Suite> MakeBenchmark(std::uint64_t seed = kPublicSeed, std::size_t threads = 0,
                            Proof* proof = nullptr);
// The contents that tasks/frozen.h pins, made of tasks/frozen_mix.inc by the families as they are
// now. Fails where a family runs out of different problems.
struct FrozenHashes {
  std::string benchmark, mini;
};
Result<FrozenHashes> HashesToFreeze();

// 500 problems of the benchmark, stratified by family and level.
Result<Suite> MakeMini(std::uint64_t seed = kPublicSeed, std::size_t threads = 0);

// Problems of chosen families (none: all) and levels, for training; none stands in the public
// benchmark.
Result<Suite> MakeTraining(const std::vector<std::string>& families, int low_level, int high_level,
                           std::size_t count, std::uint64_t seed, Proof* proof = nullptr);

// Normalised hashes of the public benchmark's prompts (PromptHash), of these families (none: all):
// what training problems must avoid. Made on each call.
std::unordered_set<std::string> PublicPrompts(const std::vector<std::string>& families = {});

// The suite as problems.jsonl.
std::string ToJsonLines(const Suite& suite);
// Writes pack.json (with the file's sha256) and problems.jsonl into `folder`, which is made.
Result<void> WritePack(const Suite& suite, const std::filesystem::path& folder);

}  // namespace assay
