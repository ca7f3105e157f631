#include "runner/model/cuda/step.h"

#include <algorithm>
#include <bit>

#include "runner/model/transformer/page_pool.h"

namespace assay::cuda {
namespace {

std::int64_t PowerOfTwo(std::int64_t n) {
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(n)));
}

std::int32_t Narrow(std::int64_t n) { return static_cast<std::int32_t>(n); }

// Whether `row` goes on with the sequence of `before`.
bool SameSequence(const ForwardRow& before, const ForwardRow& row) {
  return row.of_prompt && before.of_prompt && row.pages == before.pages &&
         row.position == before.position + 1;
}

}  // namespace

std::int64_t LargestStep(std::int64_t rows, std::int64_t context) {
  StepShape shape;
  shape.prompt_rows = shape.sequences = shape.wanted = shape.tiles = rows;
  shape.splits = PowerOfTwo(SplitsFor(context));
  return shape.size();
}

Step MakeStep(std::span<const ForwardRow> rows, std::int64_t most_decode, PageId spare_page) {
  Step step;
  StepShape& shape = step.shape;
  std::vector<std::int32_t> sequence_of;
  std::vector<const ForwardRow*> last;  // row of each sequence
  std::vector<PrefillTile> tiles;
  std::int64_t positions = 1;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const ForwardRow& row = rows[r];
    const bool goes_on = r > 0 && SameSequence(rows[r - 1], row);
    if (goes_on) {
      last.back() = &row;
    } else {
      last.push_back(&row);
    }
    sequence_of.push_back(Narrow(static_cast<std::int64_t>(last.size()) - 1));
    positions = std::max(positions, row.position + 1);
    shape.wanted += row.wants_logits ? 1 : 0;
    if (!row.of_prompt) {
      ++shape.decode_rows;
      continue;
    }
    ++shape.prompt_rows;
    if (!goes_on || tiles.back().rows == kPrefillRows)
      tiles.push_back({Narrow(static_cast<std::int64_t>(r)), 0});
    ++tiles.back().rows;
  }
  if (shape.prompt_rows == 0) {
    shape.decode_rows = std::min(PowerOfTwo(shape.decode_rows), most_decode);
    shape.wanted = shape.decode_rows;
  }
  const std::int64_t padding = shape.rows() - static_cast<std::int64_t>(rows.size());
  shape.sequences = static_cast<std::int64_t>(last.size()) + padding;
  shape.tiles = static_cast<std::int64_t>(tiles.size());
  shape.splits = PowerOfTwo(SplitsFor(positions));

  step.data.assign(static_cast<std::size_t>(shape.size()), 0);
  const auto put = [&](std::int64_t at, std::int64_t value) {
    step.data[static_cast<std::size_t>(at)] = Narrow(value);
  };
  std::int64_t wanted = 0;
  for (std::int64_t r = 0; r < shape.rows(); ++r) {
    const bool real = r < static_cast<std::int64_t>(rows.size());
    const ForwardRow row = real ? rows[static_cast<std::size_t>(r)] : ForwardRow{};
    put(r, row.draw < 0 ? row.token : -1 - row.draw);
    put(shape.positions_at() + r, row.position);
    const std::int64_t sequence = real ? sequence_of[static_cast<std::size_t>(r)] : r;
    put(shape.sequences_at() + r, sequence);
    if (shape.prompt_rows == 0 || row.wants_logits) put(shape.sources_at() + wanted++, r);
  }
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const auto at = shape.tiles_at() + 2 * static_cast<std::int64_t>(i);
    put(at, tiles[i].first_row);
    put(at + 1, tiles[i].rows);
  }
  for (std::int64_t s = 0; s < shape.sequences; ++s) {
    const std::int64_t at = shape.tables_at() + s * shape.table_stride();
    if (s >= static_cast<std::int64_t>(last.size())) {
      put(at, spare_page);
      continue;
    }
    const ForwardRow& row = *last[static_cast<std::size_t>(s)];
    const std::int64_t pages = PagePool::PagesFor(row.position + 1);
    std::copy_n(row.pages, pages, step.data.begin() + at);
  }
  return step;
}

}  // namespace assay::cuda
