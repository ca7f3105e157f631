#include "runner/model/decode/batcher.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "runner/model/transformer/kernels/types.h"

namespace assay {

using Clock = RunningSample::Clock;

struct Batcher::Group {
  std::vector<TokenId> prompt;
  std::vector<DecodeJob> jobs;  // still to start; the last is next
  std::vector<PageId> pages;    // of the prompt
  std::vector<PageId> spare;    // set aside for the first sample
  std::int64_t processed = 0;   // prompt tokens
  std::int64_t kept = 0;        // place of the logits after the prompt
  bool ready = false;           // those logits are there
  Clock::time_point admitted_at;
  explicit Group(DecodeGroup&& group)
      : prompt(std::move(group.prompt)), jobs(std::move(group.jobs)) {}
  std::int64_t size() const { return static_cast<std::int64_t>(prompt.size()); }
};

Batcher::Batcher(Backend& backend, Tokenizer tokenizer, BatchLimits limits)
    : backend_(backend),
      pool_(backend.pages()),
      tokenizer_(std::move(tokenizer)),
      limits_(std::move(limits)) {
  limits_.samples = std::clamp<std::int64_t>(limits_.samples, 1, backend.most_samples());
  for (std::int64_t i = limits_.samples - 1; i >= 0; --i) free_places_.push_back(i);
}

Batcher::~Batcher() = default;

// Draws of `job` that fit the context.
std::int64_t Batcher::LastPosition(std::int64_t prompt, const DecodeJob& job) const {
  const std::int64_t room = backend_.config().context - prompt;
  return prompt + std::min<std::int64_t>(job.sampling->max_tokens, room) - 1;
}

// Pages that a sample needs beside the prompt's full pages. The last drawn token is never
// processed, so positions up to LastPosition - 1 are written.
std::int64_t Batcher::PagesNeeded(std::int64_t prompt, const DecodeJob& job) const {
  return PagePool::PagesFor(std::max(LastPosition(prompt, job), prompt)) -
         prompt / kernels::kPagePositions;
}

// Why the longest sample of the group can never be drawn, if so.
std::optional<Error> Batcher::Refusal(const DecodeGroup& group) const {
  const std::int64_t context = backend_.config().context;
  if (group.size() >= context) {
    return Error{
        ErrorCode::kInput,
        fmt::format("the prompt has {} tokens, the model's context is {}", group.size(), context)};
  }
  const DecodeJob& longest = group.jobs.back();
  const std::int64_t needed = PagePool::PagesFor(group.size()) + PagesNeeded(group.size(), longest);
  if (needed <= pool_.pages()) return std::nullopt;
  // One page of the cache is for the copy of the prompt's last, partly filled one.
  const bool partly = group.size() % kernels::kPagePositions != 0;
  const std::int64_t most =
      (pool_.pages() - (partly ? 1 : 0)) * kernels::kPagePositions + 1 - group.size();
  const std::string wanted = fmt::format(
      "the prompt's {} tokens and {} new ones need a cache of {} tokens, there is one of {}: ",
      group.size(), longest.sampling->max_tokens, needed * kernels::kPagePositions,
      pool_.pages() * kernels::kPagePositions);
  return Error{ErrorCode::kInput,
               wanted + (most > 0 ? fmt::format("at most {} new tokens fit", most)
                                  : std::string("the prompt alone does not fit"))};
}

std::vector<DecodeGroup> Batcher::InOrder(std::vector<DecodeGroup> groups,
                                          const OnFinished& on_finished) const {
  for (DecodeGroup& group : groups) {
    // The longest starts first, so that the spare pages fit every later one.
    std::stable_sort(group.jobs.begin(), group.jobs.end(),
                     [](const DecodeJob& a, const DecodeJob& b) {
                       return a.sampling->max_tokens < b.sampling->max_tokens;
                     });
    while (!group.jobs.empty()) {
      const auto refusal = Refusal(group);
      if (!refusal) break;
      on_finished(group.jobs.back().request, tl::unexpected<Error>(*refusal));
      group.jobs.pop_back();
    }
  }
  std::erase_if(groups, [](const DecodeGroup& group) { return group.jobs.empty(); });
  std::stable_sort(
      groups.begin(), groups.end(), [this](const DecodeGroup& a, const DecodeGroup& b) {
        return LastPosition(a.size(), a.jobs.back()) < LastPosition(b.size(), b.jobs.back());
      });
  return groups;
}

void Batcher::Run(std::vector<DecodeGroup> groups, const OnFinished& on_finished,
                  const std::stop_token& stop) {
  Batcher* const alone[] = {this};
  RunTogether(alone, std::move(groups), on_finished, stop);
}

void Batcher::RunTogether(std::span<Batcher* const> batchers, std::vector<DecodeGroup> groups,
                          const OnFinished& on_finished, const std::stop_token& stop) {
  std::mutex mutex;
  const OnFinished one_at_a_time = [&](std::size_t request, Result<Response> response) {
    const std::lock_guard lock(mutex);
    on_finished(request, std::move(response));
  };
  const OnFinished& tell = batchers.size() == 1 ? on_finished : one_at_a_time;
  WaitingGroups waiting(batchers[0]->InOrder(std::move(groups), tell),
                        static_cast<std::int64_t>(batchers.size()));
  std::vector<Result<void>> ends(batchers.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < batchers.size(); ++i) {
    threads.emplace_back([&, i] { ends[i] = batchers[i]->Work(waiting, tell, stop); });
  }
  ends[0] = batchers[0]->Work(waiting, tell, stop);
  for (std::thread& thread : threads) thread.join();
  // Left behind by a stop, or by the failure of every device.
  const auto failed =
      std::find_if(ends.begin(), ends.end(), [](const Result<void>& end) { return !end; });
  for (const DecodeGroup& group : waiting.TakeRest()) {
    for (const DecodeJob& job : group.jobs) {
      Response cancelled;
      cancelled.finish = Finish::kCancelled;
      cancelled.prompt_tokens = group.size();
      tell(job.request, failed == ends.end() ? Result<Response>(std::move(cancelled))
                                             : Result<Response>(Pass(failed->error())));
    }
  }
}

Result<void> Batcher::Work(WaitingGroups& waiting, const OnFinished& on_finished,
                           const std::stop_token& stop) {
  on_finished_ = &on_finished;
  waiting_ = &waiting;
  statistics_ = {};
  while (!waiting.empty() || !admitted_.empty() || !running_.empty()) {
    const bool stopped = stop.stop_requested();
    if (!stopped) Admit();
    if (auto done = stopped ? FinishDraws() : Step(); !done) {
      FailAll(done.error());
      return done;
    }
    if (stopped) {
      CancelAll();
      break;
    }
  }
  return {};
}

void Batcher::Tell(std::size_t request, Result<Response> response) {
  waiting_->Finished();
  (*on_finished_)(request, std::move(response));
}

// Lets go of groups whose samples have all started and drawn, starts samples of groups whose prompt
// is done, then admits further groups while there is room.
void Batcher::Admit() {
  for (auto& group : admitted_) {
    if (group->jobs.empty()) Release(*group);
  }
  std::erase_if(admitted_, [](const auto& group) { return group->jobs.empty(); });
  for (auto& group : admitted_) {
    while (group->ready && !group->jobs.empty() && Start(*group)) {
    }
  }
  std::int64_t busy = static_cast<std::int64_t>(running_.size());
  for (const auto& group : admitted_) busy += static_cast<std::int64_t>(group->jobs.size());
  while (busy < std::min(limits_.samples, waiting_->Share())) {
    auto next = waiting_->TakeIf([this](const DecodeGroup& group) {
      return PagePool::PagesFor(group.size()) + PagesNeeded(group.size(), group.jobs.back()) <=
             pool_.free_pages();
    });
    if (!next) return;
    admitted_.push_back(std::make_unique<Group>(*std::move(next)));
    Group& group = *admitted_.back();
    const std::int64_t prompt_pages = PagePool::PagesFor(group.size());
    const std::int64_t spare = PagesNeeded(group.size(), group.jobs.back());
    for (std::int64_t i = 0; i < prompt_pages; ++i) group.pages.push_back(pool_.Take());
    for (std::int64_t i = 0; i < spare; ++i) group.spare.push_back(pool_.Take());
    group.kept = free_places_.back();  // each admitted group has a sample that is counted
    free_places_.pop_back();
    group.admitted_at = Clock::now();
    busy += static_cast<std::int64_t>(group.jobs.size());
  }
}

// Starts the group's next sample; false where it has to wait for pages or for a place in the batch.
bool Batcher::Start(Group& group) {
  const DecodeJob& job = group.jobs.back();
  const std::int64_t needed = PagesNeeded(group.size(), job);
  const bool has_spare = static_cast<std::int64_t>(group.spare.size()) >= needed;
  if (static_cast<std::int64_t>(running_.size()) >= limits_.samples) return false;
  if (!has_spare && pool_.free_pages() < needed) return false;

  auto sample = std::make_unique<RunningSample>(job);
  sample->prompt_tokens = group.size();
  sample->most_tokens = LastPosition(group.size(), job) + 1 - group.size();
  sample->admitted_at = group.admitted_at;
  sample->from = {true, group.kept, job.sampling, 0};
  const std::int64_t full = group.size() / kernels::kPagePositions;
  sample->pages.assign(group.pages.begin(), group.pages.begin() + full);
  for (const PageId page : sample->pages) pool_.AddUser(page);
  for (std::int64_t i = 0; i < needed; ++i) {
    if (has_spare) {
      sample->pages.push_back(group.spare.back());
      group.spare.pop_back();
    } else {
      sample->pages.push_back(pool_.Take());
    }
  }
  statistics_.peak_pages = std::max(statistics_.peak_pages, pool_.pages() - pool_.free_pages());
  if (full < static_cast<std::int64_t>(group.pages.size())) {
    backend_.CopyPage(group.pages.back(), sample->pages[static_cast<std::size_t>(full)]);
  }
  running_.push_back(std::move(sample));
  group.jobs.pop_back();
  return true;
}

void Batcher::Release(Group& group) {
  pool_.DropAll(group.pages);
  pool_.DropAll(group.spare);
  free_places_.push_back(group.kept);
}

// The rows of running samples. Their logits will lie in this order.
std::vector<ForwardRow> Batcher::SampleRows() {
  std::vector<ForwardRow> rows;
  for (const auto& sample : running_) {
    if (!sample->started) continue;  // draws from its prompt's logits
    const bool ahead = sample->draw >= 0;
    const std::int64_t drawn = static_cast<std::int64_t>(sample->ids.size()) + (ahead ? 1 : 0);
    if (drawn == sample->most_tokens) continue;  // ends with what is being drawn
    ForwardRow row;
    row.token = ahead ? 0 : sample->ids.back();
    row.draw = sample->draw;
    row.position = sample->prompt_tokens + drawn - 1;
    row.pages = sample->pages.data();
    row.wants_logits = true;
    sample->from = {false, static_cast<std::int64_t>(rows.size()), sample->job.sampling, 0};
    rows.push_back(row);
  }
  return rows;
}

// One forward pass and the draws that it allows.
Result<void> Batcher::Step() {
  std::vector<ForwardRow> rows = SampleRows();
  auto wanting = static_cast<std::int64_t>(rows.size());  // rows so far whose logits are wanted
  statistics_.sample_rows += wanting;
  std::vector<Group*> completed;
  for (const auto& group : admitted_) {
    if (group->ready) continue;
    while (group->processed < group->size() &&
           static_cast<std::int64_t>(rows.size()) < backend_.most_rows()) {
      const std::int64_t at = group->processed++;
      const bool last = at + 1 == group->size();
      rows.push_back(
          {group->prompt[static_cast<std::size_t>(at)], at, group->pages.data(), last, true});
      ++statistics_.prompt_rows;
      if (last) completed.push_back(group.get());
    }
  }
  if (!rows.empty()) {
    ++statistics_.steps;
    if (auto done = backend_.Forward(rows); !done) return done;
  }
  if (auto done = FinishDraws(); !done) return done;
  for (Group* group : completed) {
    backend_.Keep(wanting++, group->kept);
    group->ready = true;
    while (!group->jobs.empty() && Start(*group)) {
    }
  }
  if (auto done = StartDraws(); !done) return done;
  return backend_.draws_ahead() ? Result<void>() : FinishDraws();
}

Result<void> Batcher::StartDraws() {
  std::vector<DrawFrom> from;
  for (const auto& sample : running_) {
    sample->started = true;
    sample->from.uniform = sample->job.key.Uniform(sample->ids.size());
    sample->draw = static_cast<std::int64_t>(from.size());
    from.push_back(sample->from);
    drawing_.push_back(sample.get());
  }
  return from.empty() ? Result<void>() : backend_.StartDraw(limits_.vocabulary, from);
}

Result<void> Batcher::FinishDraws() {
  if (drawing_.empty()) return {};
  std::vector<std::optional<Draw>> draws(drawing_.size());
  if (auto done = backend_.FinishDraw(draws); !done) return done;
  for (std::size_t i = 0; i < draws.size(); ++i) TakeDraw(*drawing_[i], draws[i]);
  drawing_.clear();
  std::erase_if(running_, [](const auto& sample) { return sample->done; });
  return {};
}

void Batcher::TakeDraw(RunningSample& sample, const std::optional<Draw>& draw) {
  sample.draw = -1;
  if (!draw) {
    sample.done = true;
    pool_.DropAll(sample.pages);
    Tell(sample.job.request,
         Fail(ErrorCode::kInput, "the model's logits are not finite after {} tokens",
              sample.prompt_tokens + static_cast<std::int64_t>(sample.ids.size())));
    return;
  }
  const TokenId id = draw->id;
  sample.ids.push_back(id);
  sample.logprobs.push_back(draw->logprob);
  if (std::binary_search(limits_.end_ids.begin(), limits_.end_ids.end(), id)) {
    return End(sample, Finish::kStop, std::string(tokenizer_.TokenBytes(id)));
  }
  if (!tokenizer_.IsSpecial(id) && sample.text.Add(tokenizer_.TokenBytes(id))) {
    return End(sample, Finish::kStop, sample.text.stopped_by());
  }
  if (static_cast<std::int64_t>(sample.ids.size()) >= sample.most_tokens) {
    End(sample, Finish::kLength, "");
  }
}

void Batcher::End(RunningSample& sample, Finish finish, std::string stopped_by) {
  sample.done = true;
  pool_.DropAll(sample.pages);
  Tell(sample.job.request, sample.ToResponse(finish, std::move(stopped_by)));
}

void Batcher::CancelAll() {
  for (const auto& sample : running_) End(*sample, Finish::kCancelled, "");
  running_.clear();
  for (const auto& group : admitted_) {
    Release(*group);
    for (const DecodeJob& job : group->jobs) {
      Response response;
      response.finish = Finish::kCancelled;
      response.prompt_tokens = group->size();
      Tell(job.request, std::move(response));
    }
  }
  admitted_.clear();
}

// The device has failed: everything that it had begun gets its error.
void Batcher::FailAll(const Error& error) {
  drawing_.clear();
  for (const auto& sample : running_) {
    if (sample->done) continue;
    pool_.DropAll(sample->pages);
    Tell(sample->job.request, Pass(error));
  }
  running_.clear();
  for (const auto& group : admitted_) {
    Release(*group);
    for (const DecodeJob& job : group->jobs) Tell(job.request, Pass(error));
  }
  admitted_.clear();
}

}  // namespace assay
