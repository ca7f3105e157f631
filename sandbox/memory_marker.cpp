#include "sandbox/memory_marker.h"

namespace assay::sandbox {

void NoteMemoryError(RunResult& result, std::string_view marker) {
  EndingReport& report = result.report;
  const bool failed = report.ending == Ending::kSignaled ||
                      (report.ending == Ending::kExited && report.exit_code != 0);
  if (!failed || marker.empty()) return;
  std::string_view errors = result.stderr_text;
  while (!errors.empty() && errors.back() == '\n') errors.remove_suffix(1);
  const std::size_t line = errors.rfind('\n');
  if (line != std::string_view::npos) errors.remove_prefix(line + 1);
  if (errors.find(marker) == std::string_view::npos) return;
  report.ending = Ending::kMemoryLimit;
  report.message = "ran out of memory";
}

}  // namespace assay::sandbox
