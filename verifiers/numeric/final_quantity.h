// verifiers/numeric/final_quantity.h -- The one number that a response ends on.
#pragma once

#include <optional>
#include <string_view>

#include "verifiers/extract/stated.h"
#include "verifiers/numeric/quantity.h"

namespace assay {

struct FinalQuantity {
  enum class Found { kNothing, kUnclosedBox, kUnreadable, kHedge, kOne };
  Found found = Found::kNothing;
  Marker marker = Marker::kNone;     // kNone: the last number
  std::optional<Quantity> quantity;  // of kOne; its span lies in `text`
  Span span;                         // what was judged, in `text`
};

// `text` is a response after its reasoning; only its last 64 KiB are searched for unmarked numbers.
FinalQuantity FindFinalQuantity(std::string_view text);

}  // namespace assay
