#include "sandbox/language.h"

#include <unistd.h>

#include <algorithm>

#include "base/files.h"
#include "base/json.h"
#include "sandbox/builtin_languages.h"

namespace assay::sandbox {
namespace {

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Result<Language> ParseLanguage(std::string_view json, const std::string& place) {
  auto parsed = ParseJson(json);
  if (!parsed) return Within(place, parsed.error());
  Language language;
  Fields fields(*parsed, place);
  language.name = fields.String("name");
  language.aliases = fields.OptionalStrings("aliases").value_or(std::vector<std::string>{});
  language.extensions = fields.OptionalStrings("extensions").value_or(std::vector<std::string>{});
  language.source_file = fields.OptionalString("source_file").value_or("");
  language.compile = fields.OptionalStrings("compile").value_or(std::vector<std::string>{});
  language.run = fields.OptionalStrings("run").value_or(std::vector<std::string>{});
  language.precompile = fields.OptionalStrings("precompile").value_or(std::vector<std::string>{});
  language.precompiled_name = fields.OptionalString("precompiled_name").value_or("");
  language.precompiled_source = fields.OptionalString("precompiled_source").value_or("");
  language.address_space_limited = fields.OptionalBool("address_space_limited").value_or(true);
  language.memory_marker = fields.OptionalString("memory_marker").value_or("");
  const std::string policy = fields.String("policy");
  if (policy == "python") {
    language.policy = Policy::kPython;
  } else if (policy == "native") {
    language.policy = Policy::kNative;
  } else if (policy == "node") {
    language.policy = Policy::kNode;
  } else {
    fields.Refuse("policy", "must be python, native or node");
  }
  if (language.policy != Policy::kPython && language.source_file.empty()) {
    fields.Refuse("source_file", "is needed");
  }
  if (language.policy != Policy::kPython && language.compile.empty() && language.run.empty()) {
    fields.Refuse("run", "or compile is needed");
  }
  if (auto done = fields.Done(); !done) return Pass(done.error());
  return language;
}

Result<std::vector<Language>> LoadLanguages(const std::filesystem::path& extra) {
  std::vector<Language> languages;
  std::vector<std::pair<std::string, std::string>> texts;
  for (const BuiltinLanguage& builtin : kBuiltinLanguages)
    texts.emplace_back(builtin.file, builtin.json);
  if (!extra.empty()) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(extra, error)) {
      if (entry.path().extension() != ".json") continue;
      auto text = ReadFile(entry.path());
      if (!text) return Pass(text.error());
      texts.emplace_back(entry.path().string(), *text);
    }
    if (error) return Fail(ErrorCode::kNotFound, "{}: {}", extra.string(), error.message());
  }
  for (const auto& [place, text] : texts) {
    auto language = ParseLanguage(text, place);
    if (!language) return Pass(language.error());
    std::erase_if(languages, [&](const Language& known) { return known.name == language->name; });
    languages.push_back(std::move(*language));
  }
  return languages;
}

const Language* FindLanguage(const std::vector<Language>& languages, std::string_view name) {
  for (const Language& language : languages) {
    if (language.name == name || Has(language.aliases, name)) return &language;
  }
  for (const Language& language : languages) {
    if (Has(language.extensions, name)) return &language;
  }
  return nullptr;
}

std::vector<std::string> MissingTools(const Language& language) {
  std::vector<std::string> missing;
  for (const auto* command : {&language.compile, &language.run}) {
    if (!command->empty() && access(command->front().c_str(), X_OK) != 0) {
      missing.push_back(command->front());
    }
  }
  return missing;
}

}  // namespace assay::sandbox
