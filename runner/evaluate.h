// runner/evaluate.h -- One run: questions to a model, responses to verifiers, everything into the
// store.
//
// How it works. Requests go to the model in blocks of whole problems. Each response is queued for
// the store at once and judged on a pool of threads while the model goes on; verdicts are queued
// too. Nothing is counted before it is committed. What an earlier process of the same run stored is
// kept: samples without a verdict are only judged, failed ones are asked again, missing ones are
// drawn. As every sample has its own key, the finished run does not depend on where it was
// interrupted, on the order, or on how many samples were asked for first.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "runner/question.h"
#include "runner/store/run_writer.h"
#include "runner/store/store_queue.h"
#include "verifiers/verifier.h"

namespace assay {

struct EvaluateOptions {
  int n = 1;                         // samples a problem
  std::optional<std::size_t> limit;  // the first so many problems of each suite; absent: all
  std::uint64_t seed = 0;
  std::size_t threads = 1;                   // that judge
  std::chrono::milliseconds budget{30'000};  // for one verdict
  int shard = 1;                             // this process takes every shards-th problem, …
  int shards = 1;                            // … from the shard-th on, counted from 1
  // Asked between blocks of problems, when set: true ends the run early.
  std::function<bool()> enough;
};

// One problem of a run, ready to be asked and judged.
struct PlannedQuestion {
  std::int64_t id = 0;  // ProblemRecord::id: its place among all problems of the run's suites
  const QuestionSet* suite = nullptr;
  const Question* question = nullptr;
  std::shared_ptr<const Verifier> verifier;
};

// The problems that `options` selects, suites by name, with their verifiers. kInput, naming suite
// and problem, when one cannot be judged. Points into `suites`.
Result<std::vector<PlannedQuestion>> PlanRun(const std::vector<QuestionSet>& suites,
                                             const EvaluateOptions& options);

// The request for one sample of a planned question.
Request RequestFor(const PlannedQuestion& planned, std::int64_t sample, std::uint64_t seed);

// Runs until every planned sample has ended, `options.enough` holds, `stop` is requested (what is
// in flight is given up then), or the store breaks: then the error says why. `on_counted` is called
// from one thread at a time; first for what was stored before.
Result<void> Evaluate(Model& model, const std::vector<QuestionSet>& suites,
                      const std::vector<PlannedQuestion>& plan, const EvaluateOptions& options,
                      RunWriter& writer, const StoreQueue::OnCounted& on_counted,
                      const std::stop_token& stop);

}  // namespace assay
