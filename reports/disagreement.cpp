#include "reports/disagreement.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "reports/terminal_text.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 60;

std::string Example(const Regraded& regraded, const Disagreement& example, std::size_t width) {
  std::string text = fmt::format("\n{} sample {}: …{}\n", OneLine(example.problem), example.sample,
                                 OneLine(example.tail));
  for (std::size_t i = 0; i < example.verdicts.size(); ++i) {
    const Verdict& verdict = example.verdicts[i];
    text += fmt::format("  {:>2} {:<{}}  {:<9}", i + 1, regraded.profiles[i], width,
                        ToString(verdict.outcome));
    if (!verdict.answer.empty()) {
      text += fmt::format("  \"{}\"", Abbreviate(OneLine(verdict.answer), kShownBytes));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string RenderDisagreement(const Regraded& regraded) {
  std::size_t width = 7;
  for (const std::string& profile : regraded.profiles) width = std::max(width, profile.size());
  std::string text = fmt::format(
      "{} responses; a count says how many its row calls correct and its column does "
      "not\n   {:<{}}  {:>9}",
      regraded.samples, "profile", width, "correct");
  for (std::size_t j = 0; j < regraded.profiles.size(); ++j) text += fmt::format(" {:>6}", j + 1);
  text += "\n";
  for (std::size_t i = 0; i < regraded.profiles.size(); ++i) {
    const double share = 100.0 * static_cast<double>(regraded.correct[i]) /
                         static_cast<double>(std::max<std::int64_t>(1, regraded.samples));
    text += fmt::format("{:>2} {:<{}}  {:>7.2f} %", i + 1, regraded.profiles[i], width, share);
    for (std::size_t j = 0; j < regraded.profiles.size(); ++j) {
      text += i == j ? fmt::format(" {:>6}", "·") : fmt::format(" {:>6}", regraded.matrix[i][j]);
    }
    text += "\n";
  }
  for (const Disagreement& example : regraded.examples) text += Example(regraded, example, width);
  return text;
}

Json ToJson(const Regraded& regraded) {
  Json examples = Json::array();
  for (const Disagreement& example : regraded.examples) {
    Json answers = Json::array();
    Json outcomes = Json::array();
    for (const Verdict& verdict : example.verdicts) {
      answers.push_back(SanitizeUtf8(verdict.answer));
      outcomes.push_back(ToString(verdict.outcome));
    }
    examples.push_back({{"problem", example.problem},
                        {"sample", example.sample},
                        {"answers", answers},
                        {"outcomes", outcomes},
                        {"tail", SanitizeUtf8(example.tail)}});
  }
  return {{"samples", regraded.samples},
          {"profiles", regraded.profiles},
          {"correct", regraded.correct},
          {"matrix", regraded.matrix},
          {"examples", examples}};
}

}  // namespace assay
