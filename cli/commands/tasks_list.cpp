// assay tasks list: every suite that can be named, with what is known about it.
#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "cli/commands/tasks.h"

namespace assay::cli {
namespace {

std::string Size(const SuiteInfo& info) {
  if (info.kind == "generated") return info.present ? "generated" : "unfinished";
  if (!info.present) return "not here";
  if (info.bytes < 1'000'000) return fmt::format("{:.0f} kB", double(info.bytes) / 1e3);
  return fmt::format("{:.1f} MB", double(info.bytes) / 1e6);
}

Json ToJson(const SuiteInfo& info) {
  return {{"name", info.name},     {"version", info.version},         {"licence", info.licence},
          {"source", info.source}, {"description", info.description}, {"kind", info.kind},
          {"domain", info.domain}, {"problems", info.count},          {"present", info.present},
          {"bytes", info.bytes}};
}

void PrintTable(const std::vector<SuiteInfo>& suites) {
  constexpr const char* kRow = "{:<{}} {:<7} {:>8} {:<6} {:>10}  {:<12} {}\n";
  std::size_t width = 5;
  for (const SuiteInfo& info : suites) width = std::max(width, info.name.size());
  fmt::print(kRow, "suite", width, "version", "problems", "domain", "size", "licence",
             "description");
  bool absent = false;
  for (const SuiteInfo& info : suites) {
    fmt::print(kRow, info.name, width, info.version, info.count, info.domain, Size(info),
               Abbreviate(info.licence, 12), info.description);
    absent = absent || (!info.present && info.kind == "manifest");
  }
  if (absent) {
    fmt::print(
        "\nSuites whose data is \"not here\": \"assay tasks fetch NAME\", or --data FOLDER.\n");
  }
}

}  // namespace

void AddTasksList(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand("list", "List every suite");
  auto options = AddDataFlag(*command);
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "One JSON array");
  OnRun(command, [options, json]() -> int {
    const auto suites = ListSuites(*options);
    if (!suites) return Report(suites.error());
    if (!*json) {
      PrintTable(*suites);
      return kDone;
    }
    Json array = Json::array();
    for (const SuiteInfo& info : *suites) array.push_back(ToJson(info));
    fmt::print("{}\n", DumpJsonPretty(array));
    return kDone;
  });
}

}  // namespace assay::cli
