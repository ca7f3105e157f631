#include "verifiers/math/profiles.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "base/suggest.h"
#include "base/utf8.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/extract_boxes.h"
#include "verifiers/math/parse.h"
#include "verifiers/math/tokens.h"

namespace assay::math {
namespace {

using Text = std::optional<std::string>;

constexpr std::size_t kMaxText = 256 * 1024;

Text LastBox(std::string_view text) {
  bool unclosed = false;
  const auto boxes = FindBoxes(text, &unclosed);
  if (boxes.empty()) return std::nullopt;
  return std::string(boxes.back().inside);
}

// The box, else what stands between the first and the last dollar sign, else everything.
Text BoxOrAll(std::string_view text) {
  if (auto box = LastBox(text)) return box;
  const std::size_t first = text.find('$');
  const std::size_t last = text.rfind('$');
  if (first != std::string_view::npos && last > first)
    return std::string(text.substr(first + 1, last - first - 1));
  return std::string(text);
}

// "Final Answer: The final answer is X. I hope it is correct."
Text HopeSentence(std::string_view text) {
  constexpr std::string_view kOpen = "The final answer is";
  const std::size_t at = text.rfind(kOpen);
  if (at == std::string_view::npos) return BoxOrAll(text);
  std::string_view rest = text.substr(at + kOpen.size());
  const std::size_t end = rest.find(". I hope");
  if (end != std::string_view::npos) rest = rest.substr(0, end);
  return std::string(rest);
}

Text GsmStrict(std::string_view text) {
  std::size_t at = 0;
  while ((at = text.find("#### ", at)) != std::string_view::npos) {
    const std::size_t from = at + 5;
    std::size_t end = from;
    if (end < text.size() && text[end] == '-') ++end;
    const std::size_t digits = end;
    while (end < text.size() &&
           std::string_view("0123456789.,").find(text[end]) != std::string_view::npos)
      ++end;
    if (end > digits) return std::string(text.substr(from, end - from));
    at = from;
  }
  return std::nullopt;
}

// The last run of at least two of "$0123456789.,", or the last integer.
Text GsmFlexible(std::string_view text) {
  const auto in_run = [](char c) {
    return std::string_view("$0123456789.,").find(c) != std::string_view::npos;
  };
  Text last;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t from = i;
    if (text[i] == '-') ++i;
    std::size_t end = i;
    while (end < text.size() && in_run(text[end])) ++end;
    const bool digit = end == i + 1 && text[i] >= '0' && text[i] <= '9';
    if (end - i >= 2 || digit) {
      last = std::string(text.substr(from, end - from));
      i = end;
    } else {
      i = from + 1;
    }
  }
  return last;
}

Text QwenAnswer(std::string_view text) {
  if (auto box = LastBox(text)) return box;
  for (const std::string_view mark : {"he answer is", "final answer is"}) {
    const std::size_t at = text.rfind(mark);
    if (at == std::string_view::npos) continue;
    std::string_view rest = text.substr(at + mark.size());
    rest = rest.substr(0, rest.find('\n'));
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ':')) rest.remove_prefix(1);
    return std::string(StripWrappers(rest));
  }
  std::string_view number;
  for (std::size_t i = 0; i < text.size();) {  // the last number
    std::size_t end = i;
    if (text[end] == '-') ++end;
    const std::size_t digits = end;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 ||
                                 text[end] == ',' || text[end] == '.')) {
      ++end;
    }
    if (end > digits && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) {
      number = text.substr(i, end - i);
      i = end;
    } else {
      ++i;
    }
  }
  if (number.empty()) return std::nullopt;
  std::string s(number);
  s.erase(std::remove(s.begin(), s.end(), ','), s.end());
  if (s.ends_with('.')) s.pop_back();
  return s;
}

bool SymbolicallyEqual(const std::string& a, const std::string& b) {
  if (a.size() > kMaxAnswerBytes || b.size() > kMaxAnswerBytes) return false;
  const auto x = ParseAnswer(a);
  const auto y = ParseAnswer(b);
  if (!x || !y) return false;
  Budget budget;
  return Compare(*x, a, *y, b, Rules{}, budget).equal();
}

std::optional<double> Float(std::string s) {
  s.erase(std::remove(s.begin(), s.end(), ','), s.end());
  bool percent = false;
  if (s.ends_with('%')) {
    percent = true;
    s.pop_back();
    if (s.ends_with('\\')) s.pop_back();
  }
  if (s.empty()) return std::nullopt;
  for (const char c : s) {
    if (std::string_view("0123456789+-.eE").find(c) == std::string_view::npos) return std::nullopt;
  }
  char* end = nullptr;
  const double value = std::strtod(s.c_str(), &end);
  if (end != s.c_str() + s.size() || !std::isfinite(value)) return std::nullopt;
  return percent ? value / 100 : value;
}

bool QwenEqual(const std::string& reference, const std::string& answer) {
  std::string a = HendrycksForm(reference);
  std::string b = HendrycksForm(answer);
  if (a == b) return true;
  const auto x = Float(reference);
  const auto y = Float(answer);
  if (x && y) {
    for (const double accepted : {*x / 100, *x, *x * 100}) {
      if (std::fabs(accepted - *y) <= 1e-4 * std::max(std::fabs(accepted), std::fabs(*y)))
        return true;
    }
    return false;
  }
  return SymbolicallyEqual(reference, answer);
}

bool PrmEqual(const std::string& reference, const std::string& answer) {
  if (HendrycksForm(reference) == HendrycksForm(answer)) return true;
  const std::string a = PrmForm(reference);
  const std::string b = PrmForm(answer);
  if (a == b) return true;
  if (b.empty()) return false;
  const auto integer = [](std::string s) {
    s.erase(std::remove(s.begin(), s.end(), ','), s.end());
    const auto value = Float(s);
    return value && std::fabs(*value - std::round(*value)) <= 1e-7;
  };
  const auto fraction = [](const std::string& s) {
    return s.starts_with("\\frac{") || s.starts_with("-\\frac{");
  };
  if (fraction(a) && fraction(b)) return false;  // must be in lowest terms, so equal as written
  if (integer(a) && !integer(b)) return false;   // an integer must be written as one
  // at most two names, no braced powers
  std::string letters;
  for (const std::string* s : {&a, &b}) {
    if (s->find("^{") != std::string::npos || s->find("^(") != std::string::npos) return false;
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (b[i] == '\\') {
      while (i + 1 < b.size() && std::isalpha(static_cast<unsigned char>(b[i + 1])) != 0) ++i;
    } else if (std::isalpha(static_cast<unsigned char>(b[i])) != 0 &&
               letters.find(b[i]) == std::string::npos) {
      letters += b[i];
    }
  }
  return letters.size() <= 2 && SymbolicallyEqual(a, b);
}

struct Grader {
  Profile profile;
  Text (*extract)(std::string_view response);
  bool (*equal)(const std::string& reference, const std::string& answer);
};

const std::vector<Grader>& Graders() {
  static const std::vector<Grader> graders = {
      {{"gsm8k-flexible", "lm-evaluation-harness gsm8k, filter flexible-extract, task version 3"},
       GsmFlexible,
       [](const std::string& r, const std::string& a) { return GsmForm(r) == GsmForm(a); }},
      {{"gsm8k-strict", "lm-evaluation-harness gsm8k, filter strict-match, task version 3"},
       GsmStrict,
       [](const std::string& r, const std::string& a) { return GsmForm(r) == GsmForm(a); }},
      {{"hendrycks_math", "hendrycks/math, math_equivalence at 985bdc1"},
       BoxOrAll,
       [](const std::string& r, const std::string& a) {
         return HendrycksForm(r) == HendrycksForm(a);
       }},
      {{"minerva", "Minerva (Lewkowycz et al. 2022), appendix D, with symbolic equality after it"},
       HopeSentence,
       [](const std::string& r, const std::string& a) {
         const std::string x = MinervaForm(r);
         const std::string y = MinervaForm(a);
         return x == y || SymbolicallyEqual(x, y);
       }},
      {{"prm800k", "openai/prm800k, grader at 7ecc794"}, BoxOrAll, PrmEqual},
      {{"qwen-math", "Qwen2.5-Math, evaluation at a45202b"}, QwenAnswer, QwenEqual},
  };
  return graders;
}

class ProfileVerifier : public Verifier {
 public:
  ProfileVerifier(const Grader& grader, std::string reference)
      : grader_(grader), reference_(std::move(reference)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    if (response.size() > kMaxText) response.remove_prefix(response.size() - kMaxText);
    const auto answer = grader_.extract(response);
    if (!answer || answer->empty())
      return Verdict::NoAnswer("no answer by the rules of this profile");
    const std::string shown = Abbreviate(SanitizeUtf8(*answer), 80);
    if (answer->size() > kMaxAnswerBytes) return Verdict::Limit(shown, "the answer is too long");
    if (grader_.equal(reference_, *answer))
      return Verdict::Correct(shown, "equal by the rules of this profile");
    return Verdict::Wrong(shown, "different by the rules of this profile");
  }

 private:
  const Grader& grader_;
  std::string reference_;
};

}  // namespace

const std::vector<Profile>& Profiles() {
  static const std::vector<Profile> profiles = [] {
    std::vector<Profile> all;
    for (const Grader& grader : Graders()) all.push_back(grader.profile);
    return all;
  }();
  return profiles;
}

bool IsProfile(std::string_view name) {
  return std::any_of(Profiles().begin(), Profiles().end(),
                     [&](const Profile& p) { return name == p.name; });
}

Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(std::string_view profile,
                                                            const std::string& reference) {
  for (const Grader& grader : Graders()) {
    if (profile != grader.profile.name) continue;
    std::string answer = reference;
    if (auto box = LastBox(reference)) answer = *box;
    const std::size_t hashes = answer.rfind("####");
    if (hashes != std::string::npos) answer = answer.substr(hashes + 4);
    const std::string_view trimmed = StripWrappers(answer);
    if (trimmed.empty()) {
      return Fail(ErrorCode::kInput,
                  "verifier: kind \"math\" needs a reference, and this one is empty");
    }
    return std::make_unique<const ProfileVerifier>(grader, std::string(trimmed));
  }
  std::vector<std::string> names = {"default"};
  for (const Profile& p : Profiles()) names.emplace_back(p.name);
  return Fail(ErrorCode::kInput, "verifier: unknown profile \"{}\"{}", profile,
              DidYouMean(std::string(profile), names));
}

}  // namespace assay::math
