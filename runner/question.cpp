#include "runner/question.h"

#include "base/files.h"
#include "base/hash.h"
#include "runner/verifier_files.h"

namespace assay {
namespace {

void ReadVerifierFile(const Problem& problem, QuestionSet& set) {
  const std::string name = VerifierFileOf(problem);
  if (name.empty() || set.root.empty() || set.files.count(name) > 0) return;
  auto bytes = ReadFile(set.root / name);
  if (bytes) set.files[name] = std::move(*bytes);
}

}  // namespace

QuestionSet QuestionsOf(const Suite& suite) {
  QuestionSet set;
  set.name = suite.name;
  set.version = suite.version;
  set.digest = suite.sha256;
  set.root = suite.root;
  set.sampling.max_tokens = suite.sampling.max_tokens;
  set.sampling.temperature = suite.sampling.temperature;
  set.sampling.top_p = suite.sampling.top_p;
  set.sampling.stop = suite.sampling.stop;
  set.metrics = suite.metrics;
  for (const Problem& problem : suite.problems) {
    Question question{problem, PromptOf(suite, problem)};
    question.problem.verifier = VerifierSpecOf(suite, problem);
    ReadVerifierFile(question.problem, set);
    set.questions.push_back(std::move(question));
  }
  for (const auto& [name, bytes] : set.files) {
    set.digest = Sha256Hex(set.digest + "\n" + name + "\n" + Sha256Hex(bytes));
  }
  return set;
}

std::string FullProblemId(const std::string& suite, const std::string& id) {
  return id.rfind(suite + "/", 0) == 0 ? id : suite + "/" + id;
}

Json ToJson(const Prompt& prompt) {
  if (const auto* text = std::get_if<std::string>(&prompt)) return Json(*text);
  Json messages = Json::array();
  for (const Message& message : std::get<std::vector<Message>>(prompt)) {
    messages.push_back({{"role", message.role}, {"content", message.content}});
  }
  return messages;
}

Json ToJson(const Sampling& sampling) {
  return {{"max_tokens", sampling.max_tokens}, {"temperature", sampling.temperature},
          {"top_k", sampling.top_k},           {"top_p", sampling.top_p},
          {"min_p", sampling.min_p},           {"stop", sampling.stop},
          {"logprobs", sampling.logprobs}};
}

}  // namespace assay
