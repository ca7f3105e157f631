// runner/model/cuda/step.h -- What a forward pass needs to know of its rows, as one array of
// integers that travels to the GPU in one piece.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runner/model/cuda/kernels/attention.h"
#include "runner/model/transformer/forward_row.h"

namespace assay::cuda {

// Sizes, and with them where each part lies in the array: tokens (of draws as in rows.h),
// positions, sequences (of each row), sources (rows whose logits are wanted), tiles (pairs), tables
// (pages of each sequence).
struct StepShape {
  std::int64_t decode_rows = 0;  // the first rows
  std::int64_t prompt_rows = 0;  // the others
  std::int64_t sequences = 0;
  std::int64_t wanted = 0;
  std::int64_t tiles = 0;   // of prompt rows
  std::int64_t splits = 1;  // stretches of attention that the longest row has, a power of two

  std::int64_t rows() const { return decode_rows + prompt_rows; }
  std::int64_t table_stride() const { return splits * kSplit / kPagePositions; }
  std::int64_t positions_at() const { return rows(); }
  std::int64_t sequences_at() const { return 2 * rows(); }
  std::int64_t sources_at() const { return 3 * rows(); }
  std::int64_t tiles_at() const { return sources_at() + wanted; }
  std::int64_t tables_at() const { return tiles_at() + 2 * tiles; }
  std::int64_t size() const { return tables_at() + sequences * table_stride(); }
};

struct Step {
  StepShape shape;
  std::vector<std::int32_t> data;  // shape.size() entries
};

// `rows`: drawn tokens first. Where all are, further rows are added up to the next power of two, at
// most `most_decode`: token 0 at position 0 in page `spare_page`, whose results nobody looks at.
Step MakeStep(std::span<const ForwardRow> rows, std::int64_t most_decode, PageId spare_page);

// The most entries that a step can have.
std::int64_t LargestStep(std::int64_t rows, std::int64_t context);

}  // namespace assay::cuda
