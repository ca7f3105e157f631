#include "verifiers/code/default_extract.h"

#include <algorithm>
#include <array>

#include "verifiers/extract/fences.h"
#include "verifiers/extract/thinking.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

bool IsPython(const std::string& language) { return language == "python"; }

// Whether a block's label may mean `language`; unlabelled ones may mean any.
bool MayBe(std::string_view label, const std::string& language) {
  const std::string name = ToLower(label);
  if (name.empty() || name == language) return true;
  if (IsPython(language)) return name == "py" || name == "python3";
  if (language == "cpp") return name == "c++" || name == "cc" || name == "cxx";
  if (language == "javascript") return name == "js" || name == "node";
  return false;
}

// Whether `code` defines `name` in Python, at the outermost level.
bool Defines(std::string_view code, const std::string& name) {
  for (const std::string_view keyword : {"def ", "async def ", "class "}) {
    const std::string line = std::string(keyword) + name;
    for (auto at = code.find(line); at != std::string_view::npos; at = code.find(line, at + 1)) {
      const std::size_t end = at + line.size();
      const bool whole = end >= code.size() || !IsWordByte(code[end]);
      if (whole && (at == 0 || code[at - 1] == '\n')) return true;
    }
  }
  const std::string assigned = name + " =";
  return code.starts_with(assigned) || code.find("\n" + assigned) != std::string_view::npos;
}

std::string_view ChooseBlock(const std::vector<Fence>& fences, const CodeQuestion& question) {
  const Fence* chosen = nullptr;
  bool chosen_defines = false;
  for (const Fence& fence : fences) {
    if (!MayBe(fence.language, question.language)) continue;
    const bool defines = question.entry_point.empty() || Defines(fence.code, question.entry_point);
    if (chosen != nullptr && chosen_defines && !defines) continue;
    chosen = &fence;
    chosen_defines = defines;
  }
  return chosen == nullptr ? fences.back().code : chosen->code;
}

bool StartsCode(std::string_view line) {
  constexpr std::array<std::string_view, 6> kStarts = {"def ",    "async def ", "class ",
                                                       "import ", "from ",      "@"};
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view start) { return line.starts_with(start); });
}

// Text without fences: from its first line of code up to a line of prose after the code.
std::string_view WithoutProse(std::string_view text) {
  std::size_t begin = std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (begin == std::string_view::npos) {
      if (StartsCode(line)) begin = at;
    } else if (!line.empty() && IsUpper(line[0]) && line.find(' ') != std::string_view::npos &&
               line.find_first_of("=([{#") == std::string_view::npos) {
      return text.substr(begin, at - begin);  // "This function returns …"
    }
    at = end + 1;
  }
  return begin == std::string_view::npos ? text : text.substr(begin);
}

// What the prompt holds before the entry point's definition: imports and helper functions.
std::string_view Preamble(const CodeQuestion& question) {
  const std::string line = "def " + question.entry_point;
  for (auto at = question.prompt.find(line); at != std::string::npos;
       at = question.prompt.find(line, at + 1)) {
    const std::size_t end = at + line.size();
    const bool whole = end >= question.prompt.size() || !IsWordByte(question.prompt[end]);
    if (whole && (at == 0 || question.prompt[at - 1] == '\n'))
      return std::string_view(question.prompt).substr(0, at);
  }
  return {};
}

// A body at the margin where the prompt's function expects four columns.
std::string Indented(std::string_view body) {
  std::string text;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    if (!Trim(line).empty()) text += "    ";
    text += line;
    text += '\n';
    at = end + 1;
  }
  return text;
}

// Whether the first line that is not blank starts at the margin.
bool AtMargin(std::string_view body) {
  std::size_t at = 0;
  while (at < body.size()) {
    const std::size_t end = std::min(body.find('\n', at), body.size());
    const std::string_view line = body.substr(at, end - at);
    if (!Trim(line).empty()) return !IsSpace(line[0]);
    at = end + 1;
  }
  return false;
}

// A body that lost the indentation of its first line only, as a stripped continuation does.
std::string RepairBody(std::string_view body) {
  if (!AtMargin(body)) return std::string(body);
  const auto second = body.find('\n');
  const bool first_only = second != std::string_view::npos && second + 1 < body.size() &&
                          !AtMargin(body.substr(second + 1));
  const std::string_view head = Trim(body.substr(0, second));
  if (first_only && !head.ends_with(':')) return "    " + std::string(body);
  return Indented(body);
}

std::string Complete(std::string_view code, const CodeQuestion& question) {
  if (!IsPython(question.language) || question.entry_point.empty()) return std::string(code);
  if (Defines(code, question.entry_point) || question.prompt.empty())
    return std::string(Preamble(question)) + "\n" + std::string(code);
  const bool ends_line = question.prompt.ends_with('\n');
  return question.prompt + (ends_line ? "" : "\n") + RepairBody(code);
}

}  // namespace

std::optional<ExtractedCode> DefaultExtract(std::string_view response,
                                            const CodeQuestion& question) {
  const auto text = AfterThinking(response);
  if (!text || Trim(*text).empty()) return std::nullopt;
  const auto fences = FindFences(*text);
  std::string_view code = *text;
  if (!fences.empty()) {
    code = ChooseBlock(fences, question);
  } else if (IsPython(question.language) &&
             (question.entry_point.empty() || Defines(*text, question.entry_point))) {
    code = WithoutProse(*text);
  }
  if (Trim(code).empty()) return std::nullopt;
  const auto begin = static_cast<std::size_t>(code.data() - response.data());
  return ExtractedCode{Complete(code, question), Span{begin, begin + code.size()}};
}

}  // namespace assay
