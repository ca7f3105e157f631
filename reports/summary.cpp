#include "reports/summary.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>
#include <utility>

#include "reports/majority.h"
#include "verifiers/code/lower_trust.h"

namespace assay {
namespace {

// What one problem adds to each row it belongs to.
struct ProblemTally {
  std::string suite;
  ProblemRecord record;
  std::int64_t samples = 0;
  ProblemCounts counts;
  std::array<std::int64_t, kSampleClasses> classes{};
  double reward = 0;
  bool partial_reward = false;
  bool lower_trust = false;
  std::int64_t prompt_tokens = 0;
  std::int64_t response_tokens = 0;
  Ballot ballot;
};

void Vote(const JudgedSample& judged, Ballot& ballot) {
  const bool correct = judged.verdict.outcome == Outcome::kCorrect;
  const bool answered = correct || judged.verdict.outcome == Outcome::kWrong;
  if (!answered) {
    ++ballot.abstentions;
    return;
  }
  const auto same =
      std::find_if(ballot.classes.begin(), ballot.classes.end(), [&](const AnswerClass& known) {
        return known.correct == correct && (correct || known.answer == judged.verdict.answer);
      });
  if (same == ballot.classes.end()) {
    ballot.classes.push_back({judged.verdict.answer, 1, correct});
  } else {
    ++same->votes;
  }
}

void Add(const JudgedSample& judged, bool majority, ProblemTally& tally) {
  ++tally.samples;
  ++tally.classes[static_cast<std::size_t>(judged.outcome_class)];
  tally.prompt_tokens += judged.sample.prompt_tokens;
  tally.response_tokens += judged.sample.response_tokens;
  tally.lower_trust = tally.lower_trust || judged.verdict.reason.starts_with(kLowerTrust);
  if (SaysNothing(judged.outcome_class)) return;
  ++tally.counts.drawn;
  tally.counts.correct += judged.outcome_class == SampleClass::kCorrect ? 1 : 0;
  const double reward = judged.verdict.reward.value_or(0);
  tally.reward += reward;
  tally.partial_reward = tally.partial_reward || (reward > 0 && reward < 1);
  if (majority) Vote(judged, tally.ballot);
}

using Members = std::vector<const ProblemTally*>;

void FillEstimates(const Members& members, const Summary& summary, std::int64_t majority_samples,
                   SummaryRow& row) {
  std::vector<ProblemCounts> counts;
  for (const ProblemTally* tally : members) counts.push_back(tally->counts);
  for (const std::int64_t k : summary.ks) {
    if (const auto estimate = EstimatePassAtK(counts, k)) row.pass[k] = *estimate;
    if (majority_samples == 0) continue;
    std::vector<double> values;
    for (const ProblemTally* tally : members) {
      if (tally->ballot.Drawn() > majority_samples) continue;
      if (const auto value = MajorityAtK(tally->ballot, k)) values.push_back(*value);
    }
    if (const auto estimate = EstimateMean(values)) row.majority[k] = *estimate;
  }
  row.variance = Components(counts);
}

SummaryRow MakeRow(std::string group, std::string name, const Members& members,
                   const Summary& summary, std::int64_t majority_samples) {
  SummaryRow row;
  row.suite = members.front()->suite;
  row.group = std::move(group);
  row.name = std::move(name);
  row.problems = static_cast<std::int64_t>(members.size());
  double as_wrong = 0;
  double reward = 0;
  std::int64_t rewarded = 0;
  bool partial = false;
  for (const ProblemTally* tally : members) {
    row.samples += tally->samples;
    for (std::size_t i = 0; i < kSampleClasses; ++i) row.counts[i] += tally->classes[i];
    row.prompt_tokens += tally->prompt_tokens;
    row.response_tokens += tally->response_tokens;
    row.lower_trust += tally->lower_trust ? 1 : 0;
    as_wrong += static_cast<double>(tally->counts.correct) / static_cast<double>(tally->samples);
    partial = partial || tally->partial_reward;
    if (tally->counts.drawn > 0) {
      reward += tally->reward / static_cast<double>(tally->counts.drawn);
      ++rewarded;
    }
    if (majority_samples > 0 && Winners(tally->ballot).size() > 1)
      row.ties.push_back(tally->record.problem_id);
  }
  const auto silent = row.counts[static_cast<std::size_t>(SampleClass::kError)] +
                      row.counts[static_cast<std::size_t>(SampleClass::kFailed)];
  if (silent > 0) row.pass1_as_wrong = as_wrong / static_cast<double>(row.problems);
  if (partial && rewarded > 0) row.mean_reward = reward / static_cast<double>(rewarded);
  FillEstimates(members, summary, majority_samples, row);
  return row;
}

// Domains, levels and tags of one suite; a group with a single name that covers all says nothing.
void AddParts(const Members& members, const Summary& summary, std::int64_t majority_samples,
              std::vector<SummaryRow>& rows) {
  std::map<std::pair<int, std::string>, Members> parts;
  for (const ProblemTally* tally : members) {
    const ProblemRecord& record = tally->record;
    if (!record.domain.empty()) parts[{0, record.domain}].push_back(tally);
    if (record.level) parts[{1, fmt::format("{:3}", *record.level)}].push_back(tally);
    const auto tags = ParseJson(record.tags_json);
    if (!tags || !tags->is_array()) continue;
    std::set<std::string> once;
    for (const Json& tag : *tags) {
      if (tag.is_string()) once.insert(tag.get<std::string>());
    }
    for (const std::string& tag : once) parts[{2, tag}].push_back(tally);
  }
  static constexpr const char* kGroups[] = {"domain", "level", "tag"};
  for (const auto& [part, inside] : parts) {
    if (inside.size() == members.size() && part.first != 0) continue;
    std::string name = part.second;
    name.erase(0, name.find_first_not_of(' '));
    rows.push_back(MakeRow(kGroups[part.first], name, inside, summary, majority_samples));
  }
}

Result<std::vector<ProblemTally>> ReadTallies(RunReader& run, const SummaryOptions& options,
                                              Summary& summary) {
  auto problems = run.Problems(false);
  if (!problems) return Pass(problems.error());
  std::vector<ProblemTally> tallies;
  std::unordered_map<std::int64_t, std::size_t> places;
  std::map<std::int64_t, std::size_t> per_suite;
  for (ProblemRecord& record : *problems) {
    if (options.limit && per_suite[record.suite]++ >= *options.limit) continue;
    places[record.id] = tallies.size();
    ProblemTally tally;
    tally.suite = run.suites().at(static_cast<std::size_t>(record.suite)).name;
    tally.record = std::move(record);
    tallies.push_back(std::move(tally));
  }
  const auto read = run.ForEachSample(
      [&](const JudgedSample& judged) {
        const auto found = places.find(judged.sample.problem);
        if (found == places.end()) return true;
        if (options.most_samples && judged.sample.sample >= *options.most_samples) return true;
        if (!judged.judged && judged.outcome_class == SampleClass::kError) {
          ++summary.unjudged;
        } else {
          Add(judged, options.majority, tallies[found->second]);
        }
        return true;
      },
      options.profile, options.majority);
  if (!read) return Pass(read.error());
  return tallies;
}

}  // namespace

std::vector<std::int64_t> DefaultKs(std::int64_t n) {
  std::vector<std::int64_t> ks;
  for (std::int64_t k = 1; k <= n; k *= 2) ks.push_back(k);
  if (n > 0 && ks.back() != n) ks.push_back(n);
  return ks;
}

Result<Summary> Summarise(RunReader& run, const SummaryOptions& options) {
  Summary summary;
  auto tallies = ReadTallies(run, options, summary);
  if (!tallies) return Pass(tallies.error());
  std::int64_t most = 0;
  for (const ProblemTally& tally : *tallies) most = std::max(most, tally.counts.drawn);
  summary.ks = options.ks.empty() ? DefaultKs(most) : options.ks;
  std::map<std::int64_t, Members> suites;
  for (const ProblemTally& tally : *tallies) {
    if (tally.samples > 0) suites[tally.record.suite].push_back(&tally);
  }
  const std::int64_t majority_samples = options.majority ? options.majority_samples : 0;
  for (const auto& [suite, members] : suites) {
    summary.rows.push_back(MakeRow("all", "", members, summary, majority_samples));
    AddParts(members, summary, majority_samples, summary.rows);
  }
  return summary;
}

namespace {

Json ToJson(const Estimate& estimate) {
  return {{"value", estimate.value},
          {"low", estimate.low},
          {"high", estimate.high},
          {"standard_error", estimate.standard_error},
          {"problems", estimate.problems}};
}

}  // namespace

Json ToJson(const SummaryRow& row) {
  Json pass = Json::object();
  for (const auto& [k, estimate] : row.pass) pass[std::to_string(k)] = ToJson(estimate);
  Json counts = Json::object();
  for (std::size_t i = 0; i < kSampleClasses; ++i) {
    counts[std::string(ToString(static_cast<SampleClass>(i)))] = row.counts[i];
  }
  Json json = {{"suite", row.suite},
               {"group", row.group},
               {"name", row.name},
               {"problems", row.problems},
               {"samples", row.samples},
               {"pass", pass},
               {"counts", counts},
               {"prompt_tokens", row.prompt_tokens},
               {"response_tokens", row.response_tokens},
               {"lower_trust", row.lower_trust}};
  if (!row.majority.empty()) {
    for (const auto& [k, estimate] : row.majority) {
      json["majority"][std::to_string(k)] = ToJson(estimate);
    }
    json["ties"] = row.ties;
  }
  if (row.variance) {
    json["variance"] = {{"between", row.variance->between}, {"within", row.variance->within}};
  }
  if (row.pass1_as_wrong) json["pass1_failures_as_wrong"] = *row.pass1_as_wrong;
  if (row.mean_reward) json["mean_reward"] = *row.mean_reward;
  return json;
}

}  // namespace assay
