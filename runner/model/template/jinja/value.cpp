#include "runner/model/template/jinja/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace assay::jinja {
namespace {

constexpr int kMaxPrintDepth = 200;

Text RepresentText(const Text& text) {
  const bool single =
      text.bytes.find('\'') == std::string::npos || text.bytes.find('"') != std::string::npos;
  const char quote = single ? '\'' : '"';
  std::string out(1, quote);
  for (const char c : text.bytes) {
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return text.Became(out + quote);
}

Text RepresentAt(const Value& value, int depth) {
  if (depth > kMaxPrintDepth) return Text("...");
  if (value.IsText()) return RepresentText(value.AsText());
  if (value.IsList()) {
    Text out(value.IsTuple() ? "(" : "[");
    for (std::size_t i = 0; i < value.AsList().size(); ++i) {
      if (i > 0) out.Append(", ");
      out.Append(RepresentAt(value.AsList()[i], depth + 1));
    }
    if (value.IsTuple() && value.AsList().size() == 1) out.Append(",");
    out.Append(value.IsTuple() ? ")" : "]");
    return out;
  }
  if (value.IsDict()) {
    Text out("{");
    for (const auto& [key, item] : value.AsDict().entries) {
      if (out.bytes.size() > 1) out.Append(", ");
      out.Append(RepresentAt(key, depth + 1));
      out.Append(": ");
      out.Append(RepresentAt(item, depth + 1));
    }
    out.Append("}");
    return out;
  }
  return ToText(value);
}

}  // namespace

const Value* Arguments::Get(std::size_t position, std::string_view name) const {
  if (position < positional.size()) return &positional[position];
  for (const auto& [key, value] : named)
    if (key == name) return &value;
  return nullptr;
}

std::int64_t Value::AsInt() const {
  return IsBool() ? (std::get<bool>(data_) ? 1 : 0) : std::get<std::int64_t>(data_);
}

double Value::AsFloat() const {
  return IsFloat() ? std::get<double>(data_) : static_cast<double>(AsInt());
}

bool Value::Truth() const {
  if (IsUndefined() || IsNone()) return false;
  if (IsFloat()) return AsFloat() != 0;
  if (IsNumber()) return AsInt() != 0;
  if (IsText()) return !AsText().bytes.empty();
  if (IsList()) return !AsList().empty();
  if (IsDict()) return AsDict().is_namespace || !AsDict().entries.empty();
  return true;
}

std::string Value::TypeName() const {
  if (IsUndefined()) return "Undefined";
  if (IsNone()) return "NoneType";
  if (IsBool()) return "bool";
  if (IsInt()) return "int";
  if (IsFloat()) return "float";
  if (IsText()) return "str";
  if (IsList()) return tuple_ ? "tuple" : "list";
  return IsDict() ? "dict" : "function";
}

const Value* Dict::Find(const Value& key) const {
  for (const auto& [name, value] : entries)
    if (Equal(name, key)) return &value;
  return nullptr;
}

const Value* Dict::Find(std::string_view key) const {
  for (const auto& [name, value] : entries)
    if (name.IsText() && name.AsText().bytes == key) return &value;
  return nullptr;
}

void Dict::Put(Value key, Value value) {
  for (auto& [name, old] : entries) {
    if (!Equal(name, key)) continue;
    old = std::move(value);
    return;
  }
  entries.emplace_back(std::move(key), std::move(value));
}

Value MakeFunction(std::string name, std::function<Value(Run&, const Arguments&)> call) {
  return Value(std::make_shared<const Function>(Function{std::move(name), std::move(call)}));
}

bool Equal(const Value& a, const Value& b) {
  if (a.IsNumber() && b.IsNumber()) {
    return a.IsFloat() || b.IsFloat() ? a.AsFloat() == b.AsFloat() : a.AsInt() == b.AsInt();
  }
  if (a.IsText() && b.IsText()) return a.AsText().bytes == b.AsText().bytes;
  if (a.IsList() && b.IsList()) {
    return a.IsTuple() == b.IsTuple() && std::equal(a.AsList().begin(), a.AsList().end(),
                                                    b.AsList().begin(), b.AsList().end(), Equal);
  }
  if (a.IsDict() && b.IsDict()) {
    if (&a.AsDict() == &b.AsDict()) return true;
    if (a.AsDict().entries.size() != b.AsDict().entries.size()) return false;
    return std::all_of(a.AsDict().entries.begin(), a.AsDict().entries.end(), [&](const auto& e) {
      const Value* other = b.AsDict().Find(e.first);
      return other != nullptr && Equal(e.second, *other);
    });
  }
  if (a.IsFunction() && b.IsFunction()) return &a.AsFunction() == &b.AsFunction();
  return (a.IsNone() && b.IsNone()) || (a.IsUndefined() && b.IsUndefined());
}

std::optional<bool> Less(const Value& a, const Value& b) {
  if (a.IsNumber() && b.IsNumber()) {
    return a.IsFloat() || b.IsFloat() ? a.AsFloat() < b.AsFloat() : a.AsInt() < b.AsInt();
  }
  if (a.IsText() && b.IsText()) return a.AsText().bytes < b.AsText().bytes;
  if (!a.IsList() || !b.IsList()) return std::nullopt;
  const List &x = a.AsList(), &y = b.AsList();
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    if (!Equal(x[i], y[i])) return Less(x[i], y[i]);
  return x.size() < y.size();
}

std::string FormatFloat(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[40];
  // Python writes the shortest digits, plain from 1e-4 up to 1e16.
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                                 plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer, end.ptr);
  if (plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

Text ToText(const Value& value) {
  if (value.IsText()) return value.AsText();
  if (value.IsUndefined()) return Text();
  if (value.IsNone()) return Text("None");
  if (value.IsBool()) return Text(value.AsInt() != 0 ? "True" : "False");
  if (value.IsInt()) return Text(std::to_string(value.AsInt()));
  if (value.IsFloat()) return Text(FormatFloat(value.AsFloat()));
  if (value.IsFunction()) return Text("<function " + value.AsFunction().name + ">");
  return RepresentAt(value, 0);
}

Text Represent(const Value& value) { return RepresentAt(value, 0); }

Value FromJson(const OrderedJson& json, bool user) {
  if (json.is_null()) return Value(None{});
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t{INT64_MAX})
    return Value(json.get<double>());
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_number()) return Value(json.get<double>());
  if (json.is_string()) {
    auto text = json.get<std::string>();
    return Value(user ? Text::FromUser(std::move(text)) : Text(std::move(text)));
  }
  if (json.is_array()) {
    List list;
    for (const OrderedJson& item : json) list.push_back(FromJson(item, user));
    return Value(std::move(list));
  }
  auto dict = std::make_shared<Dict>();
  for (const auto& [key, item] : json.items())
    dict->entries.emplace_back(Value(key), FromJson(item, user));
  return Value(std::move(dict));
}

}  // namespace assay::jinja
