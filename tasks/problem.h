// tasks/problem.h -- A prompt with a reference and a verifier.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// One chat turn. `content` is text; parts that are not text stay in the problem's JSON.
struct Message {
  std::string role;  // "system", "user", "assistant"
  std::string content;
};

struct Problem {
  std::string id;  // unique within its suite
  std::variant<std::string, std::vector<Message>> prompt;
  std::string reference;
  Json verifier;       // {"kind": …}
  std::string domain;  // "math", "code", "logic", …; may be empty
  std::vector<std::string> tags;
  std::optional<int> level;
  Json meta = Json::object();
};

// Reads one line of problems.jsonl. Unknown keys are refused; `place` ("problems.jsonl: line 7")
// starts every message. `verifier` may be absent when the suite has a default: it is then null.
Result<Problem> ParseProblem(const Json& line, const std::string& place);
Json ToJson(const Problem& problem);

}  // namespace assay
