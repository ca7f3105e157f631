#include "runner/model/decode/sampler.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

bool CutsAnything(const Sampling& sampling, std::int64_t vocabulary) {
  return (sampling.top_k > 0 && sampling.top_k < vocabulary) || sampling.top_p < 1 ||
         sampling.min_p > 0;
}

// Larger first, lower id first among equals.
bool Before(const std::pair<float, TokenId>& a, const std::pair<float, TokenId>& b) {
  return a.first != b.first ? a.first > b.first : a.second < b.second;
}

TokenId ArgMax(const float* logits, std::int64_t n) {
  return static_cast<TokenId>(std::max_element(logits, logits + n) - logits);
}

}  // namespace

std::optional<Draw> Sampler::Pick(const float* logits, std::int64_t vocabulary,
                                  const Sampling& sampling, double uniform) {
  const bool greedy = sampling.temperature <= 0;
  softmax_.Compute(logits, vocabulary, greedy ? 1.0 : sampling.temperature);
  if (!std::isfinite(softmax_.sum) || softmax_.sum <= 0) return std::nullopt;
  Draw draw;
  if (greedy) {
    draw.id = ArgMax(logits, vocabulary);
  } else if (!CutsAnything(sampling, vocabulary)) {
    draw.id = Invert(uniform);
  } else {
    Cut(sampling);
    double total = 0;
    for (const auto& [weight, id] : kept_) total += static_cast<double>(weight);
    double left = uniform * total;
    draw.id = kept_.back().second;
    for (const auto& [weight, id] : kept_) {
      left -= static_cast<double>(weight);
      if (left < 0) {
        draw.id = id;
        break;
      }
    }
  }
  draw.logprob = softmax_.LogProb(logits[draw.id]);
  return draw;
}

TokenId Sampler::Invert(double uniform) const {
  const auto& e = softmax_.exponentials;
  double left = uniform * softmax_.sum;
  std::size_t block = 0;
  while (block + 1 < softmax_.block_sums.size() && left >= softmax_.block_sums[block]) {
    left -= softmax_.block_sums[block++];
  }
  constexpr auto kBlock = static_cast<std::size_t>(kernels::kSumBlock);
  const std::size_t end = std::min(e.size(), (block + 1) * kBlock);
  // Rounding may leave a sliver after the last token: it belongs to the last one that can be drawn.
  std::size_t last = block * kBlock;
  for (std::size_t i = block * kBlock; i < end; ++i) {
    if (e[i] <= 0) continue;
    last = i;
    left -= static_cast<double>(e[i]);
    if (left < 0) break;
  }
  return static_cast<TokenId>(last);
}

// Leaves in kept_ the tokens that may be drawn, by ascending id.
void Sampler::Cut(const Sampling& sampling) {
  kept_.clear();
  // The largest weight is exp(0) = 1, so min-p is a bound on the weights themselves.
  const auto bound = static_cast<float>(sampling.min_p);
  for (std::size_t i = 0; i < softmax_.exponentials.size(); ++i) {
    const float weight = softmax_.exponentials[i];
    if (weight > 0 && weight >= bound) kept_.emplace_back(weight, static_cast<TokenId>(i));
  }
  // min-p alone keeps a set that does not depend on the order of cuts; top-p must see what min-p
  // drops as well, so its total is taken over everything that top-k left.
  double total = softmax_.sum;
  const auto k = static_cast<std::size_t>(std::max(sampling.top_k, 0));
  if (k > 0 && k < softmax_.exponentials.size()) {
    std::vector<std::pair<float, TokenId>> all;
    all.reserve(softmax_.exponentials.size());
    for (std::size_t i = 0; i < softmax_.exponentials.size(); ++i) {
      all.emplace_back(softmax_.exponentials[i], static_cast<TokenId>(i));
    }
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(k) - 1, all.end(),
                     Before);
    all.resize(k);
    total = 0;
    std::sort(all.begin(), all.end(), Before);
    for (const auto& [weight, id] : all) total += static_cast<double>(weight);
    kept_.clear();
    for (const auto& entry : all) {
      if (entry.first > 0 && entry.first >= bound) kept_.push_back(entry);
    }
  }
  if (sampling.top_p < 1) {
    std::sort(kept_.begin(), kept_.end(), Before);
    double mass = 0;
    std::size_t count = 0;
    while (count < kept_.size() && (count == 0 || mass < sampling.top_p * total)) {
      mass += static_cast<double>(kept_[count++].first);
    }
    kept_.resize(count);
  }
  std::sort(kept_.begin(), kept_.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
}

}  // namespace assay
