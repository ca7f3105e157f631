#include "reports/html.h"

#include "reports/page_parts.h"

namespace assay {
namespace {

std::string EscapeMarkup(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// JSON inside <script>: "<" never appears, so no text can close the element or open a comment.
std::string EscapeForScript(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

std::string FillPage(std::string_view title, std::string_view body, std::string_view script,
                     const Json& data) {
  const std::string_view skeleton = page_parts::kShell;
  std::string page;
  std::size_t at = 0;
  // One pass over the skeleton: what is put in is never searched for marks again.
  for (;;) {
    const std::size_t mark = skeleton.find('@', at);
    if (mark == std::string_view::npos) break;
    const std::size_t end = skeleton.find('@', mark + 1);
    if (end == std::string_view::npos) break;
    page += skeleton.substr(at, mark - at);
    const std::string_view name = skeleton.substr(mark + 1, end - mark - 1);
    if (name == "TITLE") page += EscapeMarkup(title);
    if (name == "STYLE") page += page_parts::kCss;
    if (name == "BODY") page += body;
    if (name == "SCRIPT") page += std::string(page_parts::kCommonJs) + std::string(script);
    if (name == "DATA") page += EscapeForScript(DumpJson(data));
    at = end + 1;
  }
  page += skeleton.substr(at);
  return page;
}

std::string RenderPage(std::string_view title, const Json& report) {
  return FillPage(title, page_parts::kHtml, page_parts::kJs, report);
}

}  // namespace assay
