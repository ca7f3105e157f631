#include "tasks/python_data.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr const char* kKey = "\x01number";
constexpr std::size_t kMostDigits = 18;  // always fit into 64 bits

bool IsNumberByte(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// The word at the front of `text` that is a number to Python alone, or "".
std::string_view ForeignNumber(std::string_view text) {
  for (const std::string_view word : {"Infinity", "-Infinity", "NaN"}) {
    if (text.starts_with(word)) return text.substr(0, word.size());
  }
  std::size_t end = 0;
  while (end < text.size() && IsNumberByte(text[end])) ++end;
  const std::string_view number = text.substr(0, end);
  const bool whole = number.find_first_of(".eE") == std::string_view::npos;
  return whole && number.size() > kMostDigits ? number : std::string_view();
}

std::string PythonNumber(const std::string& word) {
  if (word == "Infinity") return "float('inf')";
  if (word == "-Infinity") return "float('-inf')";
  if (word == "NaN") return "float('nan')";
  return word;
}

template <class Items, class Write>
std::string Joined(const Items& items, Write write) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + write(item);
  return text;
}

}  // namespace

std::string ProtectNumbers(std::string_view line) {
  std::string text;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size();) {
    const char c = line[i];
    if (quoted && c == '\\' && i + 1 < line.size()) {
      text += line.substr(i, 2);
      i += 2;
      continue;
    }
    if (c == '"') quoted = !quoted;
    const bool starts = !quoted && ((c >= '0' && c <= '9') || c == '-' || c == 'I' || c == 'N');
    const std::string_view number = starts ? ForeignNumber(line.substr(i)) : std::string_view();
    if (!number.empty()) {
      text += DumpJson({{kKey, std::string(number)}});
      i += number.size();
      continue;
    }
    // A number is passed as a whole, so that none is found in its middle.
    std::size_t end = i + 1;
    if (starts) {
      while (end < line.size() && IsNumberByte(line[end])) ++end;
    }
    text += line.substr(i, end - i);
    i = end;
  }
  return text;
}

std::string PythonSource(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_array()) return "[" + Joined(value, PythonSource) + "]";
  if (!value.is_object()) return DumpJson(value);
  if (value.size() == 1 && value.contains(kKey)) return PythonNumber(value[kKey]);
  std::string text;
  for (const auto& [key, item] : value.items()) {
    text += (text.empty() ? "" : ", ") + DumpJson(Json(key)) + ": " + PythonSource(item);
  }
  return "{" + text + "}";
}

}  // namespace assay
