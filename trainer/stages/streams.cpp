#include "trainer/stages/streams.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "tasks/generators/generate.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

constexpr std::size_t kMaxAttempts = 400;

}  // namespace

ProblemStreams::ProblemStreams(const DataSection& data, std::uint64_t seed,
                               std::unordered_set<std::string> avoid)
    : avoid_(std::move(avoid)),
      seed_(seed),
      curriculum_(data.curriculum),
      memory_(data.curriculum_memory),
      floor_(data.curriculum_floor) {
  for (const StreamSection& section : data.streams) {
    const int levels = section.high_level - section.low_level + 1;
    for (int level = section.low_level; level <= section.high_level; ++level) {
      streams_.push_back({FindFamily(section.family), level, section.weight / levels});
    }
  }
  state_.resize(streams_.size());
}

std::string ProblemStreams::Name(std::size_t stream) const {
  return fmt::format("{}/{}", streams_[stream].family->name, streams_[stream].level);
}

double ProblemStreams::Weight(std::size_t stream) const {
  const double p = state_[stream].success;
  const double worth = curriculum_ ? std::max(floor_, 4 * p * (1 - p)) : 1;
  return streams_[stream].weight * worth;
}

double ProblemStreams::Share(std::size_t stream) const {
  double total = 0;
  for (std::size_t s = 0; s < streams_.size(); ++s) total += Weight(s);
  return Weight(stream) / total;
}

Result<ProblemStreams::Drawn> ProblemStreams::Next(std::int64_t cursor) {
  double left = Key("stream", seed_).Uniform(static_cast<std::uint64_t>(cursor));
  std::size_t chosen = 0;
  while (chosen + 1 < streams_.size() && left >= Share(chosen)) left -= Share(chosen++);
  const Stream& stream = streams_[chosen];
  const auto index = static_cast<std::size_t>(state_[chosen].next++);
  for (std::size_t attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto draft = DrawOnce(*stream.family, seed_, index, stream.level, attempt);
    if (!draft || avoid_.count(PromptHash(draft->prompt)) > 0) continue;
    Problem problem;
    problem.id = fmt::format("{}/{}-{}", stream.family->name, stream.level, index);
    problem.prompt = draft->prompt;
    problem.reference = draft->reference;
    problem.verifier = draft->verifier;
    problem.domain = stream.family->domain;
    problem.level = stream.level;
    return Drawn{chosen, std::move(problem)};
  }
  return Fail(ErrorCode::kInput,
              "data.streams: {} gives no problem that is not held out: name more levels, or fewer "
              "held-out problems",
              Name(chosen));
}

void ProblemStreams::Count(std::size_t stream, double correct, double scored) {
  if (scored <= 0) return;
  StreamState& state = state_[stream];
  state.success = memory_ * state.success + (1 - memory_) * correct / scored;
  ++state.groups;
}

void ProblemStreams::set_state(std::vector<StreamState> state) {
  ASSAY_CHECK(state.size() == streams_.size(), "stream states of another configuration");
  state_ = std::move(state);
}

}  // namespace assay
