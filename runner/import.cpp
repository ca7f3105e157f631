#include "runner/import.h"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "runner/zip_archive.h"

namespace assay {
namespace {

struct Record {
  std::string id;      // of the problem, "" where only `number` is known
  std::string filter;  // lm-eval: under which of its rules this line reports the same responses
  std::optional<std::size_t> number;  // its place in the suite, from 0
  std::vector<Response> responses;
  std::optional<std::int64_t> sample;  // absent: next in turn
};

Response TextResponse(std::string text, bool truncated = false) {
  Response response;
  response.text = std::move(text);
  response.finish = truncated ? Finish::kLength : Finish::kStop;
  return response;
}

std::string IdText(const Json& id) { return id.is_string() ? id.get<std::string>() : DumpJson(id); }

// "resps" is a list with one entry a request, each a list with one text a repeat.
Result<Record> FromLmEval(const Json& line, const std::string& place) {
  Fields fields(line, place);
  fields.AllowOthers();
  Record record;
  record.number = static_cast<std::size_t>(fields.Int("doc_id", 0));
  record.filter = fields.OptionalString("filter").value_or("");
  for (const Json& request : fields.Array("resps")) {
    for (const Json& text : request.is_array() ? request : Json::array({request})) {
      if (!text.is_string())
        fields.Refuse("resps", "expected lists of texts");
      else
        record.responses.push_back(TextResponse(text.get<std::string>()));
    }
  }
  if (auto done = fields.Done(); !done) return Pass(done.error());
  return record;
}

Result<Record> FromEvalplus(const Json& line, const std::string& place) {
  Fields fields(line, place);
  fields.AllowOthers();
  Record record;
  record.id = fields.String("task_id");
  const auto completion = fields.OptionalString("completion");
  const auto solution = fields.OptionalString("solution");
  if (!completion && !solution) fields.Refuse("completion", "is missing (or \"solution\")");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  record.responses.push_back(TextResponse(solution ? *solution : *completion));
  return record;
}

Result<Record> FromPlain(const Json& line, const std::string& place) {
  Fields fields(line, place);
  fields.AllowOthers();
  Record record;
  const Json* problem = fields.OptionalAny("problem");
  if (problem == nullptr) problem = fields.OptionalAny("id");
  if (problem == nullptr)
    fields.Refuse("problem", "is missing (or \"id\")");
  else
    record.id = IdText(*problem);
  record.sample = fields.OptionalInt("sample", 0, std::numeric_limits<std::int32_t>::max());
  auto text = fields.OptionalString("response");
  if (!text) text = fields.OptionalString("text");
  if (!text) fields.Refuse("response", "is missing (or \"text\")");
  const std::string finish = fields.OptionalString("finish").value_or("stop");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  record.responses.push_back(TextResponse(std::move(*text), finish == "length"));
  return record;
}

// A message's content: a text, or parts of which the texts count.
std::string ContentText(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (!content.is_array()) return text;
  for (const Json& part : content) {
    if (part.is_object() && part.value("type", "") == "text" && part.contains("text") &&
        part["text"].is_string()) {
      text += part["text"].get<std::string>();
    }
  }
  return text;
}

Result<Record> FromInspect(const Json& sample, const std::string& place) {
  Fields fields(sample, place);
  fields.AllowOthers();
  Record record;
  const Json& id = fields.Any("id");
  if (id.is_number_unsigned() && id.get<std::uint64_t>() > 0) {
    record.number = id.get<std::size_t>() - 1;
  }
  record.id = IdText(id);
  record.sample = fields.OptionalInt("epoch", 1, std::numeric_limits<std::int32_t>::max());
  if (record.sample) --*record.sample;
  const Json& output = fields.Object("output");
  const auto choices = output.find("choices");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (choices == output.end() || !choices->is_array() || choices->empty()) return record;  // failed
  const Json& choice = choices->front();
  if (!choice.is_object() || !choice.contains("message") || !choice["message"].is_object() ||
      !choice["message"].contains("content")) {
    return Fail(ErrorCode::kInput, "{}: \"output\": a choice without a message", place);
  }
  const Json reason = choice.value("stop_reason", Json());
  record.responses.push_back(TextResponse(ContentText(choice["message"]["content"]),
                                          reason == "max_tokens" || reason == "model_length"));
  return record;
}

using Texts = std::map<std::string, std::map<std::int64_t, Response>>;  // by full id, sample

class ImportedModel : public Model {
 public:
  ImportedModel(Texts texts, std::string identity, std::string description)
      : texts_(std::move(texts)),
        identity_(std::move(identity)),
        description_(std::move(description)) {}

  void Sample(const std::vector<Request>& requests, const OnFinished& on_finished,
              const std::stop_token& stop) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Response cancelled;
      cancelled.finish = Finish::kCancelled;
      if (stop.stop_requested()) {
        on_finished(i, std::move(cancelled));
      } else {
        on_finished(i, Find(requests[i]));
      }
    }
  }
  std::string Identity() const override { return identity_; }
  std::string Description() const override { return description_; }
  std::size_t PreferredConcurrency() const override { return 256; }

 private:
  Result<Response> Find(const Request& request) const {
    const auto problem = texts_.find(request.problem_id);
    if (problem != texts_.end()) {
      const auto sample = problem->second.find(request.sample);
      if (sample != problem->second.end()) return sample->second;
    }
    return Fail(ErrorCode::kNotFound, "the file has no sample {} of {}", request.sample,
                request.problem_id);
  }

  Texts texts_;
  std::string identity_;
  std::string description_;
};

class Importer {
 public:
  explicit Importer(const QuestionSet& suite) : suite_(suite) {
    for (std::size_t i = 0; i < suite.questions.size(); ++i) {
      const std::string& id = suite.questions[i].problem.id;
      places_[id] = i;
      places_[FullProblemId(suite.name, id)] = i;
    }
  }

  Result<void> Add(Record record, const std::string& place) {
    if (!filter_) filter_ = record.filter;
    if (record.filter != *filter_) return {};
    auto found = places_.find(record.id);
    if (found == places_.end()) found = places_.find(FullProblemId(suite_.name, record.id));
    const auto number = found != places_.end() ? found->second : record.number;
    if (!number || *number >= suite_.questions.size()) {
      return Fail(ErrorCode::kInput, "{}: suite {} has no problem {}", place, suite_.name,
                  record.id.empty() && record.number ? std::to_string(*record.number) : record.id);
    }
    auto& samples = texts[FullProblemId(suite_.name, suite_.questions[*number].problem.id)];
    for (Response& response : record.responses) {
      const auto sample = record.sample.value_or(samples.empty() ? 0 : samples.rbegin()->first + 1);
      if (!samples.emplace(sample, std::move(response)).second) {
        return Fail(ErrorCode::kInput, "{}: sample {} of this problem stands there twice", place,
                    sample);
      }
      ++responses;
      most = std::max(most, static_cast<int>(sample) + 1);
    }
    return {};
  }

  Texts texts;
  std::int64_t responses = 0;
  int most = 0;

 private:
  const QuestionSet& suite_;
  std::unordered_map<std::string, std::optional<std::size_t>> places_;
  std::optional<std::string> filter_;  // the first one; the others repeat its responses
};

using Parser = Result<Record> (*)(const Json& line, const std::string& place);
struct Format {
  const char* name;
  Parser parse;
};
Format FormatOf(const Json& line) {
  if (line.contains("doc_id") && line.contains("resps")) return {"lm-eval", FromLmEval};
  if (line.contains("task_id")) return {"evalplus", FromEvalplus};
  return {"plain", FromPlain};
}

bool IsInspectLog(const Json& value) {
  return value.is_object() && value.contains("samples") && value.contains("eval");
}

Result<std::string> ReadLines(const std::filesystem::path& file, Importer& importer) {
  std::string format;
  std::optional<Error> problem;
  const auto read = ForEachJsonLine(file, [&](std::size_t number, Result<Json> line) {
    const std::string place = fmt::format("{}: line {}", file.string(), number);
    if (!line || !line->is_object()) {
      problem = line ? Error{ErrorCode::kInput, place + ": expected an object"} : line.error();
      return false;
    }
    const Format one = FormatOf(*line);
    format = one.name;
    auto record = one.parse(*line, place);
    const auto added = record ? importer.Add(std::move(*record), place) : Pass(record.error());
    if (!added) problem = added.error();
    return !problem;
  });
  if (!read) return Pass(read.error());
  if (problem) return Pass(*problem);
  return format;
}

Result<std::string> ReadInspect(const Json& log, const std::filesystem::path& file,
                                Importer& importer) {
  if (!log["samples"].is_array()) {
    return Fail(ErrorCode::kInput, "{}: \"samples\": expected an array", file.string());
  }
  std::size_t number = 0;
  for (const Json& sample : log["samples"]) {
    const std::string place = fmt::format("{}: sample {}", file.string(), ++number);
    auto record = FromInspect(sample, place);
    if (!record) return Pass(record.error());
    if (auto added = importer.Add(std::move(*record), place); !added) return Pass(added.error());
  }
  return std::string("inspect");
}

// An archive of inspect: one member a sample and epoch.
Result<std::string> ReadInspectArchive(const std::filesystem::path& file, Importer& importer) {
  const auto archive = ZipArchive::Open(file);
  if (!archive) return Pass(archive.error());
  for (const ZipArchive::Member& member : archive->members()) {
    if (!member.name.starts_with("samples/") || !member.name.ends_with(".json")) continue;
    const std::string place = file.string() + ": " + member.name;
    const auto text = archive->Read(member);
    if (!text) return Pass(text.error());
    const auto sample = ParseJson(*text);
    if (!sample) return Within(place, sample.error());
    auto record = FromInspect(*sample, place);
    if (!record) return Pass(record.error());
    if (auto added = importer.Add(std::move(*record), place); !added) return Pass(added.error());
  }
  return std::string("inspect");
}

// What evalplus writes after judging: {"eval": {task: [{"solution": …}]}}.
bool IsEvalplusResults(const Json& value) {
  return value.is_object() && value.contains("eval") && value["eval"].is_object() &&
         value.contains("hash");
}

Result<std::string> ReadEvalplusResults(const Json& results, const std::filesystem::path& file,
                                        Importer& importer) {
  for (const auto& [task, samples] : results["eval"].items()) {
    const std::string place = file.string() + ": " + task;
    if (!samples.is_array()) return Fail(ErrorCode::kInput, "{}: expected a list", place);
    for (const Json& sample : samples) {
      auto record = FromEvalplus(sample, place);
      if (!record) return Pass(record.error());
      if (auto added = importer.Add(std::move(*record), place); !added) return Pass(added.error());
    }
  }
  return std::string("evalplus");
}

Result<std::string> ReadDocument(const std::filesystem::path& file, Importer& importer) {
  const auto log = ReadJsonFile(file);
  if (!log) return Pass(log.error());
  if (IsInspectLog(*log)) return ReadInspect(*log, file, importer);
  if (IsEvalplusResults(*log)) return ReadEvalplusResults(*log, file, importer);
  return Fail(ErrorCode::kInput,
              "{}: expected an inspect log with \"eval\" and \"samples\", evalplus results with "
              "\"hash\" and \"eval\", or JSON lines in a .jsonl file",
              file.string());
}

Result<std::string> ReadAny(const std::filesystem::path& file, Importer& importer) {
  if (file.extension() == ".eval") return ReadInspectArchive(file, importer);
  if (file.extension() == ".json") return ReadDocument(file, importer);
  return ReadLines(file, importer);
}

}  // namespace

Result<ImportedFile> ImportResponses(const std::filesystem::path& file, const QuestionSet& suite) {
  const auto hash = Sha256HexOfFile(file);
  if (!hash) return Pass(hash.error());
  Importer importer(suite);
  const auto format = ReadAny(file, importer);
  if (!format) return Pass(format.error());
  if (importer.responses == 0) {
    return Fail(ErrorCode::kInput, "{}: holds no response", file.string());
  }
  ImportedFile imported;
  imported.format = *format;
  imported.responses = importer.responses;
  imported.samples = importer.most;
  for (const auto& [id, samples] : importer.texts) {
    if (!samples.empty()) imported.problems.insert(id);
  }
  imported.model = std::make_unique<ImportedModel>(
      std::move(importer.texts), "import:" + *hash,
      fmt::format("imported from {} ({})", file.filename().string(), *format));
  return imported;
}

}  // namespace assay
