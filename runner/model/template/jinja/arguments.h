// runner/model/template/jinja/arguments.h -- Reading the arguments of filters, tests and methods.
#pragma once

#include <string>

#include "runner/model/template/jinja/run.h"

namespace assay::jinja {

inline Value ArgumentOr(const Arguments& a, std::size_t at, std::string_view name,
                        const Value& absent) {
  const Value* given = a.Get(at, name);
  return given == nullptr ? absent : *given;
}

inline std::string TextOr(const Arguments& a, std::size_t at, std::string_view name,
                          std::string_view absent) {
  const Value* given = a.Get(at, name);
  return given == nullptr || given->IsNone() ? std::string(absent) : ToText(*given).bytes;
}

inline std::int64_t IntOr(const Arguments& a, std::size_t at, std::string_view name,
                          std::int64_t absent) {
  const Value* given = a.Get(at, name);
  return given == nullptr || !(given->IsInt() || given->IsBool()) ? absent : given->AsInt();
}

inline bool TruthOf(const Arguments& a, std::size_t at, std::string_view name, bool absent) {
  const Value* given = a.Get(at, name);
  return given == nullptr ? absent : given->Truth();
}

// `text` with each `from` replaced, at most `count` times (negative: all).
Text ReplaceIn(const Text& text, const Text& from, const Text& to, std::int64_t count);

}  // namespace assay::jinja
