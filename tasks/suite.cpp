#include "tasks/suite.h"

#include <algorithm>

#include "base/hash.h"

namespace assay {
namespace {

constexpr std::string_view kPlaceholder = "{prompt}";

std::string Fill(const Suite& suite, const std::string& prompt) {
  const auto at = suite.prompt_template.find(kPlaceholder);
  if (at == std::string::npos) return prompt;
  std::string text = suite.prompt_template;
  return text.replace(at, kPlaceholder.size(), prompt);
}

std::vector<Message> Opening(const Suite& suite) {
  std::vector<Message> messages;
  if (!suite.system.empty()) messages.push_back({"system", suite.system});
  for (const FewShot& shot : suite.few_shot) {
    messages.push_back({"user", Fill(suite, shot.prompt)});
    messages.push_back({"assistant", shot.response});
  }
  return messages;
}

std::string CompletionOf(const Suite& suite, const std::string& prompt) {
  std::string text = suite.system.empty() ? "" : suite.system + "\n\n";
  for (const FewShot& shot : suite.few_shot) {
    text += Fill(suite, shot.prompt) + shot.response + "\n\n";
  }
  return text + Fill(suite, prompt);
}

Json HeadToJson(const Suite& suite) {
  Json shots = Json::array();
  for (const FewShot& shot : suite.few_shot) shots.push_back({shot.prompt, shot.response});
  return {{"name", suite.name},
          {"version", suite.version},
          {"style", suite.style == PromptStyle::kChat ? "chat" : "completion"},
          {"system", suite.system},
          {"template", suite.prompt_template},
          {"few_shot", shots},
          {"verifier", suite.verifier},
          {"max_tokens", suite.sampling.max_tokens},
          {"temperature", suite.sampling.temperature},
          {"top_p", suite.sampling.top_p},
          {"stop", suite.sampling.stop},
          {"metrics", suite.metrics}};
}

}  // namespace

const Problem* Suite::Find(std::string_view id) const {
  const auto found =
      std::find_if(problems.begin(), problems.end(), [&](const Problem& p) { return p.id == id; });
  return found == problems.end() ? nullptr : &*found;
}

Prompt PromptOf(const Suite& suite, const Problem& problem, std::optional<PromptStyle> style) {
  if (const auto* turns = std::get_if<std::vector<Message>>(&problem.prompt)) {
    auto messages = Opening(suite);
    if (turns->front().role == "system" && !suite.system.empty()) messages.erase(messages.begin());
    if (turns->front().role == "system") {
      messages.insert(messages.begin(), turns->front());
      messages.insert(messages.end(), turns->begin() + 1, turns->end());
    } else {
      messages.insert(messages.end(), turns->begin(), turns->end());
    }
    return messages;
  }
  const auto& text = std::get<std::string>(problem.prompt);
  if (style.value_or(suite.style) == PromptStyle::kCompletion) return CompletionOf(suite, text);
  auto messages = Opening(suite);
  messages.push_back({"user", Fill(suite, text)});
  return messages;
}

std::string TextOf(const Prompt& prompt) {
  if (const auto* text = std::get_if<std::string>(&prompt)) return *text;
  std::string all;
  for (const Message& turn : std::get<std::vector<Message>>(prompt)) {
    if (!all.empty()) all += "\n\n";
    all += turn.content;
  }
  return all;
}

Json VerifierSpecOf(const Suite& suite, const Problem& problem) {
  if (problem.verifier.is_null()) return suite.verifier;
  if (suite.verifier.is_null() || !problem.verifier.is_object()) return problem.verifier;
  const auto kind = problem.verifier.find("kind");
  const auto default_kind = suite.verifier.find("kind");
  if (kind != problem.verifier.end() && default_kind != suite.verifier.end() &&
      *kind != *default_kind) {
    return problem.verifier;
  }
  Json spec = suite.verifier;
  spec.update(problem.verifier);
  return spec;
}

Result<std::unique_ptr<const Verifier>> VerifierOf(const Suite& suite, const Problem& problem) {
  const Json spec = VerifierSpecOf(suite, problem);
  auto verifier = MakeVerifier(spec, {problem.reference, ToJson(problem), suite.root});
  if (!verifier) return Within(suite.name + "/" + problem.id, verifier.error());
  return verifier;
}

std::string ContentHash(const Suite& suite) {
  Sha256 hash;
  hash.Update(DumpJson(HeadToJson(suite))).Update("\n");
  for (const Problem& problem : suite.problems) hash.Update(DumpJson(ToJson(problem))).Update("\n");
  return ToHex(hash.Finish());
}

}  // namespace assay
