#include "verifiers/line_judge.h"

#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "verifiers/registry.h"

namespace assay {
namespace {

using SharedVerifier = std::shared_ptr<const Verifier>;

}  // namespace

// The most recent verifiers by what they were made from.
class LineJudge::Recent {
 public:
  // The verifier of `key`, made by `make` where it is not here. Whoever asks for the same key
  // meanwhile waits for it; failures are not kept.
  template <class Make>
  Result<SharedVerifier> Get(const std::string& key, const Make& make) {
    const std::shared_ptr<Slot> slot = Find(key);
    const std::lock_guard lock(slot->mutex);
    if (slot->verifier) return slot->verifier;
    Result<SharedVerifier> made = make();
    if (made) slot->verifier = *made;
    return made;
  }

  // Problems are looked up one at a time.
  std::mutex problems;

 private:
  static constexpr std::size_t kMostSlots = 1024;
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  struct Slot {
    std::mutex mutex;
    SharedVerifier verifier;
  };
  struct Entry {
    std::string key;
    std::shared_ptr<Slot> slot;
  };

  std::shared_ptr<Slot> Find(const std::string& key) {
    std::vector<std::shared_ptr<Slot>>
        forgotten;  // goes after the lock: a verifier may end a process
    const std::lock_guard lock(mutex_);
    const auto found = places_.find(key);
    if (found != places_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return entries_.front().slot;
    }
    entries_.push_front({key, std::make_shared<Slot>()});
    places_.emplace(entries_.front().key, entries_.begin());
    bytes_ += key.size();
    while (entries_.size() > kMostSlots || (bytes_ > kMostBytes && entries_.size() > 1)) {
      bytes_ -= entries_.back().key.size();
      places_.erase(entries_.back().key);
      forgotten.push_back(std::move(entries_.back().slot));
      entries_.pop_back();
    }
    return entries_.front().slot;
  }

  std::mutex mutex_;
  std::list<Entry> entries_;
  std::map<std::string_view, std::list<Entry>::iterator> places_;  // by the entry's own key
  std::size_t bytes_ = 0;
};

struct LineJudge::Item {
  std::string response;
  SharedVerifier verifier;
};

LineJudge::LineJudge(StreamOptions options)
    : options_(std::move(options)), recent_(std::make_unique<Recent>()) {}

LineJudge::~LineJudge() = default;

JudgedLine LineJudge::Judge(std::size_t number, std::string_view line) {
  Json id;
  const auto item =
      line.size() > options_.max_line_bytes
          ? Result<Item>(Fail(ErrorCode::kInput, "longer than {} bytes", options_.max_line_bytes))
          : Read(line, id);
  Verdict verdict = item ? item->verifier->Check(item->response, options_.budget)
                         : Verdict::Failure(item.error().message);
  if (verdict.outcome == Outcome::kError)
    verdict.reason = fmt::format("line {}: {}", number, verdict.reason);
  return {VerdictLine(id, verdict), verdict.outcome};
}

// `id` is set as soon as it is known, for the error line.
Result<LineJudge::Item> LineJudge::Read(std::string_view line, Json& id) {
  const auto object = ParseJson(line);
  if (!object) return Pass(object.error());
  if (object->is_object() && object->contains("id")) id = (*object)["id"];
  Fields fields(*object, "input");
  fields.OptionalAny("id");
  const auto problem = fields.OptionalString("problem");
  const auto reference = fields.OptionalString("reference");
  const Json* spec = fields.OptionalAny("verifier");
  Item item{fields.String("response"), nullptr};
  if (auto done = fields.Done(); !done) return Pass(done.error());
  auto verifier = problem ? OfProblem(*problem, reference || spec != nullptr)
                          : OfSpec(spec == nullptr ? options_.spec : *spec, reference.value_or(""));
  if (!verifier) return Pass(verifier.error());
  item.verifier = std::move(*verifier);
  return item;
}

Result<SharedVerifier> LineJudge::OfProblem(const std::string& name, bool has_more) {
  if (has_more) {
    return Fail(ErrorCode::kInput,
                "expected either \"problem\" or \"reference\" with \"verifier\", not both");
  }
  constexpr std::size_t kLongestName = 1024;
  if (name.size() > kLongestName)
    return Fail(ErrorCode::kInput, "\"problem\": expected at most {} bytes", kLongestName);
  if (!options_.find_problem)
    return Fail(ErrorCode::kInput, "problem \"{}\": no suites are known here", name);
  return recent_->Get("problem " + name, [&] {
    const std::lock_guard lock(recent_->problems);
    return options_.find_problem(name);
  });
}

Result<SharedVerifier> LineJudge::OfSpec(const Json& given, const std::string& reference) {
  if (given.is_null())
    return Fail(ErrorCode::kInput, "\"verifier\": is missing, and --verifier names no other");
  Json spec = given;
  if (spec.is_object() && !options_.profile.empty()) spec["profile"] = options_.profile;
  return recent_->Get(DumpJson(spec) + "\n" + reference, [&]() -> Result<SharedVerifier> {
    if (options_.check_spec) {
      if (auto fits = options_.check_spec(spec); !fits) return Pass(fits.error());
    }
    auto made = MakeVerifier(spec, {reference, Json(), {}});
    if (!made) return Pass(made.error());
    return SharedVerifier(std::move(*made));
  });
}

std::string VerdictLine(const Json& id, const Verdict& verdict) {
  OrderedJson line;
  line["id"] = OrderedJson(id);
  line["outcome"] = ToString(verdict.outcome);
  line["reward"] = verdict.reward ? OrderedJson(*verdict.reward) : OrderedJson();
  if (verdict.outcome != Outcome::kError) line["answer"] = verdict.answer;
  line["reason"] = verdict.reason;
  return line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace assay
