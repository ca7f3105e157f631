// The `tojson` filter: Python's json.dumps.
#include <algorithm>

#include "base/utf8.h"
#include "runner/model/template/jinja/value.h"

namespace assay::jinja {
namespace {

constexpr int kMaxDepth = 200;

void AppendUnicodeEscape(char32_t c, std::string& out) {
  if (c >= 0x10000) {
    out += fmt::format("\\u{:04x}\\u{:04x}",
                       0xD800 + ((static_cast<std::uint32_t>(c) - 0x10000) >> 10),
                       0xDC00 + ((static_cast<std::uint32_t>(c) - 0x10000) & 0x3FF));
  } else {
    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
  }
}

std::string Quoted(std::string_view text, bool ascii) {
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    switch (point.value) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        if (point.value < 0x20 || (ascii && point.value > 0x7E)) {
          AppendUnicodeEscape(point.value, out);
        } else {
          out += text.substr(0, point.length);
        }
    }
    text.remove_prefix(point.length);
  }
  return out + '"';
}

class Writer {
 public:
  explicit Writer(const JsonStyle& style) : style_(style) {}

  bool Write(const Value& value, int depth) {
    if (depth > kMaxDepth) return false;
    if (value.IsNone()) return Put("null");
    if (value.IsBool()) return Put(value.AsInt() != 0 ? "true" : "false");
    if (value.IsInt() || value.IsFloat()) return Put(ToText(value).bytes);
    if (value.IsText()) {
      out_.Append(value.AsText().Became(Quoted(value.AsText().bytes, style_.ascii)));
      return true;
    }
    if (value.IsList()) return WriteList(value.AsList(), depth);
    return value.IsDict() && WriteDict(value.AsDict(), depth);
  }

  Text Take() { return std::move(out_); }

 private:
  bool Put(std::string_view text) {
    out_.Append(text);
    return true;
  }

  void Break(int depth) {
    if (style_.indent < 0) return;
    out_.Append("\n" + std::string(static_cast<std::size_t>(style_.indent * depth), ' '));
  }

  bool WriteList(const List& list, int depth) {
    if (list.empty()) return Put("[]");
    Put("[");
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) Put(style_.item_separator);
      Break(depth + 1);
      if (!Write(list[i], depth + 1)) return false;
    }
    Break(depth);
    return Put("]");
  }

  bool WriteDict(const Dict& dict, int depth) {
    if (dict.entries.empty()) return Put("{}");
    std::vector<const std::pair<Value, Value>*> order;
    for (const auto& entry : dict.entries) order.push_back(&entry);
    if (style_.sort_keys) {
      std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return Less(a->first, b->first).value_or(false);
      });
    }
    Put("{");
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i > 0) Put(style_.item_separator);
      Break(depth + 1);
      const Value& key = order[i]->first;
      Put(Quoted(ToText(key).bytes, style_.ascii));
      Put(style_.key_separator);
      if (!Write(order[i]->second, depth + 1)) return false;
    }
    Break(depth);
    return Put("}");
  }

  const JsonStyle& style_;
  Text out_;
};

}  // namespace

std::optional<Text> ToJsonText(const Value& value, const JsonStyle& style) {
  Writer writer(style);
  if (!writer.Write(value, 0)) return std::nullopt;
  return writer.Take();
}

}  // namespace assay::jinja
