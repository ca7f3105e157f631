#include "tasks/pack.h"

#include <unordered_map>

#include "base/hash.h"
#include "tasks/suite_head.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// The sha256 of each file that pack.json lists; a path must stay inside the pack.
Result<void> CheckFiles(const Json& files, const fs::path& folder, const std::string& place) {
  for (const auto& [name, digest] : files.items()) {
    const fs::path relative(name);
    if (relative.is_absolute() || relative.lexically_normal().string().rfind("..", 0) == 0) {
      return Fail(ErrorCode::kInput, "{}: files: \"{}\" leads out of the pack", place, name);
    }
    if (!digest.is_string()) {
      return Fail(ErrorCode::kInput, "{}: files: \"{}\": expected a sha256", place, name);
    }
    const auto actual = Sha256HexOfFile(folder / relative);
    if (!actual) return Pass(actual.error());
    if (*actual != digest.get<std::string>()) {
      return Fail(
          ErrorCode::kInput,
          "{}: files: \"{}\": the file's sha256 is {}, not {}: it was edited after the pack "
          "was sealed (\"assay tasks check --seal\" renews it)",
          place, name, *actual, digest.get<std::string>());
    }
  }
  return {};
}

Result<void> ReadProblems(const fs::path& path, Suite& suite) {
  std::unordered_map<std::string, std::size_t> lines;
  Result<void> outcome;
  const auto read = ForEachJsonLine(path, [&](std::size_t number, Result<Json> value) {
    const std::string place = fmt::format("{}: line {}", path.string(), number);
    if (!value) {
      outcome = Within(place, value.error());
      return false;
    }
    auto problem = ParseProblem(*value, place);
    if (!problem) {
      outcome = Pass(problem.error());
      return false;
    }
    const auto [at, fresh] = lines.emplace(problem->id, number);
    if (!fresh) {
      outcome = Fail(ErrorCode::kInput, "{}: \"id\": \"{}\" stands on line {} already", place,
                     problem->id, at->second);
      return false;
    }
    if (problem->verifier.is_null() && suite.verifier.is_null()) {
      outcome = Fail(ErrorCode::kInput,
                     "{}: \"verifier\": is missing, and pack.json names no default", place);
      return false;
    }
    suite.problems.push_back(std::move(*problem));
    return true;
  });
  if (!read) return read;
  if (outcome && suite.problems.empty()) {
    return Fail(ErrorCode::kInput, "{}: holds no problem", path.string());
  }
  return outcome;
}

}  // namespace

Result<Suite> LoadPack(const fs::path& folder) {
  const fs::path head = folder / "pack.json";
  const auto json = ReadJsonFile(head);
  if (!json) return Pass(json.error());
  Fields fields(*json, head.string());
  Suite suite;
  suite.root = folder;
  if (auto read = ReadSuiteHead(fields, head.string(), suite); !read) return Pass(read.error());
  const Json* files = fields.OptionalAny("files");
  if (files != nullptr && !files->is_object()) fields.Refuse("files", "expected an object");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (files != nullptr) {
    if (auto intact = CheckFiles(*files, folder, head.string()); !intact) {
      return Pass(intact.error());
    }
  }
  if (auto read = ReadProblems(folder / "problems.jsonl", suite); !read) return Pass(read.error());
  suite.sha256 = ContentHash(suite);
  return suite;
}

}  // namespace assay
