// runner/model/decode/waiting_groups.h -- What is still to be drawn in a run, for all that draw.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/rng.h"
#include "runner/model/model.h"
#include "runner/model/token_id.h"

namespace assay {

// One sample to draw. `request` is the caller's index of it. There is no key unless one is given.
struct DecodeJob {  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::size_t request = 0;
  const Sampling* sampling = nullptr;  // outlives the batcher's run
  Key key;
};

struct DecodeGroup {
  std::vector<TokenId> prompt;  // not empty
  std::vector<DecodeJob> jobs;
  std::int64_t size() const { return static_cast<std::int64_t>(prompt.size()); }
};

// Groups that nobody has admitted, and a count of samples that are not finished. Thread-safe.
class WaitingGroups {
 public:
  // The last group is the next one; `takers` share them.
  WaitingGroups(std::vector<DecodeGroup> groups, std::int64_t takers);

  bool empty() const;
  // The next group where `fits` says so of it.
  std::optional<DecodeGroup> TakeIf(const std::function<bool(const DecodeGroup& group)>& fits);
  // What is left, in order.
  std::vector<DecodeGroup> TakeRest();

  // One sample less.
  void Finished();
  // An equal share of the unfinished samples: who has that many should leave the rest to others.
  std::int64_t Share() const;

 private:
  mutable std::mutex mutex_;
  std::vector<DecodeGroup> groups_;
  std::int64_t takers_;
  std::int64_t unfinished_ = 0;
};

}  // namespace assay
