#include "runner/model/decode/batcher.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "runner/model/transformer/kernels/types.h"

namespace assay {

using Clock = std::chrono::steady_clock;

struct Batcher::Group {
  std::vector<TokenId> prompt;
  std::vector<DecodeJob> jobs;  // still to start; the last is next
  std::vector<PageId> pages;    // of the prompt
  std::vector<PageId> spare;    // set aside for the first sample
  std::int64_t processed = 0;   // prompt tokens
  std::int64_t kept = 0;        // place of the logits after the prompt
  bool ready = false;           // those logits are there
  Clock::time_point admitted_at;
  std::int64_t size() const { return static_cast<std::int64_t>(prompt.size()); }
};

struct Batcher::Running {
  explicit Running(const DecodeJob& its_job) : job(its_job), text(its_job.sampling->stop) {}

  DecodeJob job;
  std::int64_t prompt_tokens = 0;
  std::int64_t most_tokens = 0;  // draws until max_tokens or the end of the context
  std::vector<PageId> pages;
  std::vector<TokenId> ids;
  std::vector<float> logprobs;
  TextStop text;
  Clock::time_point admitted_at;
  bool started = false;  // has drawn from the kept logits of its prompt
  DrawFrom from;         // the logits to draw from next
  bool done = false;
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
std::int64_t Batcher::LastPosition(const Group& group, const DecodeJob& job) const {
  const std::int64_t room = backend_.config().context - group.size();
  return group.size() + std::min<std::int64_t>(job.sampling->max_tokens, room) - 1;
}

// Pages that a sample needs beside the prompt's full pages. The last drawn token is never
// processed, so positions up to LastPosition - 1 are written.
std::int64_t Batcher::PagesNeeded(const Group& group, const DecodeJob& job) const {
  return PagePool::PagesFor(std::max(LastPosition(group, job), group.size())) -
         group.size() / kernels::kPagePositions;
}

// Why the longest sample of the group can never be drawn, if so.
std::optional<Error> Batcher::Refusal(const Group& group) const {
  const std::int64_t context = backend_.config().context;
  if (group.size() >= context) {
    return Error{
        ErrorCode::kInput,
        fmt::format("the prompt has {} tokens, the model's context is {}", group.size(), context)};
  }
  const DecodeJob& longest = group.jobs.back();
  const std::int64_t needed = PagePool::PagesFor(group.size()) + PagesNeeded(group, longest);
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

void Batcher::Run(std::vector<DecodeGroup> groups, const OnFinished& on_finished,
                  const std::stop_token& stop) {
  on_finished_ = &on_finished;
  statistics_ = {};
  for (DecodeGroup& group : groups) {
    auto own = std::make_unique<Group>();
    own->prompt = std::move(group.prompt);
    own->jobs = std::move(group.jobs);
    // The longest starts first, so that the spare pages fit every later one.
    std::stable_sort(own->jobs.begin(), own->jobs.end(),
                     [](const DecodeJob& a, const DecodeJob& b) {
                       return a.sampling->max_tokens < b.sampling->max_tokens;
                     });
    while (!own->jobs.empty()) {
      const auto refusal = Refusal(*own);
      if (!refusal) break;
      on_finished(own->jobs.back().request, tl::unexpected<Error>(*refusal));
      own->jobs.pop_back();
    }
    if (!own->jobs.empty()) waiting_.push_back(std::move(own));
  }
  std::stable_sort(waiting_.begin(), waiting_.end(), [this](const auto& a, const auto& b) {
    return LastPosition(*a, a->jobs.back()) < LastPosition(*b, b->jobs.back());
  });
  while (!waiting_.empty() || !admitted_.empty() || !running_.empty()) {
    if (stop.stop_requested()) return CancelAll();
    Admit();
    if (auto done = Step(); !done) return FailAll(done.error());
  }
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
  while (!waiting_.empty() && busy < limits_.samples) {
    Group& group = *waiting_.back();
    const std::int64_t prompt_pages = PagePool::PagesFor(group.size());
    const std::int64_t spare = PagesNeeded(group, group.jobs.back());
    if (prompt_pages + spare > pool_.free_pages()) return;
    for (std::int64_t i = 0; i < prompt_pages; ++i) group.pages.push_back(pool_.Take());
    for (std::int64_t i = 0; i < spare; ++i) group.spare.push_back(pool_.Take());
    group.kept = free_places_.back();  // each admitted group has a sample that is counted
    free_places_.pop_back();
    group.admitted_at = Clock::now();
    busy += static_cast<std::int64_t>(group.jobs.size());
    admitted_.push_back(std::move(waiting_.back()));
    waiting_.pop_back();
  }
}

// Starts the group's next sample; false where it has to wait for pages or for a place in the batch.
bool Batcher::Start(Group& group) {
  const DecodeJob& job = group.jobs.back();
  const std::int64_t needed = PagesNeeded(group, job);
  const bool has_spare = static_cast<std::int64_t>(group.spare.size()) >= needed;
  if (static_cast<std::int64_t>(running_.size()) >= limits_.samples) return false;
  if (!has_spare && pool_.free_pages() < needed) return false;

  auto sample = std::make_unique<Running>(job);
  sample->prompt_tokens = group.size();
  sample->most_tokens = LastPosition(group, job) + 1 - group.size();
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
  for (const PageId page : group.pages) pool_.Drop(page);
  for (const PageId page : group.spare) pool_.Drop(page);
  group.pages.clear();
  group.spare.clear();
  free_places_.push_back(group.kept);
}

// One forward pass and the draws that it allows.
Result<void> Batcher::Step() {
  std::vector<ForwardRow> rows;
  std::int64_t wanting = 0;  // rows so far whose logits are wanted
  for (const auto& sample : running_) {
    if (!sample->started) continue;  // draws from its prompt's logits
    const std::int64_t position =
        sample->prompt_tokens + static_cast<std::int64_t>(sample->ids.size()) - 1;
    rows.push_back({sample->ids.back(), position, sample->pages.data(), true, false});
    sample->from = {false, wanting++, sample->job.sampling, 0};
  }
  statistics_.sample_rows += static_cast<std::int64_t>(rows.size());
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
  for (Group* group : completed) {
    backend_.Keep(wanting++, group->kept);
    group->ready = true;
    while (!group->jobs.empty() && Start(*group)) {
    }
  }
  if (auto done = DrawAll(); !done) return done;
  std::erase_if(running_, [](const auto& sample) { return sample->done; });
  return {};
}

Result<void> Batcher::DrawAll() {
  std::vector<DrawFrom> from;
  for (const auto& sample : running_) {
    sample->from.uniform = sample->job.key.Uniform(sample->ids.size());
    from.push_back(sample->from);
  }
  std::vector<std::optional<Draw>> draws(from.size());
  if (auto done = backend_.Draw(limits_.vocabulary, from, draws); !done) return done;
  for (std::size_t i = 0; i < draws.size(); ++i) TakeDraw(*running_[i], draws[i]);
  return {};
}

void Batcher::TakeDraw(Running& sample, const std::optional<Draw>& draw) {
  sample.started = true;
  if (!draw) {
    sample.done = true;
    DropPages(sample);
    (*on_finished_)(sample.job.request,
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

void Batcher::DropPages(Running& sample) {
  for (const PageId page : sample.pages) pool_.Drop(page);
  sample.pages.clear();
}

void Batcher::End(Running& sample, Finish finish, std::string stopped_by) {
  sample.done = true;
  DropPages(sample);
  Response response;
  std::string_view text = sample.text.text();
  // A character that was cut in the middle is left out; other bytes that are no UTF-8 are replaced.
  if (finish != Finish::kStop) text = text.substr(0, CompleteUtf8Prefix(text));
  response.text = SanitizeUtf8(text);
  response.finish = finish;
  response.stopped_by = std::move(stopped_by);
  response.prompt_tokens = sample.prompt_tokens;
  response.response_tokens = static_cast<std::int64_t>(sample.ids.size());
  response.ids = std::move(sample.ids);
  if (sample.job.sampling->logprobs) response.logprobs = std::move(sample.logprobs);
  response.wall_ms =
      std::chrono::duration<double, std::milli>(Clock::now() - sample.admitted_at).count();
  (*on_finished_)(sample.job.request, std::move(response));
}

void Batcher::CancelAll() {
  for (const auto& sample : running_) End(*sample, Finish::kCancelled, "");
  running_.clear();
  for (const auto& group : admitted_) Release(*group);
  for (auto* groups : {&admitted_, &waiting_}) {
    for (const auto& group : *groups) {
      for (const DecodeJob& job : group->jobs) {
        Response response;
        response.finish = Finish::kCancelled;
        response.prompt_tokens = group->size();
        (*on_finished_)(job.request, std::move(response));
      }
    }
    groups->clear();
  }
}

// The device has failed: everything that is not finished gets its error.
void Batcher::FailAll(const Error& error) {
  for (const auto& sample : running_) {
    if (sample->done) continue;
    DropPages(*sample);
    (*on_finished_)(sample->job.request, Pass(error));
  }
  running_.clear();
  for (const auto& group : admitted_) Release(*group);
  for (auto* groups : {&admitted_, &waiting_}) {
    for (const auto& group : *groups) {
      for (const DecodeJob& job : group->jobs) (*on_finished_)(job.request, Pass(error));
    }
    groups->clear();
  }
}

}  // namespace assay
