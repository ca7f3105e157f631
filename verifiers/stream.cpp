#include "verifiers/stream.h"

#include <deque>
#include <future>
#include <list>
#include <map>
#include <optional>

#include "base/thread_pool.h"
#include "base/utf8.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

using SharedVerifier = std::shared_ptr<const Verifier>;

// The most recent verifiers by what they were made from.
class RecentVerifiers {
 public:
  SharedVerifier Find(const std::string& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().verifier;
  }
  void Add(const std::string& key, SharedVerifier verifier) {
    constexpr std::size_t kKept = 128;
    entries_.push_front({key, std::move(verifier)});
    places_[key] = entries_.begin();
    if (entries_.size() <= kKept) return;
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }

 private:
  struct Entry {
    std::string key;
    SharedVerifier verifier;
  };
  std::list<Entry> entries_;
  std::map<std::string, std::list<Entry>::iterator> places_;
};

struct Line {
  Json id;
  std::string response;
  SharedVerifier verifier;
};

class LineReader {
 public:
  explicit LineReader(const StreamOptions& options) : options_(options) {}

  // `id` is set as soon as it is known, for the error line.
  Result<Line> Read(std::string_view text, Json& id) {
    const auto object = ParseJson(text);
    if (!object) return Pass(object.error());
    if (object->is_object() && object->contains("id")) id = (*object)["id"];
    Fields fields(*object, "input");
    fields.OptionalAny("id");
    const auto problem = fields.OptionalString("problem");
    const auto reference = fields.OptionalString("reference");
    const Json* spec = fields.OptionalAny("verifier");
    Line line{id, fields.String("response"), nullptr};
    if (auto done = fields.Done(); !done) return Pass(done.error());
    auto verifier = problem ? OfProblem(*problem, reference || spec != nullptr)
                            : OfSpec(spec == nullptr ? options_.spec : *spec, reference);
    if (!verifier) return Pass(verifier.error());
    line.verifier = std::move(*verifier);
    return line;
  }

 private:
  Result<SharedVerifier> OfProblem(const std::string& name, bool has_more) {
    if (has_more) {
      return Fail(ErrorCode::kInput,
                  "expected either \"problem\" or \"reference\" with \"verifier\", not both");
    }
    if (!options_.find_problem)
      return Fail(ErrorCode::kInput, "problem \"{}\": no suites are known here", name);
    return Remember("problem " + name, [&] { return options_.find_problem(name); });
  }

  Result<SharedVerifier> OfSpec(const Json& given, const std::optional<std::string>& reference) {
    if (given.is_null())
      return Fail(ErrorCode::kInput, "\"verifier\": is missing, and --verifier names no other");
    Json spec = given;
    if (spec.is_object() && !options_.profile.empty()) spec["profile"] = options_.profile;
    const std::string key = DumpJson(spec) + "\n" + reference.value_or("");
    return Remember(key, [&]() -> Result<SharedVerifier> {
      auto made = MakeVerifier(spec, {reference.value_or(""), Json(), {}});
      if (!made) return Pass(made.error());
      return SharedVerifier(std::move(*made));
    });
  }

  template <class Make>
  Result<SharedVerifier> Remember(const std::string& key, const Make& make) {
    if (SharedVerifier known = recent_.Find(key)) return known;
    Result<SharedVerifier> made = make();
    if (made) recent_.Add(key, *made);
    return made;
  }

  const StreamOptions& options_;
  RecentVerifiers recent_;
};

// One line of at most `max_bytes`; a longer one is read to its end and `too_long` set. False at the
// end of the input.
bool GetLine(std::istream& in, std::size_t max_bytes, std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  std::streambuf& buffer = *in.rdbuf();
  for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    if (c == '\n') return true;
    too_long |= line.size() >= max_bytes;
    if (!too_long) line += static_cast<char>(c);
  }
  return too_long || !line.empty();
}

struct Output {
  std::string line;
  Outcome outcome;
};

std::future<Output> Ready(const Json& id, const Verdict& verdict) {
  std::promise<Output> promise;
  promise.set_value({VerdictLine(id, verdict), verdict.outcome});
  return promise.get_future();
}

class Stream {
 public:
  Stream(const StreamOptions& options, const std::function<bool(std::string_view)>& write)
      : options_(options), write_(write), reader_(options), pool_(options.threads) {}

  StreamSummary Run(std::istream& in) {
    std::string text;
    bool too_long = false;
    for (std::size_t number = 1; GetLine(in, options_.max_line_bytes, text, too_long); ++number) {
      if (text.find_first_not_of(" \t\r") == std::string::npos && !too_long) continue;
      Start(number, text, too_long);
      // Whoever waits for an answer before the next question gets it at once.
      const bool quiet = in.rdbuf()->in_avail() <= 0;
      if (!Drain(quiet ? 0 : kWindowPerThread * pool_.threads())) return summary_;
    }
    Drain(0);
    return summary_;
  }

 private:
  static constexpr std::size_t kWindowPerThread = 16;
  static constexpr std::size_t kWindowBytes = std::size_t{64} << 20;

  void Start(std::size_t number, const std::string& text, bool too_long) {
    Json id;
    auto line =
        too_long
            ? Result<Line>(Fail(ErrorCode::kInput, "longer than {} bytes", options_.max_line_bytes))
            : reader_.Read(text, id);
    ++summary_.lines;
    if (!line) {
      const std::string reason = fmt::format("line {}: {}", number, line.error().message);
      Push(Ready(id, Verdict::Failure(reason)), 0);
      return;
    }
    auto shared = std::make_shared<Line>(std::move(*line));
    auto task =
        std::make_shared<std::packaged_task<Output()>>([shared, number, budget = options_.budget] {
          Verdict verdict = shared->verifier->Check(shared->response, budget);
          if (verdict.outcome == Outcome::kError)
            verdict.reason = fmt::format("line {}: {}", number, verdict.reason);
          return Output{VerdictLine(shared->id, verdict), verdict.outcome};
        });
    Push(task->get_future(), text.size());
    pool_.Submit([task] { (*task)(); });
  }

  void Push(std::future<Output> output, std::size_t bytes) {
    waiting_.push_back({std::move(output), bytes});
    waiting_bytes_ += bytes;
  }

  // Writes what is at the front until at most `most` lines wait. False when nobody reads.
  bool Drain(std::size_t most) {
    while (!waiting_.empty() && (waiting_.size() > most || waiting_bytes_ > kWindowBytes)) {
      const Output output = waiting_.front().output.get();
      waiting_bytes_ -= waiting_.front().bytes;
      waiting_.pop_front();
      summary_.correct += output.outcome == Outcome::kCorrect ? 1 : 0;
      summary_.failed += output.outcome == Outcome::kError ? 1 : 0;
      if (!write_(output.line)) return false;
    }
    return true;
  }

  struct Waiting {
    std::future<Output> output;
    std::size_t bytes;
  };
  const StreamOptions& options_;
  const std::function<bool(std::string_view)>& write_;
  LineReader reader_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  StreamSummary summary_;
  ThreadPool pool_;  // last: its jobs end before the rest goes
};

}  // namespace

std::string VerdictLine(const Json& id, const Verdict& verdict) {
  OrderedJson line;
  line["id"] = OrderedJson(id);
  line["outcome"] = ToString(verdict.outcome);
  line["reward"] = verdict.reward ? OrderedJson(*verdict.reward) : OrderedJson();
  if (verdict.outcome != Outcome::kError) line["answer"] = verdict.answer;
  line["reason"] = verdict.reason;
  return line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

StreamSummary VerifyStream(std::istream& in, const StreamOptions& options,
                           const std::function<bool(std::string_view)>& write) {
  return Stream(options, write).Run(in);
}

}  // namespace assay
