// The rules were worked out from each harness' documented behaviour; tests/runner/profiles_test.cpp
// holds answers on which they part.
#include "runner/profiles.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/suggest.h"
#include "runner/store/records.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A piece of text by offsets; begin == end: nothing found.
using Found = std::optional<Span>;

std::string_view Piece(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

// First "#### " with a number of digits, dots and commas after it.
Found AfterHashes(std::string_view text) {
  for (auto at = text.find("#### "); at != std::string_view::npos;
       at = text.find("#### ", at + 1)) {
    const std::size_t begin = at + 5;
    std::size_t end = begin + (begin < text.size() && text[begin] == '-' ? 1 : 0);
    const std::size_t digits = end;
    while (end < text.size() && (IsDigit(text[end]) || text[end] == '.' || text[end] == ',')) ++end;
    if (end > digits) return Span{begin, end};
  }
  return std::nullopt;
}

// Last run of two or more of "$0-9.,", or of one or more digits, with a sign.
Found LastFlexible(std::string_view text) {
  const auto loose = [](char c) { return IsDigit(c) || c == '$' || c == '.' || c == ','; };
  Found last;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t body = i + (text[i] == '-' ? 1 : 0);
    std::size_t end = body;
    while (end < text.size() && loose(text[end])) ++end;
    if (end - body >= 2 || (end - body == 1 && IsDigit(text[body]))) {
      last = Span{i, end};
      i = end;
    } else {
      ++i;
    }
  }
  return last;
}

// Last digits, with a fraction where digits follow the dot; commas part numbers.
Found LastPlainNumber(std::string_view text) {
  Found last;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t body = i + (text[i] == '-' ? 1 : 0);
    std::size_t end = body;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (end == body) {
      ++i;
      continue;
    }
    if (end + 1 < text.size() && text[end] == '.' && IsDigit(text[end + 1])) {
      ++end;
      while (end < text.size() && IsDigit(text[end])) ++end;
    }
    last = Span{i, end};
    i = end;
  }
  return last;
}

// Last run of digits and commas, with a fraction; a lone comma is one too.
Found LastDigitsAndCommas(std::string_view text) {
  Found last;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t body = i + (text[i] == '-' ? 1 : 0);
    std::size_t end = body;
    while (end < text.size() && (IsDigit(text[end]) || text[end] == ',')) ++end;
    if (end == body) {
      ++i;
      continue;
    }
    if (end + 1 < text.size() && text[end] == '.' && IsDigit(text[end + 1])) {
      ++end;
      while (end < text.size() && IsDigit(text[end])) ++end;
    }
    last = Span{i, end};
    i = end;
  }
  return last;
}

// The number after the first "The answer is ".
Found AfterTheAnswerIs(std::string_view text) {
  constexpr std::string_view kPhrase = "The answer is ";
  for (auto at = text.find(kPhrase); at != std::string_view::npos;
       at = text.find(kPhrase, at + 1)) {
    const std::size_t begin = at + kPhrase.size();
    std::size_t end = begin + (begin < text.size() && text[begin] == '-' ? 1 : 0);
    const std::size_t digits = end;
    while (end < text.size() && (IsDigit(text[end]) || text[end] == '.' || text[end] == ',')) ++end;
    if (end > digits && end < text.size() && text[end] == '.') return Span{begin, end};
    // The number must end in a full stop, which may have been taken into it.
    if (end > digits + 1 && text[end - 1] == '.') return Span{begin, end - 1};
  }
  return std::nullopt;
}

std::string Without(std::string_view text, std::string_view dropped) {
  std::string kept;
  for (const char c : text) {
    if (dropped.find(c) == std::string_view::npos) kept += c;
  }
  return kept;
}

// Commas, dollars and one final dot dropped, then equality of text.
bool EqualCleaned(std::string_view answer, std::string_view reference) {
  const auto clean = [](std::string_view text) {
    std::string cleaned = Without(text, ",$");
    if (!cleaned.empty() && cleaned.back() == '.') cleaned.pop_back();
    return cleaned;
  };
  return clean(answer) == clean(reference);
}

bool EqualWithoutCommas(std::string_view answer, std::string_view reference) {
  return Without(answer, ",") == Without(reference, ",");
}

bool NearlyEqual(std::string_view answer, std::string_view reference) {
  const std::string wanted = Without(reference, ",");
  if (answer == wanted) return true;
  double a = 0;
  double b = 0;
  const auto read = [](std::string_view text, double& value) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc() && end == text.data() + text.size();
  };
  return read(answer, a) && read(wanted, b) && std::abs(a - b) < 1e-6;
}

struct Rule {
  const char* name;
  const char* text;
  Found (*extract)(std::string_view);
  bool (*equal)(std::string_view answer, std::string_view reference);
};

constexpr Rule kRules[] = {
    {"lm-eval-gsm8k-strict", "first \"#### N\"; \",\", \"$\" and a final dot dropped; equal text",
     AfterHashes, EqualCleaned},
    {"lm-eval-gsm8k-flexible",
     "last number-like run; \",\", \"$\" and a final dot dropped; equal text", LastFlexible,
     EqualCleaned},
    {"lm-eval-gsm8k-cot",
     "first \"The answer is N.\"; \",\", \"$\" and a final dot dropped; equal text",
     AfterTheAnswerIs, EqualCleaned},
    {"opencompass-gsm8k", "last number, commas part numbers; equal within 1e-6", LastPlainNumber,
     NearlyEqual},
    {"helm-gsm8k", "last run of digits and commas; commas dropped; equal text", LastDigitsAndCommas,
     EqualWithoutCommas}};

// Verifier kinds that need nothing but a reference.
constexpr const char* kKinds[] = {"exact", "math", "numeric"};

class RuleVerifier : public Verifier {
 public:
  RuleVerifier(const Rule& rule, std::string reference)
      : rule_(rule), reference_(std::move(reference)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const Found found = rule_.extract(response);
    if (!found) return Verdict::NoAnswer("nothing that this profile reads");
    const std::string answer(Piece(response, *found));
    const bool equal = rule_.equal(answer, reference_);
    const std::string reason = answer + (equal ? " = " : " != ") + reference_;
    Verdict verdict = equal ? Verdict::Correct(answer, reason) : Verdict::Wrong(answer, reason);
    verdict.span = *found;
    return verdict;
  }

 private:
  const Rule& rule_;
  std::string reference_;
};

Result<std::unique_ptr<const Verifier>> FromSpec(const Json& spec, const Problem& problem) {
  return MakeVerifier(spec, VerifierContext{problem.reference, ToJson(problem), {}});
}

}  // namespace

std::vector<ProfileInfo> Profiles() {
  std::vector<ProfileInfo> all{{std::string(kOwnProfile), "the problem's own verifier"}};
  for (const char* kind : kKinds) {
    all.push_back({kind, fmt::format("the {} verifier with its defaults", kind)});
  }
  for (const Rule& rule : kRules) all.push_back({rule.name, rule.text});
  return all;
}

Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(const std::string& profile,
                                                            const Problem& problem) {
  if (profile == kOwnProfile) return FromSpec(problem.verifier, problem);
  for (const char* kind : kKinds) {
    if (profile == kind) return FromSpec({{"kind", kind}}, problem);
  }
  for (const Rule& rule : kRules) {
    if (profile == rule.name) return std::make_unique<RuleVerifier>(rule, problem.reference);
  }
  std::vector<std::string> known;
  for (const ProfileInfo& info : Profiles()) known.push_back(info.name);
  return Fail(ErrorCode::kUsage, "unknown profile \"{}\"{}; known are: {}", profile,
              DidYouMean(profile, known), fmt::join(known, ", "));
}

}  // namespace assay
