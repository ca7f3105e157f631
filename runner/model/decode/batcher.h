// runner/model/decode/batcher.h -- Continuous batching: keeps the batch full until every job is
// done.
//
// Theory of operation. Jobs that share a prompt form a group. A group's prompt is processed once
// into pages of the cache; each of its samples takes the prompt's full pages by counting, a copy of
// the last, partly filled page, and new pages of its own. Every step is one forward pass: one row
// for each running sample, and prompt rows of groups being admitted up to a budget. Groups are
// admitted longest first, so that the run does not end with one long sample alone. Pages for a
// sample's whole length are set aside when it starts: it can never run out halfway.
//
// What a step drew is looked at before the next pass, or, where the device draws ahead, while the
// next pass runs: a sample that turns out to have ended has one row in it that nobody looks at.
//
// None of this changes what is drawn: rows do not see each other (backend.h), and draw p of a
// sample uses key.Uniform(p) only.
//
// Several batchers, each with a back end of its own (replicas of one model), can work on one run:
// all take from the same waiting groups, none more than its share.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "runner/model/decode/backend.h"
#include "runner/model/decode/running_sample.h"
#include "runner/model/decode/waiting_groups.h"
#include "runner/model/model.h"
#include "runner/model/tokenizer/tokenizer.h"

namespace assay {

struct BatchLimits {
  std::int64_t samples = 64;     // running at once
  std::int64_t vocabulary = 0;   // ids from here on are never drawn
  std::vector<TokenId> end_ids;  // ascending
};

// What a run took.
struct BatchStatistics {
  std::int64_t steps = 0;        // forward passes
  std::int64_t prompt_rows = 0;  // prompt tokens processed
  std::int64_t sample_rows = 0;  // drawn tokens processed
  std::int64_t peak_pages = 0;   // of the cache, in use at once
};

// One run at a time.
class Batcher {
 public:
  using OnFinished = Model::OnFinished;

  Batcher(Backend& backend, Tokenizer tokenizer, BatchLimits limits);
  ~Batcher();

  // Draws all jobs of all groups; see Model::Sample.
  void Run(std::vector<DecodeGroup> groups, const OnFinished& on_finished,
           const std::stop_token& stop);
  // The same by all `batchers` (at least one, of equal models), each on a thread of its own. When
  // the device of one fails the others go on with what it had not begun. `on_finished` is called
  // from one thread at a time.
  static void RunTogether(std::span<Batcher* const> batchers, std::vector<DecodeGroup> groups,
                          const OnFinished& on_finished, const std::stop_token& stop);

  // Of the last run.
  const BatchStatistics& statistics() const { return statistics_; }

 private:
  struct Group;

  // In the order in which they are to be started, without what can never be drawn, which is told.
  std::vector<DecodeGroup> InOrder(std::vector<DecodeGroup> groups,
                                   const OnFinished& on_finished) const;
  // Until nothing waits and all that was taken is finished, or the device fails.
  Result<void> Work(WaitingGroups& waiting, const OnFinished& on_finished,
                    const std::stop_token& stop);
  void Admit();
  bool Start(Group& group);
  Result<void> Step();
  std::vector<ForwardRow> SampleRows();
  Result<void> StartDraws();
  Result<void> FinishDraws();
  void FailAll(const Error& error);
  void TakeDraw(RunningSample& sample, const std::optional<Draw>& draw);
  void End(RunningSample& sample, Finish finish, std::string stopped_by);
  void Release(Group& group);
  void CancelAll();
  void Tell(std::size_t request, Result<Response> response);
  std::int64_t PagesNeeded(std::int64_t prompt, const DecodeJob& job) const;
  std::int64_t LastPosition(std::int64_t prompt, const DecodeJob& job) const;
  std::optional<Error> Refusal(const DecodeGroup& group) const;

  Backend& backend_;
  PagePool& pool_;
  Tokenizer tokenizer_;
  BatchLimits limits_;
  const OnFinished* on_finished_ = nullptr;
  WaitingGroups* waiting_ = nullptr;              // of the run
  std::vector<std::unique_ptr<Group>> admitted_;  // prompt in work, or samples still to start
  std::vector<std::unique_ptr<RunningSample>> running_;
  std::vector<RunningSample*> drawing_;    // whose draws have been started, in their order
  std::vector<std::int64_t> free_places_;  // of kept logits
  BatchStatistics statistics_;
};

}  // namespace assay
