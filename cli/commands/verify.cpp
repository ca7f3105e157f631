// assay verify: judges responses, a stream of them or one.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "tasks/library.h"
#include "verifiers/math/math_verifier.h"
#include "verifiers/registry.h"
#include "verifiers/stream.h"

namespace assay::cli {
namespace {

struct Options {
  std::string file = "-";
  std::string verifier = "math";
  std::string profile;
  std::string reference, response;
  std::vector<std::string> data_dirs;
  std::size_t threads = 0;
  bool single = false;  // --reference and --response instead of a stream
  bool json = false;
  bool explain = false;
};

// "math" or {"kind": "math", …}.
Result<Json> ReadSpec(const Options& options) {
  Json spec = {{"kind", options.verifier}};
  if (options.verifier.starts_with('{')) {
    auto parsed = ParseJson(options.verifier);
    if (!parsed) return Within("--verifier", parsed.error());
    spec = std::move(*parsed);
  }
  if (!options.profile.empty()) spec["profile"] = options.profile;
  return spec;
}

// What was found, how both sides were read, and why the verdict follows.
int Explain(const Options& options, const Json& spec) {
  if (!spec.contains("kind") || spec["kind"] != "math") {
    return Report({ErrorCode::kUsage, "--explain: only the math verifier explains itself"});
  }
  const auto explained = ExplainMath(spec, {options.reference, Json(), {}}, options.response);
  if (!explained) return Report(explained.error());
  const Verdict& verdict = explained->verdict;
  fmt::print("extracted  {}\n", verdict.answer.empty() ? "(nothing)" : verdict.answer);
  if (!explained->rule.empty()) fmt::print("by         {}\n", explained->rule);
  if (verdict.span) fmt::print("bytes      {} to {}\n", verdict.span->begin, verdict.span->end);
  fmt::print("reference  {}\n", explained->reference);
  if (!explained->answer.empty()) fmt::print("answer     {}\n", explained->answer);
  fmt::print("{}: {}\n", ToString(verdict.outcome), verdict.reason);
  return verdict.outcome == Outcome::kCorrect ? kDone : kConditionFailed;
}

int VerifyOne(const Options& options, const Json& spec) {
  if (options.explain) return Explain(options, spec);
  const auto verifier = MakeVerifier(spec, {options.reference, Json(), {}});
  if (!verifier) return Report(verifier.error());
  const Verdict verdict = (*verifier)->Check(options.response, StreamOptions().budget);
  if (options.json) {
    fmt::print("{}\n", VerdictLine(Json(), verdict));
  } else {
    fmt::print("{}: {}\n", ToString(verdict.outcome), verdict.reason);
    if (!verdict.answer.empty()) fmt::print("answer: {}\n", verdict.answer);
  }
  if (verdict.outcome == Outcome::kError) return kSomeFailed;
  return verdict.outcome == Outcome::kCorrect ? kDone : kConditionFailed;
}

// Problems by "suite/id"; the suites are loaded once.
StreamOptions MakeStreamOptions(const Options& options, const Json& spec) {
  LibraryOptions library;
  library.data_dirs.assign(options.data_dirs.begin(), options.data_dirs.end());
  StreamOptions stream;
  stream.spec = spec;
  stream.profile = options.profile;
  stream.threads = options.threads == 0 ? UsableThreads() : options.threads;
  stream.find_problem =
      [library](const std::string& name) -> Result<std::shared_ptr<const Verifier>> {
    const auto found = FindProblem(name, library);
    if (!found) return Pass(found.error());
    auto made = VerifierOf(*found->suite, *found->problem);
    if (!made) return Pass(made.error());
    return std::shared_ptr<const Verifier>(std::move(*made));
  };
  return stream;
}

int VerifyLines(const Options& options, const Json& spec) {
  std::ios::sync_with_stdio(false);
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    if (!file)
      return Report({ErrorCode::kNotFound, fmt::format("{}: cannot be opened", options.file)});
  }
  std::istream& in = options.file == "-" ? std::cin : file;
  bool written = true;
  const auto summary =
      VerifyStream(in, MakeStreamOptions(options, spec), [&](std::string_view line) {
        written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                  std::fputc('\n', stdout) != EOF &&
                  (in.rdbuf()->in_avail() > 0 || std::fflush(stdout) == 0);
        return written;
      });
  if (!written || std::fflush(stdout) != 0)
    return Report({ErrorCode::kUnavailable, "standard output: cannot be written"});
  if (summary.failed == 0) return kDone;
  fmt::print(stderr, "assay: {} of {} lines failed\n", summary.failed, summary.lines);
  return kSomeFailed;
}

int Run(const Options& options) {
  const auto spec = ReadSpec(options);
  if (!spec) return Report(spec.error());
  const auto kinds = VerifierKinds();
  if (!options.verifier.starts_with('{') &&
      std::find(kinds.begin(), kinds.end(), options.verifier) == kinds.end()) {
    return Report(MakeVerifier(*spec, {}).error());
  }
  return options.single ? VerifyOne(options, *spec) : VerifyLines(options, *spec);
}

}  // namespace

void AddVerify(CLI::App& app) {
  CLI::App* command = app.add_subcommand("verify", "Judge responses: a stream of them, or one");
  auto options = std::make_shared<Options>();
  command
      ->add_option("FILE", options->file,
                   "JSON lines of {\"id\", \"problem\", \"response\"} or {\"id\", \"reference\", "
                   "\"response\", \"verifier\"}; - is standard input")
      ->capture_default_str();
  command->add_option("--verifier", options->verifier, "Kind or JSON spec for lines that name none")
      ->capture_default_str();
  command->add_option("--profile", options->profile,
                      "Rules to extract and compare by, where the verifier has several");
  command->add_option("--threads", options->threads, "Lines judged at once; 0: one per usable core")
      ->capture_default_str();
  command->add_option("--data", options->data_dirs, "Folders with the data files of suites");
  auto* reference = command->add_option("--reference", options->reference,
                                        "Judge one response against this; with --response");
  auto* response = command->add_option("--response", options->response, "The response to judge");
  reference->needs(response);
  response->needs(reference);
  command->add_flag("--json", options->json, "With --response: the verdict as one JSON line");
  command
      ->add_flag("--explain", options->explain,
                 "With --response: what was extracted, how it was parsed, and the reason")
      ->needs(response);
  OnRun(command, [options, reference] {
    options->single = reference->count() > 0;
    return Run(*options);
  });
}

}  // namespace assay::cli
