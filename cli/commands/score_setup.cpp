#include "cli/commands/score_setup.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/thread_pool.h"
#include "cli/commands/tasks.h"
#include "cli/local_model_flags.h"
#include "runner/few_shot.h"
#include "runner/profiles.h"
#include "runner/profiles/shots.h"

namespace assay::cli {
namespace {

constexpr double kTemperatureForManySamples = 0.7;

bool ParsePart(std::string_view text, int& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

void ApplySampling(const ScoreFlags& flags, Sampling& sampling, bool& warmed) {
  if (flags.max_tokens) sampling.max_tokens = *flags.max_tokens;
  if (flags.top_p) sampling.top_p = *flags.top_p;
  if (flags.top_k) sampling.top_k = *flags.top_k;
  if (flags.min_p) sampling.min_p = *flags.min_p;
  sampling.logprobs = flags.logprobs;
  if (flags.temperature) {
    sampling.temperature = *flags.temperature;
  } else if (flags.n > 1 && sampling.temperature == 0) {
    sampling.temperature = kTemperatureForManySamples;
    warmed = true;
  }
}

void DeclareSampling(CLI::App& command, ScoreFlags& flags) {
  command
      .add_option("--temperature", flags.temperature,
                  "0: greedy; absent: the suite's, or 0.7 where that is 0 and --n is above 1")
      ->check(CLI::Range(0.0, 10.0));
  command.add_option("--top-p", flags.top_p, "Nucleus sampling; 1: off")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--top-k", flags.top_k, "Most likely tokens to draw from; 0: all")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--min-p", flags.min_p, "Least share of the likeliest token's chance; 0: off")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--max-tokens", flags.max_tokens, "New tokens a sample; absent: the suite's")
      ->check(CLI::Range(1, 1 << 24));
  command.add_flag("--logprobs", flags.logprobs, "Store the log probability of every token");
}

void DeclareEndpoint(CLI::App& command, ScoreFlags& flags) {
  ModelOptions& options = flags.model_options;
  command
      .add_option("--api-key-env", options.api_key_env,
                  "Environment variable with the endpoint's key; absent: ASSAY_API_KEY")
      ->type_name("NAME");
  command.add_option("--api-key-file", options.api_key_file, "File with the key in its first line")
      ->type_name("FILE");
  command
      .add_option("--extra", options.extra,
                  "Further fields of every request, a JSON object; null takes a field away")
      ->type_name("JSON");
  command.add_option("--time-out", options.time_out_seconds, "Seconds for one request")
      ->check(CLI::Range(0.05, 86400.0))
      ->capture_default_str();
  command.add_option("--attempts", options.attempts, "Tries before a sample counts as failed")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command
      .add_option("--samples-per-request", options.samples_per_request,
                  "Above 1: several samples of a problem in one request")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--stream", options.stream,
                   "Have replies sent piece by piece; --time-out is then the longest silence");
  command
      .add_option("--price", flags.price,
                  "Price of a million prompt tokens and of a million response tokens")
      ->delimiter(',')
      ->expected(2)
      ->type_name("IN,OUT");
}

void DeclarePrompt(CLI::App& command, ScoreFlags& flags) {
  command
      .add_option("--profile", flags.profile,
                  "Ask as another harness asks, and judge by its rules too (assay regrade --list)")
      ->type_name("NAME");
  CLI::Option* few_shot =
      command
          .add_option(
              "--few-shot", flags.few_shot,
              "Solved examples to show first, instead of the suite's: JSONL with prompt and "
              "response, question and answer, or problem and solution")
          ->type_name("FILE");
  CLI::Option* shots =
      command
          .add_option("--shots", flags.shots,
                      "The first so many solved examples only: of --few-shot, the profile or the "
                      "suite; 0: all of them")
          ->capture_default_str();
  command.add_flag("--zero-shot", flags.zero_shot, "Show no solved examples")
      ->excludes(shots)
      ->excludes(few_shot);
  command
      .add_option("--style", flags.style,
                  "chat: messages through the model's template; completion: one text to continue")
      ->check(CLI::IsMember({"chat", "completion"}));
  command.add_option("--system", flags.system, "System message, instead of the suite's")
      ->type_name("TEXT");
  command
      .add_option("--template", flags.prompt_template,
                  "Text around each problem, instead of the suite's; {prompt} stands for it")
      ->type_name("TEXT");
}

Result<void> KeepShots(const ScoreFlags& flags, Suite& suite) {
  if (flags.shots > suite.few_shot.size()) {
    return Fail(ErrorCode::kUsage, "--shots {}: {} shows {}; others go in with --few-shot",
                flags.shots, suite.name, suite.few_shot.size());
  }
  if (flags.shots > 0) suite.few_shot.resize(flags.shots);
  return {};
}

// The suite with another way to ask. What was left out of a profile goes to `note`.
Result<void> ApplyPrompt(const ScoreFlags& flags, Suite& suite, std::string& note) {
  if (!flags.profile.empty()) {
    int shots = 0;
    if (auto done = ApplyProfilePrompt(flags.profile, suite, shots); !done) return done;
    if (shots > 0 && flags.few_shot.empty() && !flags.zero_shot) {
      note += fmt::format(
          "profile {} shows {} solved examples: here they are of our own ({}); the harness' own go "
          "in with --few-shot\n",
          flags.profile, shots, kShotsName);
    }
  }
  if (!flags.style.empty()) {
    suite.style = flags.style == "chat" ? PromptStyle::kChat : PromptStyle::kCompletion;
  }
  if (flags.system) suite.system = *flags.system;
  if (flags.prompt_template) {
    const auto at = flags.prompt_template->find("{prompt}");
    if (at == std::string::npos ||
        flags.prompt_template->find("{prompt}", at + 1) != std::string::npos) {
      return Fail(ErrorCode::kUsage, "--template: must hold {{prompt}} exactly once");
    }
    suite.prompt_template = *flags.prompt_template;
  }
  if (flags.zero_shot) suite.few_shot.clear();
  if (flags.few_shot.empty()) return KeepShots(flags, suite);
  auto shots = ReadFewShot(flags.few_shot, flags.shots);
  if (!shots) return Pass(shots.error());
  ShowExamples(std::move(*shots), suite);
  return {};
}

}  // namespace

void DeclareScoreFlags(CLI::App& command, ScoreFlags& flags) {
  command
      .add_option("model", flags.model,
                  "Checkpoint folder, .gguf file, http://host:port/v1#name, replay:FILE.jsonl, or "
                  "the name of the default model")
      ->required()
      ->type_name("MODEL");
  command.add_option("--suite", flags.suites, "Suites to score, separated by commas")
      ->required()
      ->delimiter(',')
      ->type_name("NAME[,NAME]");
  flags.library = AddDataFlag(command);
  command.add_option("--n", flags.n, "Samples a problem")
      ->check(CLI::Range(1, 1 << 19))
      ->capture_default_str();
  command.add_option("--k", flags.ks, "pass@k for these k; absent: powers of two up to n, and n")
      ->delimiter(',')
      ->check(CLI::Range(1, 1 << 19));
  command.add_option("--limit", flags.limit, "Only the first so many problems of each suite")
      ->check(CLI::PositiveNumber);
  command.add_option("--seed", flags.seed, "Seed of all sampling")->capture_default_str();
  command.add_option("--out", flags.out, "Run folder; absent: runs/<model>-<identity>")
      ->type_name("DIR");
  DeclarePrompt(command, flags);
  DeclareSampling(command, flags);
  DeclareEndpoint(command, flags);
  command.add_flag("--maj", flags.majority,
                   "maj@k too: the most frequent answer of k; absent: where the suite asks for it "
                   "and --n is 2 to 16");
  command
      .add_option("--truncated", flags.truncated_percent,
                  "Warn where more than so many per cent of the samples were cut off")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command
      .add_option("--threads", flags.threads,
                  "Threads that judge, and that a local model uses; 0: all this process may use")
      ->capture_default_str();
  command.add_option("--verdict-seconds", flags.verdict_seconds, "Wall time for one verdict")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      .add_option("--shard", flags.shard,
                  "Every n-th problem from the i-th on; merge the runs with assay report")
      ->type_name("i/n");
  command
      .add_option("--until-width", flags.until_width,
                  "Stop once the 95 % interval of pass@1 is this narrow, in points; 0: never")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--concurrency", flags.model_options.concurrency,
                  "Requests in flight; 0: the model chooses")
      ->capture_default_str();
  DeclareLocalModel(command, flags.model_options.local);
  command.add_flag("--plan", flags.plan,
                   "Only say what this run could tell apart; nothing is sampled");
  command.add_flag("--preflight", flags.preflight,
                   "Only show what would be sent: prompt ids, BOS, template, stop list, budget");
  command.add_flag("--json", flags.json, "The result as JSON");
}

Result<EvaluateOptions> EvaluateOptionsOf(const ScoreFlags& flags) {
  EvaluateOptions options;
  options.n = flags.n;
  options.limit = flags.limit;
  options.seed = flags.seed;
  options.threads = flags.threads == 0 ? UsableThreads() : flags.threads;
  options.budget = std::chrono::milliseconds(static_cast<int>(flags.verdict_seconds * 1000));
  for (const auto k : flags.ks) {
    if (k > flags.n) {
      return Fail(ErrorCode::kUsage, "--k {}: needs at least as many samples: --n {}", k, k);
    }
  }
  if (flags.shard.empty()) return options;
  const auto slash = flags.shard.find('/');
  const std::string_view text = flags.shard;
  if (slash == std::string::npos || !ParsePart(text.substr(0, slash), options.shard) ||
      !ParsePart(text.substr(slash + 1), options.shards) || options.shard < 1 ||
      options.shard > options.shards) {
    return Fail(ErrorCode::kUsage, "--shard {}: expected i/n with 1 <= i <= n", flags.shard);
  }
  return options;
}

Result<std::vector<QuestionSet>> LoadSuites(const ScoreFlags& flags, std::string& note) {
  std::vector<QuestionSet> suites;
  std::set<std::string> seen;
  bool warmed = false;
  for (const std::string& name : flags.suites) {
    auto suite = FindSuite(name, *flags.library);
    if (!suite) return Pass(suite.error());
    if (auto asked = ApplyPrompt(flags, *suite, note); !asked) return Pass(asked.error());
    if (!seen.insert(suite->name).second) {
      return Fail(ErrorCode::kUsage, "--suite: \"{}\" is named twice", suite->name);
    }
    suites.push_back(QuestionsOf(*suite));
    ApplySampling(flags, suites.back().sampling, warmed);
  }
  if (warmed) {
    note += fmt::format("sampling at temperature {}, as {} greedy samples would be equal\n",
                        kTemperatureForManySamples, flags.n);
  }
  return suites;
}

}  // namespace assay::cli
