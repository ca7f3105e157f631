#include "verifiers/code/code_spec.h"

#include <algorithm>

#include "base/suggest.h"

namespace assay {
namespace {

template <class Value>
Value OneOf(Fields& fields, const char* key,
            const std::vector<std::pair<std::string, Value>>& values) {
  const auto word = fields.OptionalString(key);
  if (!word) return values.front().second;
  std::vector<std::string> known;
  for (const auto& [name, value] : values) {
    if (name == *word) return value;
    known.push_back(name);
  }
  fields.Refuse(key, fmt::format("unknown word \"{}\"{}", *word, DidYouMean(*word, known)));
  return values.front().second;
}

void ReadLimits(Fields& fields, sandbox::Limits& limits) {
  constexpr std::int64_t kHour = 3'600'000;
  constexpr std::int64_t kMaxMb = 1 << 20;
  limits.cpu_ms = fields.OptionalInt("cpu_ms", 1, kHour).value_or(limits.cpu_ms);
  limits.wall_ms = fields.OptionalInt("wall_ms", 0, kHour).value_or(limits.wall_ms);
  limits.memory_mb = fields.OptionalInt("memory_mb", 1, kMaxMb).value_or(limits.memory_mb);
  limits.output_kb = fields.OptionalInt("output_kb", 1, kMaxMb).value_or(limits.output_kb);
}

void ReadFunction(Fields& fields, CodeSpec& code) {
  code.question.prompt = fields.OptionalString("prompt").value_or("");
  code.question.entry_point = fields.OptionalString("entry_point").value_or("");
  code.trust = OneOf<CodeTrust>(fields, "trust",
                                {{"auto", CodeTrust::kAuto},
                                 {"isolated", CodeTrust::kIsolated},
                                 {"in-process", CodeTrust::kInProcess}});
  const auto test = fields.OptionalString("test");
  const auto tests = fields.OptionalStrings("tests").value_or(std::vector<std::string>());
  if (test.value_or("").empty() && tests.empty())
    fields.Refuse("test", "is missing or empty: a problem without tests passes nobody");
  if (code.question.language != "python")
    fields.Refuse("language", "the function protocol knows Python only");
  code.tests = {{"prompt", code.question.prompt},
                {"setup", fields.OptionalString("setup").value_or("")},
                {"test", test.value_or("")},
                {"tests", tests},
                {"entry_point", code.question.entry_point},
                {"partial", code.partial}};
}

void ReadStdioTests(Fields& fields, CodeSpec& code) {
  const Json& tests = fields.Array("tests");
  for (const Json& test : tests) {
    const bool fits = test.is_object() && test.size() == 2 && test.contains("stdin") &&
                      test.contains("stdout") && test["stdin"].is_string() &&
                      test["stdout"].is_string();
    if (!fits) {
      fields.Refuse("tests", "expected objects of \"stdin\" and \"stdout\"");
      return;
    }
    code.stdio.push_back({test["stdin"].get<std::string>(), test["stdout"].get<std::string>()});
  }
  if (code.stdio.empty()) fields.Refuse("tests", "is empty: a problem without tests passes nobody");
}

void ReadStdio(Fields& fields, CodeSpec& code) {
  ReadStdioTests(fields, code);
  code.comparison.rule = OneOf<OutputRule>(fields, "compare",
                                           {{"tokens", OutputRule::kTokens},
                                            {"exact", OutputRule::kExact},
                                            {"floats", OutputRule::kFloats}});
  code.comparison.abs = fields.OptionalNumber("abs").value_or(code.comparison.abs);
  code.comparison.rel = fields.OptionalNumber("rel").value_or(code.comparison.rel);
  if (const Json* checker = fields.OptionalAny("checker")) {
    Fields inner(*checker, "checker");
    code.checker =
        CodeChecker{inner.OptionalString("language").value_or("python"), inner.String("source")};
    if (auto done = inner.Done(); !done) fields.Refuse("checker", done.error().message);
  }
}

void ReadInput(Fields& fields, CodeSpec& code) {
  const std::string program = fields.String("program");
  code.question.entry_point = fields.String("entry_point");
  code.tests = {{"protocol", "input"},
                {"program", program},
                {"entry_point", code.question.entry_point},
                {"expected", fields.String("expected")}};
}

void ReadRegex(Fields& fields, CodeSpec& code) {
  const auto accept = fields.Strings("accept");
  const auto reject = fields.Strings("reject");
  if (accept.empty()) fields.Refuse("accept", "is empty: a pattern that matches nothing passes");
  if (reject.empty()) fields.Refuse("reject", "is empty: a pattern that matches anything passes");
  code.tests = {{"protocol", "regex"}, {"accept", accept}, {"reject", reject}};
}

void ReadSql(Fields& fields, CodeSpec& code) {
  const Json& databases = fields.Array("databases");
  if (databases.empty()) fields.Refuse("databases", "is empty: any query passes");
  for (const Json& database : databases) {
    const bool fits = database.is_object() && database.size() == 2 && database.contains("setup") &&
                      database.contains("rows") && database["setup"].is_string() &&
                      database["rows"].is_array();
    if (!fits) {
      fields.Refuse("databases", "expected objects of \"setup\" and \"rows\"");
      return;
    }
    for (const Json& row : database["rows"]) {
      const bool plain =
          row.is_array() && std::none_of(row.begin(), row.end(), [](const Json& cell) {
            return cell.is_structured() || cell.is_boolean();
          });
      if (!plain) fields.Refuse("databases", "a row is no array of numbers, texts and nulls");
    }
  }
  code.tests = {{"protocol", "sql"},
                {"databases", databases},
                {"ordered", fields.OptionalBool("ordered").value_or(false)}};
}

void ReadProtocol(Fields& fields, CodeSpec& code) {
  switch (code.protocol) {
    case CodeProtocol::kFunction:
      return ReadFunction(fields, code);
    case CodeProtocol::kStdio:
      return ReadStdio(fields, code);
    case CodeProtocol::kInput:
      return ReadInput(fields, code);
    case CodeProtocol::kRegex:
      return ReadRegex(fields, code);
    case CodeProtocol::kSql:
      return ReadSql(fields, code);
    case CodeProtocol::kOutput:
      return;
  }
}

}  // namespace

Result<CodeSpec> ParseCodeSpec(const Json& spec, const VerifierContext& context) {
  CodeSpec code;
  Fields fields(spec, "verifier");
  fields.String("kind");
  code.question.language = fields.OptionalString("language").value_or("python");
  code.protocol = OneOf<CodeProtocol>(fields, "protocol",
                                      {{"function", CodeProtocol::kFunction},
                                       {"stdio", CodeProtocol::kStdio},
                                       {"output", CodeProtocol::kOutput},
                                       {"input", CodeProtocol::kInput},
                                       {"regex", CodeProtocol::kRegex},
                                       {"sql", CodeProtocol::kSql}});
  code.profile = fields.OptionalString("profile").value_or(code.profile);
  if (!IsCodeProfile(code.profile)) {
    fields.Refuse("profile", fmt::format("unknown profile \"{}\"{}", code.profile,
                                         DidYouMean(code.profile, CodeProfiles())));
  }
  code.partial = fields.OptionalBool("partial").value_or(false);
  code.second_seed = fields.OptionalBool("second_seed").value_or(false);
  if (code.second_seed && code.question.language != "python")
    fields.Refuse("second_seed", "only Python has a seed of hashes");
  ReadLimits(fields, code.limits);
  ReadProtocol(fields, code);
  if (code.protocol == CodeProtocol::kOutput) code.reference = context.reference;
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (code.protocol == CodeProtocol::kOutput && code.reference.empty())
    return Fail(ErrorCode::kInput, "reference: expected a Python literal, it is empty");
  return code;
}

}  // namespace assay
