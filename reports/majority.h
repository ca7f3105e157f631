// reports/majority.h -- maj@k: how often the most frequent of k answers is right.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

// The answers of one problem, equal ones together. All correct answers belong into one class, as
// they all equal the reference.
struct AnswerClass {
  std::string answer;
  std::int64_t votes = 0;
  bool correct = false;
};
struct Ballot {
  std::vector<AnswerClass> classes;
  std::int64_t abstentions = 0;  // samples without an answer: drawn, but no vote
  std::int64_t Drawn() const;
};

// Beyond this many samples a problem the exact count is not attempted.
inline constexpr std::int64_t kMostVotes = 512;

// The chance that the most frequent answer of k samples, drawn without replacement, is correct:
// exact over all subsets. Of t answers tied for the most votes each wins with chance 1/t; nobody
// voting is wrong. Absent for fewer than k samples, k < 1, or more than kMostVotes samples. Cost is
// about classes * k^3.
std::optional<double> MajorityAtK(const Ballot& ballot, std::int64_t k);

// The answers that share the most votes among all samples: more than one is a tie.
std::vector<std::string> Winners(const Ballot& ballot);

}  // namespace assay
