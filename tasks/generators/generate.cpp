#include "tasks/generators/generate.h"

#include <cctype>
#include <set>

#include "base/check.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/thread_pool.h"

namespace assay {
namespace {

constexpr std::size_t kMaxAttempts = 4000;

struct Slot {
  const Family* family;
  std::size_t index;
  int level;
  std::size_t attempt = 0;  // of the draft
  std::optional<Draft> draft;
  std::string hash;
};

// The first draft of attempt `slot.attempt` or later.
void Draw(Slot& slot, std::uint64_t seed) {
  slot.draft.reset();
  for (; slot.attempt < kMaxAttempts; ++slot.attempt) {
    slot.draft = DrawOnce(*slot.family, seed, slot.index, slot.level, slot.attempt);
    if (!slot.draft) continue;
    slot.hash = PromptHash(slot.draft->prompt);
    return;
  }
}

std::vector<Slot> SlotsOf(const std::vector<Portion>& portions) {
  std::vector<Slot> slots;
  for (const Portion& portion : portions) {
    const int levels = portion.high_level - portion.low_level + 1;
    ASSAY_CHECK(portion.family != nullptr && levels >= 1, "a portion without family or levels");
    for (std::size_t i = 0; i < portion.count; ++i) {
      const int level = portion.low_level + int(i % std::size_t(levels));
      slots.push_back({portion.family, i, level, 0, std::nullopt, ""});
    }
  }
  return slots;
}

// What must differ between the problems of a set.
class Seen {
 public:
  explicit Seen(const std::unordered_set<std::string>* avoid) : avoid_(avoid) {}
  bool Add(const Slot& slot) {
    if (avoid_ != nullptr && avoid_->count(slot.hash) > 0) return false;
    const std::string print = std::string(slot.family->name) + "\n" + slot.draft->fingerprint;
    if (hashes_.count(slot.hash) > 0 || prints_.count(print) > 0) return false;
    hashes_.insert(slot.hash);
    prints_.insert(print);
    return true;
  }

 private:
  const std::unordered_set<std::string>* avoid_;
  std::unordered_set<std::string> hashes_;
  std::unordered_set<std::string> prints_;
};

Generated Finish(Slot& slot) {
  Generated made;
  made.draft = std::move(*slot.draft);
  Problem& problem = made.problem;
  problem.id = fmt::format("{}-{:05}", slot.family->name, slot.index);
  problem.prompt = made.draft.prompt;
  problem.reference = made.draft.reference;
  problem.verifier = made.draft.verifier;
  problem.domain = slot.family->domain;
  problem.tags = made.draft.tags;
  problem.level = slot.level;
  problem.meta = {{"family", slot.family->name}, {"level", slot.level}, {"index", slot.index}};
  if (!made.draft.unique) problem.meta["review"] = {{"unique", false}};
  return made;
}

}  // namespace

std::optional<Draft> DrawOnce(const Family& family, std::uint64_t seed, std::size_t index,
                              int level, std::size_t attempt) {
  Rng rng(
      Key("generate", seed).With(family.name).With(std::uint64_t(level)).With(index).With(attempt));
  auto draft = family.generate(rng, level);
  if (draft && draft->fingerprint.empty()) draft->fingerprint = draft->prompt;
  return draft;
}

Result<std::vector<Generated>> GenerateProblems(const std::vector<Portion>& portions,
                                                const GenerateOptions& options) {
  auto slots = SlotsOf(portions);
  const std::size_t threads = options.threads == 0 ? UsableThreads() : options.threads;
  ParallelFor(slots.size(), threads, [&](std::size_t i) { Draw(slots[i], options.seed); });
  // Duplicates are resolved in order, one by one, so the threads above change nothing.
  Seen seen(options.avoid);
  std::vector<Generated> made;
  made.reserve(slots.size());
  std::set<std::pair<const Family*, int>> spent;
  for (Slot& slot : slots) {
    if (spent.count({slot.family, slot.level}) > 0) continue;
    while (slot.draft && !seen.Add(slot)) {
      ++slot.attempt;
      Draw(slot, options.seed);
    }
    if (!slot.draft && options.allow_fewer) {
      spent.emplace(slot.family, slot.level);
      continue;
    }
    if (!slot.draft) {
      return Fail(ErrorCode::kUsage,
                  "family {} has no further problem at level {} after {} different ones: ask for "
                  "fewer, or for more levels",
                  slot.family->name, slot.level, slot.index);
    }
    made.push_back(Finish(slot));
  }
  return made;
}

std::string PromptHash(const std::string& prompt) {
  std::string kept;
  kept.reserve(prompt.size());
  bool in_word = false;
  for (const char c : prompt) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = byte >= 0x80 || std::isalnum(byte) != 0;
    const bool ends_word =
        in_word && std::string_view(".,;:!?'\"`*_$").find(c) != std::string::npos;
    if (word || (std::isspace(byte) == 0 && !ends_word)) kept += char(std::tolower(byte));
    in_word = word;
  }
  return Sha256Hex(kept);
}

}  // namespace assay
