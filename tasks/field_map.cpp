#include "tasks/field_map.h"

#include <algorithm>
#include <optional>

#include "base/suggest.h"
#include "base/trim.h"
#include "tasks/python_data.h"

namespace assay {
namespace {

bool IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What stands in "{name}" or "{name:form}" at `at`, or "" where there is neither.
std::string_view NameAt(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && IsWordChar(text[end])) ++end;
  const std::size_t name = end;
  if (name > at + 1 && end < text.size() && text[end] == ':') {
    while (++end < text.size() && IsWordChar(text[end])) continue;
    const std::string_view form = text.substr(name + 1, end - name - 1);
    if (form != "lines" && form != "python") return {};
  }
  const bool closed = end < text.size() && text[end] == '}' && name > at + 1;
  return closed ? text.substr(at + 1, end - at - 1) : std::string_view();
}

Result<Json> Lookup(const Json& record, const std::string& name, std::size_t index) {
  if (name == "index") return Json(index);
  const auto found = record.find(name);
  if (found != record.end()) return *found;
  std::vector<std::string> known;
  for (const auto& [key, value] : record.items()) known.push_back(key);
  return Fail(ErrorCode::kInput, "the record has no field \"{}\"{}", name, DidYouMean(name, known));
}

Result<std::string> TextOfField(const Json& value, const std::string& name) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return DumpJson(value);
  return Fail(ErrorCode::kInput, "field \"{}\" is neither text nor a number", name);
}

Result<Json> JoinLines(const Json& list, const std::string& separator, const std::string& name) {
  if (!list.is_array()) return Fail(ErrorCode::kInput, "field \"{}\" is not a list", name);
  std::string text;
  for (const Json& item : list) {
    if (!item.is_string()) {
      return Fail(ErrorCode::kInput, "field \"{}\" holds more than text", name);
    }
    if (!text.empty()) text += separator;
    text += item.get<std::string>();
  }
  return Json(text);
}

// The text that "{name}" or "{name:form}" stands for.
Result<std::string> TextOfPlaceholder(std::string_view inside, const Json& record,
                                      std::size_t index) {
  const auto colon = inside.find(':');
  const std::string name(inside.substr(0, colon));
  const auto value = Lookup(record, name, index);
  if (!value) return Pass(value.error());
  if (colon == std::string_view::npos) return TextOfField(*value, name);
  if (inside.substr(colon + 1) == "python") return PythonSource(*value);
  const auto joined = JoinLines(*value, "\n", name);
  if (!joined) return Pass(joined.error());
  return joined->get<std::string>();
}

Result<Json> EvaluateTemplate(const std::string& text, const Json& record, std::size_t index) {
  if (!text.empty() && text.front() == '{' && NameAt(text, 0).size() + 2 == text.size() &&
      text.find(':') == std::string::npos) {
    return Lookup(record, std::string(NameAt(text, 0)), index);
  }
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto inside = text[i] == '{' ? NameAt(text, i) : std::string_view();
    if (inside.empty()) {
      result += text[i];
      continue;
    }
    const auto word = TextOfPlaceholder(inside, record, index);
    if (!word) return Pass(word.error());
    result += *word;
    i += inside.size() + 1;
  }
  return Json(result);
}

std::optional<std::string> LastBoxed(const std::string& text) {
  const auto at = text.rfind("\\boxed{");
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + 7;
  int depth = 1;
  for (auto i = begin; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return text.substr(begin, i - begin);
    }
  }
  return std::nullopt;
}

Result<Json> EvaluateStep(const Json& step, const Json& record, std::size_t index) {
  Fields fields(step, "expression");
  const auto name = fields.String("from");
  const auto after_last = fields.OptionalString("after_last");
  const bool boxed = fields.OptionalBool("last_boxed").value_or(false);
  const bool digits = fields.OptionalBool("digits").value_or(false);
  const auto join = fields.OptionalString("join");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  const auto value = Lookup(record, name, index);
  if (!value) return value;
  if (join) return JoinLines(*value, *join, name);
  const auto text = TextOfField(*value, name);
  if (!text) return Pass(text.error());
  if (after_last) {
    const auto at = text->rfind(*after_last);
    if (at == std::string::npos) {
      return Fail(ErrorCode::kInput, "field \"{}\" holds no \"{}\"", name, *after_last);
    }
    return Json(std::string(Trimmed(std::string_view(*text).substr(at + after_last->size()))));
  }
  if (boxed) {
    const auto inside = LastBoxed(*text);
    if (!inside) return Fail(ErrorCode::kInput, "field \"{}\" holds no \\boxed{{}}", name);
    return Json(std::string(Trimmed(*inside)));
  }
  if (digits) {
    std::string found;
    for (const char c : *text) {
      if (c >= '0' && c <= '9') found += c;
    }
    return found.empty() || found.size() > 9 ? Json() : Json(std::stoi(found));
  }
  return Json(*text);
}

}  // namespace

namespace {

Result<Json> EvaluateLines(const Json& lines, const Json& record, std::size_t index) {
  if (!lines.is_array()) return Fail(ErrorCode::kInput, "\"lines\": expected a list of texts");
  std::string text;
  for (const Json& line : lines) {
    const auto one = EvaluateText(line, record, index);
    if (!one) return Pass(one.error());
    text += *one + "\n";
  }
  return Json(text);
}

}  // namespace

Result<Json> EvaluateField(const Json& expression, const Json& record, std::size_t index) {
  if (expression.is_string()) {
    return EvaluateTemplate(expression.get_ref<const std::string&>(), record, index);
  }
  if (expression.is_object() && expression.contains("from")) {
    return EvaluateStep(expression, record, index);
  }
  if (expression.is_object() && expression.size() == 1 && expression.contains("lines")) {
    return EvaluateLines(expression["lines"], record, index);
  }
  if (!expression.is_structured()) return expression;
  Json result = expression;
  for (Json& item : result) {
    auto value = EvaluateField(item, record, index);
    if (!value) return value;
    item = std::move(*value);
  }
  return result;
}

Result<std::string> EvaluateText(const Json& expression, const Json& record, std::size_t index) {
  const auto value = EvaluateField(expression, record, index);
  if (!value) return Pass(value.error());
  return TextOfField(*value, "(result)");
}

}  // namespace assay
