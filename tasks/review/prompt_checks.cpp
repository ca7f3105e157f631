#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/utf8.h"
#include "tasks/generators/generate.h"
#include "tasks/review/checks.h"

namespace assay {
namespace {

using Words = std::vector<std::string_view>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return lower;
}

bool HoldsAny(const std::string& text, const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// What a prompt of this kind says somewhere when it says how to answer.
const Words& FormatCues(const std::string& kind) {
  static const Words code = {
      "```",      "code block", "python function", "complete function",  "program",
      "[answer]", "answer:",    "answer is",       "regular expression", "query"};
  static const Words choice = {"answer:", "the answer is", "letter", "\\boxed"};
  static const Words any = {"\\boxed",      "####",       "answer:",      "the answer is",
                            "final answer", "reply with", "respond with", "last line",
                            "code block",   "```"};
  if (kind == "code") return code;
  return kind == "choice" ? choice : any;
}

bool IsWordByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0;
}

// The end of `text` with blanks, quotes, emphasis and opening math removed.
std::string_view BeforeDressing(std::string_view text) {
  while (!text.empty() &&
         std::string_view(" \t\n\"'*$`(").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return text;
}

// Whether the prompt states `reference` as the answer somewhere: "answer: 42", "\boxed{42}".
bool States(const std::string& prompt, const std::string& reference) {
  static const Words cues = {
      "answer:",   "answer is",  "answer =", "solution:", "solution is", "\\boxed{",        "####",
      "result is", "reference:", "result:",  "choice is", "option is",   "expected output:"};
  const std::string lower = Lower(prompt);
  for (auto at = prompt.find(reference); at != std::string::npos;
       at = prompt.find(reference, at + 1)) {
    const auto end = at + reference.size();
    if (end < prompt.size() && IsWordByte(prompt[end]) && IsWordByte(reference.back())) continue;
    const auto before = BeforeDressing(std::string_view(lower).substr(0, at));
    if (std::any_of(cues.begin(), cues.end(),
                    [&](std::string_view cue) { return before.ends_with(cue); })) {
      return true;
    }
  }
  return false;
}

// Signs stay: a program and its repair may differ in one of them alone.
std::string WithoutSpace(const std::string& text) {
  std::string kept;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isspace(byte) == 0) kept += char(std::tolower(byte));
  }
  return kept;
}

// A reference of some length that stands in the prompt sign by sign.
bool Repeats(const std::string& prompt, const std::string& reference) {
  constexpr std::size_t kLong = 60;
  const std::string text = WithoutSpace(reference);
  return text.size() >= kLong && WithoutSpace(prompt).find(text) != std::string::npos;
}

// A generated suite is the same whenever it is made, and takes seconds: it is made once.
Result<std::shared_ptr<const Suite>> Installed(const SuiteInfo& info,
                                               const LibraryOptions& library) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Suite>> generated;
  const std::lock_guard lock(mutex);
  const auto found = generated.find(info.name);
  if (found != generated.end()) return found->second;
  auto suite = FindSuite(info.name, library);
  if (!suite) return Pass(suite.error());
  auto shared = std::make_shared<const Suite>(std::move(*suite));
  if (info.kind == "generated") generated.emplace(info.name, shared);
  return shared;
}

std::string Place(const std::string& suite, const std::string& id) { return suite + "/" + id; }

}  // namespace

CheckResult CheckFormat(const Subject& subject) {
  std::vector<std::string> findings;
  for (const ReviewedProblem& one : subject.problems) {
    const std::string whole = Lower(TextOf(PromptOf(subject.suite, *one.problem)));
    if (HoldsAny(whole, FormatCues(one.kind))) continue;
    findings.push_back(fmt::format(
        "{}: the prompt does not say how to answer (kind \"{}\" reads e.g. {})", one.problem->id,
        one.kind, one.kind == "code" ? "a ```python block" : "a last line \"Answer: …\""));
  }
  return Judged("format", "prompts say how to answer", std::move(findings));
}

CheckResult CheckLeak(const Subject& subject) {
  std::vector<std::string> findings;
  for (const ReviewedProblem& one : subject.problems) {
    const std::string& reference = one.problem->reference;
    if (reference.empty()) continue;
    if (States(one.prompt, reference)) {
      findings.push_back(fmt::format("{}: the prompt states the answer \"{}\"", one.problem->id,
                                     Abbreviate(reference, 60)));
    } else if (Repeats(one.prompt, reference)) {
      findings.push_back(fmt::format("{}: the prompt holds the reference", one.problem->id));
    }
  }
  return Judged("leak", "prompts do not give the answer away", std::move(findings));
}

CheckResult CheckDuplicates(const Subject& subject) {
  std::vector<std::string> findings;
  std::unordered_map<std::string, std::string> seen;
  for (const ReviewedProblem& one : subject.problems) {
    const auto [at, fresh] = seen.emplace(PromptHash(one.prompt), one.problem->id);
    if (!fresh) {
      findings.push_back(fmt::format("{}: asks the same as {} (layout and case aside)",
                                     one.problem->id, at->second));
    }
  }
  return Judged("duplicates", fmt::format("{} different prompts", seen.size()),
                std::move(findings));
}

CheckResult CheckInstalled(const Subject& subject) {
  const auto installed = ListSuites(subject.options.library);
  if (!installed) return Skipped("installed", installed.error().message);
  std::unordered_map<std::string, std::string> mine;
  for (const ReviewedProblem& one : subject.problems) {
    mine.emplace(PromptHash(one.prompt), one.problem->id);
  }
  std::vector<std::string> findings;
  std::size_t compared = 0;
  // assay-mini and private splits stand in or beside assay-10k by design.
  const bool generated = subject.suite.name.rfind("assay-", 0) == 0;
  for (const SuiteInfo& info : *installed) {
    const bool same = info.name == subject.suite.name || (generated && info.kind == "generated");
    if (same || !info.present || info.name == "assay-mini") continue;
    const auto suite = Installed(info, subject.options.library);
    if (!suite) return Skipped("installed", suite.error().message);
    ++compared;
    for (const Problem& problem : (*suite)->problems) {
      const auto* text = std::get_if<std::string>(&problem.prompt);
      const auto found = text == nullptr ? mine.end() : mine.find(PromptHash(*text));
      if (found == mine.end()) continue;
      findings.push_back(found->second + ": is " + Place((*suite)->name, problem.id) + " as well");
    }
  }
  return Judged("installed", fmt::format("compared with {} installed suites", compared),
                std::move(findings));
}

}  // namespace assay
