#include "trainer/model/adamw.h"

#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "trainer/model/threads.h"

namespace assay {

std::int64_t TrainedNumbers(std::span<const ParameterView> parameters) {
  std::int64_t numbers = 0;
  for (const ParameterView& view : parameters)
    numbers += view.gradient == nullptr ? 0 : view.size();
  return numbers;
}

AdamW::AdamW(const AdamWConfig& config, std::span<const ParameterView> parameters, Shard shard)
    : config_(config), parameters_(parameters), shard_(shard), moments_(parameters.size()) {
  std::int64_t at = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    slices_.emplace_back();
    if (parameters[i].gradient == nullptr) continue;
    const std::int64_t begin = std::max(at, shard.begin);
    const std::int64_t end = std::min(at + parameters[i].size(), shard.end);
    if (begin < end) {
      slices_.back() = {static_cast<std::size_t>(begin - at),
                        static_cast<std::size_t>(end - begin)};
    }
    at += parameters[i].size();
    const std::size_t bytes = parameters[i].is_double ? sizeof(double) : sizeof(float);
    moments_[i].assign(2 * bytes * slices_.back().count, 0);
  }
}

template <class Real>
void AdamW::Update(const ParameterView& view, std::size_t slot, double learning_rate) {
  const std::size_t n = slices_[slot].count;
  auto* value = static_cast<Real*>(view.value) + slices_[slot].begin;
  const auto* gradient = static_cast<const Real*>(view.gradient) + slices_[slot].begin;
  Real* first = reinterpret_cast<Real*>(moments_[slot].data());
  Real* second = first + n;
  const auto beta1 = static_cast<Real>(config_.beta1);
  const auto beta2 = static_cast<Real>(config_.beta2);
  const auto decay = static_cast<Real>(1 - learning_rate * config_.weight_decay);
  const auto eps = static_cast<Real>(config_.eps);
  const auto steps = static_cast<double>(steps_);
  const auto step = static_cast<Real>(learning_rate / (1 - std::pow(config_.beta1, steps)));
  const auto root = static_cast<Real>(std::sqrt(1 - std::pow(config_.beta2, steps)));
  for (std::size_t i = 0; i < n; ++i) {
    first[i] += (gradient[i] - first[i]) * (1 - beta1);
    second[i] = second[i] * beta2 + gradient[i] * gradient[i] * (1 - beta2);
    value[i] = value[i] * decay - step * first[i] / (std::sqrt(second[i]) / root + eps);
  }
}

void AdamW::Step(double learning_rate) {
  ++steps_;
  ParallelFor(parameters_.size(), TrainingThreads(), [&](std::size_t i) {
    if (slices_[i].count == 0) return;
    if (parameters_[i].is_double) {
      Update<double>(parameters_[i], i, learning_rate);
    } else {
      Update<float>(parameters_[i], i, learning_rate);
    }
  });
}

std::vector<std::span<char>> AdamW::StateBytes() {
  std::vector<std::span<char>> state;
  for (std::vector<char>& moments : moments_) state.emplace_back(moments);
  return state;
}

}  // namespace assay
