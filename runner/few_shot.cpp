#include "runner/few_shot.h"

#include <array>

#include "base/json.h"

namespace assay {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 3> kNames = {
    {{"prompt", "response"}, {"question", "answer"}, {"problem", "solution"}}};

std::optional<FewShot> ExampleIn(const Json& line) {
  for (const auto& [prompt, response] : kNames) {
    const auto asked = line.find(prompt);
    const auto answered = line.find(response);
    if (asked == line.end() || answered == line.end()) continue;
    if (!asked->is_string() || !answered->is_string()) continue;
    return FewShot{asked->get<std::string>(), answered->get<std::string>()};
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<FewShot>> ReadFewShot(const std::filesystem::path& file, std::size_t count) {
  std::vector<FewShot> shots;
  std::optional<Error> problem;
  const auto read = ForEachJsonLine(file, [&](std::size_t number, Result<Json> line) {
    const auto shot = line && line->is_object() ? ExampleIn(*line) : std::nullopt;
    if (!shot) {
      problem = Error{ErrorCode::kInput,
                      fmt::format("{}: line {}: expected \"prompt\" and \"response\" (or "
                                  "\"question\" and \"answer\", \"problem\" and \"solution\")",
                                  file.string(), number)};
      return false;
    }
    shots.push_back(*shot);
    return count == 0 || shots.size() < count;
  });
  if (!read) return Pass(read.error());
  if (problem) return Pass(*problem);
  if (shots.empty() || shots.size() < count) {
    return Fail(ErrorCode::kInput, "{}: holds {} example(s), {} were asked for", file.string(),
                shots.size(), std::max<std::size_t>(count, 1));
  }
  return shots;
}

void ShowExamples(std::vector<FewShot> shots, Suite& suite) {
  for (FewShot& shot : shots) {
    const bool spaced = shot.response.starts_with(' ') || shot.response.starts_with('\n');
    if (suite.style == PromptStyle::kCompletion && !spaced) shot.response.insert(0, " ");
  }
  suite.few_shot = std::move(shots);
}

}  // namespace assay
