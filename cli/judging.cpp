#include "cli/judging.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/thread_pool.h"
#include "tasks/library.h"
#include "verifiers/registry.h"

namespace assay::cli {

void AddJudgingFlags(CLI::App* command, JudgingFlags& flags) {
  command->add_option("--verifier", flags.verifier, "Kind or JSON spec for items that name none")
      ->capture_default_str();
  command->add_option("--profile", flags.profile,
                      "Rules to extract and compare by, where the verifier has several");
  command->add_option("--threads", flags.threads, "Items judged at once; 0: one per usable core")
      ->capture_default_str();
  command->add_option("--data", flags.data_dirs, "Folders with the data files of suites");
}

Result<Json> DefaultSpec(const JudgingFlags& flags) {
  Json spec = {{"kind", flags.verifier}};
  if (flags.verifier.starts_with('{')) {
    auto parsed = ParseJson(flags.verifier);
    if (!parsed) return Within("--verifier", parsed.error());
    spec = std::move(*parsed);
  } else {
    const auto kinds = VerifierKinds();
    if (std::find(kinds.begin(), kinds.end(), flags.verifier) == kinds.end())
      return Pass(MakeVerifier(spec, {}).error());
  }
  if (!flags.profile.empty()) spec["profile"] = flags.profile;
  return spec;
}

StreamOptions MakeStreamOptions(const JudgingFlags& flags, const Json& spec,
                                const NamedPacks& packs) {
  LibraryOptions library;
  library.data_dirs.assign(flags.data_dirs.begin(), flags.data_dirs.end());
  StreamOptions stream;
  stream.spec = spec;
  stream.profile = flags.profile;
  stream.threads = flags.threads == 0 ? UsableThreads() : flags.threads;
  stream.find_problem =
      [library, packs](const std::string& name) -> Result<std::shared_ptr<const Verifier>> {
    LibraryOptions here = library;
    here.paths = packs.any || std::any_of(packs.paths.begin(), packs.paths.end(),
                                          [&](const auto& p) { return name.starts_with(p + "/"); });
    const auto found = FindProblem(name, here);
    if (!found) return Pass(found.error());
    auto made = VerifierOf(*found->suite, *found->problem);
    if (!made) return Pass(made.error());
    return std::shared_ptr<const Verifier>(std::move(*made));
  };
  return stream;
}

}  // namespace assay::cli
