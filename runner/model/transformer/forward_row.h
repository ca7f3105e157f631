// runner/model/transformer/forward_row.h -- One token for a forward pass.
#pragma once

#include <cstdint>

#include "runner/model/token_id.h"
#include "runner/model/transformer/page_pool.h"

namespace assay {

// Its key and value are written to the sequence's pages; rows of the same sequence in one call must
// have ascending positions, and all earlier positions must have been processed.
struct ForwardRow {
  TokenId token = 0;
  std::int64_t position = 0;
  const PageId* pages = nullptr;  // PagesFor(position + 1) of them
  bool wants_logits = false;
  bool of_prompt = false;  // else the last drawn token of a sample; those come first in a call
  std::int64_t draw = -1;  // not negative: the token is this one of the last draws, not `token`
};

}  // namespace assay
