// Theory of operation. One thread runs everything. A job is one request to the server, for one
// sample or for several samples of one problem. Jobs wait in a queue ordered by the time they may
// start; the pace says how many may be in flight and when. A reply either ends a job, or puts it
// back into the queue with a later time. Samples that a reply of several leaves out become jobs of
// their own.
#include "runner/model/endpoint_model.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "runner/model/endpoint_pace.h"
#include "runner/model/endpoint_protocol.h"
#include "runner/model/http_client.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLongestPoll{50};

struct Job {
  std::vector<std::size_t> samples;  // requests of one prompt
  int attempts = 0;
  int time_outs = 0;
  Clock::time_point first{};    // when it was first sent
  Clock::time_point started{};  // when it was last sent
};

std::string WithoutKey(std::string text, const std::string& key) {
  if (key.empty()) return text;
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "***");
  }
  return text;
}

class Session {
 public:
  Session(const EndpointAddress& address, const EndpointOptions& options, EndpointPace& pace,
          HttpClient& http, const std::vector<Request>& requests,
          const Model::OnFinished& on_finished)
      : address_(address),
        options_(options),
        pace_(pace),
        http_(http),
        requests_(requests),
        on_finished_(on_finished),
        ended_(requests.size()) {}

  void Run(const std::stop_token& stop) {
    MakeJobs();
    while ((!waiting_.empty() || !flying_.empty()) && !stop.stop_requested()) {
      StartWhatMay();
      http_.Work(UntilNextStart(),
                 [this](std::uint64_t ticket, const HttpReply& reply) { OnReply(ticket, reply); });
    }
    http_.Abort();
    for (std::size_t i = 0; i < ended_.size(); ++i) {
      if (ended_[i]) continue;
      Response cancelled;
      cancelled.finish = Finish::kCancelled;
      on_finished_(i, std::move(cancelled));
    }
  }

 private:
  void MakeJobs() {
    const auto most = static_cast<std::size_t>(std::max(1, options_.samples_per_request));
    Job job;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const bool joins = !job.samples.empty() && job.samples.size() < most &&
                         requests_[i].group >= 0 &&
                         requests_[i].group == requests_[job.samples.front()].group;
      if (!joins && !job.samples.empty()) {
        waiting_.emplace(Clock::time_point::min(), std::exchange(job, Job()));
      }
      job.samples.push_back(i);
    }
    if (!job.samples.empty()) waiting_.emplace(Clock::time_point::min(), std::move(job));
  }

  void StartWhatMay() {
    const auto now = Clock::now();
    while (!waiting_.empty() && flying_.size() < pace_.window() && now >= pace_.not_before() &&
           waiting_.begin()->first <= now) {
      auto node = waiting_.extract(waiting_.begin());
      Start(std::move(node.mapped()), now);
    }
  }

  std::chrono::milliseconds UntilNextStart() const {
    if (waiting_.empty() || flying_.size() >= pace_.window()) return kLongestPoll;
    const auto next = std::max(waiting_.begin()->first, pace_.not_before());
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    return std::clamp(wait, std::chrono::milliseconds(0), kLongestPoll);
  }

  void Start(Job job, Clock::time_point now) {
    const Request& request = requests_[job.samples.front()];
    const Json body = BodyOf(request, address_.model, static_cast<int>(job.samples.size()),
                             options_.extra, options_.stream);
    job.started = now;
    if (job.first == Clock::time_point{}) job.first = now;
    const std::uint64_t ticket = next_ticket_++;
    http_.Start(ticket, {address_.base + PathOf(request), DumpJson(body), options_.time_out,
                         options_.stream});
    flying_.emplace(ticket, std::move(job));
  }

  void OnReply(std::uint64_t ticket, const HttpReply& http) {
    Job job = std::move(flying_.extract(ticket).mapped());
    if (http.status == 0) {
      ++job.time_outs;
      const bool last = http.timed_out && job.time_outs >= options_.time_out_attempts;
      TryAgain(std::move(job), http.failure, last);
      return;
    }
    Reply reply = ParseReply(http.status, http.body, http.retry_after);
    switch (reply.kind) {
      case Reply::Kind::kAnswered:
        pace_.Succeeded();
        Answer(job, std::move(reply.choices));
        return;
      case Reply::Kind::kRefused:
        EndAll(job, reply.message);
        return;
      case Reply::Kind::kSlowDown:
        SlowDown(std::move(job), reply);
        return;
      case Reply::Kind::kTransient:
        TryAgain(std::move(job), reply.message, false);
        return;
    }
  }

  void Answer(const Job& job, std::vector<Result<Response>> choices) {
    const double wall_ms =
        std::chrono::duration<double, std::milli>(Clock::now() - job.started).count();
    for (std::size_t i = 0; i < job.samples.size(); ++i) {
      if (i >= choices.size()) {  // servers that do not know "n" give one choice
        Job rest;
        rest.samples = {job.samples[i]};
        waiting_.emplace(Clock::time_point::min(), std::move(rest));
        continue;
      }
      if (choices[i]) choices[i]->wall_ms = wall_ms;
      End(job.samples[i], std::move(choices[i]));
    }
  }

  void SlowDown(Job job, const Reply& reply) {
    const auto now = Clock::now();
    pace_.SlowDown(now, reply.retry_after.value_or(std::chrono::milliseconds(0)));
    if (now - job.first > options_.patience) {
      EndAll(job, reply.message + " (for too long)");
      return;
    }
    // The pace alone decides when: in line with, not behind, what was never sent.
    waiting_.emplace(pace_.not_before(), std::move(job));
  }

  void TryAgain(Job job, const std::string& why, bool last) {
    if (++job.attempts >= options_.attempts || last) {
      EndAll(job, fmt::format("{} (after {} attempts)", why, job.attempts));
      return;
    }
    const Key& key = requests_[job.samples.front()].key;
    const auto when = Clock::now() + RetryDelay(key, job.attempts);
    waiting_.emplace(when, std::move(job));
  }

  void EndAll(const Job& job, const std::string& message) {
    for (const std::size_t sample : job.samples) {
      End(sample, Fail(ErrorCode::kUnavailable, "{}", message));
    }
  }

  void End(std::size_t sample, Result<Response> result) {
    ended_[sample] = true;
    if (!result) {
      result =
          Fail(result.error().code, "{}", WithoutKey(result.error().message, options_.api_key));
    }
    on_finished_(sample, std::move(result));
  }

  const EndpointAddress& address_;
  const EndpointOptions& options_;
  EndpointPace& pace_;
  HttpClient& http_;
  const std::vector<Request>& requests_;
  const Model::OnFinished& on_finished_;
  std::vector<bool> ended_;
  std::multimap<Clock::time_point, Job> waiting_;  // by the time they may start
  std::unordered_map<std::uint64_t, Job> flying_;
  std::uint64_t next_ticket_ = 0;
};

class EndpointModel : public Model {
 public:
  EndpointModel(EndpointAddress address, EndpointOptions options)
      : address_(std::move(address)),
        options_(std::move(options)),
        pace_(options_.start_in_flight, options_.most_in_flight),
        http_(options_.api_key) {}

  void Sample(const std::vector<Request>& requests, const OnFinished& on_finished,
              const std::stop_token& stop) override {
    Session(address_, options_, pace_, http_, requests, on_finished).Run(stop);
  }

  std::string Identity() const override {
    return "endpoint:" + DumpJson({{"base", address_.base},
                                   {"model", address_.model},
                                   {"extra", options_.extra},
                                   {"samples_per_request", options_.samples_per_request}});
  }
  std::string Description() const override {
    return fmt::format("{} at {}", address_.model, address_.base);
  }
  std::size_t PreferredConcurrency() const override { return options_.most_in_flight; }

 private:
  EndpointAddress address_;
  EndpointOptions options_;
  EndpointPace pace_;  // kept between calls: what the server bears is learnt once
  HttpClient http_;
};

}  // namespace

Result<std::unique_ptr<Model>> MakeEndpointModel(const std::string& text, EndpointOptions options) {
  auto address = ParseEndpointAddress(text);
  if (!address) return Pass(address.error());
  if (!options.extra.is_object()) {
    return Fail(ErrorCode::kUsage, "extra request fields: expected a JSON object");
  }
  return std::make_unique<EndpointModel>(std::move(*address), std::move(options));
}

}  // namespace assay
