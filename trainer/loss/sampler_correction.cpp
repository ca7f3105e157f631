#include "trainer/loss/sampler_correction.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay {
namespace {

double Bounded(const SamplerCorrection& correction, double ratio) {
  const double low = correction.low.value_or(-std::numeric_limits<double>::infinity());
  const double high = correction.high.value_or(std::numeric_limits<double>::infinity());
  if (correction.mask) return ratio < low || ratio > high ? 0 : ratio;
  return std::clamp(ratio, low, high);
}

}  // namespace

std::optional<SamplerCorrection> ParseSamplerCorrection(std::string_view name) {
  if (name == "token_truncate") return SamplerCorrection{false, false, {}, {}};
  if (name == "token_mask") return SamplerCorrection{false, true, {}, {}};
  if (name == "sequence_truncate") return SamplerCorrection{true, false, {}, {}};
  if (name == "sequence_mask") return SamplerCorrection{true, true, {}, {}};
  return std::nullopt;
}

template <class Real>
std::vector<Real> SamplerWeights(const SamplerCorrection& correction,
                                 std::span<const std::size_t> offsets,
                                 std::span<const std::uint8_t> mask,
                                 std::span<const Real> old_logps,
                                 std::span<const Real> sampler_logps) {
  std::vector<Real> weights(old_logps.size(), Real{1});
  const auto difference = [&](std::size_t t) {
    if (mask[t] == 0 || std::isnan(sampler_logps[t])) return 0.0;
    return static_cast<double>(old_logps[t]) - static_cast<double>(sampler_logps[t]);
  };
  for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
    double sum = 0;
    for (std::size_t t = offsets[row]; t < offsets[row + 1]; ++t) sum += difference(t);
    for (std::size_t t = offsets[row]; t < offsets[row + 1]; ++t) {
      const double log_ratio = correction.sequence ? sum : difference(t);
      weights[t] = static_cast<Real>(Bounded(correction, std::exp(log_ratio)));
    }
  }
  return weights;
}

template std::vector<float> SamplerWeights(const SamplerCorrection&, std::span<const std::size_t>,
                                           std::span<const std::uint8_t>, std::span<const float>,
                                           std::span<const float>);
template std::vector<double> SamplerWeights(const SamplerCorrection&, std::span<const std::size_t>,
                                            std::span<const std::uint8_t>, std::span<const double>,
                                            std::span<const double>);

}  // namespace assay
