// runner/profiles/shared_program.h -- Several profiles that take programs from the same responses:
// they often take the same one, and what it is worth does not depend on how it was taken.
#pragma once

#include <memory>
#include <string>

#include "tasks/problem.h"
#include "verifiers/code/code_extract.h"
#include "verifiers/verifier.h"

namespace assay {

// The judge of one problem's programs. Thread-safe; its verifiers keep it alive.
class SharedPrograms : public std::enable_shared_from_this<SharedPrograms> {
 public:
  // Null for a problem whose answer is no program, or whose spec is malformed.
  static std::shared_ptr<const SharedPrograms> Of(const Problem& problem);

  // Null for a profile that takes no program.
  std::unique_ptr<const Verifier> VerifierFor(const std::string& profile) const;

  // The verdict on a program, judged at the first call and remembered as long as there is room. An
  // error is not remembered.
  Verdict Judge(const std::string& program, std::chrono::milliseconds budget) const;

 private:
  SharedPrograms() = default;
  struct Memory;

  CodeQuestion question_;
  std::string own_rule_;                 // of the suite's own verifier
  std::unique_ptr<const Verifier> raw_;  // takes the whole response for the program
  std::shared_ptr<Memory> memory_;
};

}  // namespace assay
