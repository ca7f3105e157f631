// sandbox/memory_marker.h -- Programs that end by themselves because memory was refused.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/sandbox.h"

namespace assay::sandbox {

// A program that fails because an allocation is refused ends by itself: where the last line of its
// errors holds `marker`, its ending becomes kMemoryLimit. No more than a name for a failure: it
// never turns into a success, so that forging it gains nothing.
void NoteMemoryError(RunResult& result, std::string_view marker);

}  // namespace assay::sandbox
