#include "runner/evaluate.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/thread_pool.h"
#include "runner/identity.h"
#include "runner/store/run_reader.h"
#include "runner/verifier_files.h"

namespace assay {
namespace {

// Requests handed over at once: enough to keep a model busy across the border of two blocks, few
// enough to bound memory.
constexpr std::size_t kBlockRequests = 4096;
// With an early stop the blocks must not depend on the model, or resuming would end elsewhere.
constexpr std::size_t kBlockProblemsWithEarlyStop = 16;

Result<void> PutProblems(const std::vector<QuestionSet>& suites,
                         const std::vector<PlannedQuestion>& plan, RunWriter& writer) {
  std::vector<const QuestionSet*> sorted;
  for (const QuestionSet& suite : suites) sorted.push_back(&suite);
  std::sort(sorted.begin(), sorted.end(),
            [](const QuestionSet* a, const QuestionSet* b) { return a->name < b->name; });
  std::map<const QuestionSet*, std::int64_t> numbers;
  for (const QuestionSet* suite : sorted) {
    const auto id = static_cast<std::int64_t>(numbers.size());
    numbers[suite] = id;
    const SuiteRecord record{id, suite->name, suite->version, DigestOf(*suite),
                             DumpJson(ToJson(suite->sampling))};
    if (auto put = writer.Put(record); !put) return put;
    if (auto put = StoreVerifierFiles(suite->name, suite->files, writer); !put) return put;
  }
  for (const PlannedQuestion& planned : plan) {
    const Problem& problem = planned.question->problem;
    const ProblemRecord record{planned.id,
                               numbers.at(planned.suite),
                               problem.id,
                               problem.domain,
                               problem.level,
                               DumpJson(problem.tags),
                               DumpJson(ToJson(planned.question->prompt)),
                               problem.reference,
                               DumpJson(ToJson(problem))};
    if (auto put = writer.Put(record); !put) return put;
  }
  return writer.Commit();
}

// What the store holds already of one problem.
struct Held {
  std::vector<bool> drawn;             // by sample
  std::vector<std::int64_t> to_judge;  // drawn, but without a verdict, or with one of our failures
};

class Evaluation {
 public:
  Evaluation(Model& model, const std::vector<PlannedQuestion>& plan, const EvaluateOptions& options,
             RunWriter& writer, const StoreQueue::OnCounted& on_counted,
             const std::stop_token& stop)
      : model_(model),
        plan_(plan),
        options_(options),
        writer_(writer),
        on_counted_(on_counted),
        outer_stop_(stop, [this] { stop_.request_stop(); }),
        held_(plan.size()) {
    for (std::size_t i = 0; i < plan.size(); ++i) place_[plan[i].id] = i;
  }

  Result<void> Run() {
    if (auto read = ReadHeld(); !read) return read;
    StoreQueue queue(writer_, on_counted_, [this] { stop_.request_stop(); });
    {
      ThreadPool pool(options_.threads, 64 * options_.threads);
      queue_ = &queue;
      pool_ = &pool;
      if (auto judged = JudgeHeld(); !judged) return judged;
      DrawMissing();
    }
    if (auto closed = queue.Close(); !closed) return closed;
    return writer_.Finish();
  }

 private:
  Result<void> ReadHeld() {
    auto reader = RunReader::Open(writer_.folder());
    if (!reader) return Pass(reader.error());
    return reader->ForEachSample(
        [&](const JudgedSample& judged) {
          const auto found = place_.find(judged.sample.problem);
          if (found == place_.end() || judged.sample.sample >= options_.n) return true;
          if (judged.outcome_class == SampleClass::kFailed) return true;  // ask again
          Held& held = held_[found->second];
          held.drawn.resize(static_cast<std::size_t>(options_.n));
          held.drawn[static_cast<std::size_t>(judged.sample.sample)] = true;
          if (!judged.judged || judged.outcome_class == SampleClass::kError) {
            held.to_judge.push_back(judged.sample.sample);
          } else {
            on_counted_({judged.sample.problem, judged.sample.sample, judged.outcome_class,
                         judged.verdict.reward.value_or(0), judged.sample.response_tokens, true});
          }
          return true;
        },
        std::string(kOwnProfile), false);
  }

  Result<void> JudgeHeld() {
    auto reader = RunReader::Open(writer_.folder());
    if (!reader) return Pass(reader.error());
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      for (const std::int64_t sample : held_[i].to_judge) {
        if (stop_.stop_requested()) return {};
        auto stored = reader->ReadSample(plan_[i].id, sample);
        if (!stored) return Pass(stored.error());
        Judge(i, sample, std::make_shared<const Response>(std::move(*stored)));
      }
    }
    return {};
  }

  void DrawMissing() {
    const auto n = static_cast<std::size_t>(options_.n);
    const std::size_t block =
        options_.enough ? kBlockProblemsWithEarlyStop
                        : std::max<std::size_t>(
                              1, std::max(kBlockRequests, 16 * model_.PreferredConcurrency()) / n);
    for (std::size_t begin = 0; begin < plan_.size() && !stop_.stop_requested(); begin += block) {
      DrawBlock(begin, std::min(begin + block, plan_.size()));
      if (!options_.enough) continue;
      pool_->Wait();
      queue_->Flush();
      if (options_.enough()) return;
    }
  }

  void DrawBlock(std::size_t begin, std::size_t end) {
    std::vector<Request> requests;
    std::vector<std::size_t> owners;
    for (std::size_t i = begin; i < end; ++i) {
      for (int sample = 0; sample < options_.n; ++sample) {
        const auto& drawn = held_[i].drawn;
        if (!drawn.empty() && drawn[static_cast<std::size_t>(sample)]) continue;
        requests.push_back(RequestFor(plan_[i], sample, options_.seed));
        owners.push_back(i);
      }
    }
    if (requests.empty()) return;
    model_.Sample(
        requests,
        [&](std::size_t index, Result<Response> response) {
          const std::size_t place = owners[index];
          const std::int64_t sample = requests[index].sample;
          if (!response) {
            queue_->PushFailure({plan_[place].id, sample, response.error().message});
          } else if (response->finish != Finish::kCancelled) {
            const auto shared = std::make_shared<const Response>(std::move(*response));
            queue_->PushResponse(plan_[place].id, sample, shared);
            Judge(place, sample, shared);
          }
        },
        stop_.get_token());
  }

  void Judge(std::size_t place, std::int64_t sample, std::shared_ptr<const Response> response) {
    pool_->Submit([this, place, sample, response = std::move(response)] {
      if (stop_.stop_requested()) return;  // stored already; judged when the run goes on
      const auto begin = std::chrono::steady_clock::now();
      StoredVerdict stored;
      stored.problem = plan_[place].id;
      stored.sample = sample;
      stored.verdict = plan_[place].verifier->Check(response->text, options_.budget);
      stored.wall_ms =
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
              .count();
      queue_->PushVerdict(std::move(stored), response->finish, response->response_tokens);
    });
  }

  Model& model_;
  const std::vector<PlannedQuestion>& plan_;
  const EvaluateOptions& options_;
  RunWriter& writer_;
  const StoreQueue::OnCounted& on_counted_;
  std::stop_source stop_;  // the caller's stop, or a broken store
  std::stop_callback<std::function<void()>> outer_stop_;
  std::map<std::int64_t, std::size_t> place_;  // from ProblemRecord::id
  std::vector<Held> held_;
  StoreQueue* queue_ = nullptr;
  ThreadPool* pool_ = nullptr;
};

}  // namespace

Result<void> Evaluate(Model& model, const std::vector<QuestionSet>& suites,
                      const std::vector<PlannedQuestion>& plan, const EvaluateOptions& options,
                      RunWriter& writer, const StoreQueue::OnCounted& on_counted,
                      const std::stop_token& stop) {
  if (auto put = PutProblems(suites, plan, writer); !put) return put;
  Evaluation evaluation(model, plan, options, writer, on_counted, stop);
  return evaluation.Run();
}

}  // namespace assay
