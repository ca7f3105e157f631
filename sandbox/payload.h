// sandbox/payload.h -- The host's side of what a run's child takes in (format: sandbox/wire.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/sandbox.h"

namespace assay::sandbox {

std::string PackProgram(const std::vector<std::string>& arguments,
                        const std::vector<InputFile>& files);
std::string PackPython(std::string_view source, std::string_view data,
                       const std::vector<std::string>& arguments = {},
                       const std::vector<InputFile>& files = {});

// A plain file name: no folder, not hidden, no NUL, at most 100 bytes.
bool IsPlainName(std::string_view name);

}  // namespace assay::sandbox
