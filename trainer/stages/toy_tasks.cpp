#include "trainer/stages/toy_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {
namespace {

constexpr int kMostRepeats = 1000;  // draws in a row that are known: there are no more

Problem Toy(const char* name, std::int64_t index, std::string prompt, std::string reference,
            const char* verifier) {
  Problem problem;
  problem.id = fmt::format("{}-{:05}", name, index);
  problem.prompt = std::move(prompt);
  problem.reference = std::move(reference);
  problem.verifier = {{"kind", verifier}};
  return problem;
}

}  // namespace

std::vector<Problem> SortDigits(int digits, const Key& key, std::int64_t count) {
  std::vector<Problem> problems;
  std::set<std::string> known;
  Rng rng(key);
  int repeats = 0;
  while (static_cast<std::int64_t>(problems.size()) < count && repeats < kMostRepeats) {
    std::string drawn;
    for (int d = 0; d < digits; ++d) drawn += static_cast<char>('0' + rng.Int(0, 9));
    if (!known.insert(drawn).second) {
      ++repeats;
      continue;
    }
    repeats = 0;
    std::string sorted = drawn;
    std::sort(sorted.begin(), sorted.end());
    const auto index = static_cast<std::int64_t>(problems.size());
    problems.push_back(Toy("sort", index, drawn + "=", sorted, "positions"));
  }
  return problems;
}

std::vector<Problem> AddDigits(int digits, const Key& key, std::int64_t count) {
  std::int64_t most = 1;
  for (int d = 0; d < digits; ++d) most *= 10;
  std::vector<Problem> problems;
  std::set<std::pair<std::int64_t, std::int64_t>> known;
  Rng rng(key);
  int repeats = 0;
  while (static_cast<std::int64_t>(problems.size()) < count && repeats < kMostRepeats) {
    const std::int64_t a = rng.Int(0, most - 1);
    const std::int64_t b = rng.Int(0, most - 1);
    if (!known.emplace(a, b).second) {
      ++repeats;
      continue;
    }
    repeats = 0;
    problems.push_back(Toy("add", static_cast<std::int64_t>(problems.size()),
                           fmt::format("{:0{}}+{:0{}}=", a, digits, b, digits),
                           std::to_string(a + b), "math"));
  }
  return problems;
}

}  // namespace assay
