#include <algorithm>
#include <array>
#include <string_view>

#include "tasks/review/checks.h"

namespace assay {
namespace {

constexpr std::size_t kMinCanaryBytes = 16;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

bool IsPlaceholder(const std::string& text) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "todo", "tbd", "fixme", "unknown", "none", "n/a", "proprietary", "?", "licence"};
  const std::string lower = Lower(text);
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return lower == word || (word.size() >= 4 && lower.rfind(word, 0) == 0);
  });
}

}  // namespace

CheckResult CheckLicence(const Subject& subject) {
  std::vector<std::string> findings;
  const Suite& suite = subject.suite;
  if (IsPlaceholder(suite.licence)) {
    findings.push_back("pack.json: \"licence\": \"" + suite.licence +
                       "\" names none: give an SPDX name like CC-BY-4.0");
  }
  if (suite.source.empty() || IsPlaceholder(suite.source)) {
    findings.push_back("pack.json: \"source\": say where the problems come from");
  }
  return Judged("licence", suite.licence, std::move(findings));
}

CheckResult CheckCanary(const Subject& subject) {
  const std::string& canary = subject.suite.canary;
  std::vector<std::string> findings;
  if (canary.size() < kMinCanaryBytes) {
    findings.push_back(canary.empty()
                           ? "pack.json: \"canary\": is missing: a random string of the pack's own"
                           : "pack.json: \"canary\": is shorter than 16 characters");
  }
  const auto installed = ListSuites(subject.options.library);
  for (const SuiteInfo& info : installed ? *installed : std::vector<SuiteInfo>()) {
    if (info.canary == canary && !canary.empty() && info.name != subject.suite.name) {
      findings.push_back("pack.json: \"canary\": is that of suite " + info.name +
                         ": each pack needs its own");
    }
  }
  return Judged("canary", canary.empty() ? "none" : canary, std::move(findings));
}

}  // namespace assay
