// runner/model/decode/backend.h -- What the scheduler asks of the machine that computes: forward
// passes over rows, a cache in pages, draws from the logits, which stay where they were computed.
//
// Logits lie in places. A pass leaves those of the rows that want them in places 0, 1, … in order,
// until the next pass; Keep copies one to a place that stays.
//
// Drawing has two halves, so that a device need not wait for the host: where draws_ahead(), the
// next pass may be started between them, with rows whose tokens the host does not know yet
// (ForwardRow::draw).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "runner/model/checkpoint/config.h"
#include "runner/model/decode/sampler.h"
#include "runner/model/transformer/forward_row.h"

namespace assay {

// One sample's next draw.
struct DrawFrom {
  bool kept = false;       // from a kept place, not one of the last pass
  std::int64_t place = 0;  // of the logits
  const Sampling* sampling = nullptr;
  double uniform = 0;  // in [0, 1)
};

// One call at a time.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual const ModelConfig& config() const = 0;
  // Rows of one pass at most, and samples in work at once at most.
  virtual std::int64_t most_rows() const = 0;
  virtual std::int64_t most_samples() const = 0;

  virtual PagePool& pages() = 0;
  virtual void CopyPage(PageId from, PageId to) = 0;

  // Tokens must be within the vocabulary and positions within the context. kUnavailable or
  // kInternal where the device fails: nothing of the pass can be used then, nor of later ones.
  virtual Result<void> Forward(std::span<const ForwardRow> rows) = 0;
  // Copies the logits of a place of the last pass to a kept one, [0, most_samples()).
  virtual void Keep(std::int64_t place, std::int64_t kept) = 0;
  // Draws from the first `vocabulary` logits of each place, as sampler.h says.
  virtual Result<void> StartDraw(std::int64_t vocabulary, std::span<const DrawFrom> from) = 0;
  // What was drawn, as many as `from` had: nothing where the logits are not finite. Once after each
  // StartDraw, before the next.
  virtual Result<void> FinishDraw(std::span<std::optional<Draw>> draws) = 0;
  virtual bool draws_ahead() const { return false; }

  // Takes the weights from their source again, whose numbers have changed.
  virtual Result<void> Reload() = 0;

  // For people: "cpu avx2 x 2".
  virtual std::string Description() const = 0;
  // Part of a run's identity: changes whenever the arithmetic does.
  virtual std::string Arithmetic() const = 0;
};

}  // namespace assay
