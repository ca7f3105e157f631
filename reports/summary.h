// reports/summary.h -- A run in numbers: by suite, and within it by domain, level and tag.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "reports/statistics.h"
#include "runner/store/run_reader.h"

namespace assay {

struct SummaryOptions {
  std::vector<std::int64_t> ks;              // empty: the powers of two up to n, and n
  std::optional<std::int64_t> most_samples;  // of each problem, the first so many; absent: all
  std::optional<std::size_t> limit;          // the first so many problems of each suite
  std::string profile{kOwnProfile};
  bool majority = false;  // maj@k too, of problems with at most so many samples (cost: k³):
  std::int64_t majority_samples = 512;
  // About so many samples at most are listed one by one, the first of every problem (export.h);
  // absent: all.
  std::optional<std::int64_t> most_listed;
};
// What a page lists: more are slow to open and to search.
inline constexpr std::int64_t kMostOnPage = 20'000;

struct SummaryRow {
  std::string suite;
  std::string group;  // "all", "domain", "level", "tag"
  std::string name;   // of the domain, level or tag; "" for "all"
  std::int64_t problems = 0;
  std::int64_t samples = 0;  // ended in any way
  std::array<std::int64_t, kSampleClasses> counts{};
  std::map<std::int64_t, Estimate> pass;      // by k; samples that say nothing are left out
  std::map<std::int64_t, Estimate> majority;  // by k
  std::optional<VarianceComponents> variance;
  std::optional<double> pass1_as_wrong;  // pass@1 with those samples counted as wrong, if any
  std::optional<double> mean_reward;     // where some reward is neither 0 nor 1
  std::int64_t prompt_tokens = 0;
  std::int64_t response_tokens = 0;
  std::int64_t lower_trust = 0;   // problems with a verdict that its program could have forged
  std::vector<std::string> ties;  // problems whose majority over all samples is tied
};

struct Summary {
  std::vector<SummaryRow> rows;
  std::vector<std::int64_t> ks;
  std::int64_t unjudged = 0;  // stored samples whose verdict is still to come
};

Result<Summary> Summarise(RunReader& run, const SummaryOptions& options);

// {"suite", "group", "name", "problems", "samples", "pass", "majority", "counts", …}, as in
// `assay report --json`.
Json ToJson(const SummaryRow& row);

// Powers of two up to n, and n.
std::vector<std::int64_t> DefaultKs(std::int64_t n);

}  // namespace assay
