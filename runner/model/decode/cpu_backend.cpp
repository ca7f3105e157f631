#include "runner/model/decode/cpu_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/model/transformer/kernels/table.h"

namespace assay {

CpuBackend::CpuBackend(std::unique_ptr<Transformer> transformer, CacheFormat cache,
                       std::int64_t cache_bytes, std::int64_t samples)
    : transformer_(std::move(transformer)),
      samples_(std::clamp<std::int64_t>(samples, 1, Transformer::kMaxRows / 2)),
      pool_(transformer_->config(), cache, cache_bytes),
      samplers_(transformer_->team().threads()),
      kept_(static_cast<std::size_t>(samples_)) {
  logits_.resize(static_cast<std::size_t>(samples_ * config().vocabulary));
}

Result<void> CpuBackend::Forward(std::span<const ForwardRow> rows) {
  transformer_->Forward(rows, pool_, logits_.data());
  return {};
}

void CpuBackend::Keep(std::int64_t place, std::int64_t kept) {
  const float* from = logits_.data() + place * config().vocabulary;
  kept_[static_cast<std::size_t>(kept)].assign(from, from + config().vocabulary);
}

Result<void> CpuBackend::StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) {
  draws_.resize(from.size());
  ThreadTeam& team = transformer_->team();
  team.Run([&](std::size_t thread) {
    team.Share(
        static_cast<std::int64_t>(from.size()), 1, [&](std::int64_t begin, std::int64_t end) {
          for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
            const DrawFrom& one = from[i];
            const float* logits = one.kept ? kept_[static_cast<std::size_t>(one.place)].data()
                                           : logits_.data() + one.place * config().vocabulary;
            draws_[i] = samplers_[thread].Pick(logits, vocabulary, *one.sampling, one.uniform);
          }
        });
  });
  return {};
}

Result<void> CpuBackend::FinishDraw(std::span<std::optional<Draw>> draws) {
  std::copy(draws_.begin(), draws_.end(), draws.begin());
  return {};
}

std::string CpuBackend::Description() const {
  return fmt::format("cpu {} x {}", kernels::Kernels().name, transformer_->team().threads());
}

}  // namespace assay
