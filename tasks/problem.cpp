#include "tasks/problem.h"

namespace assay {
namespace {

std::optional<Message> ParseMessage(const Json& turn, std::string& why) {
  if (!turn.is_object()) {
    why = "expected objects with role and content";
    return std::nullopt;
  }
  Fields fields(turn, "messages");
  Message message;
  message.role = fields.String("role");
  const Json& content = fields.Any("content");
  if (content.is_string()) {
    message.content = content.get<std::string>();
  } else if (content.is_array()) {
    for (const Json& part : content) {
      if (!part.is_object() || part.value("type", Json()) != "text" ||
          !part.value("text", Json()).is_string()) {
        why = "a content part must be {\"type\": \"text\", \"text\": …}; other parts are not read";
        return std::nullopt;
      }
      message.content += part["text"].get<std::string>();
    }
  } else {
    why = "content must be a string or a list of parts";
    return std::nullopt;
  }
  if (message.role != "system" && message.role != "user" && message.role != "assistant") {
    why = "role must be system, user or assistant";
    return std::nullopt;
  }
  if (auto done = fields.Done(); !done) {
    why = done.error().message;
    return std::nullopt;
  }
  return message;
}

std::vector<Message> ParseMessages(const Json& turns, Fields& fields) {
  std::vector<Message> messages;
  if (!turns.is_array() || turns.empty()) {
    fields.Refuse("messages", "expected a list of at least one message");
    return messages;
  }
  for (const Json& turn : turns) {
    std::string why;
    const auto message = ParseMessage(turn, why);
    if (!message) {
      fields.Refuse("messages", why);
      return messages;
    }
    messages.push_back(*message);
  }
  if (messages.back().role != "user") fields.Refuse("messages", "the last turn must be the user's");
  return messages;
}

void ParsePrompt(Fields& fields, Problem& problem) {
  const Json* messages = fields.OptionalAny("messages");
  if (messages == nullptr) {
    auto prompt = fields.String("prompt");
    if (prompt.empty()) fields.Refuse("prompt", "must not be empty");
    problem.prompt = std::move(prompt);
    return;
  }
  if (fields.OptionalAny("prompt") != nullptr) {
    fields.Refuse("prompt", "stands beside \"messages\": give one of the two");
  }
  problem.prompt = ParseMessages(*messages, fields);
}

std::string ParseReference(Fields& fields) {
  const Json* reference = fields.OptionalAny("reference");
  if (reference == nullptr) return "";
  if (!reference->is_string()) {
    fields.Refuse("reference", "must be a string (numbers too: \"42\")");
    return "";
  }
  return reference->get<std::string>();
}

}  // namespace

Result<Problem> ParseProblem(const Json& line, const std::string& place) {
  if (!line.is_object()) return Fail(ErrorCode::kInput, "{}: expected an object", place);
  Fields fields(line, place);
  Problem problem;
  problem.id = fields.String("id");
  if (problem.id.empty()) fields.Refuse("id", "must not be empty");
  ParsePrompt(fields, problem);
  problem.reference = ParseReference(fields);
  if (const Json* verifier = fields.OptionalAny("verifier"); verifier != nullptr) {
    if (!verifier->is_object()) fields.Refuse("verifier", "must be an object with a \"kind\"");
    problem.verifier = *verifier;
  }
  problem.domain = fields.OptionalString("domain").value_or("");
  problem.tags = fields.OptionalStrings("tags").value_or(std::vector<std::string>());
  if (const auto level = fields.OptionalInt("level", 0, 100)) problem.level = int(*level);
  if (const Json* meta = fields.OptionalAny("meta"); meta != nullptr) {
    if (!meta->is_object()) fields.Refuse("meta", "must be an object");
    problem.meta = *meta;
  }
  if (auto done = fields.Done(); !done) return Pass(done.error());
  return problem;
}

Json ToJson(const Problem& problem) {
  Json line = {{"id", problem.id}};
  if (const auto* text = std::get_if<std::string>(&problem.prompt)) {
    line["prompt"] = *text;
  } else {
    Json turns = Json::array();
    for (const Message& turn : std::get<std::vector<Message>>(problem.prompt)) {
      turns.push_back({{"role", turn.role}, {"content", turn.content}});
    }
    line["messages"] = std::move(turns);
  }
  if (!problem.reference.empty()) line["reference"] = problem.reference;
  if (!problem.verifier.is_null()) line["verifier"] = problem.verifier;
  if (!problem.domain.empty()) line["domain"] = problem.domain;
  if (!problem.tags.empty()) line["tags"] = problem.tags;
  if (problem.level) line["level"] = *problem.level;
  if (!problem.meta.empty()) line["meta"] = problem.meta;
  return line;
}

}  // namespace assay
