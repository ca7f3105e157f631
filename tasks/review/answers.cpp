#include "tasks/review/answers.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace assay {
namespace {

constexpr std::size_t kHugeBytes = 200'000;

std::string KindOf(const Json& spec) {
  return spec.is_object() ? spec.value("kind", std::string()) : std::string();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool HoldsDigit(const std::string& text) { return std::any_of(text.begin(), text.end(), IsDigit); }

// Digits one higher, one place at a time, from the last: never a leading zero.
void AddDigitSlips(const std::string& reference, std::vector<std::string>& slips) {
  for (std::size_t i = reference.size(); i-- > 0;) {
    if (!IsDigit(reference[i])) continue;
    std::string slip = reference;
    slip[i] = reference[i] == '9' ? '8' : char(reference[i] + 1);
    slips.push_back(std::move(slip));
  }
}

void AddSignSlips(const std::string& reference, std::vector<std::string>& slips) {
  const bool zero = reference.find_first_of("123456789") == std::string::npos;
  if (!HoldsDigit(reference) || zero) return;
  const bool plain = reference.find_first_not_of("-0123456789./\\{}frac") == std::string::npos;
  if (!plain) return;
  if (reference.front() == '-') {
    slips.push_back(reference.substr(1));
  } else {
    slips.push_back("-" + reference);
  }
}

std::vector<std::string> ChoiceSlips(const std::string& reference) {
  std::vector<std::string> slips;
  for (char letter = 'A'; letter <= 'F'; ++letter) {
    if (reference.size() == 1 && std::toupper(reference[0]) != letter) {
      slips.emplace_back(1, letter);
    }
  }
  return slips;
}

void AddTextSlips(const std::string& reference, std::vector<std::string>& slips) {
  if (reference.size() > 1) {
    slips.push_back(reference.substr(0, reference.size() - 1));
    slips.push_back(reference.substr(1));
  }
  for (std::size_t i = 0; i + 1 < reference.size(); ++i) {
    const auto word = [&](std::size_t at) { return std::isalnum((unsigned char)reference[at]); };
    if (!word(i) || !word(i + 1) || reference[i] == reference[i + 1]) continue;
    std::string slip = reference;
    std::swap(slip[i], slip[i + 1]);
    slips.push_back(std::move(slip));
    break;
  }
  slips.push_back(reference + "x");
}

}  // namespace

std::string ResponseWith(const Json& spec, const std::string& answer) {
  const std::string kind = KindOf(spec);
  if (kind == "math") return "Working it out gives the result.\n\n\\boxed{" + answer + "}";
  if (kind == "numeric") return "Working it out gives the result.\n\nThe answer is " + answer + ".";
  if (kind == "code") {
    const auto protocol = spec.value("protocol", std::string("function"));
    if (protocol == "output" || protocol == "input") {
      return "Tracing the program gives this.\n\n[ANSWER]" + answer + "[/ANSWER]";
    }
    const bool plain = protocol == "regex" || protocol == "sql";
    const auto language = plain ? "" : spec.value("language", std::string("python"));
    return "Here is the code.\n\n```" + language + "\n" + answer + "\n```\n";
  }
  if (answer.find('\n') != std::string::npos) {
    return "This is what I found.\n\nAnswer:\n```\n" + answer + "\n```\n";
  }
  return "This is what I found.\n\nAnswer: " + answer;
}

std::vector<std::string> Slips(const Json& spec, const std::string& reference, std::size_t count) {
  const std::string kind = KindOf(spec);
  std::vector<std::string> slips;
  if (kind == "code" || kind == "program" || reference.empty()) return slips;
  if (kind == "choice") {
    slips = ChoiceSlips(reference);
  } else {
    AddDigitSlips(reference, slips);
    if (kind == "math" || kind == "numeric") AddSignSlips(reference, slips);
    if (kind == "math" && slips.empty()) slips.push_back(reference + "+1");
    if (kind == "exact" || kind == "logic") AddTextSlips(reference, slips);
  }
  std::set<std::string> seen = {reference};
  std::vector<std::string> different;
  for (std::string& slip : slips) {
    if (different.size() < count && seen.insert(slip).second) different.push_back(std::move(slip));
  }
  return different;
}

std::vector<CheapResponse> CheapResponses(const Json& spec, const std::string& prompt,
                                          const std::string& reference) {
  std::vector<CheapResponse> cheap = {
      {"empty", ""},
      {"blank", " \n\t\n "},
      {"don't know", "I don't know."},
      {"don't know, in form", ResponseWith(spec, "I don't know")},
      {"nothing, in form", ResponseWith(spec, "")},
      {"refusal", "I'm sorry, but I can't help with that."},
      {"prompt echo", prompt},
      {"prompt echo, in form", ResponseWith(spec, prompt)},
      {"all letters", ResponseWith(spec, "A, B, C, D, E")},
      {"numbers 0 to 20",
       ResponseWith(spec,
                    "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20")},
      {"huge", std::string(kHugeBytes, 'a')},
      {"huge, in form", ResponseWith(spec, std::string(kHugeBytes, '('))},
      {"control bytes", ResponseWith(spec, std::string("\0\x01\xff\xfe", 4))},
      {"true", ResponseWith(spec, "True or False")},
  };
  // A verify.py may read thoughts as it likes; the verifiers of assay never do.
  if (KindOf(spec) != "program") {
    cheap.push_back({"thinking only", "<think>" + ResponseWith(spec, reference)});
  }
  const auto slips = Slips(spec, reference, 1);
  if (!slips.empty()) {
    cheap.push_back({"hedge", ResponseWith(spec, reference + " or " + slips[0])});
    cheap.push_back({"hedge, right one last", ResponseWith(spec, slips[0] + " or " + reference)});
  }
  return cheap;
}

}  // namespace assay
