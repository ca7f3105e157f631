// tasks/review/subject.h -- A suite laid out for review: each problem with its text, its verifier
// and its author's hints.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tasks/library.h"
#include "tasks/review/hints.h"
#include "tasks/review/report.h"
#include "tasks/suite.h"

namespace assay {

struct ReviewOptions {
  std::size_t threads = 0;   // 0: as many as this process may use
  std::size_t sample = 500;  // problems whose verdicts are tried, spread evenly; 0: all
  LibraryOptions library;    // where installed suites are looked for
};

struct ReviewedProblem {
  const Problem* problem = nullptr;  // lives in the suite
  std::string prompt;                // the problem's own text, without template and examples
  Json spec;                         // of its verifier, defaults applied
  std::string kind;                  // of that spec
  Hints hints;
  std::unique_ptr<const Verifier> verifier;  // null where it could not be built
  bool judged = false;                       // whether its verdicts are tried

  // A response that the verifier must accept.
  std::string RightResponse() const;
};

struct Subject {
  Suite suite;
  std::vector<ReviewedProblem> problems;  // one for each of the suite
  std::vector<std::string> build_faults;  // verifiers and hints that could not be read
  std::function<Result<Suite>()>
      load_again;  // from where it came, in another way where there is one
  ReviewOptions options;

  std::size_t JudgedCount() const;
  // Calls `look` for each problem that is judged, on options.threads threads or on one, and gives
  // the findings that it returns in the problems' order, each led by the problem's id.
  using Look = std::function<std::vector<std::string>(const ReviewedProblem&)>;
  std::vector<std::string> ForJudged(const Look& look, bool one_thread = false) const;
};

// Builds the verifiers of the problems to judge.
Subject MakeSubject(Suite suite, std::function<Result<Suite>()> load_again,
                    const ReviewOptions& options);

// The problem's verifier with another seed of str hashes in sandboxed Python; kInput as
// MakeVerifier.
Result<std::unique_ptr<const Verifier>> VerifierWithHashSeed(const Subject& subject,
                                                             const ReviewedProblem& problem);

// Wall time of one verdict; a verifier that needs more is too slow to train with.
inline constexpr std::chrono::milliseconds kReviewBudget{20'000};

}  // namespace assay
