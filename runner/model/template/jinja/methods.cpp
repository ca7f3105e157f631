// Methods of Python's str, dict and list.
#include <algorithm>
#include <map>

#include "base/utf8.h"
#include "runner/model/template/jinja/arguments.h"

namespace assay::jinja {
namespace {

using Args = Arguments;
using TextMethod = Value (*)(Run& run, const Text& text, const Args& a);

template <bool kLeft, bool kRight>
Value Strip(Run& run, const Text& text, const Args& a) {
  const ByteRange left = Stripped(text.bytes, TextOr(a, 0, "chars", ""), kLeft, kRight);
  return run.Made(text.Cut(left.begin, left.end));
}

List SplitSpace(const Text& text, std::int64_t most) {
  List parts;
  std::size_t at = Stripped(text.bytes, "", true, false).begin;
  while (at < text.bytes.size()) {
    if (most-- == 0) {
      parts.emplace_back(text.Cut(at, Stripped(text.bytes, "", false, true).end));
      break;
    }
    std::size_t end = at;
    while (end < text.bytes.size()) {
      const CodePoint point = DecodeUtf8(std::string_view(text.bytes).substr(end));
      if (IsSpaceCharacter(point.value)) break;
      end += point.length;
    }
    parts.emplace_back(text.Cut(at, end));
    at = end + Stripped(std::string_view(text.bytes).substr(end), "", true, false).begin;
  }
  return parts;
}

Value Split(Run& run, const Text& text, const Args& a) {
  const std::int64_t most = IntOr(a, 1, "maxsplit", -1);
  const Value separator = ArgumentOr(a, 0, "sep", Value(None{}));
  run.Charge(text.bytes.size() / 8);
  if (separator.IsNone()) return Value(SplitSpace(text, most));
  const std::string mark = ToText(separator).bytes;
  if (mark.empty()) return run.Problem("empty separator");
  List parts;
  std::size_t done = 0;
  for (std::int64_t i = 0; i != most; ++i) {
    const auto at = text.bytes.find(mark, done);
    if (at == std::string::npos) break;
    parts.emplace_back(text.Cut(done, at));
    done = at + mark.size();
  }
  parts.emplace_back(text.Cut(done, text.bytes.size()));
  return Value(std::move(parts));
}

Value SplitFromRight(Run& run, const Text& text, const Args& a) {
  const std::int64_t most = IntOr(a, 1, "maxsplit", -1);
  const std::string mark = TextOr(a, 0, "sep", "");
  if (mark.empty()) {
    if (most >= 0) return run.Problem("rsplit needs a separator");
    return Split(run, text, a);
  }
  run.Charge(text.bytes.size() / 8);
  List parts;
  std::size_t end = text.bytes.size();
  for (std::int64_t i = 0; i != most && end >= mark.size(); ++i) {
    const auto at = text.bytes.rfind(mark, end - mark.size());
    if (at == std::string::npos) break;
    parts.emplace_back(text.Cut(at + mark.size(), end));
    end = at;
  }
  parts.emplace_back(text.Cut(0, end));
  std::reverse(parts.begin(), parts.end());
  return Value(std::move(parts));
}

Value SplitLines(Run& run, const Text& text, const Args& a) {
  const bool keep = TruthOf(a, 0, "keepends", false);
  run.Charge(text.bytes.size() / 8);
  List lines;
  for (std::size_t at = 0; at < text.bytes.size();) {
    const std::size_t end = std::min(text.bytes.find_first_of("\r\n", at), text.bytes.size());
    std::size_t next = std::min(end + 1, text.bytes.size());
    if (text.bytes.compare(end, 2, "\r\n") == 0) next = end + 2;
    lines.emplace_back(text.Cut(at, keep ? next : end));
    at = next;
  }
  return Value(std::move(lines));
}

// startswith and endswith take one text or a tuple of them.
template <bool kStart>
Value Edge(Run& run, const Text& text, const Args& a) {
  if (a.positional.empty()) return run.Problem("the text to compare with is missing");
  const Value& wanted = a.positional[0];
  const List options = wanted.IsList() ? wanted.AsList() : List{wanted};
  for (const Value& option : options) {
    if (!option.IsText()) return run.Problem("expected a text, not " + option.TypeName());
    const std::string& edge = option.AsText().bytes;
    if (kStart ? text.bytes.starts_with(edge) : text.bytes.ends_with(edge)) return Value(true);
  }
  return Value(false);
}

template <std::string (*kChange)(std::string_view)>
Value Cased(Run& run, const Text& text, const Args&) {
  return run.Made(text.Became(kChange(text.bytes)));
}

Value Replace(Run& run, const Text& text, const Args& a) {
  if (a.positional.size() < 2) return run.Problem("replace needs two texts");
  return run.Made(
      ReplaceIn(text, ToText(a.positional[0]), ToText(a.positional[1]), IntOr(a, 2, "count", -1)));
}

Value Join(Run& run, const Text& text, const Args& a) {
  if (a.positional.empty()) return run.Problem("join needs a list");
  return FindFilter("join")(run, a.positional[0], {.positional = {Value(text)}, .named = {}});
}

template <bool kLast>
Value Find(Run& run, const Text& text, const Args& a) {
  const std::string wanted = TextOr(a, 0, "sub", "");
  run.Charge(text.bytes.size() / 64);
  const auto at = kLast ? text.bytes.rfind(wanted) : text.bytes.find(wanted);
  if (at == std::string::npos) return Value(std::int64_t{-1});
  return Value(
      static_cast<std::int64_t>(CountCharacters(std::string_view(text.bytes).substr(0, at))));
}

Value Index(Run& run, const Text& text, const Args& a) {
  const Value at = Find<false>(run, text, a);
  return at.AsInt() < 0 ? run.Problem("substring not found") : at;
}

Value Count(Run& run, const Text& text, const Args& a) {
  const std::string wanted = TextOr(a, 0, "sub", "");
  if (wanted.empty()) return Value(static_cast<std::int64_t>(CountCharacters(text.bytes) + 1));
  run.Charge(text.bytes.size() / 64);
  std::int64_t count = 0;
  for (auto at = text.bytes.find(wanted); at != std::string::npos;
       at = text.bytes.find(wanted, at + wanted.size())) {
    ++count;
  }
  return Value(count);
}

template <bool kPrefix>
Value RemoveEdge(Run& run, const Text& text, const Args& a) {
  const std::string edge = TextOr(a, 0, "", "");
  const std::size_t size = text.bytes.size();
  if (kPrefix && text.bytes.starts_with(edge)) return run.Made(text.Cut(edge.size(), size));
  if (!kPrefix && text.bytes.ends_with(edge)) return run.Made(text.Cut(0, size - edge.size()));
  return Value(text);
}

template <bool (*kIs)(char32_t)>
Value All(Run& run, const Text& text, const Args&) {
  run.Charge(text.bytes.size() / 8);
  std::string_view rest = text.bytes;
  for (; !rest.empty(); rest.remove_prefix(DecodeUtf8(rest).length))
    if (!kIs(DecodeUtf8(rest).value)) return Value(false);
  return Value(!text.bytes.empty());
}

bool IsAsciiDigit(char32_t c) { return c >= '0' && c <= '9'; }
bool IsLetter(char32_t c) {
  std::string text;
  AppendUtf8(c, text);
  return ToUpper(text) != ToLower(text) || c >= 0x3041;
}
bool IsLetterOrDigit(char32_t c) { return IsLetter(c) || IsAsciiDigit(c); }

template <bool kUpper>
Value IsCase(Run&, const Text& text, const Args&) {
  return Value(text.bytes == (kUpper ? ToUpper(text.bytes) : ToLower(text.bytes)) &&
               ToUpper(text.bytes) != ToLower(text.bytes));
}

// "%s and %d" % values.
Value Percent(Run& run, const Text& text, const Args& a) {
  const Value& given = a.positional[0];
  const List values = given.IsTuple() ? given.AsList() : List{given};
  Text out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.bytes.size(); ++i) {
    if (text.bytes[i] != '%') {
      out.Append(text.Cut(i, i + 1));
      continue;
    }
    const char kind = ++i < text.bytes.size() ? text.bytes[i] : ' ';
    if (kind == '%') {
      out.Append("%");
      continue;
    }
    if (kind != 's' && kind != 'd' && kind != 'r')
      return run.Problem("this format is not supported: only %s, %d, %r and %%");
    if (used == values.size()) return run.Problem("not enough arguments for format string");
    const Value& value = values[used++];
    out.Append(kind == 'r' ? Represent(value) : ToText(value));
  }
  if (used != values.size()) return run.Problem("not all arguments were used by the format");
  return run.Made(std::move(out));
}

// "{} and {name}".format(…), without format specifications.
Value FormatBraces(Run& run, const Text& text, const Args& a) {
  Text out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < text.bytes.size(); ++i) {
    const char c = text.bytes[i];
    if ((c == '{' || c == '}') && text.bytes.compare(i + 1, 1, std::string(1, c)) == 0) {
      out.Append(std::string(1, c));
      ++i;
      continue;
    }
    if (c != '{') {
      out.Append(text.Cut(i, i + 1));
      continue;
    }
    const auto close = text.bytes.find('}', i);
    const std::string field =
        close == std::string::npos ? "?" : text.bytes.substr(i + 1, close - i - 1);
    const bool number =
        !field.empty() && field.size() < 4 &&
        std::all_of(field.begin(), field.end(), [](char d) { return d >= '0' && d <= '9'; });
    const std::size_t at = field.empty() ? next++
                           : number      ? std::stoul(field)
                                         : a.positional.size();
    const Value* value = a.Get(at, field);
    if (value == nullptr) return run.Problem("the format field '" + field + "' has no value");
    out.Append(ToText(*value));
    i = close;
  }
  return run.Made(std::move(out));
}

Value ZeroFill(Run& run, const Text& text, const Args& a) {
  const auto width =
      static_cast<std::size_t>(std::clamp<std::int64_t>(IntOr(a, 0, "width", 0), 0, 1000));
  const std::size_t count = CountCharacters(text.bytes);
  const bool sign = text.bytes.starts_with('-') || text.bytes.starts_with('+');
  Text out = text.Cut(0, sign ? 1 : 0);
  if (count < width) out.Append(std::string(width - count, '0'));
  out.Append(text.Cut(sign ? 1 : 0, text.bytes.size()));
  return run.Made(std::move(out));
}

Value BindText(const Value& object, const std::string& name, TextMethod method) {
  return MakeFunction(name, [object, method](Run& run, const Args& a) {
    return run.Charge(object.AsText().bytes.size() / 64) ? method(run, object.AsText(), a)
                                                         : Value();
  });
}

Value TextMethodOf(const Value& object, const std::string& name) {
  static const std::map<std::string, TextMethod> kMethods = {{"strip", Strip<true, true>},
                                                             {"lstrip", Strip<true, false>},
                                                             {"rstrip", Strip<false, true>},
                                                             {"split", Split},
                                                             {"rsplit", SplitFromRight},
                                                             {"splitlines", SplitLines},
                                                             {"startswith", Edge<true>},
                                                             {"endswith", Edge<false>},
                                                             {"upper", Cased<ToUpper>},
                                                             {"lower", Cased<ToLower>},
                                                             {"title", Cased<ToTitle>},
                                                             {"capitalize", Cased<ToCapitalized>},
                                                             {"replace", Replace},
                                                             {"join", Join},
                                                             {"find", Find<false>},
                                                             {"rfind", Find<true>},
                                                             {"index", Index},
                                                             {"count", Count},
                                                             {"removeprefix", RemoveEdge<true>},
                                                             {"removesuffix", RemoveEdge<false>},
                                                             {"isdigit", All<IsAsciiDigit>},
                                                             {"isnumeric", All<IsAsciiDigit>},
                                                             {"isdecimal", All<IsAsciiDigit>},
                                                             {"isalpha", All<IsLetter>},
                                                             {"isalnum", All<IsLetterOrDigit>},
                                                             {"isspace", All<IsSpaceCharacter>},
                                                             {"isupper", IsCase<true>},
                                                             {"islower", IsCase<false>},
                                                             {"format", FormatBraces},
                                                             {"zfill", ZeroFill},
                                                             {"%", Percent}};
  const auto found = kMethods.find(name);
  return found == kMethods.end() ? Value(Undefined{name}) : BindText(object, name, found->second);
}

Value Entries(const Dict& dict, bool keys, bool values) {
  List out;
  for (const auto& [key, value] : dict.entries)
    out.push_back(keys && values ? Value(List{key, value}, true) : keys ? key : value);
  return Value(std::move(out));
}

Value DictMethodOf(const Value& object, const std::string& name) {
  const bool keys = name == "items" || name == "keys", values = name == "items" || name == "values";
  if (keys || values) {
    return MakeFunction(name, [object, keys, values](Run& run, const Args&) {
      run.Charge(object.AsDict().entries.size());
      return Entries(object.AsDict(), keys, values);
    });
  }
  if (name == "get") {
    return MakeFunction(name, [object](Run& run, const Args& a) {
      if (a.positional.empty()) return run.Problem("get needs a key");
      const Value* found = object.AsDict().Find(a.positional[0]);
      return found == nullptr ? ArgumentOr(a, 1, "default", Value(None{})) : *found;
    });
  }
  if (name == "copy") {
    return MakeFunction(name, [object](Run&, const Args&) {
      return Value(std::make_shared<Dict>(object.AsDict()));
    });
  }
  for (const char* changing : {"pop", "popitem", "update", "setdefault", "clear"}) {
    if (name != changing) continue;
    return MakeFunction(name, [name](Run& run, const Args&) {
      return run.Problem("'" + name + "' would change its object, which templates may not");
    });
  }
  return Value(Undefined{name});
}

Value ListMethodOf(const Value& object, const std::string& name) {
  if (name == "index" || name == "count") {
    return MakeFunction(name, [object, name](Run& run, const Args& a) {
      const Value wanted = ArgumentOr(a, 0, "value", Value());
      std::int64_t count = 0;
      for (std::size_t i = 0; i < object.AsList().size() && run.Charge(1); ++i) {
        if (!Equal(object.AsList()[i], wanted)) continue;
        if (name == "index") return Value(static_cast<std::int64_t>(i));
        ++count;
      }
      return name == "count" ? Value(count) : run.Problem("the value is not in the list");
    });
  }
  for (const char* changing :
       {"append", "extend", "insert", "pop", "remove", "sort", "reverse", "clear"}) {
    if (name != changing) continue;
    return MakeFunction(name, [name](Run& run, const Args&) {
      return run.Problem("'" + name + "' would change its object, which templates may not");
    });
  }
  return Value(Undefined{name});
}

}  // namespace

Value FindMethod(const Value& object, const std::string& name) {
  if (object.IsText()) return TextMethodOf(object, name);
  if (object.IsDict()) return DictMethodOf(object, name);
  if (object.IsList()) return ListMethodOf(object, name);
  return Value(Undefined{name});
}

}  // namespace assay::jinja
