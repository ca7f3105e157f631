#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "runner/model/template/jinja/arguments.h"

namespace assay::jinja {
namespace {

using Args = Arguments;

Value Length(Run& run, const Value& v, const Args&) {
  if (v.IsText()) return Value(static_cast<std::int64_t>(CountCharacters(v.AsText().bytes)));
  if (v.IsDict()) return Value(static_cast<std::int64_t>(v.AsDict().entries.size()));
  if (v.IsList()) return Value(static_cast<std::int64_t>(v.AsList().size()));
  if (v.IsUndefined()) return Value(std::int64_t{0});
  return run.Problem("object of type '" + v.TypeName() + "' has no len()");
}

Value Trim(Run& run, const Value& v, const Args& a) {
  const Text text = ToText(v);
  const ByteRange left = Stripped(text.bytes, TextOr(a, 0, "chars", ""), true, true);
  return run.Made(text.Cut(left.begin, left.end));
}

template <std::string (*kChange)(std::string_view)>
Value Cased(Run& run, const Value& v, const Args&) {
  const Text text = ToText(v);
  return run.Made(text.Became(kChange(text.bytes)));
}

Value Default(Run&, const Value& v, const Args& a) {
  const bool replaces = v.IsUndefined() || (TruthOf(a, 1, "boolean", false) && !v.Truth());
  return replaces ? ArgumentOr(a, 0, "default_value", Value("")) : v;
}

Value Replace(Run& run, const Value& v, const Args& a) {
  if (a.positional.size() + a.named.size() < 2) return run.Problem("replace needs two texts");
  return run.Made(ReplaceIn(ToText(v), ToText(ArgumentOr(a, 0, "old", Value(""))),
                            ToText(ArgumentOr(a, 1, "new", Value(""))), IntOr(a, 2, "count", -1)));
}

// What `name` means inside an item: "a.b" goes down twice, digits are an index.
Value Within(Run& run, const Value& item, const std::string& path) {
  Value value = item;
  for (std::size_t begin = 0; begin <= path.size() && !run.failed();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, dot - begin);
    std::int64_t index = 0;
    const auto parsed = std::from_chars(part.data(), part.data() + part.size(), index);
    const bool number = parsed.ec == std::errc() && parsed.ptr == part.data() + part.size();
    value = value.IsUndefined() ? Value() : run.Item(value, number ? Value(index) : Value(part));
    begin = dot + 1;
  }
  return value;
}

Value Join(Run& run, const Value& v, const Args& a) {
  const Text separator = ToText(ArgumentOr(a, 0, "d", Value("")));
  const std::string attribute = TextOr(a, 1, "attribute", "");
  Text out;
  bool first = true;
  for (const Value& item : run.Iterate(v)) {
    if (!first) out.Append(separator);
    first = false;
    out.Append(ToText(attribute.empty() ? item : Within(run, item, attribute)));
    if (!run.Charge(1 + separator.bytes.size() / 64)) return Value();
  }
  return run.Made(std::move(out));
}

Value First(Run& run, const Value& v, const Args&) {
  const List items = run.Iterate(v);
  return items.empty() ? Value(Undefined{"the first item of nothing"}) : items.front();
}

Value Last(Run& run, const Value& v, const Args&) {
  const List items = run.Iterate(v);
  return items.empty() ? Value(Undefined{"the last item of nothing"}) : items.back();
}

Value ToList(Run& run, const Value& v, const Args&) { return Value(run.Iterate(v)); }

Value Items(Run& run, const Value& v, const Args&) {
  if (v.IsUndefined()) return Value(List());
  if (!v.IsDict()) return run.Problem("items needs a mapping");
  return run.Call(FindMethod(v, "items"), {});
}

Value ToInt(Run&, const Value& v, const Args& a) {
  const std::int64_t absent = IntOr(a, 0, "default", 0);
  if (v.IsFloat()) {
    const double value = v.AsFloat();
    return Value(std::fabs(value) < 9e18 ? static_cast<std::int64_t>(value) : absent);
  }
  if (v.IsNumber()) return Value(v.AsInt());
  if (!v.IsText()) return Value(absent);
  const std::string& text = v.AsText().bytes;
  const ByteRange range = Stripped(text, "", true, true);
  std::string_view digits = std::string_view(text).substr(range.begin, range.end - range.begin);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double number = 0;
  const char* end = digits.data() + digits.size();
  std::int64_t whole = 0;
  const auto exact = std::from_chars(digits.data(), end, whole);
  if (exact.ec == std::errc() && exact.ptr == end) return Value(whole);
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || !(std::fabs(number) < 9e18))
    return Value(absent);
  return Value(static_cast<std::int64_t>(number));
}

Value ToFloat(Run&, const Value& v, const Args& a) {
  const Value absent = ArgumentOr(a, 0, "default", Value(0.0));
  if (v.IsNumber()) return Value(v.AsFloat());
  if (!v.IsText()) return absent;
  const std::string& text = v.AsText().bytes;
  const ByteRange range = Stripped(text, "", true, true);
  double number = 0;
  const auto parsed = std::from_chars(text.data() + range.begin, text.data() + range.end, number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + range.end;
  return whole ? Value(number) : absent;
}

Value ToStr(Run& run, const Value& v, const Args&) { return run.Made(ToText(v)); }
Value Same(Run&, const Value& v, const Args&) { return v; }

Value Abs(Run& run, const Value& v, const Args&) {
  if (!v.IsNumber()) return run.Problem("abs needs a number");
  return v.IsFloat() ? Value(std::fabs(v.AsFloat()))
                     : (v.AsInt() < 0 ? run.Binary("-", Value(std::int64_t{0}), v) : v);
}

Value Round(Run& run, const Value& v, const Args& a) {
  if (!v.IsNumber()) return run.Problem("round needs a number");
  const double scale = std::pow(10.0, static_cast<double>(IntOr(a, 0, "precision", 0)));
  const std::string method = TextOr(a, 1, "method", "common");
  const double scaled = v.AsFloat() * scale;
  const double rounded = method == "ceil"    ? std::ceil(scaled)
                         : method == "floor" ? std::floor(scaled)
                                             : std::nearbyint(scaled);
  return Value(rounded / scale);
}

Value Indent(Run& run, const Value& v, const Args& a) {
  const Value width = ArgumentOr(a, 0, "width", Value(std::int64_t{4}));
  const bool first = TruthOf(a, 1, "first", false), blank = TruthOf(a, 2, "blank", false);
  const std::string pad = width.IsText()
                              ? width.AsText().bytes
                              : std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(
                                                IntOr(a, 0, "width", 4), 0, 1000)),
                                            ' ');
  const Text text = ToText(v);
  Text out;
  for (std::size_t begin = 0; begin <= text.bytes.size();) {
    const std::size_t end = std::min(text.bytes.find('\n', begin), text.bytes.size());
    const bool pads = begin == 0 ? first : (blank || end > begin);
    if (pads) out.Append(pad);
    out.Append(text.Cut(begin, std::min(end + 1, text.bytes.size())));
    if (!run.Charge(1 + pad.size() / 64)) return Value();
    begin = end + 1;
  }
  return run.Made(std::move(out));
}

Value ToJson(Run& run, const Value& v, const Args& a) {
  JsonStyle style;
  // transformers: tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False)
  style.ascii = TruthOf(a, 0, "ensure_ascii", false);
  style.indent = static_cast<int>(std::clamp<std::int64_t>(IntOr(a, 1, "indent", -1), -1, 100));
  if (style.indent >= 0) style.item_separator = ",";
  const Value separators = ArgumentOr(a, 2, "separators", Value(None{}));
  if (separators.IsList() && separators.AsList().size() == 2) {
    style.item_separator = ToText(separators.AsList()[0]).bytes;
    style.key_separator = ToText(separators.AsList()[1]).bytes;
  }
  style.sort_keys = TruthOf(a, 3, "sort_keys", false);
  auto text = ToJsonText(v, style);
  if (!text) return run.Problem("an object of type " + v.TypeName() + " has no JSON form");
  return run.Made(std::move(*text));
}

// select, reject (by the item) and selectattr, rejectattr (by an attribute of it).
template <bool kKeeps, bool kByAttribute>
Value Select(Run& run, const Value& v, const Args& a) {
  if (!v.Truth()) return Value(List());  // none too
  const std::size_t skip = kByAttribute ? 1 : 0;
  if (a.positional.size() < skip) return run.Problem("the attribute's name is missing");
  Test test = nullptr;
  if (a.positional.size() > skip) {
    const std::string name = ToText(a.positional[skip]).bytes;
    test = FindTest(name);
    if (test == nullptr) return run.Problem("there is no test named '" + name + "'");
  }
  Args rest;
  for (std::size_t i = skip + 1; i < a.positional.size(); ++i)
    rest.positional.push_back(a.positional[i]);
  List out;
  for (const Value& item : run.Iterate(v)) {
    const Value examined = kByAttribute ? Within(run, item, ToText(a.positional[0]).bytes) : item;
    const bool passes = test == nullptr ? examined.Truth() : test(run, examined, rest);
    if (run.failed()) return Value();
    if (passes == kKeeps) out.push_back(item);
  }
  return Value(std::move(out));
}

Value Map(Run& run, const Value& v, const Args& a) {
  if (!v.Truth()) return Value(List());
  List out;
  if (const Value* attribute = a.Get(999, "attribute")) {
    const Value* absent = a.Get(999, "default");
    for (const Value& item : run.Iterate(v)) {
      Value found = Within(run, item, ToText(*attribute).bytes);
      out.push_back(found.IsUndefined() && absent != nullptr ? *absent : std::move(found));
    }
    return Value(std::move(out));
  }
  if (a.positional.empty()) return run.Problem("map needs a filter or attribute=");
  const std::string name = ToText(a.positional[0]).bytes;
  const Filter filter = FindFilter(name);
  if (filter == nullptr) return run.Problem("there is no filter named '" + name + "'");
  Args rest{.positional = List(a.positional.begin() + 1, a.positional.end()), .named = a.named};
  for (const Value& item : run.Iterate(v)) out.push_back(filter(run, item, rest));
  return Value(std::move(out));
}

Value Folded(const Value& v, bool case_sensitive) {
  return v.IsText() && !case_sensitive ? Value(ToLower(v.AsText().bytes)) : v;
}

// Sorts by what `key` gives for an item; a problem where two cannot be ordered.
template <class Key>
void SortBy(Run& run, List& items, bool reverse, const Key& key) {
  std::vector<std::pair<Value, Value>> keyed;
  for (Value& item : items) keyed.emplace_back(key(item), item);
  for (std::size_t i = 1; i < keyed.size(); ++i) {
    if (!Less(keyed[0].first, keyed[i].first)) {
      run.Problem(fmt::format("'<' not supported between instances of '{}' and '{}'",
                              keyed[0].first.TypeName(), keyed[i].first.TypeName()));
      return;
    }
  }
  if (!run.Charge(keyed.size() * 16)) return;
  std::stable_sort(keyed.begin(), keyed.end(), [reverse](const auto& a, const auto& b) {
    return (reverse ? Less(b.first, a.first) : Less(a.first, b.first)).value_or(false);
  });
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = keyed[i].second;
}

Value Sort(Run& run, const Value& v, const Args& a) {
  List items = run.Iterate(v);
  const bool case_sensitive = TruthOf(a, 1, "case_sensitive", false);
  const std::string attribute = TextOr(a, 2, "attribute", "");
  SortBy(run, items, TruthOf(a, 0, "reverse", false), [&](const Value& item) {
    return Folded(attribute.empty() ? item : Within(run, item, attribute), case_sensitive);
  });
  return Value(std::move(items));
}

Value DictSort(Run& run, const Value& v, const Args& a) {
  if (!v.IsDict()) return run.Problem("dictsort needs a mapping");
  const std::size_t by = TextOr(a, 1, "by", "key") == "value" ? 1 : 0;
  const bool case_sensitive = TruthOf(a, 0, "case_sensitive", false);
  List items;
  for (const auto& [key, value] : v.AsDict().entries) items.emplace_back(List{key, value}, true);
  SortBy(run, items, TruthOf(a, 2, "reverse", false),
         [&](const Value& item) { return Folded(item.AsList()[by], case_sensitive); });
  return Value(std::move(items));
}

Value Unique(Run& run, const Value& v, const Args& a) {
  const bool case_sensitive = TruthOf(a, 0, "case_sensitive", false);
  List out, seen;
  for (const Value& item : run.Iterate(v)) {
    Value key = Folded(item, case_sensitive);
    if (!run.Charge(seen.size() / 4 + 1)) return Value();
    if (std::any_of(seen.begin(), seen.end(), [&](const Value& s) { return Equal(s, key); }))
      continue;
    seen.push_back(std::move(key));
    out.push_back(item);
  }
  return Value(std::move(out));
}

Value Reverse(Run& run, const Value& v, const Args&) {
  List items = run.Iterate(v);
  std::reverse(items.begin(), items.end());
  if (!v.IsText()) return Value(std::move(items));
  Text out;
  for (const Value& item : items) out.Append(item.AsText());
  return run.Made(std::move(out));
}

template <bool kLargest>
Value Extreme(Run& run, const Value& v, const Args& a) {
  const List items = run.Iterate(v);
  const std::string attribute = TextOr(a, 1, "attribute", "");
  Value best(Undefined{"the extreme of nothing"});
  Value best_key;
  for (const Value& item : items) {
    Value key = Folded(attribute.empty() ? item : Within(run, item, attribute), false);
    const bool first = best.IsUndefined();
    if (first || run.Compare(kLargest ? ">" : "<", key, best_key)) {
      best = item;
      best_key = std::move(key);
    }
  }
  return best;
}

Value Sum(Run& run, const Value& v, const Args& a) {
  const std::string attribute = TextOr(a, 0, "attribute", "");
  Value total = ArgumentOr(a, 1, "start", Value(std::int64_t{0}));
  for (const Value& item : run.Iterate(v))
    total = run.Binary("+", total, attribute.empty() ? item : Within(run, item, attribute));
  return total;
}

Value Batch(Run& run, const Value& v, const Args& a) {
  const std::int64_t size = IntOr(a, 0, "linecount", 0);
  if (size < 1) return run.Problem("batch needs a size");
  List out, row;
  for (const Value& item : run.Iterate(v)) {
    row.push_back(item);
    if (static_cast<std::int64_t>(row.size()) == size) out.emplace_back(std::exchange(row, {}));
  }
  const Value* fill = a.Get(1, "fill_with");
  if (!row.empty() && fill != nullptr && run.Charge(static_cast<std::size_t>(size)))
    row.resize(static_cast<std::size_t>(size), *fill);
  if (!row.empty()) out.emplace_back(std::move(row));
  return Value(std::move(out));
}

Value Attr(Run& run, const Value& v, const Args& a) {
  return run.Attribute(v, TextOr(a, 0, "name", ""));
}

Value Escape(Run& run, const Value& v, const Args&) {
  const Text text = ToText(v);
  std::string out;
  for (const char c : text.bytes) {
    const std::string_view replaced = c == '&'    ? "&amp;"
                                      : c == '<'  ? "&lt;"
                                      : c == '>'  ? "&gt;"
                                      : c == '\'' ? "&#39;"
                                      : c == '"'  ? "&#34;"
                                                  : "";
    if (replaced.empty()) {
      out += c;
    } else {
      out += replaced;
    }
  }
  return run.Made(text.Became(std::move(out)));
}

Value Format(Run& run, const Value& v, const Args& a) {
  if (!v.IsText()) return run.Problem("format needs a text");
  return run.Call(FindMethod(v, "%"), {.positional = {Value(a.positional, true)}, .named = {}});
}

}  // namespace

Text ReplaceIn(const Text& text, const Text& from, const Text& to, std::int64_t count) {
  Text out;
  std::size_t done = 0;
  const bool empty = from.bytes.empty();
  for (std::size_t at = 0; count != 0; --count) {
    at = empty ? at : text.bytes.find(from.bytes, at);
    if (at == std::string::npos || at > text.bytes.size()) break;
    out.Append(text.Cut(done, at));
    out.Append(to);
    done = at + from.bytes.size();
    at = empty ? at + 1 : done;
    while (empty && at < text.bytes.size() &&
           (static_cast<unsigned char>(text.bytes[at]) & 0xC0) == 0x80)
      ++at;
  }
  out.Append(text.Cut(done, text.bytes.size()));
  return out;
}

Filter FindFilter(const std::string& name) {
  static const std::map<std::string, Filter> kFilters = {{"length", Length},
                                                         {"count", Length},
                                                         {"trim", Trim},
                                                         {"upper", Cased<ToUpper>},
                                                         {"lower", Cased<ToLower>},
                                                         {"title", Cased<ToTitle>},
                                                         {"capitalize", Cased<ToCapitalized>},
                                                         {"default", Default},
                                                         {"d", Default},
                                                         {"replace", Replace},
                                                         {"join", Join},
                                                         {"first", First},
                                                         {"last", Last},
                                                         {"list", ToList},
                                                         {"items", Items},
                                                         {"int", ToInt},
                                                         {"float", ToFloat},
                                                         {"string", ToStr},
                                                         {"safe", Same},
                                                         {"abs", Abs},
                                                         {"round", Round},
                                                         {"indent", Indent},
                                                         {"tojson", ToJson},
                                                         {"select", Select<true, false>},
                                                         {"reject", Select<false, false>},
                                                         {"selectattr", Select<true, true>},
                                                         {"rejectattr", Select<false, true>},
                                                         {"map", Map},
                                                         {"sort", Sort},
                                                         {"dictsort", DictSort},
                                                         {"unique", Unique},
                                                         {"reverse", Reverse},
                                                         {"min", Extreme<false>},
                                                         {"max", Extreme<true>},
                                                         {"sum", Sum},
                                                         {"batch", Batch},
                                                         {"attr", Attr},
                                                         {"escape", Escape},
                                                         {"e", Escape},
                                                         {"format", Format}};
  const auto found = kFilters.find(name);
  return found == kFilters.end() ? nullptr : found->second;
}

}  // namespace assay::jinja
