#include "tasks/suite_head.h"

#include <algorithm>

namespace assay {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

bool IsName(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= kMaxNameBytes && name.front() != '-' &&
         name.front() != '.' && std::all_of(name.begin(), name.end(), allowed);
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() <= 9 && (text == "0" || text.front() != '0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// MAJOR.MINOR.PATCH, with an optional "-suffix" (semver.org, 2.0.0).
bool IsVersion(std::string_view text) {
  text = text.substr(0, text.find('-'));
  const auto first = text.find('.');
  if (first == std::string_view::npos) return false;
  const auto second = text.find('.', first + 1);
  return second != std::string_view::npos && IsNumber(text.substr(0, first)) &&
         IsNumber(text.substr(first + 1, second - first - 1)) && IsNumber(text.substr(second + 1));
}

std::size_t Occurrences(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

Result<std::vector<FewShot>> ReadFewShot(const Json& list, const std::string& place) {
  std::vector<FewShot> shots;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Fields fields(list[i], place + ": few_shot " + std::to_string(i + 1));
    FewShot shot;
    shot.prompt = fields.String("prompt");
    shot.response = fields.String("response");
    if (auto done = fields.Done(); !done) return Pass(done.error());
    shots.push_back(std::move(shot));
  }
  return shots;
}

Result<void> ReadPrompt(const Json& prompt, const std::string& place, Suite& suite) {
  Fields fields(prompt, place + ": prompt");
  suite.prompt_template = fields.OptionalString("template").value_or("{prompt}");
  if (Occurrences(suite.prompt_template, "{prompt}") != 1) {
    fields.Refuse("template", "must hold {prompt} exactly once");
  }
  suite.system = fields.OptionalString("system").value_or("");
  const auto style = fields.OptionalString("style").value_or("chat");
  if (style != "chat" && style != "completion") {
    fields.Refuse("style", "must be \"chat\" or \"completion\"");
  }
  suite.style = style == "chat" ? PromptStyle::kChat : PromptStyle::kCompletion;
  if (const Json* shots = fields.OptionalAny("few_shot"); shots != nullptr) {
    if (!shots->is_array()) fields.Refuse("few_shot", "expected a list");
    auto read = ReadFewShot(shots->is_array() ? *shots : Json::array(), place);
    if (!read) return Pass(read.error());
    suite.few_shot = std::move(*read);
  }
  return fields.Done();
}

Result<void> ReadSampling(const Json& sampling, const std::string& place, Suite& suite) {
  Fields fields(sampling, place + ": sampling");
  SamplingDefaults& into = suite.sampling;
  into.max_tokens = int(fields.OptionalInt("max_tokens", 1, 1'000'000).value_or(into.max_tokens));
  into.temperature = fields.OptionalNumber("temperature").value_or(into.temperature);
  if (into.temperature < 0 || into.temperature > 100) {
    fields.Refuse("temperature", "must be 0 to 100");
  }
  into.top_p = fields.OptionalNumber("top_p").value_or(into.top_p);
  if (into.top_p <= 0 || into.top_p > 1) fields.Refuse("top_p", "must be above 0 and at most 1");
  into.stop = fields.OptionalStrings("stop").value_or(into.stop);
  if (std::count(into.stop.begin(), into.stop.end(), "") > 0) {
    fields.Refuse("stop", "must not hold an empty string");
  }
  return fields.Done();
}

}  // namespace

Result<void> ReadSuiteHead(Fields& fields, const std::string& place, Suite& suite) {
  suite.name = fields.String("name");
  if (!IsName(suite.name)) {
    fields.Refuse("name", "must be 1 to 64 of a-z, 0-9, '-', '_', '.', not led by '-' or '.'");
  }
  suite.version = fields.String("version");
  if (!IsVersion(suite.version)) fields.Refuse("version", "must be like 1.0.0");
  suite.licence = fields.String("licence");
  if (suite.licence.empty()) fields.Refuse("licence", "must not be empty");
  suite.source = fields.String("source");
  suite.description = fields.OptionalString("description").value_or("");
  suite.canary = fields.OptionalString("canary").value_or("");
  suite.metrics = fields.OptionalStrings("metrics").value_or(std::vector<std::string>{"pass@k"});
  for (const std::string& metric : suite.metrics) {
    if (metric != "pass@k" && metric != "maj@k" && metric != "mean") {
      fields.Refuse("metrics", "must be of \"pass@k\", \"maj@k\", \"mean\"");
    }
  }
  if (suite.metrics.empty()) fields.Refuse("metrics", "must not be empty");
  suite.prompt_template = "{prompt}";
  if (const Json* prompt = fields.OptionalAny("prompt"); prompt != nullptr) {
    if (auto read = ReadPrompt(*prompt, place, suite); !read) return read;
  }
  if (const Json* sampling = fields.OptionalAny("sampling"); sampling != nullptr) {
    if (auto read = ReadSampling(*sampling, place, suite); !read) return read;
  }
  if (const Json* verifier = fields.OptionalAny("verifier"); verifier != nullptr) {
    if (!verifier->is_object() || !verifier->contains("kind")) {
      fields.Refuse("verifier", "must be an object with a \"kind\"");
    }
    suite.verifier = *verifier;
  }
  return {};
}

}  // namespace assay
