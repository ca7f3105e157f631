// sandbox/python.h -- Python programs in forks of a warm interpreter, about 1 ms each.
// The interpreter is the system's, isolated (no site, no user paths, UTF-8), with a fixed hash seed
// and `random` seeded the same for every run. Standard streams are real descriptors. No fork, no
// exec, no sockets; threads work.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/ending.h"
#include "sandbox/limits.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

struct PythonScript {
  std::string source;  // run as __main__, file name "main.py"
  std::string stdin_text;
  std::string data;  // bytes object __data__ in the script's globals
  Limits limits;
  int hash_seed = 0;
};

// Runs `script` on a worker of `sandbox`. Thread-safe; our own failures are retried once.
RunResult RunScript(Sandbox& sandbox, const PythonScript& script);
RunResult RunScript(Sandbox& sandbox, std::string_view source, std::string_view stdin_text,
                    const Limits& limits);

}  // namespace assay::sandbox
