// tasks/family_table.h -- What each family is and gives: `assay tasks families`, docs/families.md.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

struct FamilyRow {
  std::string name, domain, title, source;
  std::size_t in_benchmark = 0;  // problems of assay-10k
  // Over kTableProblems problems of each of the levels 1 to 10.
  std::size_t prompt_1 = 0, prompt_10 = 0;  // median length in bytes at level 1 and at level 10
  std::size_t prompt_median = 0;            // and over all levels
  double random_guess = 0;             // expected score of a random pick (tasks/review/guess.h)
  double constant_guess = 0;           // score of the best constant answer
  double entropy = 0;                  // of the answers, in bits; 0 where they are programs
  double size_low = 0, size_high = 0;  // mean ContentSize at levels 1 to 3 and 8 to 10
};
inline constexpr std::size_t kTableProblems = 12;

// One row a family, by domain and name. 0 threads: all. Deterministic.
Result<std::vector<FamilyRow>> FamilyTable(std::size_t threads = 0);
// The page docs/families.md.
std::string ToMarkdown(const std::vector<FamilyRow>& rows);
Json ToJson(const FamilyRow& row);

}  // namespace assay
