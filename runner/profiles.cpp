#include "runner/profiles.h"

#include <algorithm>

#include "base/suggest.h"
#include "runner/few_shot.h"
#include "runner/profiles/profile.h"
#include "runner/profiles/shared_program.h"
#include "runner/profiles/shots.h"
#include "runner/store/records.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

// Verifier kinds that need nothing but a reference.
constexpr const char* kKinds[] = {"exact", "math", "numeric"};

const std::vector<Profile>& All() {
  static const std::vector<Profile> all = [] {
    std::vector<Profile> rows;
    for (const auto* table : {&NumberProfiles(), &MathProfiles(), &CodeProfileTable()}) {
      rows.insert(rows.end(), table->begin(), table->end());
    }
    return rows;
  }();
  return all;
}

const Profile* Find(const std::string& name) {
  const auto found = std::find_if(All().begin(), All().end(),
                                  [&](const Profile& profile) { return name == profile.name; });
  return found == All().end() ? nullptr : &*found;
}

Error Unknown(const std::string& name) {
  std::vector<std::string> known;
  for (const ProfileInfo& info : Profiles()) known.push_back(info.name);
  return Error{ErrorCode::kUsage, fmt::format("unknown profile \"{}\"{}; known are: {}", name,
                                              DidYouMean(name, known), fmt::join(known, ", "))};
}

std::string Stripped(const std::string& text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string KindOf(const Problem& problem) {
  const bool named = problem.verifier.is_object() && problem.verifier.contains("kind") &&
                     problem.verifier["kind"].is_string();
  return named ? problem.verifier["kind"].get<std::string>() : std::string();
}

}  // namespace

bool IsCodeProblem(const Problem& problem) { return KindOf(problem) == "code"; }

Error NotJudged(const Profile& profile, const Problem& problem) {
  return Error{ErrorCode::kInput, fmt::format("judges {}, and this one has verifier kind \"{}\"",
                                              profile.judges, KindOf(problem))};
}

std::vector<ProfileInfo> Profiles() {
  std::vector<ProfileInfo> all{
      {std::string(kOwnProfile), "assay", "any problem", "the problem's own verifier"}};
  for (const char* kind : kKinds) {
    all.push_back({kind, "assay", "any problem with a reference",
                   fmt::format("the {} verifier with its defaults", kind)});
  }
  for (const Profile& profile : All()) {
    all.push_back({profile.name, profile.follows, profile.judges, profile.rule,
                   profile.prompt.has_value(), profile.prompt ? profile.prompt->shots : 0});
  }
  return all;
}

Result<std::unique_ptr<const Verifier>> MakeProfileVerifier(const std::string& profile,
                                                            const Problem& problem,
                                                            const std::filesystem::path& root) {
  const auto from_spec = [&](const Json& spec) {
    return MakeVerifier(spec, VerifierContext{problem.reference, ToJson(problem), root});
  };
  if (profile == kOwnProfile) return from_spec(problem.verifier);
  for (const char* kind : kKinds) {
    if (profile == kind) return from_spec({{"kind", kind}});
  }
  const Profile* found = Find(profile);
  if (found == nullptr) return Pass(Unknown(profile));
  return found->make(*found, problem);
}

Result<std::vector<std::unique_ptr<const Verifier>>> MakeProfileVerifiers(
    const std::vector<std::string>& profiles, const Problem& problem,
    const std::filesystem::path& root) {
  std::vector<std::unique_ptr<const Verifier>> verifiers;
  const auto programs = profiles.size() > 1 ? SharedPrograms::Of(problem) : nullptr;
  for (const std::string& profile : profiles) {
    auto made = programs ? programs->VerifierFor(profile) : nullptr;
    if (!made) {
      auto verifier = MakeProfileVerifier(profile, problem, root);
      if (!verifier && verifier.error().code == ErrorCode::kUsage) return Pass(verifier.error());
      if (!verifier) return Within("profile " + profile, verifier.error());
      made = std::move(*verifier);
    }
    verifiers.push_back(std::move(made));
  }
  return verifiers;
}

Result<void> ApplyProfilePrompt(const std::string& profile, Suite& suite, int& shots) {
  const Profile* found = Find(profile);
  if (found == nullptr) {
    const auto all = Profiles();
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const ProfileInfo& info) { return info.name == profile; });
    if (!known) return Pass(Unknown(profile));
  }
  if (found == nullptr || !found->prompt) {
    return Fail(ErrorCode::kUsage,
                "profile {} has rules for judging only, no prompt: use assay regrade", profile);
  }
  for (const Problem& problem : suite.problems) {
    const auto fits = found->make(*found, problem);
    if (!fits) return Within(suite.name + "/" + problem.id + ": profile " + profile, fits.error());
    break;  // one of each suite is enough to tell its sort
  }
  const ProfilePrompt& prompt = *found->prompt;
  suite.style = prompt.chat ? PromptStyle::kChat : PromptStyle::kCompletion;
  suite.system.clear();
  suite.prompt_template = prompt.text;
  suite.few_shot.clear();
  ShowExamples(OurShots(prompt.form, static_cast<std::size_t>(prompt.shots)), suite);
  suite.sampling.stop = prompt.stop;
  suite.sampling.max_tokens = prompt.max_tokens;
  suite.sampling.temperature = prompt.temperature;
  suite.sampling.top_p = 1;
  if (prompt.strip) {
    for (Problem& problem : suite.problems) {
      if (auto* text = std::get_if<std::string>(&problem.prompt)) *text = Stripped(*text);
    }
  }
  shots = prompt.shots;
  return {};
}

}  // namespace assay
