#include "runner/model/transformer/kernels/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace assay::kernels {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// Frequencies whose wavelength exceeds the training context over low_frequency_factor are slowed
// down by `factor`; between the two borders the change is linear in context / wavelength. The rule
// of Llama 3.1's reference code.
double Llama3(double frequency, const RopeConfig& c) {
  const double wavelength = kTurn / frequency;
  if (wavelength > c.original_context / c.low_frequency_factor) return frequency / c.factor;
  if (wavelength < c.original_context / c.high_frequency_factor) return frequency;
  const double smooth = (c.original_context / wavelength - c.low_frequency_factor) /
                        (c.high_frequency_factor - c.low_frequency_factor);
  return (1 - smooth) * frequency / c.factor + smooth * frequency;
}

// The dimension whose frequency makes `turns` turns over the training context (Peng et al. 2023,
// equation 16 solved for d).
double DimensionOfTurns(double turns, const RopeConfig& c, double head_dim) {
  return head_dim * std::log(c.original_context / (turns * kTurn)) / (2 * std::log(c.theta));
}

void Yarn(const RopeConfig& c, std::int64_t head_dim, std::vector<double>& frequencies) {
  const auto dim = static_cast<double>(head_dim);
  double low = DimensionOfTurns(c.beta_fast, c, dim);
  double high = DimensionOfTurns(c.beta_slow, c, dim);
  if (c.truncate) {
    low = std::floor(low);
    high = std::ceil(high);
  }
  low = std::max(low, 0.0);
  high = std::min(high, dim - 1);
  if (low == high) high += 0.001;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    frequencies[i] = frequencies[i] / c.factor * ramp + frequencies[i] * (1 - ramp);
  }
}

}  // namespace

std::vector<float> RopeFrequencies(const RopeConfig& config, std::int64_t rotary_dim) {
  std::vector<double> frequencies(static_cast<std::size_t>(rotary_dim / 2));
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const double exponent = 2 * static_cast<double>(i) / static_cast<double>(rotary_dim);
    frequencies[i] = static_cast<double>(static_cast<float>(1 / std::pow(config.theta, exponent)));
    if (config.type == RopeType::kLinear) frequencies[i] /= config.factor;
    if (config.type == RopeType::kLlama3) frequencies[i] = Llama3(frequencies[i], config);
    if (!config.divisors.empty()) frequencies[i] /= static_cast<double>(config.divisors[i]);
  }
  if (config.type == RopeType::kYarn) Yarn(config, rotary_dim, frequencies);
  return {frequencies.begin(), frequencies.end()};
}

RopeTable::RopeTable(const RopeConfig& config, std::int64_t rotary_dim)
    : half_(rotary_dim / 2),
      frequencies_(RopeFrequencies(config, rotary_dim)),
      factor_(static_cast<float>(config.attention_factor)) {}

void RopeTable::Grow(std::int64_t positions) {
  if (positions <= positions_) return;
  cos_.resize(static_cast<std::size_t>(positions * half_));
  sin_.resize(cos_.size());
  for (std::int64_t position = positions_; position < positions; ++position) {
    for (std::int64_t i = 0; i < half_; ++i) {
      const auto at = static_cast<std::size_t>(position * half_ + i);
      const float angle = static_cast<float>(position) * frequencies_[static_cast<std::size_t>(i)];
      cos_[at] = static_cast<float>(std::cos(static_cast<double>(angle))) * factor_;
      sin_[at] = static_cast<float>(std::sin(static_cast<double>(angle))) * factor_;
    }
  }
  positions_ = positions;
}

}  // namespace assay::kernels
