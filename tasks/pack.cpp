#include "tasks/pack.h"

#include <unordered_map>

#include "base/files.h"
#include "base/hash.h"
#include "tasks/suite_head.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Nothing when the file is the one that pack.json lists; a path must stay inside the pack.
Result<void> CheckFile(const std::string& name, const Json& digest, const fs::path& folder,
                       const std::string& place) {
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
    return Fail(ErrorCode::kInput,
                "{}: files: \"{}\": the file's sha256 is {}, not {}: it was edited after the pack "
                "was sealed (\"assay tasks check --seal\" renews it)",
                place, name, *actual, digest.get<std::string>());
  }
  return {};
}

// One line of problems.jsonl; `lines` knows where each id stands.
Result<Problem> ReadLine(const Result<Json>& value, const std::string& place, std::size_t number,
                         const Suite& suite, std::unordered_map<std::string, std::size_t>& lines) {
  if (!value) return Within(place, value.error());
  auto problem = ParseProblem(*value, place);
  if (!problem) return problem;
  const auto [at, fresh] = lines.emplace(problem->id, number);
  if (!fresh) {
    return Fail(ErrorCode::kInput, "{}: \"id\": \"{}\" stands on line {} already", place,
                problem->id, at->second);
  }
  if (problem->verifier.is_null() && suite.verifier.is_null()) {
    return Fail(ErrorCode::kInput, "{}: \"verifier\": is missing, and pack.json names no default",
                place);
  }
  return problem;
}

Result<void> ReadProblems(const fs::path& path, PackReading& reading) {
  std::unordered_map<std::string, std::size_t> lines;
  const auto read = ForEachJsonLine(path, [&](std::size_t number, const Result<Json>& value) {
    const std::string place = fmt::format("{}: line {}", path.string(), number);
    auto problem = ReadLine(value, place, number, reading.suite, lines);
    if (problem) {
      reading.suite.problems.push_back(std::move(*problem));
    } else {
      reading.line_faults.push_back(problem.error());
    }
    return true;
  });
  if (read && lines.empty() && reading.line_faults.empty()) {
    reading.line_faults.push_back({ErrorCode::kInput, path.string() + ": holds no problem"});
  }
  return read;
}

// The head of the suite and the list of sealed files (null if there is none).
Result<Json> ReadHead(const Json& json, const std::string& place, Suite& suite) {
  Fields fields(json, place);
  if (auto read = ReadSuiteHead(fields, place, suite); !read) return Pass(read.error());
  const Json* files = fields.OptionalAny("files");
  if (files != nullptr && !files->is_object()) fields.Refuse("files", "expected an object");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  return files == nullptr ? Json() : *files;
}

}  // namespace

Result<PackReading> ReadPack(const fs::path& folder) {
  const fs::path head = folder / "pack.json";
  PackReading reading;
  reading.suite.root = folder;
  const auto json = ReadJsonFile(head);
  if (!json && json.error().code != ErrorCode::kInput) return Pass(json.error());
  const auto files = json ? ReadHead(*json, head.string(), reading.suite) : json;
  if (!files) {
    reading.head_faults.push_back(files.error());
    return reading;
  }
  for (const auto& [name, digest] : files->items()) {
    const auto intact = CheckFile(name, digest, folder, head.string());
    if (!intact) reading.seal_faults.push_back(intact.error());
  }
  if (auto read = ReadProblems(folder / "problems.jsonl", reading); !read) {
    return Pass(read.error());
  }
  reading.suite.sha256 = ContentHash(reading.suite);
  return reading;
}

Result<Suite> LoadPack(const fs::path& folder) {
  auto reading = ReadPack(folder);
  if (!reading) return Pass(reading.error());
  for (const auto* faults : {&reading->head_faults, &reading->seal_faults, &reading->line_faults}) {
    if (!faults->empty()) return Pass(faults->front());
  }
  return std::move(reading->suite);
}

Result<void> SealPack(const fs::path& folder) {
  const fs::path path = folder / "pack.json";
  auto text = ReadFile(path);
  if (!text) return Pass(text.error());
  if (auto valid = ParseJson(*text); !valid) return Within(path.string(), valid.error());
  OrderedJson head = OrderedJson::parse(*text);
  if (!head.is_object()) return Fail(ErrorCode::kInput, "{}: expected an object", path.string());
  head["files"] = OrderedJson::object();
  for (const char* name : {"problems.jsonl", "verify.py"}) {
    std::error_code ignored;
    if (!fs::exists(folder / name, ignored)) continue;
    const auto digest = Sha256HexOfFile(folder / name);
    if (!digest) return Pass(digest.error());
    head["files"][name] = *digest;
  }
  return WriteFileAtomically(path, head.dump(2) + "\n");
}

}  // namespace assay
