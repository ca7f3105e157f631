#include <algorithm>
#include <mutex>

#include "base/thread_pool.h"
#include "runner/evaluate.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

std::vector<const QuestionSet*> ByName(const std::vector<QuestionSet>& suites) {
  std::vector<const QuestionSet*> sorted;
  for (const QuestionSet& suite : suites) sorted.push_back(&suite);
  std::sort(sorted.begin(), sorted.end(),
            [](const QuestionSet* a, const QuestionSet* b) { return a->name < b->name; });
  return sorted;
}

Result<std::shared_ptr<const Verifier>> BuildVerifier(const PlannedQuestion& planned) {
  const Problem& problem = planned.question->problem;
  const VerifierContext context{problem.reference, ToJson(problem), planned.suite->root};
  auto verifier = MakeVerifier(problem.verifier, context);
  if (!verifier) {
    return Within(FullProblemId(planned.suite->name, problem.id), verifier.error());
  }
  return std::shared_ptr<const Verifier>(std::move(*verifier));
}

}  // namespace

Result<std::vector<PlannedQuestion>> PlanRun(const std::vector<QuestionSet>& suites,
                                             const EvaluateOptions& options) {
  std::vector<PlannedQuestion> plan;
  std::int64_t offset = 0;
  for (const QuestionSet* suite : ByName(suites)) {
    const auto all = suite->questions.size();
    const auto count = std::min(options.limit.value_or(all), all);
    for (std::size_t i = 0; i < count; ++i) {
      if (static_cast<int>(i % static_cast<std::size_t>(options.shards)) != options.shard - 1) {
        continue;
      }
      plan.push_back({offset + static_cast<std::int64_t>(i), suite, &suite->questions[i], nullptr});
    }
    offset += static_cast<std::int64_t>(all);
  }
  std::mutex mutex;
  std::size_t first_bad = plan.size();
  std::optional<Error> problem;
  ParallelFor(plan.size(), options.threads, [&](std::size_t i) {
    auto verifier = BuildVerifier(plan[i]);
    if (verifier) {
      plan[i].verifier = std::move(*verifier);
      return;
    }
    const std::lock_guard lock(mutex);
    if (i >= first_bad) return;
    first_bad = i;
    problem = verifier.error();
  });
  if (problem) return Pass(*problem);
  return plan;
}

Request RequestFor(const PlannedQuestion& planned, std::int64_t sample, std::uint64_t seed) {
  const QuestionSet& suite = *planned.suite;
  const Problem& problem = planned.question->problem;
  Request request{std::string(),
                  suite.sampling,
                  Key("sample", seed)
                      .With(suite.name)
                      .With(problem.id)
                      .With(static_cast<std::uint64_t>(sample)),
                  planned.id,
                  FullProblemId(suite.name, problem.id),
                  sample};
  std::visit([&](const auto& prompt) { request.prompt = prompt; }, planned.question->prompt);
  return request;
}

}  // namespace assay
