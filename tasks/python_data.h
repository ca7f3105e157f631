// tasks/python_data.h -- Data that Python's json wrote and JSON cannot hold: numbers of any size,
// Infinity and NaN.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace assay {

// `line` with every number outside strings that JSON or 64 bits cannot hold replaced by an object
// that PythonSource writes as that number. Other text stays as it is. Linear.
std::string ProtectNumbers(std::string_view line);

// `value` as Python source: True, None, protected numbers as they were.
std::string PythonSource(const Json& value);

}  // namespace assay
