// Write a function that simulates a cache under a drawn policy.
#include <algorithm>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Policy { kLeastRecent, kFirstIn, kLeastOften, kLargest };
enum class Report { kHits, kEvicted, kContent };

struct Params {
  std::size_t capacity = 3;
  Policy policy = Policy::kLeastRecent;
  Report report = Report::kHits;
  std::int64_t expiry = 0;  // an entry not used for so many steps is gone; 0: never
  std::int64_t bypass = 0;  // keys divisible by it are never kept; 0: none
  bool write_back = false;  // a negative key removes the entry of its absolute value
};

struct Entry {
  std::int64_t key, loaded, used, count;
};

// The entry that has to go: by a rank that is compared item by item.
std::size_t Victim(const Params& params, const std::vector<Entry>& entries) {
  const auto rank = [&](const Entry& entry) -> std::vector<std::int64_t> {
    switch (params.policy) {
      case Policy::kLeastRecent:
        return {entry.used};
      case Policy::kFirstIn:
        return {entry.loaded};
      case Policy::kLeastOften:
        return {entry.count, entry.used};
      case Policy::kLargest:
        return {-entry.key};
    }
    return {};
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    if (rank(entries[i]) < rank(entries[best])) best = i;
  }
  return best;
}

Json Solve(const Params& params, const Json& arguments) {
  std::vector<Entry> entries;
  std::int64_t hits = 0;
  Json evicted = Json::array();
  std::int64_t now = 0;
  for (const Json& item : arguments[0]) {
    ++now;
    const auto key = item.get<std::int64_t>();
    if (params.expiry != 0) {
      entries.erase(
          std::remove_if(entries.begin(), entries.end(),
                         [&](const Entry& entry) { return now - entry.used > params.expiry; }),
          entries.end());
    }
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
      return entry.key == (params.write_back ? std::abs(key) : key);
    });
    if (params.write_back && key < 0) {
      if (found != entries.end()) entries.erase(found);
      continue;
    }
    if (found != entries.end()) {
      ++hits;
      found->used = now;
      ++found->count;
      continue;
    }
    if (params.bypass != 0 && key % params.bypass == 0) continue;
    if (entries.size() == params.capacity) {
      const auto victim = Victim(params, entries);
      evicted.push_back(entries[victim].key);
      entries.erase(entries.begin() + std::ptrdiff_t(victim));
    }
    entries.push_back({key, now, now, 1});
  }
  if (params.report == Report::kHits) return hits;
  if (params.report == Report::kEvicted) return evicted;
  std::vector<std::int64_t> keys;
  for (const Entry& entry : entries) keys.push_back(entry.key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::string Python(const Params& params) {
  static const std::vector<std::string> ranks = {"used[k]", "loaded[k]", "(count[k], used[k])",
                                                 "-k"};
  static const std::vector<std::string> reports = {"hits", "evicted", "sorted(used)"};
  const bool loaded = params.policy == Policy::kFirstIn;
  const bool counted = params.policy == Policy::kLeastOften;
  const bool hits = params.report == Report::kHits;
  const bool evicted = params.report == Report::kEvicted;
  std::string text = "def serve(keys):\n    used = {}\n";
  if (loaded) text += "    loaded = {}\n";
  if (counted) text += "    count = {}\n";
  if (hits) text += "    hits = 0\n";
  if (evicted) text += "    evicted = []\n";
  text += "    for now, key in enumerate(keys):\n";
  if (params.expiry != 0) {
    text +=
        "        for k in [k for k in used if now - used[k] > {expiry}]:\n            del "
        "used[k]\n";
  }
  if (params.write_back) {
    text += "        if key < 0:\n            used.pop(-key, None)\n            continue\n";
  }
  text += "        if key in used:\n";
  if (hits) text += "            hits += 1\n";
  if (counted) text += "            count[key] += 1\n";
  text += "            used[key] = now\n            continue\n";
  if (params.bypass != 0) text += "        if key % {bypass} == 0:\n            continue\n";
  text += "        if len(used) == {capacity}:\n            victim = min(used, key=lambda k: " +
          ranks[std::size_t(params.policy)] + ")\n";
  if (evicted) text += "            evicted.append(victim)\n";
  text += "            del used[victim]\n        used[key] = now\n";
  if (loaded) text += "        loaded[key] = now\n";
  if (counted) text += "        count[key] = 1\n";
  text += "    return " + reports[std::size_t(params.report)] + "\n";
  return Fill(text, {{"expiry", std::to_string(params.expiry)},
                     {"bypass", std::to_string(params.bypass)},
                     {"capacity", std::to_string(params.capacity)}});
}

std::string Words(const Params& params) {
  static const std::vector<std::string> policies = {
      "whose last use is longest ago", "that was put in first (uses do not matter)",
      "that was used the fewest times since it was put in (putting in is the first use; of "
      "several such the one whose last use is longest ago)",
      "with the largest key"};
  static const std::vector<std::string> reports = {
      "Return the number of hits.",
      "Return the list of the keys that were thrown out to make room, in order.",
      "Return the increasing list of the keys that the cache holds in the end."};
  std::string text =
      "- A cache holds at most {capacity} keys and is empty at first. The keys in the list are "
      "asked for one after the other.\n- A key that the cache holds is a hit, and is used by "
      "it.\n- Any other key is put in. If the cache is full, the key " +
      policies[std::size_t(params.policy)] + " is thrown out first.\n";
  if (params.bypass != 0) {
    text += "- Keys divisible by {bypass} are never put in: asking for them changes nothing.\n";
  }
  if (params.expiry != 0) {
    text +=
        "- Before each key is looked at, keys whose last use (putting in included) lies more than "
        "{expiry} "
        "keys back vanish from the cache, without being thrown out.\n";
  }
  if (params.write_back) {
    text +=
        "- A negative number -k is not asked for: it removes the key k from the cache if it is "
        "there, "
        "without throwing it out.\n";
  }
  return Fill(text + "\n" + reports[std::size_t(params.report)],
              {{"expiry", std::to_string(params.expiry)},
               {"bypass", std::to_string(params.bypass)},
               {"capacity", std::to_string(params.capacity)}});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.capacity = std::size_t(rng.Int(2, 5));
  params.policy = Policy(level <= 2 ? rng.Int(0, 1) : rng.Int(0, 3));
  params.report = Report(rng.Int(0, 2));
  if (level >= 4) params.bypass = rng.Int(3, 6);
  if (level >= 6) params.expiry = rng.Int(5, 9);
  if (level >= 8) params.write_back = true;
  const int span = int(params.capacity) + int(rng.Int(3, 5));
  const auto input = [&](std::int64_t size) {
    Json keys = Json::array();
    for (std::int64_t i = 0; i < size; ++i) {
      const auto key = rng.Int(1, span);
      keys.push_back(params.write_back && rng.Chance(0.15) ? -key : key);
    }
    return Json::array({keys});
  };
  FunctionTask task;
  task.entry = "serve";
  task.inputs = {input(8), input(10), input(0), input(1)};
  for (int i = 0; i < 14; ++i) task.inputs.push_back(input(rng.Int(12, ByLevel(level, 24, 60))));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { ++p.capacity; });
  change([](Params& p) {
    p.policy = p.policy == Policy::kLeastRecent ? Policy::kFirstIn : Policy::kLeastRecent;
  });
  if (params.bypass != 0) change([](Params& p) { p.bypass = 0; });
  if (params.expiry != 0) change([](Params& p) { p.expiry = 0; });
  if (params.expiry != 0) change([](Params& p) { --p.expiry; });
  change([](Params& p) { p.report = Report((int(p.report) + 1) % 3); });
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `serve(keys)` for a list of whole numbers, none of them 0, that "
       "simulates a cache:\n\n{words}",
       "Implement `serve(keys)` in Python. `keys` is a list of integers other than 0, and the "
       "rules are these:\n\n{words}"},
      {{"words", Words(params)}});
  task.tags = {"simulation", "dictionaries"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family CacheHits() {
  return {"cache_hits",
          "code",
          "A cache under a stated policy",
          "Mattson et al., Evaluation techniques for storage hierarchies (1970)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
