// runner/model/template/jinja/value.h -- What a template computes with: Python's values, as far as
// chat templates use them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "runner/model/template/jinja/text.h"

namespace assay::jinja {

class Run;
class Value;
struct Dict;
struct Function;

struct Undefined {
  std::string name;  // for messages
};
struct None {};
using List = std::vector<Value>;

struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
  // The argument by position or name; null where it is not given.
  const Value* Get(std::size_t position, std::string_view name) const;
};

// Cheap to copy: text, lists, mappings and functions are shared.
class Value {
 public:
  Value() : data_(Undefined{}) {}
  explicit Value(Undefined undefined) : data_(std::move(undefined)) {}
  explicit Value(None none) : data_(none) {}
  explicit Value(bool value) : data_(value) {}
  explicit Value(std::int64_t value) : data_(value) {}
  explicit Value(double value) : data_(value) {}
  explicit Value(Text text) : data_(std::make_shared<const Text>(std::move(text))) {}
  explicit Value(std::string text) : Value(Text(std::move(text))) {}
  explicit Value(const char* text) : Value(std::string(text)) {}
  explicit Value(List list, bool tuple = false)
      : data_(std::make_shared<List>(std::move(list))), tuple_(tuple) {}
  explicit Value(std::shared_ptr<Dict> dict) : data_(std::move(dict)) {}
  explicit Value(std::shared_ptr<const Function> function) : data_(std::move(function)) {}

  bool IsUndefined() const { return std::holds_alternative<Undefined>(data_); }
  bool IsNone() const { return std::holds_alternative<None>(data_); }
  bool IsBool() const { return std::holds_alternative<bool>(data_); }
  bool IsInt() const { return std::holds_alternative<std::int64_t>(data_); }
  bool IsFloat() const { return std::holds_alternative<double>(data_); }
  bool IsNumber() const { return IsInt() || IsFloat() || IsBool(); }
  bool IsText() const { return std::holds_alternative<std::shared_ptr<const Text>>(data_); }
  bool IsList() const { return std::holds_alternative<std::shared_ptr<List>>(data_); }
  bool IsTuple() const { return tuple_; }
  bool IsDict() const { return std::holds_alternative<std::shared_ptr<Dict>>(data_); }
  bool IsFunction() const { return std::holds_alternative<std::shared_ptr<const Function>>(data_); }

  const Undefined& AsUndefined() const { return std::get<Undefined>(data_); }
  std::int64_t AsInt() const;  // of an int or bool
  double AsFloat() const;      // of any number
  const Text& AsText() const { return *std::get<std::shared_ptr<const Text>>(data_); }
  const List& AsList() const { return *std::get<std::shared_ptr<List>>(data_); }
  Dict& AsDict() const { return *std::get<std::shared_ptr<Dict>>(data_); }
  const Function& AsFunction() const { return *std::get<std::shared_ptr<const Function>>(data_); }

  bool Truth() const;
  std::string TypeName() const;  // as in Python: "str", "NoneType"

 private:
  std::variant<Undefined, None, bool, std::int64_t, double, std::shared_ptr<const Text>,
               std::shared_ptr<List>, std::shared_ptr<Dict>, std::shared_ptr<const Function>>
      data_;
  bool tuple_ = false;
};

// Keeps the order of insertion. Lookup is linear: messages and tools have few keys.
struct Dict {
  std::vector<std::pair<Value, Value>> entries;
  bool is_namespace = false;  // may be assigned to

  const Value* Find(const Value& key) const;
  const Value* Find(std::string_view key) const;
  void Put(Value key, Value value);
};

struct Function {
  std::string name;
  std::function<Value(Run&, const Arguments&)> call;
};

Value MakeFunction(std::string name, std::function<Value(Run&, const Arguments&)> call);

// Python's ==; and < where both can be ordered, else nothing.
bool Equal(const Value& a, const Value& b);
std::optional<bool> Less(const Value& a, const Value& b);

// Python's str() and repr(), which differ for text.
Text ToText(const Value& value);
Text Represent(const Value& value);
std::string FormatFloat(double value);

// `user`: strings in it were written by strangers.
Value FromJson(const OrderedJson& json, bool user);

struct JsonStyle {
  int indent = -1;  // -1: one line
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  bool sort_keys = false;
  bool ascii = false;
};
// json.dumps of Python; nothing where the value has no JSON form.
std::optional<Text> ToJsonText(const Value& value, const JsonStyle& style);

}  // namespace assay::jinja
