// tasks/benchmark.h -- The generated suites: assay-10k, its subset assay-mini, and private splits
// of the same distribution under a seed of one's own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tasks/generators/generate.h"
#include "tasks/suite.h"

namespace assay {

// The seed of the public split. Any other seed gives a private one.
inline constexpr std::uint64_t kPublicSeed = 20260101;
inline constexpr std::size_t kBenchmarkProblems = 10'000;
inline constexpr std::size_t kMiniProblems = 500;
// Whether the families suffice for the public split. Until then assay-10k and assay-mini are
// refused, and listed as not present; a slow test fails when this and the families disagree.
inline constexpr bool kBenchmarkComplete = false;

// How many problems of each family: about 40 % math, 30 % code, 30 % logic, equal within a domain;
// a domain without families gives its share to the others. `caps` holds families that have no more
// than so many different problems; the rest of their domain makes up for them.
using Caps = std::map<std::string, std::size_t>;
std::vector<Portion> BenchmarkMix(std::size_t problems = kBenchmarkProblems, const Caps& caps = {});

// The whole benchmark under `seed`. Where `seed` is not the public one, no problem of the public
// split comes up. 0 threads: all.
Result<Suite> MakeBenchmark(std::uint64_t seed = kPublicSeed, std::size_t threads = 0);
// 500 problems of the benchmark, stratified by family and level.
Result<Suite> MakeMini(std::uint64_t seed = kPublicSeed, std::size_t threads = 0);

// Problems of chosen families and levels, for training; none stands in the public benchmark.
Result<Suite> MakeTraining(const std::vector<std::string>& families, int low_level, int high_level,
                           std::size_t count, std::uint64_t seed);

// The suite as problems.jsonl.
std::string ToJsonLines(const Suite& suite);
// Writes pack.json (with the file's sha256) and problems.jsonl into `folder`, which is made.
Result<void> WritePack(const Suite& suite, const std::filesystem::path& folder);

}  // namespace assay
