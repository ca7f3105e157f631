#include "trainer/model/packed_batch.h"

#include "base/check.h"

namespace assay {
namespace {

void Append(PackedBatch& batch, std::span<const TokenId> ids, std::int64_t position,
            std::int64_t prefix) {
  Segment segment;
  segment.begin = batch.tokens();
  for (const TokenId id : ids) {
    batch.ids.push_back(id);
    batch.positions.push_back(position++);
  }
  segment.end = batch.tokens();
  segment.prefix = prefix;
  batch.segments.push_back(segment);
}

}  // namespace

PackedBatch Pack(std::span<const PromptGroup> groups) {
  PackedBatch batch;
  batch.offsets.push_back(0);
  for (const PromptGroup& group : groups) {
    ASSAY_CHECK(!group.prompt.empty(), "a prompt without tokens");
    const auto prompt = static_cast<std::int64_t>(batch.segments.size());
    Append(batch, group.prompt, 0, -1);
    const std::int64_t last_of_prompt = batch.tokens() - 1;
    const auto length = static_cast<std::int64_t>(group.prompt.size());
    for (const auto& response : group.responses) {
      const std::int64_t begin = batch.tokens();
      for (std::size_t t = 0; t < response.size(); ++t) {
        batch.sources.push_back(t == 0 ? last_of_prompt : begin + static_cast<std::int64_t>(t) - 1);
        batch.predicted.push_back(response[t]);
      }
      batch.offsets.push_back(batch.sources.size());
      if (response.size() > 1) {
        Append(batch, std::span(response).first(response.size() - 1), length, prompt);
      }
    }
  }
  return batch;
}

}  // namespace assay
