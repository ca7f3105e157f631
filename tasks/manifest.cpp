#include "tasks/manifest.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "base/files.h"
#include "base/hash.h"
#include "tasks/field_map.h"
#include "tasks/python_data.h"
#include "tasks/suite_head.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

Result<void> ReadData(const Json& data, const std::string& place, Manifest& manifest) {
  Fields fields(data, place + ": data");
  manifest.url = fields.String("url");
  if (manifest.url.rfind("https://", 0) != 0) fields.Refuse("url", "must start with https://");
  manifest.sha256 = fields.String("sha256");
  if (manifest.sha256.size() != 64 ||
      manifest.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    fields.Refuse("sha256", "must be 64 lower-case hexadecimal digits");
  }
  manifest.files = fields.Strings("files");
  if (manifest.files.empty()) fields.Refuse("files", "must name at least one file");
  manifest.compression = fields.OptionalString("compression");
  if (manifest.compression && *manifest.compression != "gzip") {
    fields.Refuse("compression", "must be \"gzip\"");
  }
  manifest.skip = fields.OptionalInt("skip", 0, 1'000'000'000).value_or(0);
  manifest.take = fields.OptionalInt("take", 1, 1'000'000'000);
  const auto numbers = fields.OptionalString("numbers").value_or("json");
  if (numbers != "json" && numbers != "python") {
    fields.Refuse("numbers", "must be \"json\" or \"python\"");
  }
  manifest.python = numbers == "python";
  manifest.convert = fields.OptionalString("convert");
  if (manifest.convert && *manifest.convert != "json-array") {
    fields.Refuse("convert", "must be \"json-array\"");
  }
  return fields.Done();
}

Result<void> CheckFieldNames(const Json& map, const std::string& place) {
  Fields fields(map, place + ": fields");
  for (const char* required : {"id", "prompt"}) fields.Any(required);
  for (const char* optional : {"reference", "verifier", "level", "tags", "domain", "meta"}) {
    fields.OptionalAny(optional);
  }
  fields.OptionalStrings("drop");
  return fields.Done();
}

// One problem of the record, or nothing where the manifest drops it.
class Mapper {
 public:
  explicit Mapper(const Manifest& manifest) : manifest_(manifest) {
    if (manifest.fields.contains("drop")) {
      for (const Json& id : manifest.fields["drop"]) dropped_.insert(id.get<std::string>());
    }
  }

  Result<std::optional<Problem>> Map(const Json& record, std::size_t index,
                                     const std::string& place) const {
    Json line = {{"domain", manifest_.domain}};
    for (const auto& [key, expression] : manifest_.fields.items()) {
      if (key == "drop") continue;
      const bool text = key == "id" || key == "prompt" || key == "reference";
      auto value =
          text ? AsText(expression, record, index) : EvaluateField(expression, record, index);
      if (!value) return Within(place, value.error());
      line[key] = std::move(*value);
    }
    if (dropped_.count(line["id"].get<std::string>()) > 0) return std::nullopt;
    auto problem = ParseProblem(line, place);
    if (!problem) return Pass(problem.error());
    const bool needs_reference = manifest_.fields.contains("reference");
    if (needs_reference && problem->reference.empty()) {
      return Fail(ErrorCode::kInput, "{}: the reference is empty", place);
    }
    return *problem;
  }

 private:
  static Result<Json> AsText(const Json& expression, const Json& record, std::size_t index) {
    auto text = EvaluateText(expression, record, index);
    if (!text) return Pass(text.error());
    return Json(std::move(*text));
  }

  const Manifest& manifest_;
  std::unordered_set<std::string> dropped_;
};

// As ForEachJsonLine, for files whose numbers only Python reads.
Result<void> ForEachPythonLine(const fs::path& file,
                               const std::function<bool(std::size_t, Result<Json>)>& take) {
  const auto mapped = MappedFile::Open(file);
  if (!mapped) return Pass(mapped.error());
  std::string_view rest = mapped->bytes();
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto value = ParseJson(ProtectNumbers(line));
    if (!value) value = Within(fmt::format("{}: line {}", file.string(), number), value.error());
    if (!take(number, std::move(value))) return {};
  }
  return {};
}

Result<void> ReadRecords(const Manifest& manifest, const fs::path& file, Suite& suite) {
  const Mapper mapper(manifest);
  std::unordered_set<std::string> ids;
  std::size_t index = 0;
  Result<void> outcome;
  const auto for_each = manifest.python ? ForEachPythonLine : ForEachJsonLine;
  const auto read = for_each(file, [&](std::size_t number, Result<Json> record) {
    const auto at = static_cast<std::int64_t>(index);
    if (record && (at < manifest.skip || (manifest.take && at >= manifest.skip + *manifest.take))) {
      ++index;
      return true;
    }
    const std::string place = fmt::format("{}: line {}", file.string(), number);
    if (!record) {
      outcome = Within(place, record.error());
      return false;
    }
    auto problem = mapper.Map(*record, index++, place);
    if (!problem) {
      outcome = Pass(problem.error());
      return false;
    }
    if (!problem->has_value()) return true;
    if (!ids.insert((*problem)->id).second) {
      outcome = Fail(ErrorCode::kInput, "{}: the id \"{}\" stands twice", place, (*problem)->id);
      return false;
    }
    suite.problems.push_back(std::move(**problem));
    return true;
  });
  return read ? outcome : read;
}

}  // namespace

Result<Manifest> LoadManifest(const fs::path& path) {
  const auto json = ReadJsonFile(path);
  if (!json) return Pass(json.error());
  Fields fields(*json, path.string());
  Manifest manifest;
  if (auto read = ReadSuiteHead(fields, path.string(), manifest.head); !read) {
    return Pass(read.error());
  }
  manifest.name = manifest.head.name;
  manifest.count = fields.Int("count", 1);
  manifest.domain = fields.String("domain");
  const Json& data = fields.Object("data");
  const Json& map = fields.Object("fields");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (auto read = ReadData(data, path.string(), manifest); !read) return Pass(read.error());
  if (auto named = CheckFieldNames(map, path.string()); !named) return Pass(named.error());
  manifest.fields = map;
  if (manifest.head.verifier.is_null() && !map.contains("verifier")) {
    return Fail(ErrorCode::kInput, "{}: neither \"verifier\" nor \"fields\": \"verifier\" is given",
                path.string());
  }
  return manifest;
}

Result<Suite> LoadSuite(const Manifest& manifest, const fs::path& file, bool any_content) {
  if (!any_content) {
    const auto digest = Sha256HexOfFile(file);
    if (!digest) return Pass(digest.error());
    if (*digest != manifest.sha256) {
      return Fail(ErrorCode::kInput,
                  "{}: sha256 is {}, but {} {} is defined on {}: fetch the file again, or copy it "
                  "into a pack of your own",
                  file.string(), *digest, manifest.name, manifest.head.version, manifest.sha256);
    }
  }
  Suite suite = manifest.head;
  if (auto read = ReadRecords(manifest, file, suite); !read) return Pass(read.error());
  if (!any_content && suite.problems.size() != std::size_t(manifest.count)) {
    return Fail(ErrorCode::kInput, "{}: makes {} problems, but the manifest of {} says {}",
                file.string(), suite.problems.size(), manifest.name, manifest.count);
  }
  suite.sha256 = ContentHash(suite);
  return suite;
}

}  // namespace assay
