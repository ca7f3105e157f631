// assay verify: judges responses, a stream of them or one.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/judging.h"
#include "verifiers/math/math_verifier.h"
#include "verifiers/registry.h"
#include "verifiers/stream.h"

namespace assay::cli {
namespace {

struct Options {
  std::string file = "-";
  JudgingFlags judging;
  std::string reference, response;
  bool single = false;  // --reference and --response instead of a stream
  bool json = false;
  bool explain = false;
};

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
      VerifyStream(in, MakeStreamOptions(options.judging, spec), [&](std::string_view line) {
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
  const auto spec = DefaultSpec(options.judging);
  if (!spec) return Report(spec.error());
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
  AddJudgingFlags(command, options->judging);
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
