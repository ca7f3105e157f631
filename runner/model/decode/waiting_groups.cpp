#include "runner/model/decode/waiting_groups.h"

#include <algorithm>
#include <utility>

namespace assay {

WaitingGroups::WaitingGroups(std::vector<DecodeGroup> groups, std::int64_t takers)
    : groups_(std::move(groups)), takers_(takers) {
  for (const DecodeGroup& group : groups_)
    unfinished_ += static_cast<std::int64_t>(group.jobs.size());
}

bool WaitingGroups::empty() const {
  const std::lock_guard lock(mutex_);
  return groups_.empty();
}

std::optional<DecodeGroup> WaitingGroups::TakeIf(
    const std::function<bool(const DecodeGroup& group)>& fits) {
  const std::lock_guard lock(mutex_);
  if (groups_.empty() || !fits(groups_.back())) return std::nullopt;
  DecodeGroup group = std::move(groups_.back());
  groups_.pop_back();
  return group;
}

std::vector<DecodeGroup> WaitingGroups::TakeRest() {
  const std::lock_guard lock(mutex_);
  std::vector<DecodeGroup> rest = std::exchange(groups_, {});
  std::reverse(rest.begin(), rest.end());
  return rest;
}

void WaitingGroups::Finished() {
  const std::lock_guard lock(mutex_);
  --unfinished_;
}

std::int64_t WaitingGroups::Share() const {
  const std::lock_guard lock(mutex_);
  return (unfinished_ + takers_ - 1) / takers_;
}

}  // namespace assay
