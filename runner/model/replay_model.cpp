#include "runner/model/replay_model.h"

#include <map>
#include <unordered_map>
#include <utility>

#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"

namespace assay {
namespace {

using Index = std::unordered_map<std::string, std::map<std::int64_t, std::string_view>>;

struct Recorded {
  std::string problem;
  std::optional<std::int64_t> sample;
  Response response;
};

std::string StringOr(Fields& fields, const char* first, const char* second) {
  auto value = fields.OptionalString(first);
  auto other = fields.OptionalString(second);
  if (!value && !other) fields.Refuse(first, fmt::format("is missing (or \"{}\")", second));
  return value ? std::move(*value) : std::move(other).value_or("");
}

template <class T>
std::vector<T> Numbers(Fields& fields, const char* key) {
  std::vector<T> values;
  const Json* array = fields.OptionalAny(key);
  if (array == nullptr) return values;
  if (!array->is_array()) fields.Refuse(key, "expected an array of numbers");
  for (const Json& item : *array) {
    if (item.is_number()) {
      values.push_back(item.get<T>());
    } else {
      fields.Refuse(key, "expected an array of numbers");
    }
  }
  return values;
}

Result<Recorded> ParseLine(std::string_view line, const std::string& place) {
  const auto value = ParseJson(line);
  if (!value) return Within(place, value.error());
  Fields fields(*value, place);
  fields.AllowOthers();
  Recorded recorded;
  recorded.problem = StringOr(fields, "problem", "id");
  recorded.sample = fields.OptionalInt("sample", 0, std::numeric_limits<std::int32_t>::max());
  Response& response = recorded.response;
  response.text = StringOr(fields, "response", "text");
  const std::string finish = fields.OptionalString("finish").value_or("stop");
  if (finish != "stop" && finish != "length") fields.Refuse("finish", "must be stop or length");
  response.finish = finish == "length" ? Finish::kLength : Finish::kStop;
  response.ids = Numbers<TokenId>(fields, "ids");
  response.logprobs = Numbers<float>(fields, "logprobs");
  response.prompt_tokens = fields.OptionalInt("prompt_tokens", 0).value_or(0);
  response.response_tokens = fields.OptionalInt("response_tokens", 0)
                                 .value_or(static_cast<std::int64_t>(response.ids.size()));
  if (auto done = fields.Done(); !done) return Pass(done.error());
  return recorded;
}

class ReplayModel : public Model {
 public:
  ReplayModel(std::filesystem::path path, MappedFile file)
      : path_(std::move(path)), file_(std::move(file)) {}

  Result<void> BuildIndex() {
    std::string_view rest = file_.bytes();
    for (std::size_t number = 1; !rest.empty(); ++number) {
      const auto end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      const std::string place = fmt::format("{}: line {}", path_.string(), number);
      const auto recorded = ParseLine(line, place);
      if (!recorded) return Pass(recorded.error());
      auto& samples = index_[recorded->problem];
      const auto sample =
          recorded->sample.value_or(samples.empty() ? 0 : samples.rbegin()->first + 1);
      if (!samples.emplace(sample, line).second) {
        return Fail(ErrorCode::kInput, "{}: sample {} of problem \"{}\" stands there twice", place,
                    sample, recorded->problem);
      }
    }
    identity_ = "replay:" + Sha256Hex(file_.bytes());
    return {};
  }

  void Sample(const std::vector<Request>& requests, const OnFinished& on_finished,
              const std::stop_token& stop) override {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (stop.stop_requested()) {
        Response cancelled;
        cancelled.finish = Finish::kCancelled;
        on_finished(i, std::move(cancelled));
      } else {
        on_finished(i, Find(requests[i]));
      }
    }
  }

  std::string Identity() const override { return identity_; }
  std::string Description() const override {
    return "recorded responses: " + path_.filename().string();
  }
  std::size_t PreferredConcurrency() const override { return 256; }

 private:
  Result<Response> Find(const Request& request) const {
    auto found = index_.find(request.problem_id);
    const auto slash = request.problem_id.find('/');
    if (found == index_.end() && slash != std::string::npos) {
      found = index_.find(request.problem_id.substr(slash + 1));
    }
    if (found == index_.end()) {
      return Fail(ErrorCode::kNotFound, "{}: no response to problem \"{}\"", path_.string(),
                  request.problem_id);
    }
    const auto line = found->second.find(request.sample);
    if (line == found->second.end()) {
      return Fail(ErrorCode::kNotFound, "{}: no sample {} of problem \"{}\"", path_.string(),
                  request.sample, request.problem_id);
    }
    auto recorded = ParseLine(line->second, path_.string());
    if (!recorded) return Pass(recorded.error());
    return std::move(recorded->response);
  }

  std::filesystem::path path_;
  MappedFile file_;
  Index index_;  // lines point into file_
  std::string identity_;
};

}  // namespace

Result<std::unique_ptr<Model>> OpenReplayModel(const std::filesystem::path& path) {
  auto file = MappedFile::Open(path);
  if (!file) return Pass(file.error());
  auto model = std::make_unique<ReplayModel>(path, std::move(*file));
  if (auto built = model->BuildIndex(); !built) return Pass(built.error());
  return model;
}

}  // namespace assay
