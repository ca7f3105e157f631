#include "sandbox/python.h"

#include "sandbox/memory_marker.h"
#include "sandbox/payload.h"
#include "sandbox/pool.h"

namespace assay::sandbox {

RunResult RunScript(Sandbox& sandbox, const PythonScript& script) {
  RunOrder order;
  order.request.limits = script.limits;
  order.request.policy = Policy::kPython;
  order.payload = PackPython(script.source, script.data);
  order.stdin_text = script.stdin_text;
  RunResult result =
      sandbox.pool().RunToEnd({Role::kPython, Purpose::kRun, script.hash_seed}, order);
  NoteMemoryError(result, "MemoryError");
  return result;
}

RunResult RunScript(Sandbox& sandbox, std::string_view source, std::string_view stdin_text,
                    const Limits& limits) {
  PythonScript script;
  script.source = source;
  script.stdin_text = stdin_text;
  script.limits = limits;
  return RunScript(sandbox, script);
}

}  // namespace assay::sandbox
