#include "tasks/generators/code/python.h"

#include "tasks/generators/family.h"

namespace assay {
namespace {

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else {
      if (c == '\'' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string Joined(const Json& array) {
  std::string text;
  for (const Json& item : array) text += (text.empty() ? "" : ", ") + PythonLiteral(item);
  return text;
}

}  // namespace

std::string PythonLiteral(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_string()) return Quoted(value.get<std::string>());
  if (value.is_array()) return "[" + Joined(value) + "]";
  if (!value.is_object()) return DumpJson(value);
  std::string text;
  for (const auto& [key, item] : value.items()) {
    text += (text.empty() ? "" : ", ") + Quoted(key) + ": " + PythonLiteral(item);
  }
  return "{" + text + "}";
}

std::string PythonTuple(const Json& array) {
  return "(" + Joined(array) + (array.size() == 1 ? ",)" : ")");
}

std::string PythonArguments(const std::vector<Json>& arguments) { return Joined(arguments); }

Json FunctionSpec(const std::string& entry_point, const std::vector<PythonCase>& cases) {
  std::string test = "def check(candidate):\n";
  for (const PythonCase& one : cases) {
    test += "    assert candidate(" + one.arguments + ") == " + one.expected + "\n";
  }
  return {{"kind", "code"},
          {"language", "python"},
          {"protocol", "function"},
          {"entry_point", entry_point},
          {"test", test}};
}

Json StdioSpec(const std::vector<StdioCase>& cases) {
  Json tests = Json::array();
  for (const StdioCase& one : cases) {
    tests.push_back({{"stdin", one.input}, {"stdout", one.output}});
  }
  return {{"kind", "code"}, {"language", "python"}, {"protocol", "stdio"}, {"tests", tests}};
}

std::optional<std::string> ProvenByTests(const Draft& draft) {
  const bool function =
      draft.verifier.contains("test") &&
      draft.verifier["test"].get<std::string>().find("assert") != std::string::npos;
  const bool sets = draft.verifier.contains("accept") && draft.verifier.contains("reject") &&
                    !draft.verifier["accept"].empty() && !draft.verifier["reject"].empty();
  const bool query = draft.verifier.contains("databases") && draft.verifier["databases"].size() > 1;
  const bool call = draft.verifier.contains("expected");
  const bool stdio = draft.verifier.contains("tests") && !draft.verifier["tests"].empty();
  if (function || stdio || sets || query || call) return std::nullopt;
  return "the draft has no tests that could prove its reference";
}

}  // namespace assay
