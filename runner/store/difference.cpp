#include "runner/store/difference.h"

#include "base/json.h"
#include "base/utf8.h"

namespace assay {
namespace {

std::string Shown(const Json& value) { return Abbreviate(DumpJson(value), 60); }

std::string Differ(const Json& there, const Json& here, const std::string& place) {
  if (there.is_object() && here.is_object()) {
    for (const auto& [key, value] : there.items()) {
      if (!here.contains(key)) return fmt::format("{}{} is only there", place, key);
      if (here[key] != value) return Differ(value, here[key], place + key + ".");
    }
    for (const auto& [key, value] : here.items()) {
      if (!there.contains(key)) return fmt::format("{}{} is only here", place, key);
    }
  }
  if (there.is_array() && here.is_array() && there.size() == here.size()) {
    for (std::size_t i = 0; i < there.size(); ++i) {
      if (there[i] != here[i]) return Differ(there[i], here[i], fmt::format("{}{}.", place, i));
    }
  }
  const std::string name = place.empty() ? "identity" : place.substr(0, place.size() - 1);
  return fmt::format("{}: {} there, {} here", name, Shown(there), Shown(here));
}

}  // namespace

std::string FirstDifference(std::string_view there, std::string_view here) {
  const auto a = ParseJson(there);
  const auto b = ParseJson(here);
  if (!a || !b) return "its identity cannot be read";
  return Differ(*a, *b, "");
}

}  // namespace assay
