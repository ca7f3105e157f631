#include "cli/serve/items.h"

#include "base/trim.h"

namespace assay::serve {
namespace {

tl::unexpected<Error> TooMany(std::size_t most) {
  return Fail(ErrorCode::kUsage, "body: more than {} items (--max-items)", most);
}

// The offset of the quote that ends the string whose first quote is at `open`.
std::size_t EndOfString(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i;
    }
  }
  return std::string_view::npos;
}

// The offset of the comma or bracket that ends the element which starts at `begin`.
std::size_t EndOfElement(std::string_view array, std::size_t begin) {
  std::size_t depth = 0;
  for (std::size_t i = begin; i < array.size(); ++i) {
    switch (array[i]) {
      case '"':
        i = EndOfString(array, i);
        if (i == std::string_view::npos) return i;
        break;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        if (depth == 0) return i;
        --depth;
        break;
      case ',':
        if (depth == 0) return i;
        break;
      default:
        break;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Result<Items> SplitLines(std::string_view body, std::size_t most) {
  Items found{Form::kLines, {}};
  for (std::size_t number = 1; !body.empty(); ++number) {
    const auto end = body.find('\n');
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (found.items.size() == most) return TooMany(most);
    found.items.push_back({number, line});
  }
  return found;
}

Result<Items> SplitJson(std::string_view body, std::size_t most) {
  const std::string_view whole = body;
  body = Trimmed(body);
  if (body.empty()) return Fail(ErrorCode::kInput, "body: is empty");
  if (body.front() != '[') return Items{Form::kOne, {{1, whole}}};
  Items found{Form::kArray, {}};
  for (std::size_t begin = 1;;) {
    const std::size_t number = found.items.size() + 1;
    const std::size_t end = EndOfElement(body, begin);
    if (end == std::string_view::npos)
      return Fail(ErrorCode::kInput, "body: the array does not end");
    const std::string_view element = Trimmed(body.substr(begin, end - begin));
    const bool last = body[end] != ',';
    if (last && body[end] != ']')
      return Fail(ErrorCode::kInput, "body: item {} ends with \"}}\"", number);
    if (last && element.empty() && found.items.empty()) {
      if (end + 1 == body.size()) return found;
    } else if (element.empty()) {
      return Fail(ErrorCode::kInput, "body: item {} is empty", number);
    } else if (found.items.size() == most) {
      return TooMany(most);
    } else {
      found.items.push_back({number, element});
    }
    if (!last) {
      begin = end + 1;
      continue;
    }
    if (end + 1 != body.size()) return Fail(ErrorCode::kInput, "body: goes on after the array");
    return found;
  }
}

}  // namespace assay::serve
