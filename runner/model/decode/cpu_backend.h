// runner/model/decode/cpu_backend.h -- The transformer and samplers of this machine's processor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runner/model/decode/backend.h"
#include "runner/model/transformer/kv_pool.h"
#include "runner/model/transformer/transformer.h"

namespace assay {

class CpuBackend : public Backend {
 public:
  // Room for `samples` in work at once, 1 to Transformer::kMaxRows / 2.
  CpuBackend(std::unique_ptr<Transformer> transformer, CacheFormat cache, std::int64_t cache_bytes,
             std::int64_t samples);

  const ModelConfig& config() const override { return transformer_->config(); }
  std::int64_t most_rows() const override { return Transformer::kMaxRows; }
  std::int64_t most_samples() const override { return samples_; }
  PagePool& pages() override { return pool_; }
  void CopyPage(PageId from, PageId to) override { pool_.Copy(from, to); }
  Result<void> Forward(std::span<const ForwardRow> rows) override;
  void Keep(std::int64_t place, std::int64_t kept) override;
  Result<void> StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) override;
  Result<void> FinishDraw(std::span<std::optional<Draw>> draws) override;
  Result<void> Reload() override { return transformer_->Reload(); }
  std::string Description() const override;
  std::string Arithmetic() const override {
    return pool_.format() == CacheFormat::kF32 ? "cpu-1" : "cpu-2";
  }

 private:
  std::unique_ptr<Transformer> transformer_;
  std::int64_t samples_;
  KvPool pool_;
  std::vector<Sampler> samplers_;         // one a thread
  std::vector<float> logits_;             // of the last pass
  std::vector<std::vector<float>> kept_;  // empty until first used
  std::vector<std::optional<Draw>> draws_;
};

}  // namespace assay
