#include "trainer/stages/shared_rollout.h"

#include <cstring>

namespace assay {
namespace {

class Writer {
 public:
  template <class T>
  void Put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void PutAll(const std::vector<T>& values) {
    Put(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void PutText(const std::string& text) {
    Put(text.size());
    bytes_ += text;
  }
  void PutReward(const Reward& reward) {
    Put(static_cast<char>(reward.has_value()));
    Put(reward.value_or(0));
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Once something is missing, everything read is zero or empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  template <class T>
  T Get() {
    T value{};
    const std::string_view from = Next(sizeof value);
    if (ok_) std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  template <class T>
  std::vector<T> GetAll() {
    const auto count = Get<std::size_t>();
    if (count > bytes_.size() / sizeof(T)) ok_ = false;
    const std::string_view from = ok_ ? Next(count * sizeof(T)) : std::string_view();
    std::vector<T> values(from.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), from.data(), from.size());
    return values;
  }
  std::string GetText() { return std::string(Next(Get<std::size_t>())); }
  Reward GetReward() {
    const bool there = Get<char>() != 0;
    const auto value = Get<double>();
    return there ? Reward(value) : Reward();
  }
  bool Done() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view Next(std::size_t size) {
    if (size > bytes_.size()) ok_ = false;
    if (!ok_) return {};
    const std::string_view part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

void PutSample(Writer& writer, const RolloutSample& sample) {
  writer.PutAll(sample.ids);
  writer.PutAll(sample.logps);
  writer.PutText(sample.text);
  writer.Put(static_cast<char>(sample.truncated));
  writer.Put(sample.verdict.outcome);
  writer.PutReward(sample.verdict.reward);
  writer.PutText(sample.verdict.answer);
  writer.PutText(sample.verdict.reason);
  writer.Put(sample.components.size());
  for (const Reward& component : sample.components) writer.PutReward(component);
}

void GetSample(Reader& reader, RolloutSample& sample) {
  sample.ids = reader.GetAll<TokenId>();
  sample.logps = reader.GetAll<double>();
  sample.text = reader.GetText();
  sample.truncated = reader.Get<char>() != 0;
  sample.verdict.outcome = reader.Get<Outcome>();
  sample.verdict.reward = reader.GetReward();
  sample.verdict.answer = reader.GetText();
  sample.verdict.reason = reader.GetText();
  const auto components = reader.Get<std::size_t>();
  sample.components.clear();
  for (std::size_t k = 0; k < components && k < 1024; ++k) {
    sample.components.push_back(reader.GetReward());
  }
}

}  // namespace

std::string PackSamples(const std::vector<RolloutGroup>& groups) {
  Writer writer;
  for (const RolloutGroup& group : groups) {
    for (const RolloutSample& sample : group.samples) PutSample(writer, sample);
  }
  return writer.Take();
}

bool UnpackSamples(std::string_view bytes, std::vector<RolloutGroup>& groups) {
  Reader reader(bytes);
  for (RolloutGroup& group : groups) {
    for (RolloutSample& sample : group.samples) GetSample(reader, sample);
  }
  return reader.Done();
}

Result<Rollout> SharedRollOut(Model& model, const RolloutPlan& plan, const TrainConfig& config,
                              ProcessGroup& group) {
  if (group.size() == 1) return RollOut(model, plan, config);
  RolloutPlan own = plan;
  own.problems.clear();
  own.keys.clear();
  for (std::size_t i = 0; i < plan.problems.size(); ++i) {
    if (!group.Owns(i)) continue;
    own.problems.push_back(plan.problems[i]);
    own.keys.push_back(plan.keys[i]);
  }
  TrainConfig apart = config;
  apart.reward.shuffle = false;  // over all groups, below
  auto drawn = RollOut(model, own, apart);
  const Result<void> outcome = drawn ? Result<void>() : Pass(drawn.error());
  if (auto agreed = group.Agree("the rollout", outcome); !agreed) return Pass(agreed.error());
  auto parts = group.GatherStrings("the samples", PackSamples(drawn->groups));
  if (!parts) return Pass(parts.error());

  const auto processes = static_cast<std::size_t>(group.size());
  std::vector<RolloutGroup> all(plan.problems.size());
  for (std::size_t rank = 0; rank < processes; ++rank) {
    std::vector<RolloutGroup> share;
    for (std::size_t i = rank; i < all.size(); i += processes) {
      share.push_back({plan.problems[i], {}});
      share.back().samples.resize(static_cast<std::size_t>(plan.group));
    }
    if (!UnpackSamples((*parts)[rank], share)) {
      return Fail(ErrorCode::kInternal, "the samples of process {} cannot be read", rank);
    }
    for (std::size_t k = 0; k < share.size(); ++k) {
      all[rank + k * processes] = std::move(share[k]);
    }
  }
  drawn->groups = std::move(all);
  if (config.reward.shuffle && !plan.keys.empty()) ShuffleRewards(drawn->groups, plan.keys[0]);
  return drawn;
}

}  // namespace assay
