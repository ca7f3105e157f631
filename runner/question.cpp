#include "runner/question.h"

namespace assay {

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
    set.questions.push_back(std::move(question));
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
