#include "sandbox/ending.h"

#include "base/json.h"

namespace assay::sandbox {

std::string_view Name(Ending ending) {
  switch (ending) {
    case Ending::kExited:
      return "exited";
    case Ending::kSignaled:
      return "signaled";
    case Ending::kCpuLimit:
      return "cpu_limit";
    case Ending::kWallLimit:
      return "wall_limit";
    case Ending::kMemoryLimit:
      return "memory_limit";
    case Ending::kOutputLimit:
      return "output_limit";
    case Ending::kViolation:
      return "violation";
    case Ending::kSandboxFailed:
      return "sandbox_failed";
  }
  return "unknown";
}

std::string_view Name(Mode mode) {
  switch (mode) {
    case Mode::kRoot:
      return "root";
    case Mode::kUser:
      return "user";
    case Mode::kNoNamespaces:
      return "no-namespaces";
    case Mode::kSeccompOnly:
      return "seccomp-only";
  }
  return "unknown";
}

std::string_view Name(PeakSource source) {
  switch (source) {
    case PeakSource::kNone:
      return "none";
    case PeakSource::kMaxRss:
      return "maxrss";
    case PeakSource::kCgroup:
      return "cgroup";
  }
  return "unknown";
}

std::vector<std::string> LayerNames(std::uint32_t layers) {
  static constexpr std::pair<Layer, const char*> kNames[] = {{kRlimits, "rlimits"},
                                                             {kSeccomp, "seccomp"},
                                                             {kPidNamespace, "pid-namespace"},
                                                             {kRoom, "room"},
                                                             {kLandlock, "landlock"},
                                                             {kCgroupMemory, "cgroup-memory"},
                                                             {kCgroupPids, "cgroup-pids"}};
  std::vector<std::string> names;
  for (const auto& [layer, name] : kNames) {
    if ((layers & layer) != 0) names.emplace_back(name);
  }
  return names;
}

std::string ToJson(const EndingReport& report) {
  Json json;
  json["ending"] = Name(report.ending);
  if (report.ending == Ending::kExited) json["exit_code"] = report.exit_code;
  if (report.signal != 0) json["signal"] = report.signal;
  json["cpu_ms"] = report.cpu_ms;
  json["wall_ms"] = report.wall_ms;
  json["peak_kb"] = report.peak_kb;
  json["peak_source"] = Name(report.peak_source);
  json["stdout_bytes"] = report.stdout_bytes;
  json["stderr_bytes"] = report.stderr_bytes;
  json["mode"] = Name(report.mode);
  json["layers"] = LayerNames(report.layers);
  if (!report.message.empty()) json["message"] = report.message;
  return DumpJson(json);
}

}  // namespace assay::sandbox
