// trainer/model/packed_batch.h -- Many responses as one row of tokens without padding, each
// prompt once for all the responses that follow it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runner/model/token_id.h"

namespace assay {

// A run of consecutive tokens that attend to each other and to one earlier segment. `prefix` is
// that segment's index, or -1.
struct Segment {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t prefix = -1;
};

// The responses of one prompt.
struct PromptGroup {
  std::vector<TokenId> prompt;  // at least one token
  std::vector<std::vector<TokenId>> responses;
};

struct PackedBatch {
  std::vector<TokenId> ids;             // [tokens]
  std::vector<std::int64_t> positions;  // [tokens], from 0 within prompt and response together
  std::vector<Segment> segments;        // a prompt, then its responses, then the next prompt …
  // Response tokens in order of groups, responses, tokens: where the hidden state that predicts
  // each one stands, and which token it is.
  std::vector<std::int64_t> sources;    // [response tokens]
  std::vector<std::int64_t> predicted;  // [response tokens]
  std::vector<std::size_t> offsets;     // [responses + 1], into `sources`

  std::int64_t tokens() const { return static_cast<std::int64_t>(ids.size()); }
};

// A response's last token needs no forward pass and is left out of `ids`. Empty responses have no
// tokens and no segment.
PackedBatch Pack(std::span<const PromptGroup> groups);

}  // namespace assay
