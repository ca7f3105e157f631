// assay tasks generate: the frozen benchmark, a private split of it, or training problems.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/commands/tasks.h"
#include "tasks/benchmark.h"
#include "tasks/generators/registry.h"

namespace assay::cli {
namespace {

struct Wanted {
  std::uint64_t seed = kPublicSeed;
  std::size_t count = 0;
  std::string out;
  std::vector<std::string> families;
  std::string levels;
  std::size_t threads = 0;
  bool mini = false;
  bool list = false;
  bool prove = false;
};

// "5" or "3..7".
Result<std::pair<int, int>> Levels(const std::string& text) {
  if (text.empty()) return std::pair{1, 10};
  const auto dots = text.find("..");
  const std::string low = text.substr(0, dots);
  const std::string high = dots == std::string::npos ? low : text.substr(dots + 2);
  int first = 0;
  int last = 0;
  const auto read = [](const std::string& word, int& into) {
    const auto end = word.data() + word.size();
    const auto done = std::from_chars(word.data(), end, into);
    return done.ec == std::errc() && done.ptr == end;
  };
  if (!read(low, first) || !read(high, last)) {
    return Fail(ErrorCode::kUsage, "--level: expected a level, or two like 3..7, not \"{}\"", text);
  }
  return std::pair{first, last};
}

Result<Suite> Make(const Wanted& wanted, Proof* proof) {
  const bool training = wanted.count > 0 || !wanted.families.empty() || !wanted.levels.empty();
  if (wanted.mini && (training || wanted.prove)) {
    return Fail(ErrorCode::kUsage, "--mini goes with --seed only");
  }
  if (wanted.mini) return MakeMini(wanted.seed, wanted.threads);
  if (!training) return MakeBenchmark(wanted.seed, wanted.threads, proof);
  const auto levels = Levels(wanted.levels);
  if (!levels) return Pass(levels.error());
  const std::size_t count = wanted.count > 0 ? wanted.count : 1000;
  return MakeTraining(wanted.families, levels->first, levels->second, count, wanted.seed, proof);
}

int ReportProof(const Proof& proof) {
  constexpr std::size_t kShown = 20;
  fmt::print(stderr, "{} references and proofs hold, {} do not\n", proof.proven,
             proof.doubts.size());
  for (std::size_t i = 0; i < std::min(kShown, proof.doubts.size()); ++i) {
    fmt::print(stderr, "  {}\n", proof.doubts[i]);
  }
  return proof.doubts.empty() ? kDone : kConditionFailed;
}

int Generate(const Wanted& wanted) {
  if (wanted.list) {
    for (const Family& family : AllFamilies()) {
      fmt::print("{:<7} {:<22} {}\n", family.domain, family.name, family.title);
    }
    return kDone;
  }
  Proof proof;
  const auto suite = Make(wanted, wanted.prove ? &proof : nullptr);
  if (!suite) return Report(suite.error());
  if (const int status = wanted.prove ? ReportProof(proof) : kDone; status != kDone) return status;
  const std::string folder = wanted.out.empty() ? suite->name : wanted.out;
  if (folder == "-") {
    fmt::print("{}", ToJsonLines(*suite));
    return kDone;
  }
  if (auto written = WritePack(*suite, folder); !written) return Report(written.error());
  fmt::print("{}: {} problems, sha256 {}\n", folder, suite->problems.size(), suite->sha256);
  return kDone;
}

}  // namespace

void AddTasksGenerate(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand(
      "generate", "Write assay-10k (no flags), a private split (--seed) or training problems");
  auto wanted = std::make_shared<Wanted>();
  command->add_option("--seed", wanted->seed, "Seed; another one gives a private split")
      ->capture_default_str();
  command->add_option("--count", wanted->count, "Problems to write (training: 1000)");
  command->add_option("--family", wanted->families, "Only this family; may be given again")
      ->delimiter(',');
  command->add_option("--level", wanted->levels, "Level, or levels like 3..7 (1..10)");
  command->add_option("--out", wanted->out, "Folder of the pack; \"-\" prints problems.jsonl");
  command->add_option("--threads", wanted->threads, "Threads; 0: all")->capture_default_str();
  command->add_flag("--mini", wanted->mini, "The 500 problems of assay-mini");
  command->add_flag("--prove", wanted->prove,
                    "Solve each problem again another way and judge its reference; 1 if one fails");
  command->add_flag("--list", wanted->list, "List the families");
  OnRun(command, [wanted]() -> int { return Generate(*wanted); });
}

}  // namespace assay::cli
