#include "trainer/model/adamw.h"

#include <cmath>

#include "base/thread_pool.h"
#include "trainer/model/threads.h"

namespace assay {

AdamW::AdamW(const AdamWConfig& config, std::span<const ParameterView> parameters)
    : config_(config), parameters_(parameters), moments_(parameters.size()) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].gradient == nullptr) continue;
    const std::size_t bytes = parameters[i].is_double ? sizeof(double) : sizeof(float);
    moments_[i].assign(2 * bytes * static_cast<std::size_t>(parameters[i].size()), 0);
  }
}

template <class Real>
void AdamW::Update(const ParameterView& view, std::size_t slot, double learning_rate) {
  const auto n = static_cast<std::size_t>(view.size());
  auto* value = static_cast<Real*>(view.value);
  const auto* gradient = static_cast<const Real*>(view.gradient);
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
    if (parameters_[i].gradient == nullptr) return;
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
