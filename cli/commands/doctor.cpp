// assay doctor: what this machine offers, what is missing, and what to do about it.
#include "sandbox/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/json.h"
#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "runner/model/resolve.h"
#include "runner/model/transformer/kernels/table.h"

namespace assay::cli {
namespace {

// One thing looked at; `fix` is what a person can do, empty where all is well.
struct Finding {
  std::string what;
  std::string state;
  std::string fix;
};

Finding Memory() {
  const double gib = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                     static_cast<double>(sysconf(_SC_PAGE_SIZE)) / (1024.0 * 1024.0 * 1024.0);
  return {"memory", fmt::format("{:.1f} GiB", gib), gib < 4 ? "4 GiB are wanted to build" : ""};
}

Finding Kernels() {
  std::string others;
  for (const auto* table : kernels::AvailableKernels()) {
    others += fmt::format("{}{}", others.empty() ? "" : ", ", table->name);
  }
  return {"kernels", fmt::format("{} (this processor has {})", kernels::Kernels().name, others),
          ""};
}

Finding DefaultModel() {
  const auto model = ResolveModel(std::string(kDefaultModelName));
  if (!model) return {"default model", "missing", "run scripts/setup"};
  return {"default model", model->path.string(), ""};
}

Finding Trainer() {
  if (HasProgram("assay-train")) return {"trainer", "built", ""};
  return {"trainer", "not built", "run scripts/setup, then build the release preset"};
}

Finding Gpu() {
  const bool driver = std::filesystem::exists("/dev/nvidiactl");
  return {"gpu",
          driver ? "NVIDIA driver found: builds of the cuda preset sample on it (--device cuda)"
                 : "none",
          ""};
}

std::vector<Finding> Containment() {
  const auto checked = sandbox::Examine();
  if (!checked) return {{"sandbox", "does not start", checked.error().message}};
  std::vector<Finding> found;
  const bool works = !checked->chosen.empty();
  found.push_back({"sandbox", works ? "mode " + checked->chosen : "no mode works",
                   works ? "" : "assay sandbox doctor says why; code problems end as errors"});
  for (const auto& [name, why] : checked->languages) {
    found.push_back({name, why.empty() ? "works" : "not usable", why});
  }
  return found;
}

std::vector<Finding> Examine() {
  std::vector<Finding> found = {
      {"assay", ASSAY_VERSION, ""},
      {"threads", std::to_string(UsableThreads()), ""},
      Memory(),
      Kernels(),
      Gpu(),
      Trainer(),
      DefaultModel(),
  };
  for (Finding& finding : Containment()) found.push_back(std::move(finding));
  return found;
}

int Show(const std::vector<Finding>& found, bool json) {
  if (json) {
    Json out = Json::array();
    for (const auto& [what, state, fix] : found) {
      out.push_back({{"what", what}, {"state", state}, {"fix", fix}});
    }
    fmt::print("{}\n", DumpJson(out));
    return kDone;
  }
  for (const auto& [what, state, fix] : found) {
    fmt::print("{:<14} {}{}\n", what, state, fix.empty() ? "" : fmt::format("  ({})", fix));
  }
  return kDone;
}

}  // namespace

void AddDoctor(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say what this machine offers and what is missing");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "One JSON array: what, state, fix");
  OnRun(command, [json] { return Show(Examine(), *json); });
}

}  // namespace assay::cli
