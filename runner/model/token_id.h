// runner/model/token_id.h -- The number by which a model knows a token.
#pragma once

#include <cstdint>

namespace assay {

using TokenId = std::int32_t;

}  // namespace assay
