#include "runner/regrade.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "base/json.h"
#include "base/thread_pool.h"
#include "runner/profiles.h"
#include "runner/store/run_reader.h"
#include "runner/store/run_writer.h"
#include "runner/verifier_files.h"

namespace assay {
namespace {

constexpr std::size_t kBatch = 2048;  // responses in memory at once

struct Judged {
  std::string id;
  std::vector<std::unique_ptr<const Verifier>> verifiers;  // one per profile
};

struct Item {
  std::int64_t problem = 0;
  std::int64_t sample = 0;
  std::string text;
  std::vector<Verdict> verdicts;
};

using ProblemMap = std::map<std::int64_t, Judged>;

Result<ProblemMap> BuildVerifiers(RunReader& reader, const std::vector<std::string>& profiles) {
  const auto records = reader.Problems(true);
  if (!records) return Pass(records.error());
  const bool own = std::find(profiles.begin(), profiles.end(), kOwnProfile) != profiles.end();
  RestoredFiles files;  // verifiers read theirs while they are made
  ProblemMap problems;
  for (const ProblemRecord& record : *records) {
    const auto line = ParseJson(record.definition_json);
    if (!line) return Within(reader.path(), line.error());
    const auto problem = ParseProblem(*line, record.problem_id);
    if (!problem) return Within(reader.path(), problem.error());
    Judged& judged = problems[record.id];
    judged.id = record.problem_id;
    std::filesystem::path root;
    if (own) {
      const auto& suite = reader.suites().at(static_cast<std::size_t>(record.suite)).name;
      auto restored = files.RootFor(reader, suite, *problem);
      if (!restored) return Pass(restored.error());
      root = std::move(*restored);
    }
    auto verifiers = MakeProfileVerifiers(profiles, *problem, root);
    if (!verifiers && verifiers.error().code == ErrorCode::kUsage) return Pass(verifiers.error());
    if (!verifiers) return Within(record.problem_id, verifiers.error());
    judged.verifiers = std::move(*verifiers);
  }
  return problems;
}

// Counts items into the matrix and picks the examples.
class Tally {
 public:
  Tally(const std::vector<std::string>& profiles, std::size_t most_examples)
      : most_examples_(most_examples) {
    total.profiles = profiles;
    total.correct.resize(profiles.size());
    total.matrix.assign(profiles.size(), std::vector<std::int64_t>(profiles.size()));
  }

  void Count(Item& item, const std::string& id) {
    std::vector<bool> correct;
    for (const Verdict& verdict : item.verdicts) {
      correct.push_back(verdict.outcome == Outcome::kCorrect);
    }
    ++total.samples;
    bool differ = false;
    for (std::size_t i = 0; i < correct.size(); ++i) {
      total.correct[i] += correct[i] ? 1 : 0;
      for (std::size_t j = 0; j < correct.size(); ++j) {
        if (!correct[i] || correct[j]) continue;
        ++total.matrix[i][j];
        differ = true;
      }
    }
    if (!differ || total.examples.size() >= most_examples_) return;
    if (++seen_[correct] > kExamplesOfAKind) return;
    total.examples.push_back({id, item.sample, std::move(item.verdicts), Tail(item.text)});
  }

  Regraded total;

 private:
  static constexpr int kExamplesOfAKind = 2;

  static std::string Tail(const std::string& text) {
    constexpr std::size_t kBytes = 160;
    return text.size() <= kBytes ? text : text.substr(text.size() - kBytes);
  }

  std::size_t most_examples_;
  std::map<std::vector<bool>, int> seen_;
};

Result<void> JudgeAndStore(std::vector<Item>& items, ProblemMap& problems, std::size_t threads,
                           std::chrono::milliseconds budget, RunWriter& writer, Tally& tally) {
  ParallelFor(items.size(), threads, [&](std::size_t i) {
    for (const auto& verifier : problems.at(items[i].problem).verifiers) {
      items[i].verdicts.push_back(verifier->Check(items[i].text, budget));
    }
  });
  for (Item& item : items) {
    for (std::size_t i = 0; i < tally.total.profiles.size(); ++i) {
      const StoredVerdict stored{item.problem, item.sample, tally.total.profiles[i],
                                 item.verdicts[i], 0};
      if (auto put = writer.Put(stored); !put) return put;
    }
    tally.Count(item, problems.at(item.problem).id);
  }
  // Responses come problem by problem: what lies before the last one is done.
  if (!items.empty()) problems.erase(problems.begin(), problems.lower_bound(items.back().problem));
  items.clear();
  return writer.Commit();
}

}  // namespace

Result<Regraded> Regrade(const std::filesystem::path& run, const std::vector<std::string>& profiles,
                         std::size_t threads, std::chrono::milliseconds budget,
                         std::size_t most_examples) {
  std::optional<RunReader> reader;
  if (auto opened = RunReader::Open(run)) {
    reader = std::move(*opened);
  } else {
    return Pass(opened.error());
  }
  auto problems = BuildVerifiers(*reader, profiles);
  if (!problems) return Pass(problems.error());
  auto writer = RunWriter::OpenExisting(run);
  if (!writer) return Pass(writer.error());
  Tally tally(profiles, most_examples);
  std::vector<Item> items;
  std::optional<Error> failure;
  const auto flush = [&] {
    auto done = JudgeAndStore(items, *problems, threads, budget, *writer, tally);
    if (!done) failure = done.error();
    return !failure;
  };
  const auto read =
      reader->ForEachText([&](std::int64_t problem, std::int64_t sample, std::string text) {
        items.push_back({problem, sample, std::move(text), {}});
        return items.size() < kBatch || flush();
      });
  if (!read) return Pass(read.error());
  if (!failure) flush();
  if (failure) return Pass(*failure);
  reader.reset();  // or the store's log would have to stay beside it
  if (auto finished = writer->Finish(); !finished) return Pass(finished.error());
  return std::move(tally.total);
}

}  // namespace assay
