// tasks/review/guess.h -- What a guesser earns: one who picks an option at random, and one who
// always gives the most common answer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace assay {

// Whether the spec asks for a program ("function", "stdio"), which nobody guesses.
bool AsksForProgram(const Json& spec);

// How many options a prompt offers by letters at the start of lines ("A) …", "(B) …", "C. …"), at
// least 2; 0 where it offers none.
std::size_t OptionsIn(const std::string& prompt);

// Answers of problems that are alike (one family, or one kind of verifier).
class AnswerTally {
 public:
  // `options`: see OptionsIn.
  void Add(const std::string& reference, std::size_t options);
  std::size_t count() const { return count_; }
  // Expected score of a random pick: one of the options, or an answer of another problem here.
  double RandomScore() const;
  // Score of the best constant answer, which it names in `answer` if that is not null.
  double ConstantScore(std::string* answer = nullptr) const;
  // Of the answers, in bits: log2 of the count where all differ, 0 where all are one.
  double Entropy() const;

 private:
  std::map<std::string, std::size_t> answers_;
  double by_option_ = 0;
  std::size_t with_options_ = 0;
  std::size_t count_ = 0;
};

}  // namespace assay
