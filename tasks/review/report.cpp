#include "tasks/review/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

const char* Word(CheckStatus status) {
  switch (status) {
    case CheckStatus::kPassed:
      return "passed";
    case CheckStatus::kFailed:
      return "FAILED";
    case CheckStatus::kSkipped:
      return "skipped";
  }
  return "";
}

}  // namespace

CheckResult Judged(std::string name, std::string summary, std::vector<std::string> findings) {
  const auto status = findings.empty() ? CheckStatus::kPassed : CheckStatus::kFailed;
  return {std::move(name), status, std::move(summary), std::move(findings)};
}

CheckResult Skipped(std::string name, std::string why) {
  return {std::move(name), CheckStatus::kSkipped, std::move(why), {}};
}

bool ReportCard::Passed() const {
  return std::none_of(checks.begin(), checks.end(), [](const CheckResult& check) {
    return check.status == CheckStatus::kFailed;
  });
}

const CheckResult* ReportCard::Find(const std::string& name) const {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const CheckResult& check) { return check.name == name; });
  return found == checks.end() ? nullptr : &*found;
}

std::string ToText(const ReportCard& card, std::size_t shown) {
  std::string text = fmt::format("{}: {} problems", card.suite, card.problems);
  text += card.judged == card.problems ? "\n" : fmt::format(", {} of them judged\n", card.judged);
  for (const CheckResult& check : card.checks) {
    text += fmt::format("  {:<7}  {:<12}  {}\n", Word(check.status), check.name, check.summary);
    for (std::size_t i = 0; i < std::min(shown, check.findings.size()); ++i) {
      text += fmt::format("             {}\n", check.findings[i]);
    }
    if (check.findings.size() > shown) {
      text += fmt::format("             … and {} more (--json has them)\n",
                          check.findings.size() - shown);
    }
  }
  return text + (card.Passed() ? "The pack passes.\n" : "The pack does not pass.\n");
}

Json ToJson(const ReportCard& card) {
  Json checks = Json::array();
  for (const CheckResult& check : card.checks) {
    checks.push_back(
        {{"check", check.name},
         {"status", check.status == CheckStatus::kFailed ? "failed" : Word(check.status)},
         {"summary", check.summary},
         {"findings", check.findings}});
  }
  return {{"suite", card.suite},   {"sha256", card.sha256},   {"problems", card.problems},
          {"judged", card.judged}, {"passed", card.Passed()}, {"checks", checks}};
}

}  // namespace assay
