#include "tasks/generators/code/mini_builtins.h"

#include <algorithm>
#include <cctype>

namespace assay::mini {
namespace {

constexpr std::int64_t kMostNumber = std::int64_t(1) << 50;
constexpr std::size_t kMostItems = 4000;

using Found = std::optional<Value>;

Found Number(std::int64_t n) {
  if (n > kMostNumber || n < -kMostNumber) return std::nullopt;
  return Value(n);
}

const std::string& TextOf(const Value& value) { return value.get_ref<const std::string&>(); }

bool Is(const std::string& text, int (*test)(int)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return test(static_cast<unsigned char>(c)) != 0;
  });
}

Found Arithmetic(const std::string& sign, std::int64_t a, std::int64_t b) {
  if (sign == "+") return Number(a + b);
  if (sign == "-") return Number(a - b);
  if (sign == "*") {
    const bool small =
        std::abs(a) < (std::int64_t(1) << 31) && std::abs(b) < (std::int64_t(1) << 31);
    return small ? Number(a * b) : std::nullopt;
  }
  if (sign == "//" || sign == "%") {
    if (b == 0) return std::nullopt;
    std::int64_t quotient = a / b;
    if (a % b != 0 && (a < 0) != (b < 0)) --quotient;
    return Number(sign == "//" ? quotient : a - quotient * b);
  }
  if (sign == "**") {
    Found power = Number(1);
    if (b < 0 || b > 50) return std::nullopt;
    for (; b > 0 && power; --b) power = Arithmetic("*", power->get<std::int64_t>(), a);
    return power;
  }
  if (sign == "&") return Number(a & b);
  if (sign == "|") return Number(a | b);
  if (sign == "^") return Number(a ^ b);
  if (b < 0 || b > 40 || a < 0 || a > (1 << 20)) return std::nullopt;
  return Number(sign == "<<" ? std::int64_t(std::uint64_t(a) << b) : a >> b);
}

Found Repeated(const Value& value, std::int64_t times) {
  Value result = value.is_string() ? Value("") : Value::array();
  if (times > 0 && value.size() * std::size_t(times) > kMostItems) return std::nullopt;
  for (; times > 0; --times) {
    if (value.is_string()) {
      result = TextOf(result) + TextOf(value);
    } else {
      for (const Value& item : value) result.push_back(item);
    }
  }
  return result;
}

Found Range(const std::vector<Value>& args) {
  std::vector<std::int64_t> bounds;
  for (const Value& arg : args) {
    if (!arg.is_number_integer()) return std::nullopt;
    bounds.push_back(arg);
  }
  if (bounds.empty() || bounds.size() > 3) return std::nullopt;
  const std::int64_t begin = bounds.size() == 1 ? 0 : bounds[0];
  const std::int64_t end = bounds.size() == 1 ? bounds[0] : bounds[1];
  const std::int64_t step = bounds.size() == 3 ? bounds[2] : 1;
  if (step == 0) return std::nullopt;
  Value list = Value::array();
  for (auto i = begin; step > 0 ? i < end : i > end; i += step) {
    if (list.size() >= kMostItems) return std::nullopt;
    list.push_back(i);
  }
  return list;
}

Found Extreme(const std::vector<Value>& args, bool largest) {
  const Value items = args.size() == 1 ? args[0] : Value(args);
  if (!items.is_array() || items.empty()) return std::nullopt;
  Value best = items[0];
  for (const Value& item : items) {
    if (item.type_name() != std::string(best.type_name())) return std::nullopt;
    if (largest ? best < item : item < best) best = item;
  }
  return best;
}

Found Sum(const Value& items) {
  std::int64_t sum = 0;
  if (!items.is_array()) return std::nullopt;
  for (const Value& item : items) {
    if (item.is_boolean()) {
      sum += item.get<bool>() ? 1 : 0;
    } else if (item.is_number_integer()) {
      sum += item.get<std::int64_t>();
    } else {
      return std::nullopt;
    }
  }
  return Number(sum);
}

Found Sorted(const Value& items) {
  Value list = Value::array();
  if (items.is_string()) {
    for (const char c : TextOf(items)) list.push_back(std::string(1, c));
  } else if (items.is_object()) {
    for (const auto& item : items.items()) list.push_back(item.key());
  } else {
    list = items;
  }
  if (!list.is_array()) return std::nullopt;
  std::stable_sort(list.begin(), list.end());
  return list;
}

Found Pairs(const std::string& name, const std::vector<Value>& args) {
  Value list = Value::array();
  if (name == "enumerate") {
    std::int64_t i = 0;
    if (args[0].is_string()) {
      for (const char c : TextOf(args[0])) list.push_back(Value::array({i++, std::string(1, c)}));
      return list;
    }
    for (const Value& item : args[0]) list.push_back(Value::array({i++, item}));
    return list;
  }
  if (args.size() != 2) return std::nullopt;
  for (std::size_t i = 0; i < std::min(args[0].size(), args[1].size()); ++i) {
    const Value at = std::int64_t(i);
    list.push_back(Value::array({*Index(args[0], at), *Index(args[1], at)}));
  }
  return list;
}

Found ToInt(const Value& value) {
  if (value.is_number_integer()) return value;
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (!value.is_string() || !Is(TextOf(value), std::isdigit) || TextOf(value).size() > 15)
    return std::nullopt;
  return Value(std::stoll(TextOf(value)));
}

Found Split(const std::string& text, const std::vector<Value>& args) {
  Value list = Value::array();
  std::string word;
  const bool blanks = args.empty();
  const std::string by = blanks ? " " : TextOf(args[0]);
  if (by.size() != 1) return std::nullopt;
  for (const char c : text) {
    if (c != by[0]) {
      word += c;
      continue;
    }
    if (!blanks || !word.empty()) list.push_back(word);
    word.clear();
  }
  if (!blanks || !word.empty()) list.push_back(word);
  return list;
}

Found TextTest(const std::string& name, const std::string& text) {
  if (name == "isdigit") return Is(text, std::isdigit);
  if (name == "isalpha") return Is(text, std::isalpha);
  const bool cased = std::any_of(text.begin(), text.end(), [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
  });
  const auto none = [&](int (*test)(int)) {
    return std::none_of(text.begin(), text.end(),
                        [&](char c) { return test(static_cast<unsigned char>(c)) != 0; });
  };
  if (name == "isupper") return cased && none(std::islower);
  if (name == "islower") return cased && none(std::isupper);
  return std::nullopt;
}

Found Replaced(const std::string& text, const std::string& from, const std::string& to) {
  if (from.empty()) return std::nullopt;
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const bool here = text.compare(i, from.size(), from) == 0;
    result += here ? to : std::string(1, text[i]);
    i += here ? from.size() : 1;
  }
  return Value(result);
}

Found TextMethod(const std::string& name, const std::string& text, const std::vector<Value>& args) {
  std::string changed = text;
  if (name == "upper" || name == "lower") {
    for (char& c : changed) {
      const auto byte = static_cast<unsigned char>(c);
      c = char(name == "upper" ? std::toupper(byte) : std::tolower(byte));
    }
    return Value(changed);
  }
  if (name == "join") {
    std::string joined;
    for (std::size_t i = 0; i < args[0].size(); ++i) {
      const auto item = Index(args[0], std::int64_t(i));
      if (!item || !item->is_string()) return std::nullopt;
      joined += (i == 0 ? "" : text) + TextOf(*item);
    }
    return Value(joined);
  }
  if (name == "split") return Split(text, args);
  if (args.empty()) return TextTest(name, text);
  const bool texts =
      std::all_of(args.begin(), args.end(), [](const Value& arg) { return arg.is_string(); });
  if (!texts) return std::nullopt;
  const std::string& part = TextOf(args[0]);
  if (name == "replace" && args.size() == 2) return Replaced(text, part, TextOf(args[1]));
  if (name == "startswith") return text.starts_with(part);
  if (name == "endswith") return text.ends_with(part);
  if (name == "find") {
    const auto at = text.find(part);
    return at == std::string::npos ? -1 : std::int64_t(at);
  }
  if (name == "count" && part.size() == 1)
    return std::int64_t(std::count(text.begin(), text.end(), part[0]));
  return std::nullopt;
}

Found ListMethod(const std::string& name, Value& list, const std::vector<Value>& args) {
  auto& items = list.get_ref<Value::array_t&>();
  if (name == "append" && args.size() == 1 && items.size() < kMostItems) {
    items.push_back(args[0]);
    return nullptr;
  }
  if (name == "insert" && args.size() == 2 && items.size() < kMostItems) {
    const auto at =
        std::clamp<std::int64_t>(args[0].get<std::int64_t>(), 0, std::int64_t(items.size()));
    items.insert(items.begin() + at, args[1]);
    return nullptr;
  }
  if (name == "pop") {
    const auto at = Place(args.empty() ? Value(-1) : args[0], items.size());
    if (!at) return std::nullopt;
    Value item = items[*at];
    items.erase(items.begin() + std::ptrdiff_t(*at));
    return item;
  }
  if (name == "reverse") {
    std::reverse(items.begin(), items.end());
    return nullptr;
  }
  if (name == "sort") {
    std::stable_sort(items.begin(), items.end());
    return nullptr;
  }
  if (args.size() != 1) return std::nullopt;
  if (name == "count") return std::int64_t(std::count(items.begin(), items.end(), args[0]));
  if (name == "index") {
    const auto found = std::find(items.begin(), items.end(), args[0]);
    if (found == items.end()) return std::nullopt;
    return std::int64_t(found - items.begin());
  }
  return std::nullopt;
}

Found DictMethod(const std::string& name, const Value& dict, const std::vector<Value>& args) {
  if (name == "get" && !args.empty() && args[0].is_string()) {
    const auto found = dict.find(TextOf(args[0]));
    if (found != dict.end()) return *found;
    return args.size() > 1 ? args[1] : Value();
  }
  Value list = Value::array();
  for (const auto& item : dict.items()) {
    if (name == "keys") list.push_back(item.key());
    if (name == "values") list.push_back(item.value());
    if (name == "items") list.push_back(Value::array({item.key(), item.value()}));
  }
  return list;
}

}  // namespace

bool Truth(const Value& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value != 0;
  if (value.is_string()) return !TextOf(value).empty();
  return !value.is_null() && !value.empty();
}

std::optional<std::size_t> Place(const Value& index, std::size_t size) {
  if (!index.is_number_integer()) return std::nullopt;
  auto at = index.get<std::int64_t>();
  if (at < 0) at += std::int64_t(size);
  if (at < 0 || at >= std::int64_t(size)) return std::nullopt;
  return std::size_t(at);
}

Found Binary(const std::string& sign, const Value& left, const Value& right) {
  if (left.is_number_integer() && right.is_number_integer()) {
    return Arithmetic(sign, left.get<std::int64_t>(), right.get<std::int64_t>());
  }
  if (sign == "*" && right.is_number_integer() && (left.is_string() || left.is_array())) {
    return Repeated(left, right.get<std::int64_t>());
  }
  if (sign != "+") return std::nullopt;
  if (left.is_string() && right.is_string()) {
    if (TextOf(left).size() + TextOf(right).size() > kMostItems) return std::nullopt;
    return Value(TextOf(left) + TextOf(right));
  }
  if (!left.is_array() || !right.is_array() || left.size() + right.size() > kMostItems)
    return std::nullopt;
  Value list = left;
  for (const Value& item : right) list.push_back(item);
  return list;
}

Found Compare(const std::string& sign, const Value& left, const Value& right) {
  if (sign == "==") return left == right;
  if (sign == "!=") return left != right;
  if (sign == "in" || sign == "not in") {
    bool inside = false;
    if (right.is_array()) {
      inside = std::find(right.begin(), right.end(), left) != right.end();
    } else if (left.is_string() && right.is_string()) {
      inside = TextOf(right).find(TextOf(left)) != std::string::npos;
    } else if (left.is_string() && right.is_object()) {
      inside = right.contains(TextOf(left));
    } else {
      return std::nullopt;
    }
    return inside == (sign == "in");
  }
  const bool comparable = (left.is_number() && right.is_number()) ||
                          (left.is_string() && right.is_string()) ||
                          (left.is_array() && right.is_array());
  if (!comparable) return std::nullopt;
  if (sign == "<") return left < right;
  if (sign == "<=") return left <= right;
  if (sign == ">") return left > right;
  return left >= right;
}

Found Index(const Value& object, const Value& index) {
  if (object.is_object() && index.is_string()) {
    const auto found = object.find(TextOf(index));
    if (found == object.end()) return std::nullopt;
    return *found;
  }
  if (object.is_string()) {
    const auto at = Place(index, TextOf(object).size());
    if (!at) return std::nullopt;
    return Value(std::string(1, TextOf(object)[*at]));
  }
  if (!object.is_array()) return std::nullopt;
  const auto at = Place(index, object.size());
  if (!at) return std::nullopt;
  return object[*at];
}

Found Slice(const Value& object, const Value& begin, const Value& end, const Value& step) {
  if (!object.is_string() && !object.is_array()) return std::nullopt;
  const auto size = std::int64_t(object.is_string() ? TextOf(object).size() : object.size());
  const std::int64_t by = step.is_null() ? 1 : step.get<std::int64_t>();
  if (by == 0) return std::nullopt;
  const auto bound = [&](const Value& value, std::int64_t otherwise) {
    if (!value.is_number_integer()) return otherwise;
    auto at = value.get<std::int64_t>();
    if (at < 0) at += size;
    return std::clamp<std::int64_t>(at, by > 0 ? 0 : -1, by > 0 ? size : size - 1);
  };
  const auto first = bound(begin, by > 0 ? 0 : size - 1);
  const auto last = bound(end, by > 0 ? size : -1);
  Value list = Value::array();
  std::string text;
  for (auto i = first; by > 0 ? i < last : i > last; i += by) {
    if (object.is_string()) {
      text += TextOf(object)[std::size_t(i)];
    } else {
      list.push_back(object[std::size_t(i)]);
    }
  }
  return object.is_string() ? Value(text) : list;
}

Found BuiltIn(const std::string& name, const std::vector<Value>& args) {
  if (name == "range") return Range(args);
  if (name == "min" || name == "max") return Extreme(args, name == "max");
  if (args.empty()) return std::nullopt;
  const Value& arg = args[0];
  if (name == "zip" || name == "enumerate") return Pairs(name, args);
  if (name == "len") return std::int64_t(arg.is_string() ? TextOf(arg).size() : arg.size());
  if (name == "sum") return Sum(arg);
  if (name == "sorted" || name == "list") {
    if (name == "list" && arg.is_array()) return arg;
    return name == "sorted" ? Sorted(arg) : std::nullopt;
  }
  if (name == "abs" && arg.is_number_integer()) return std::abs(arg.get<std::int64_t>());
  if (name == "str" && arg.is_string()) return arg;
  if (name == "str" && arg.is_number_integer()) return Value(arg.dump());
  if (name == "int") return ToInt(arg);
  if (name == "ord" && arg.is_string() && TextOf(arg).size() == 1)
    return std::int64_t(TextOf(arg)[0]);
  if (name == "chr" && arg.is_number_integer() && arg >= 32 && arg < 127) {
    return Value(std::string(1, char(arg.get<int>())));
  }
  if ((name == "any" || name == "all") && arg.is_array()) {
    const auto count = std::count_if(arg.begin(), arg.end(), Truth);
    return name == "any" ? count > 0 : count == std::ptrdiff_t(arg.size());
  }
  return std::nullopt;
}

Found Method(const std::string& name, Value& object, const std::vector<Value>& args) {
  if (object.is_array()) return ListMethod(name, object, args);
  if (object.is_string()) return TextMethod(name, TextOf(object), args);
  return object.is_object() ? DictMethod(name, object, args) : std::nullopt;
}

}  // namespace assay::mini
