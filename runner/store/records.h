// runner/store/records.h -- What a run store holds, as plain values. docs/scoring.md lists the
// tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/model/model.h"
#include "verifiers/verdict.h"

namespace assay {

// The profile under which `assay score` itself judges: the suite's own verifier.
inline constexpr std::string_view kOwnProfile = "suite";
// Samples per problem that a store can tell apart.
inline constexpr std::int64_t kMaxSamplesPerProblem = std::int64_t{1} << 20;

struct RunRecord {
  std::string identity;       // SHA-256 of identity_json, in hexadecimal digits
  std::string identity_json;  // everything that decides the samples and verdicts (identity.h)
  std::string model;          // for people: what the user called it
  std::string description;    // Model::Description()
  std::string program;        // version of the program that made the store
  std::string created;        // UTC, "2026-01-31T12:00:00Z"
  std::uint64_t seed = 0;
};

struct SuiteRecord {
  std::int64_t id = 0;  // position in the run, from 0
  std::string name;
  std::string version;
  std::string digest;
  std::string sampling_json;
};

struct ProblemRecord {
  std::int64_t id = 0;     // position in the run, from 0
  std::int64_t suite = 0;  // SuiteRecord::id
  std::string problem_id;  // as in the suite
  std::string domain;
  std::optional<int> level;
  std::string tags_json;        // array of strings
  std::string prompt_json;      // as sent: a string, or an array of {"role", "content"}
  std::string reference;        // the author's truth, "" where the verifier alone decides
  std::string definition_json;  // the whole problem, as in problems.jsonl
};

// One stored response, without its text (RunReader::Response gives it).
struct SampleRecord {
  std::int64_t problem = 0;  // ProblemRecord::id
  std::int64_t sample = 0;   // from 0
  Finish finish = Finish::kStop;
  std::string stopped_by;
  std::int64_t prompt_tokens = 0;
  std::int64_t response_tokens = 0;
  double wall_ms = 0;
};

struct StoredVerdict {
  std::int64_t problem = 0;
  std::int64_t sample = 0;
  std::string profile{kOwnProfile};
  Verdict verdict;
  double wall_ms = 0;  // spent judging
};

// A request that gave no response. Never an answer, never counted as one; asked again on resume.
struct FailureRecord {
  std::int64_t problem = 0;
  std::int64_t sample = 0;
  std::string message;
};

// What became of one sample: the classes that every report counts apart.
enum class SampleClass {
  kCorrect,
  kWrong,
  kNoAnswer,
  kTruncated,  // cut off by the token budget and not correct
  kLimit,
  kError,   // the verifier failed
  kFailed,  // the model gave no response
};
inline constexpr std::size_t kSampleClasses = 7;
// "correct", "wrong", "no_answer", "truncated", "limit", "error", "failed".
std::string_view ToString(SampleClass value);
SampleClass Classify(Outcome outcome, Finish finish);
// Whether the class says nothing about the model: such samples widen a score to an interval.
constexpr bool SaysNothing(SampleClass value) {
  return value == SampleClass::kError || value == SampleClass::kFailed;
}

}  // namespace assay
