#include "tasks/review/subject.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "tasks/review/answers.h"
#include "tasks/review/guess.h"

namespace assay {
namespace {

std::string TextOfProblem(const Problem& problem) {
  if (const auto* text = std::get_if<std::string>(&problem.prompt)) return *text;
  std::string all;
  for (const Message& turn : std::get<std::vector<Message>>(problem.prompt)) {
    all += turn.content + "\n";
  }
  return all;
}

// Every k-th problem; a step that is no multiple of ten meets all levels of generated suites.
void ChooseJudged(std::vector<ReviewedProblem>& problems, std::size_t sample) {
  const std::size_t total = problems.size();
  const std::size_t wanted = sample == 0 ? total : std::min(sample, total);
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::size_t begin = i * total / wanted;
    const std::size_t width = (i + 1) * total / wanted - begin;
    problems[begin + (7 * i) % width].judged = true;
  }
}

std::size_t ThreadsOf(const ReviewOptions& options) {
  return options.threads == 0 ? UsableThreads() : options.threads;
}

}  // namespace

std::string ReviewedProblem::RightResponse() const {
  return hints.response ? *hints.response : ResponseWith(spec, problem->reference);
}

std::size_t Subject::JudgedCount() const {
  return std::size_t(std::count_if(problems.begin(), problems.end(),
                                   [](const ReviewedProblem& one) { return one.judged; }));
}

std::vector<std::string> Subject::ForJudged(const Look& look, bool one_thread) const {
  std::vector<std::vector<std::string>> found(problems.size());
  ParallelFor(problems.size(), one_thread ? 1 : ThreadsOf(options), [&](std::size_t i) {
    if (problems[i].judged && problems[i].verifier) found[i] = look(problems[i]);
  });
  std::vector<std::string> all;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const std::string& finding : found[i]) {
      all.push_back(problems[i].problem->id + ": " + finding);
    }
  }
  return all;
}

Subject MakeSubject(Suite suite, std::function<Result<Suite>()> load_again,
                    const ReviewOptions& options) {
  Subject subject;
  subject.suite = std::move(suite);
  subject.load_again = std::move(load_again);
  subject.options = options;
  subject.problems.resize(subject.suite.problems.size());
  ChooseJudged(subject.problems, options.sample);
  std::vector<std::vector<std::string>> faults(subject.problems.size());
  ParallelFor(subject.problems.size(), ThreadsOf(options), [&](std::size_t i) {
    ReviewedProblem& one = subject.problems[i];
    one.problem = &subject.suite.problems[i];
    one.prompt = TextOfProblem(*one.problem);
    one.spec = VerifierSpecOf(subject.suite, *one.problem);
    const auto kind = one.spec.is_object() ? one.spec.find("kind") : one.spec.end();
    if (kind != one.spec.end() && kind->is_string()) one.kind = kind->get<std::string>();
    if (auto hints = ReadHints(*one.problem, one.spec)) {
      one.hints = std::move(*hints);
    } else {
      faults[i].push_back(hints.error().message);
    }
    if (!one.judged) return;
    if (auto verifier = VerifierOf(subject.suite, *one.problem)) {
      one.verifier = std::move(*verifier);
    } else {
      faults[i].push_back(verifier.error().message);
    }
  });
  for (const auto& some : faults) {
    subject.build_faults.insert(subject.build_faults.end(), some.begin(), some.end());
  }
  return subject;
}

Result<std::unique_ptr<const Verifier>> VerifierWithHashSeed(const Subject& subject,
                                                             const ReviewedProblem& problem) {
  Json spec = problem.spec;
  const bool python = spec.value("language", Json("python")) == "python";
  if (AsksForProgram(spec) && python) spec["second_seed"] = true;
  if (problem.kind == "program") spec["hash_seed"] = 1;
  return MakeVerifier(spec,
                      {problem.problem->reference, ToJson(*problem.problem), subject.suite.root});
}

}  // namespace assay
