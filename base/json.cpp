#include "base/json.h"

#include <algorithm>
#include <fstream>
#include <set>

#include "base/files.h"
#include "base/suggest.h"

namespace assay {
namespace {

struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

Position PositionOf(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

// Builds the value while refusing deep nesting and duplicate keys, which nlohmann's own DOM parser
// accepts.
class BoundedSax : public nlohmann::json_sax<Json> {
 public:
  explicit BoundedSax(Json& root) : dom_(root, false) {}

  bool null() override { return dom_.null(); }
  bool boolean(bool value) override { return dom_.boolean(value); }
  bool number_integer(number_integer_t value) override { return dom_.number_integer(value); }
  bool number_unsigned(number_unsigned_t value) override { return dom_.number_unsigned(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    return dom_.number_float(value, text);
  }
  bool string(string_t& value) override { return dom_.string(value); }
  bool binary(binary_t& value) override { return dom_.binary(value); }

  bool start_object(std::size_t size) override {
    keys_.emplace_back();
    return Deeper() && dom_.start_object(size);
  }
  bool key(string_t& value) override {
    if (!keys_.back().insert(value).second) {
      problem_ = fmt::format("the key \"{}\" stands twice in one object", value);
      return false;
    }
    return dom_.key(value);
  }
  bool end_object() override {
    keys_.pop_back();
    --depth_;
    return dom_.end_object();
  }
  bool start_array(std::size_t size) override { return Deeper() && dom_.start_array(size); }
  bool end_array() override {
    --depth_;
    return dom_.end_array();
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    offset_ = position == 0 ? 0 : position - 1;
    problem_ = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 5: <what people need>"
    if (const auto colon = problem_.find(": "); colon != std::string::npos)
      problem_.erase(0, colon + 2);
    return false;
  }

  const std::string& problem() const { return problem_; }
  std::optional<std::size_t> offset() const { return offset_; }

 private:
  bool Deeper() {
    if (++depth_ <= kMaxJsonDepth) return true;
    problem_ = fmt::format("nested deeper than {} levels", kMaxJsonDepth);
    return false;
  }

  nlohmann::detail::json_sax_dom_parser<Json> dom_;
  std::vector<std::set<std::string>> keys_;
  std::string problem_;
  std::optional<std::size_t> offset_;
  int depth_ = 0;
};

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  Json value;
  BoundedSax sax(value);
  bool parsed = false;
  try {
    parsed = Json::sax_parse(text.begin(), text.end(), &sax);
  } catch (const std::exception& error) {  // numbers out of range
    return Fail(ErrorCode::kInput, "not valid JSON: {}", error.what());
  }
  if (parsed) return value;
  if (!sax.offset()) return Fail(ErrorCode::kInput, "not acceptable JSON: {}", sax.problem());
  const Position at = PositionOf(text, *sax.offset());
  return Fail(ErrorCode::kInput, "not valid JSON at line {}, column {}: {}", at.line, at.column,
              sax.problem());
}

Result<Json> ReadJsonFile(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return Pass(text.error());
  auto value = ParseJson(*text);
  if (!value) return Within(path.string(), value.error());
  return value;
}

std::string DumpJson(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string DumpJsonPretty(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<void> ForEachJsonLine(const std::filesystem::path& path,
                             const std::function<bool(std::size_t, Result<Json>)>& line) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Fail(ErrorCode::kNotFound, "{}: cannot be opened", path.string());
  std::string text;
  for (std::size_t number = 1; std::getline(file, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto value = ParseJson(text);
    if (!value) value = Within(fmt::format("{}: line {}", path.string(), number), value.error());
    if (!line(number, std::move(value))) return {};
  }
  if (file.bad())
    return Fail(ErrorCode::kUnavailable, "{}: cannot be read to its end", path.string());
  return {};
}

Fields::Fields(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
  if (!object.is_object()) {
    problem_ = Error{ErrorCode::kInput, fmt::format("{}: expected an object", place_)};
  }
}

void Fields::Refuse(const char* key, std::string_view what) {
  if (!problem_)
    problem_ = Error{ErrorCode::kInput, fmt::format("{}: \"{}\": {}", place_, key, what)};
}

const Json* Fields::Find(const char* key, bool required) {
  asked_.emplace_back(key);
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  if (found != object_.end() && (required || !found->is_null())) return &*found;
  if (required) Refuse(key, "is missing");
  return nullptr;
}

const Json* Fields::Typed(const char* key, bool required, bool (Json::*is)() const noexcept,
                          const char* what) {
  const Json* value = Find(key, required);
  if (value == nullptr || (value->*is)()) return value;
  Refuse(key, fmt::format("expected {}", what));
  return nullptr;
}

std::optional<std::string> Fields::OptionalString(const char* key) {
  const Json* value = Typed(key, false, &Json::is_string, "a string");
  return value == nullptr ? std::nullopt : std::optional(value->get<std::string>());
}

std::optional<double> Fields::OptionalNumber(const char* key) {
  const Json* value = Typed(key, false, &Json::is_number, "a number");
  return value == nullptr ? std::nullopt : std::optional(value->get<double>());
}

std::optional<std::int64_t> Fields::OptionalInt(const char* key, std::int64_t low,
                                                std::int64_t high) {
  const Json* value = Typed(key, false, &Json::is_number_integer, "a whole number");
  if (value == nullptr) return std::nullopt;
  const bool too_large = value->is_number_unsigned() &&
                         value->get<std::uint64_t>() >
                             static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto number =
      too_large ? std::numeric_limits<std::int64_t>::max() : value->get<std::int64_t>();
  if (too_large || number < low || number > high) {
    Refuse(key, fmt::format("must be {} to {}", low, high));
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Fields::OptionalBool(const char* key) {
  const Json* value = Typed(key, false, &Json::is_boolean, "true or false");
  return value == nullptr ? std::nullopt : std::optional(value->get<bool>());
}

const Json* Fields::OptionalAny(const char* key) { return Find(key, false); }

std::optional<std::vector<std::string>> Fields::OptionalStrings(const char* key) {
  const Json* value = Typed(key, false, &Json::is_array, "an array of strings");
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> strings;
  for (const Json& item : *value) {
    if (!item.is_string()) {
      Refuse(key, "expected an array of strings");
      return std::nullopt;
    }
    strings.push_back(item.get<std::string>());
  }
  return strings;
}

std::string Fields::String(const char* key) {
  Find(key, true);
  return OptionalString(key).value_or("");
}

double Fields::Number(const char* key) {
  Find(key, true);
  return OptionalNumber(key).value_or(0);
}

std::int64_t Fields::Int(const char* key, std::int64_t low, std::int64_t high) {
  Find(key, true);
  return OptionalInt(key, low, high).value_or(0);
}

bool Fields::Bool(const char* key) {
  Find(key, true);
  return OptionalBool(key).value_or(false);
}

std::vector<std::string> Fields::Strings(const char* key) {
  Find(key, true);
  return OptionalStrings(key).value_or(std::vector<std::string>());
}

const Json& Fields::Any(const char* key) {
  static const Json kNull;
  const Json* value = Find(key, true);
  return value == nullptr ? kNull : *value;
}

const Json& Fields::Object(const char* key) {
  static const Json kEmpty = Json::object();
  const Json* value = Typed(key, true, &Json::is_object, "an object");
  return value == nullptr ? kEmpty : *value;
}

const Json& Fields::Array(const char* key) {
  static const Json kEmpty = Json::array();
  const Json* value = Typed(key, true, &Json::is_array, "an array");
  return value == nullptr ? kEmpty : *value;
}

Result<void> Fields::Done() {
  if (problem_) return Pass(*problem_);
  if (others_allowed_) return {};
  for (const auto& [key, value] : object_.items()) {
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    return Fail(ErrorCode::kInput, "{}: unknown key \"{}\"{}", place_, key,
                DidYouMean(key, asked_));
  }
  return {};
}

}  // namespace assay
