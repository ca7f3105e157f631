#include "verifiers/code/code_extract.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "verifiers/code/default_extract.h"
#include "verifiers/extract/fences.h"

namespace assay {
namespace {

using Extractor = std::optional<ExtractedCode> (*)(std::string_view, const CodeQuestion&);

ExtractedCode Alone(std::string_view response, std::string_view code) {
  const auto begin = static_cast<std::size_t>(code.data() - response.data());
  return {std::string(code), Span{begin, begin + code.size()}};
}

std::optional<ExtractedCode> Raw(std::string_view response, const CodeQuestion&) {
  return Alone(response, response);
}

std::optional<ExtractedCode> FirstFence(std::string_view response, const CodeQuestion&) {
  const auto fences = FindFences(response);
  return Alone(response, fences.empty() ? response : fences.front().code);
}

std::optional<ExtractedCode> LastFence(std::string_view response, const CodeQuestion&) {
  const auto fences = FindFences(response);
  return Alone(response, fences.empty() ? response : fences.back().code);
}

std::optional<ExtractedCode> LongestFence(std::string_view response, const CodeQuestion&) {
  const auto fences = FindFences(response);
  const auto longest = std::max_element(
      fences.begin(), fences.end(),
      [](const Fence& a, const Fence& b) { return a.code.size() < b.code.size(); });
  return Alone(response, longest == fences.end() ? response : longest->code);
}

std::optional<ExtractedCode> LiveCodeBench(std::string_view response, const CodeQuestion&) {
  const auto fences = FindFences(response);
  if (fences.empty() || !fences.back().closed) return std::nullopt;
  return Alone(response, fences.back().code);
}

std::optional<ExtractedCode> Continuation(std::string_view response, const CodeQuestion& question) {
  return ExtractedCode{question.prompt + std::string(response), Span{0, response.size()}};
}

template <std::size_t N>
std::string_view UpToStop(std::string_view text, const std::array<std::string_view, N>& stops) {
  std::size_t end = text.size();
  for (const std::string_view stop : stops) end = std::min(end, text.find(stop));
  return text.substr(0, end);
}

std::optional<ExtractedCode> BigCode(std::string_view response, const CodeQuestion& question) {
  constexpr std::array<std::string_view, 8> kStops = {"\nclass", "\ndef", "\n#",   "\n@",
                                                      "\nprint", "\nif",  "\n```", "<file_sep>"};
  const auto body = UpToStop(response, kStops);
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  std::string prompt = question.prompt;
  prompt.erase(prompt.find_last_not_of(kSpace) + 1);
  prompt.erase(0, std::min(prompt.find_first_not_of(kSpace), prompt.size()));
  return ExtractedCode{prompt + std::string(body), Span{0, body.size()}};
}

std::optional<ExtractedCode> LmEval(std::string_view response, const CodeQuestion& question) {
  constexpr std::array<std::string_view, 5> kStops = {"\nclass", "\ndef", "\n#", "\nif", "\nprint"};
  const auto body = UpToStop(response, kStops);
  return ExtractedCode{question.prompt + std::string(body), Span{0, body.size()}};
}

std::optional<ExtractedCode> SimpleEvals(std::string_view response, const CodeQuestion& question) {
  constexpr std::string_view kOpen = "```python\n";
  std::string_view code = response;
  if (const auto open = response.find(kOpen); open != std::string_view::npos) {
    const auto begin = open + kOpen.size();
    if (const auto close = response.find("```", begin); close != std::string_view::npos)
      code = response.substr(begin, close - begin);
  }
  // Where there is no such line, its rule takes everything from the second character on.
  const auto body = code.find(":\n    ");
  code = code.substr(std::min(body == std::string_view::npos ? 1 : body + 2, code.size()));
  ExtractedCode extracted = Alone(response, code);
  extracted.program = question.prompt + extracted.program;
  return extracted;
}

struct Profile {
  std::string_view name;
  Extractor extract;
};

constexpr std::array<Profile, 11> kProfiles{{{"bigcode", BigCode},
                                             {"continuation", Continuation},
                                             {"default", DefaultExtract},
                                             {"evalplus", FirstFence},
                                             {"first", FirstFence},
                                             {"last", LastFence},
                                             {"livecodebench", LiveCodeBench},
                                             {"lm-eval", LmEval},
                                             {"longest", LongestFence},
                                             {"raw", Raw},
                                             {"simple-evals", SimpleEvals}}};

}  // namespace

bool IsCodeProfile(std::string_view name) {
  return std::any_of(kProfiles.begin(), kProfiles.end(),
                     [&](const Profile& profile) { return profile.name == name; });
}

std::vector<std::string> CodeProfiles() {
  std::vector<std::string> names;
  for (const Profile& profile : kProfiles) names.emplace_back(profile.name);
  return names;
}

std::optional<ExtractedCode> ExtractCode(std::string_view response, std::string_view profile,
                                         const CodeQuestion& question) {
  const auto found = std::find_if(kProfiles.begin(), kProfiles.end(),
                                  [&](const Profile& known) { return known.name == profile; });
  ASSAY_CHECK(found != kProfiles.end(), "unknown code profile");
  return found->extract(response, question);
}

}  // namespace assay
