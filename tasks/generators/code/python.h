// tasks/generators/code/python.h -- Python texts for code problems: literals, calls, tests.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace assay {

// JSON as a Python literal: null is None, true is True, arrays are lists, objects are dicts.
std::string PythonLiteral(const Json& value);
// The same with arrays as tuples at the top: "(1, 2)", "(1,)".
std::string PythonTuple(const Json& array);
// "[1, 2], 'x'": the arguments of a call.
std::string PythonArguments(const std::vector<Json>& arguments);

// One call with what it must return, both as Python text.
struct PythonCase {
  std::string arguments;
  std::string expected;
};

// {"kind": "code", …} for a Python function judged by `assert candidate(arguments) == expected`.
Json FunctionSpec(const std::string& entry_point, const std::vector<PythonCase>& cases);
// {"kind": "code", …} for a Python program judged by what it prints.
struct StdioCase {
  std::string input;
  std::string output;
};
Json StdioSpec(const std::vector<StdioCase>& cases);

}  // namespace assay
