// base/json.h -- The one adapter around nlohmann::json: parsing never throws, nesting is bounded,
// and errors name the line, column or key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay {

using Json = nlohmann::json;
// Keeps keys in the order they were written; for files that people read.
using OrderedJson = nlohmann::ordered_json;

inline constexpr int kMaxJsonDepth = 256;

// One JSON value and nothing after it. Invalid UTF-8, nesting beyond kMaxJsonDepth and duplicate
// keys are kInput errors that give line and column (both from 1).
Result<Json> ParseJson(std::string_view text);
// The same for a whole file; the error starts with its path.
Result<Json> ReadJsonFile(const std::filesystem::path& path);

// Compact text, keys sorted, ASCII-safe where bytes are not UTF-8 (they become U+FFFD): never
// throws. Equal values give equal bytes: fit for hashing.
std::string DumpJson(const Json& value);
std::string DumpJsonPretty(const Json& value);

// Calls `line` for each non-blank line with its number from 1 and its parsed value or the reason
// why not. A bad line does not end the file; `line` returning false does. Errors: the file cannot
// be read.
Result<void> ForEachJsonLine(
    const std::filesystem::path& path,
    const std::function<bool(std::size_t number, Result<Json> value)>& line);

// Reads the keys of one object, by name and type, and refuses the ones nobody asked for:
//
//   Fields fields(object, "verifier");
//   auto kind = fields.String("kind");
//   auto rel = fields.OptionalNumber("rel");
//   if (auto done = fields.Done(); !done) return Pass(done.error());   // first problem found, or
//   unknown key use(kind, rel.value_or(0));
//
// The first problem is remembered; getters return a harmless default after it. One thread at a
// time.
class Fields {
 public:
  // `place` starts every message ("pack.json", "line 7", "verifier"). `object` must outlive this.
  Fields(const Json& object, std::string place);

  // Required keys.
  std::string String(const char* key);
  double Number(const char* key);
  std::int64_t Int(const char* key, std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                   std::int64_t high = std::numeric_limits<std::int64_t>::max());
  bool Bool(const char* key);
  const Json& Any(const char* key);
  const Json& Object(const char* key);
  const Json& Array(const char* key);
  std::vector<std::string> Strings(const char* key);

  // Optional keys; `null` counts as absent.
  std::optional<std::string> OptionalString(const char* key);
  std::optional<double> OptionalNumber(const char* key);
  std::optional<std::int64_t> OptionalInt(
      const char* key, std::int64_t low = std::numeric_limits<std::int64_t>::min(),
      std::int64_t high = std::numeric_limits<std::int64_t>::max());
  std::optional<bool> OptionalBool(const char* key);
  const Json* OptionalAny(const char* key);
  std::optional<std::vector<std::string>> OptionalStrings(const char* key);

  // Notes a problem of the caller's own ("level must be 1 to 10"). The first one noted is kept.
  void Refuse(const char* key, std::string_view what);
  // Allows unknown keys from now on (files written by others).
  void AllowOthers() { others_allowed_ = true; }
  // kInput with the first problem, else the first key that no getter asked for, with the nearest
  // known one.
  Result<void> Done();

 private:
  const Json* Find(const char* key, bool required);
  const Json* Typed(const char* key, bool required, bool (Json::*is)() const noexcept,
                    const char* what);

  const Json& object_;
  std::string place_;
  std::vector<std::string> asked_;
  std::optional<Error> problem_;
  bool others_allowed_ = false;
};

}  // namespace assay
