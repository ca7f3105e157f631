// Recorded outputs of other harnesses: under its profile, each verdict is that harness' own.
#include <map>

#include "base/thread_pool.h"
#include "runner/profiles.h"
#include "tasks/library.h"
#include "tests/support/catch.h"
#include "tests/support/shared_data.h"

using namespace assay;

namespace {

// Wall time, for machines that are busy: CPU time, which the suites limit, is what counts here.
constexpr std::chrono::hours kBudget{1};

std::vector<Json> Lines(const std::filesystem::path& path) {
  std::vector<Json> lines;
  const auto read = ForEachJsonLine(path, [&](std::size_t, Result<Json> line) {
    REQUIRE(line);
    lines.push_back(std::move(*line));
    return true;
  });
  REQUIRE(read);
  return lines;
}

Suite SuiteNamed(const std::string& name) {
  LibraryOptions options;
  options.data_dirs = {*SharedData("data")};
  auto suite = FindSuite(name, options);
  if (!suite) FAIL(suite.error().message);
  for (Problem& problem : suite->problems) {
    problem.verifier = VerifierSpecOf(*suite, problem);
    problem.verifier["wall_ms"] = std::chrono::milliseconds(kBudget).count();
  }
  return std::move(*suite);
}

std::vector<Verdict> JudgeAll(std::size_t count, const std::function<Verdict(std::size_t)>& judge) {
  std::vector<Verdict> verdicts(count);
  ParallelFor(count, UsableThreads(), [&](std::size_t i) { verdicts[i] = judge(i); });
  return verdicts;
}

Verdict Judge(const std::string& profile, const Problem& problem, const std::string& response) {
  const auto verifier = MakeProfileVerifier(profile, problem);
  return verifier ? (*verifier)->Check(response, kBudget)
                  : Verdict::Failure(verifier.error().message);
}

bool Correct(const Verdict& verdict) { return verdict.outcome == Outcome::kCorrect; }

// EvalPlus' results for its own samples against the suite's verdicts under the profile "evalplus".
// Returns how many passed; names the tasks where the two part.
int CompareWithEvalplus(const std::string& suite_name, const std::string& samples_file,
                        const std::string& results_file, bool plus,
                        std::vector<std::string>& differing) {
  const Suite suite = SuiteNamed(suite_name);
  const auto samples = Lines(*SharedData("data/outputs/" + samples_file));
  const auto results = ReadJsonFile(*SharedData("data/outputs/" + results_file));
  REQUIRE(results);
  const auto verdicts = JudgeAll(samples.size(), [&](std::size_t i) {
    const Problem* problem = suite.Find(samples[i]["task_id"].get<std::string>());
    return problem == nullptr ? Verdict::Failure("unknown problem")
                              : Judge("evalplus", *problem, samples[i]["completion"]);
  });
  int passed = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::string id = samples[i]["task_id"];
    const Json& theirs = (*results)["eval"][id][0];
    const bool pass = theirs["base_status"] == "pass" && (!plus || theirs["plus_status"] == "pass");
    passed += Correct(verdicts[i]) ? 1 : 0;
    if (Correct(verdicts[i]) != pass) differing.push_back(id + ": " + verdicts[i].reason);
  }
  return passed;
}

}  // namespace

TEST_CASE("2,640 solutions of GSM8K's authors: their own rule gives their own verdicts") {
  const auto path = SharedData("data/outputs/gsm8k_gpt3_solutions_even.jsonl");
  if (!path) return;
  int differing = 0;
  int judged = 0;
  int correct = 0;
  for (const Json& line : Lines(*path)) {
    const std::string truth = line["ground_truth"];
    Problem problem;
    problem.prompt = line["question"].get<std::string>();
    problem.reference = truth.substr(truth.rfind("A: ") + 3);
    for (const char* model :
         {"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}) {
      const bool theirs = line[model]["is_correct"];
      const bool ours = Correct(Judge("grade-school-math", problem, line[model]["solution"]));
      differing += ours != theirs ? 1 : 0;
      correct += ours ? 1 : 0;
      ++judged;
    }
  }
  CHECK(judged == 2640);
  CHECK(differing == 0);
  WARN("recorded GSM8K solutions correct: " << correct << " of " << judged);
}

TEST_CASE("recorded HumanEval samples: EvalPlus' base verdicts", "[slow]") {
  if (!SharedData("data/outputs/qwen25coder_1.5b_humaneval_samples.jsonl")) return;
  std::vector<std::string> differing;
  CHECK(CompareWithEvalplus("humaneval", "qwen25coder_1.5b_humaneval_samples.jsonl",
                            "qwen25coder_1.5b_humaneval_evalplus.json", false, differing) == 72);
  CHECK(differing == std::vector<std::string>());
}

// The recorded results are of an EvalPlus that compared all values in order; later versions, which
// the suite follows, compare sets in eight tasks. Of those, these two differ.
TEST_CASE("recorded MBPP samples: EvalPlus' verdicts on all inputs of MBPP+", "[slow]") {
  if (!SharedData("data/outputs/qwen25coder_1.5b_mbpp_samples.jsonl")) return;
  std::vector<std::string> differing;
  const int passed = CompareWithEvalplus("mbpp-plus", "qwen25coder_1.5b_mbpp_samples.jsonl",
                                         "qwen25coder_1.5b_mbpp_evalplus.json", true, differing);
  for (const std::string& one : differing) WARN(one);
  CHECK(passed == 234 + 2);
  REQUIRE(differing.size() == 2);
  CHECK(differing[0].starts_with("Mbpp/2: "));
  CHECK(differing[1].starts_with("Mbpp/579: "));
}

TEST_CASE("164 recorded chat replies: pass@1 from 0 to 62 % by extractor", "[slow]") {
  const auto path = SharedData("data/outputs/llama3_8b_instruct_humaneval_chat.jsonl");
  if (!path) return;
  const Suite suite = SuiteNamed("humaneval");
  const auto replies = Lines(*path);
  const std::map<std::string, int> expected = {
      {"simple-evals-humaneval", 100}, {"code-first-block", 102}, {"code-last-block", 102},
      {"livecodebench", 102},          {"lm-eval-humaneval", 0},  {"bigcode-humaneval", 0}};
  for (const auto& [profile, passes] : expected) {
    const auto verdicts = JudgeAll(replies.size(), [&, name = profile](std::size_t i) {
      return Judge(name, suite.problems[i], replies[i]["generation"]);
    });
    INFO(profile);
    CHECK(std::count_if(verdicts.begin(), verdicts.end(), Correct) == passes);
  }
}

// EvalPlus takes any value but None for "true" in three tasks whose references return a re.Match,
// which never crosses to the judge here; one task's reference makes a list of over a gigabyte.
TEST_CASE("every MBPP reference passes its own problem, all but four of MBPP+ do", "[slow]") {
  if (!SharedData("data/mbppplus/MbppPlus-v0.1.0.jsonl")) return;
  using Ids = std::vector<std::string>;
  const std::vector<std::pair<const char*, Ids>> suites = {
      {"mbpp", {}}, {"mbpp-plus", {"Mbpp/255", "Mbpp/737", "Mbpp/787", "Mbpp/794"}}};
  for (const auto& [name, not_judged] : suites) {
    const Suite suite = SuiteNamed(name);
    const auto verdicts = JudgeAll(suite.problems.size(), [&](std::size_t i) {
      return Judge("suite", suite.problems[i],
                   "```python\n" + suite.problems[i].reference + "\n```");
    });
    Ids refused;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      if (Correct(verdicts[i])) continue;
      UNSCOPED_INFO(name << "/" << suite.problems[i].id << ": " << verdicts[i].reason);
      refused.push_back(suite.problems[i].id);
    }
    CHECK(refused == not_judged);
  }
}
