#include "tasks/family_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tasks/benchmark.h"
#include "tasks/content_size.h"
#include "tasks/generators/registry.h"
#include "tasks/review/guess.h"

namespace assay {
namespace {

struct Tally {
  std::map<int, std::vector<std::size_t>> lengths;  // by level
  std::vector<std::size_t> all_lengths;
  AnswerTally answers;
  double size_low = 0, size_high = 0;  // sums
  std::size_t low = 0, high = 0;
};

constexpr int kLowLevels = 3;  // the lowest three, and as many of the highest

std::size_t Median(std::vector<std::size_t> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Count(const Generated& one, Tally& tally) {
  const std::string& prompt = one.draft.prompt;
  tally.lengths[*one.problem.level].push_back(prompt.size());
  tally.all_lengths.push_back(prompt.size());
  const auto size = double(ContentSize(prompt, one.problem.reference));
  if (*one.problem.level <= kLowLevels) tally.size_low += size, ++tally.low;
  if (*one.problem.level > 10 - kLowLevels) tally.size_high += size, ++tally.high;
  if (AsksForProgram(one.problem.verifier)) return;
  const bool choice = one.problem.verifier.value("kind", std::string()) == "choice";
  tally.answers.Add(one.problem.reference, choice ? OptionsIn(prompt) : 0);
}

FamilyRow RowOf(const Family& family, const Tally& tally, std::size_t in_benchmark) {
  FamilyRow row = {family.name, family.domain, family.title, family.source, in_benchmark};
  row.prompt_median = Median(tally.all_lengths);
  const auto at = [&](int level) {
    const auto found = tally.lengths.find(level);
    return found == tally.lengths.end() ? 0 : Median(found->second);
  };
  row.prompt_1 = at(1);
  row.prompt_10 = at(10);
  row.random_guess = tally.answers.RandomScore();
  row.constant_guess = tally.answers.ConstantScore();
  row.entropy = tally.answers.Entropy();
  if (tally.low > 0) row.size_low = tally.size_low / double(tally.low);
  if (tally.high > 0) row.size_high = tally.size_high / double(tally.high);
  return row;
}

std::string Percent(double share, const FamilyRow& row) {
  if (row.random_guess == 0 && row.constant_guess == 0) return "–";
  return fmt::format("{:.0f} %", 100 * share);
}

}  // namespace

Result<std::vector<FamilyRow>> FamilyTable(std::size_t threads) {
  std::map<std::string, std::size_t> frozen;
  for (const Portion& portion : FrozenMix()) frozen[portion.family->name] = portion.count;
  std::vector<Portion> portions;
  for (const Family& family : AllFamilies()) {
    portions.push_back({&family, 1, 10, 10 * kTableProblems});
  }
  const auto made = GenerateProblems(portions, {kPublicSeed, threads, nullptr, true});
  if (!made) return Pass(made.error());
  std::map<std::string, Tally> tallies;
  for (const Generated& one : *made) Count(one, tallies[one.problem.meta["family"]]);
  std::vector<FamilyRow> rows;
  for (const Family& family : AllFamilies()) {
    rows.push_back(RowOf(family, tallies[family.name], frozen[family.name]));
  }
  return rows;
}

std::string ToMarkdown(const std::vector<FamilyRow>& rows) {
  std::map<std::string, std::size_t> domains;
  for (const FamilyRow& row : rows) ++domains[row.domain];
  std::string text = fmt::format(
      "# Problem families\n\nWritten by `assay tasks families --markdown > docs/families.md`; do "
      "not edit. {} families: {} math, {} code, {} logic, each with levels 1 to 10. *In 10k*: "
      "problems of assay-10k. *Prompt*: median length in bytes over all levels, and at levels 1 "
      "and "
      "10. *Random*: expected score of a guess among the options, or among the answers of the "
      "family's other problems; *constant*: score of the best answer that is always the same; "
      "*entropy*: of the answers in bits (all – where the answer is a program). *Size*: mean "
      "number "
      "of digits, signs and single letters in a question and of digits, signs and words in its "
      "reference, at levels 1 to 3 and 8 to 10. All over {} problems. How a model does by family "
      "and "
      "level: [assay-10k](assay-10k.md).\n",
      rows.size(), domains["math"], domains["code"], domains["logic"], 10 * kTableProblems);
  std::string domain;
  for (const FamilyRow& row : rows) {
    if (row.domain != domain) {
      domain = row.domain;
      text += fmt::format(
          "\n## {}\n\n| family | what it asks | in 10k | prompt | level 1 | level 10 | random | "
          "constant | entropy | size 1-3 | 8-10 | after |\n"
          "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n",
          domain);
    }
    text +=
        fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0f} | {:.0f} | {} |\n",
                    row.name, row.title, row.in_benchmark, row.prompt_median, row.prompt_1,
                    row.prompt_10, Percent(row.random_guess, row), Percent(row.constant_guess, row),
                    row.entropy == 0 ? "–" : fmt::format("{:.1f}", row.entropy), row.size_low,
                    row.size_high, row.source);
  }
  return text;
}

Json ToJson(const FamilyRow& row) {
  return {{"name", row.name},
          {"domain", row.domain},
          {"title", row.title},
          {"source", row.source},
          {"in_benchmark", row.in_benchmark},
          {"prompt_median", row.prompt_median},
          {"prompt_level_1", row.prompt_1},
          {"prompt_level_10", row.prompt_10},
          {"random_guess", row.random_guess},
          {"constant_guess", row.constant_guess},
          {"entropy", row.entropy},
          {"size_levels_1_to_3", row.size_low},
          {"size_levels_8_to_10", row.size_high}};
}

}  // namespace assay
