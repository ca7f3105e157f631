// assay tasks fetch: the data files of public suites.
#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/tasks.h"
#include "tasks/fetch.h"

namespace assay::cli {
namespace {

struct Flags {
  std::vector<std::string> suites;
  FetchOptions fetch;
};

void ShowProgress(const std::string& suite, std::uint64_t done, std::uint64_t total) {
  if (total == 0) {
    fmt::print(stderr, "\r{}: {:.1f} MB", suite, double(done) / 1e6);
  } else {
    fmt::print(stderr, "\r{}: {:.1f} of {:.1f} MB", suite, double(done) / 1e6, double(total) / 1e6);
  }
}

int FetchAll(Flags& flags) {
  if (flags.suites.size() > 1 && !flags.fetch.from.empty()) {
    return Report({ErrorCode::kUsage, "--from goes with one suite"});
  }
  const bool terminal = isatty(STDERR_FILENO) != 0;
  for (const std::string& suite : flags.suites) {
    if (terminal) {
      flags.fetch.progress = [&suite](std::uint64_t done, std::uint64_t total) {
        ShowProgress(suite, done, total);
      };
    }
    const auto fetched = FetchSuite(suite, flags.fetch);
    if (terminal) fmt::print(stderr, "\r\x1b[K");
    if (!fetched) return Report(fetched.error());
    fmt::print("{}: {} bytes, sha256 checked, {} {}\n", suite, fetched->bytes,
               fetched->was_there ? "was there already:" : "in", fetched->file.string());
  }
  return kDone;
}

}  // namespace

void AddTasksFetch(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand("fetch", "Get the data files of public suites");
  auto flags = std::make_shared<Flags>();
  command->add_option("SUITE", flags->suites, "Suites by name")->required();
  command->add_option("--from", flags->fetch.from, "URL or file to take instead of the suite's URL")
      ->type_name("URL|FILE");
  command->add_option("--to", flags->fetch.to, "Data folder (the cache)")->type_name("DIR");
  OnRun(command, [flags]() -> int { return FetchAll(*flags); });
}

}  // namespace assay::cli
