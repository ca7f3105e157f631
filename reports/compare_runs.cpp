#include "reports/compare_runs.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace assay {
namespace {

using Counts = std::map<std::string, ProblemCounts>;  // by problem id

// By suite.
Result<std::map<std::string, Counts>> ReadCounts(RunReader& run, const std::string& profile) {
  const auto problems = run.Problems(false);
  if (!problems) return Pass(problems.error());
  std::map<std::int64_t, ProblemCounts*> by_id;
  std::map<std::string, Counts> suites;
  for (const ProblemRecord& record : *problems) {
    const auto& suite = run.suites().at(static_cast<std::size_t>(record.suite)).name;
    by_id[record.id] = &suites[suite][record.problem_id];
  }
  const auto read = run.ForEachSample(
      [&](const JudgedSample& judged) {
        if (SaysNothing(judged.outcome_class)) return true;
        ProblemCounts& counts = *by_id.at(judged.sample.problem);
        ++counts.drawn;
        counts.correct += judged.outcome_class == SampleClass::kCorrect ? 1 : 0;
        return true;
      },
      profile, false);
  if (!read) return Pass(read.error());
  return suites;
}

double Rate(const ProblemCounts& counts) {
  return static_cast<double>(counts.correct) / static_cast<double>(counts.drawn);
}

std::string DigestIn(const RunReader& run, const std::string& suite) {
  for (const SuiteRecord& record : run.suites()) {
    if (record.name == suite) return record.digest;
  }
  return "";
}

std::optional<SuiteComparison> CompareSuite(const std::string& suite, const Counts& in_a,
                                            const Counts& in_b) {
  SuiteComparison comparison;
  comparison.suite = suite;
  std::vector<PairedCounts> pairs;
  for (const auto& [id, a] : in_a) {
    const auto found = in_b.find(id);
    if (found == in_b.end() || a.drawn == 0 || found->second.drawn == 0) continue;
    const ProblemCounts& b = found->second;
    pairs.push_back({a, b});
    comparison.a += Rate(a);
    comparison.b += Rate(b);
    if (Rate(a) != Rate(b)) comparison.flips.push_back({id, a, b});
  }
  const auto paired = ComparePairs(pairs);
  if (!paired) return std::nullopt;
  comparison.paired = *paired;
  comparison.a /= static_cast<double>(pairs.size());
  comparison.b /= static_cast<double>(pairs.size());
  std::stable_sort(comparison.flips.begin(), comparison.flips.end(),
                   [](const FlippedProblem& x, const FlippedProblem& y) {
                     return std::abs(Rate(x.b) - Rate(x.a)) > std::abs(Rate(y.b) - Rate(y.a));
                   });
  return comparison;
}

}  // namespace

Result<std::vector<SuiteComparison>> CompareRuns(RunReader& a, RunReader& b,
                                                 const std::string& profile) {
  const auto in_a = ReadCounts(a, profile);
  if (!in_a) return Pass(in_a.error());
  const auto in_b = ReadCounts(b, profile);
  if (!in_b) return Pass(in_b.error());
  std::vector<SuiteComparison> all;
  for (const auto& [suite, counts] : *in_a) {
    const auto found = in_b->find(suite);
    if (found == in_b->end()) continue;
    auto comparison = CompareSuite(suite, counts, found->second);
    if (!comparison) continue;
    comparison->same_content = DigestIn(a, suite) == DigestIn(b, suite);
    all.push_back(std::move(*comparison));
  }
  if (all.empty()) {
    return Fail(ErrorCode::kInput, "{} and {} share no problem with samples in both", a.path(),
                b.path());
  }
  std::vector<double> p_values;
  for (const auto& comparison : all) p_values.push_back(comparison.paired.p_permutation);
  const auto adjusted = HolmAdjusted(p_values);
  for (std::size_t i = 0; i < all.size(); ++i) all[i].p_adjusted = adjusted[i];
  return all;
}

Json ToJson(const SuiteComparison& comparison) {
  const PairedComparison& paired = comparison.paired;
  Json flips = Json::array();
  for (const FlippedProblem& flip : comparison.flips) {
    flips.push_back({{"id", flip.id},
                     {"a", {flip.a.correct, flip.a.drawn}},
                     {"b", {flip.b.correct, flip.b.drawn}}});
  }
  Json json = {{"suite", comparison.suite},
               {"problems", paired.problems},
               {"a", comparison.a},
               {"b", comparison.b},
               {"difference", paired.difference},
               {"low", paired.low},
               {"high", paired.high},
               {"standard_error", paired.standard_error},
               {"p_permutation", paired.p_permutation},
               {"p_permutation_exact", paired.permutation_exact},
               {"p_adjusted", comparison.p_adjusted},
               {"p_mcnemar", nullptr},
               {"better", paired.better},
               {"worse", paired.worse},
               {"same_content", comparison.same_content},
               {"flips", flips}};
  if (paired.p_mcnemar) json["p_mcnemar"] = *paired.p_mcnemar;
  return json;
}

}  // namespace assay
