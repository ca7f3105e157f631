// tasks/generators/code/mini_builtins.h -- What mini programs can do with values, as Python does
// it. Everything gives nothing where Python would raise an error or a size limit is exceeded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tasks/generators/code/mini_python.h"

namespace assay::mini {

bool Truth(const Value& value);
// An index of a list of this size, negative ones from the end.
std::optional<std::size_t> Place(const Value& index, std::size_t size);

std::optional<Value> Binary(const std::string& sign, const Value& left, const Value& right);
std::optional<Value> Compare(const std::string& sign, const Value& left, const Value& right);
std::optional<Value> Index(const Value& object, const Value& index);
// Null for a bound that is left out.
std::optional<Value> Slice(const Value& object, const Value& begin, const Value& end,
                           const Value& step);
std::optional<Value> BuiltIn(const std::string& name, const std::vector<Value>& args);
// May change `object`.
std::optional<Value> Method(const std::string& name, Value& object, const std::vector<Value>& args);

}  // namespace assay::mini
