#include "runner/model/tokenizer/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"

namespace assay {
namespace {

// The property White_Space. PCRE2's own \s adds U+180E, which Oniguruma and Rust leave out.
constexpr std::string_view kSpace =
    "\\x{9}-\\x{d}\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}"
    "\\x{205f}\\x{3000}";
constexpr std::string_view kNotSpace =
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-"
    "\\x{10ffff}";
constexpr std::string_view kReadDifferently = "wWbBhHRXKGkgyY";

// Bounds of one match attempt: ordinary expressions need a few steps a character.
constexpr std::uint32_t kMaxMatchSteps = 50'000'000;
constexpr std::uint32_t kMaxHeapKilobytes = 256 * 1024;

Result<std::string> Translate(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c != '\\') {
      if (c == '[' && in_class && pattern.substr(i, 2) != "[:")
        return Fail(ErrorCode::kInput, "a class inside a class at offset {} is not supported", i);
      if (in_class && pattern.substr(i, 2) == "&&")
        return Fail(ErrorCode::kInput, "the intersection && at offset {} is not supported", i);
      if (c == '[') in_class = true;
      if (c == ']') in_class = false;
      out += c;
      continue;
    }
    if (++i == pattern.size()) return Fail(ErrorCode::kInput, "it ends in a backslash");
    const char escaped = pattern[i];
    if (kReadDifferently.find(escaped) != std::string_view::npos)
      return Fail(ErrorCode::kInput, "\\{} at offset {} is not supported", escaped, i - 1);
    if (escaped == 's' || escaped == 'S') {
      const std::string_view members = escaped == 's' ? kSpace : kNotSpace;
      out += in_class ? std::string(members) : "[" + std::string(members) + "]";
    } else {
      out += c;
      out += escaped;
    }
  }
  return out;
}

Result<std::shared_ptr<const void>> CompileCode(std::string_view pattern, std::uint32_t options) {
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), pcre2_compile_context_free);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    options | PCRE2_UTF | PCRE2_MULTILINE, &error, &offset, context.get());
  if (code == nullptr) {
    char message[160] = "";
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof message);
    return Fail(ErrorCode::kInput, "{} (near offset {})", message, offset);
  }
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);  // where there is no JIT, matching is slower
  return std::shared_ptr<const void>(code, [](const void* spent) {
    pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(spent)));
  });
}

}  // namespace

Result<Regex> Regex::Compile(std::string_view pattern) {
  if (!IsUtf8(pattern)) return Fail(ErrorCode::kInput, "the expression is not UTF-8");
  const auto translated = Translate(pattern);
  if (!translated) return Pass(translated.error());
  auto code = CompileCode(*translated, PCRE2_UCP);
  if (!code) return Pass(code.error());
  Regex regex;
  regex.code_ = std::move(*code);
  return regex;
}

Result<Regex> Regex::Literal(std::string_view text) {
  if (!IsUtf8(text)) return Fail(ErrorCode::kInput, "the text is not UTF-8");
  std::string quoted;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) == 0)
      quoted += '\\';
    quoted += c;
  }
  auto code = CompileCode(quoted, 0);
  if (!code) return Pass(code.error());
  Regex regex;
  regex.code_ = std::move(*code);
  return regex;
}

RegexMatcher::RegexMatcher(const Regex& regex)
    : code_(regex.code_),
      match_(pcre2_match_data_create(1, nullptr),
             [](void* spent) { pcre2_match_data_free(static_cast<pcre2_match_data*>(spent)); }),
      context_(pcre2_match_context_create(nullptr), [](void* spent) {
        pcre2_match_context_free(static_cast<pcre2_match_context*>(spent));
      }) {
  auto* context = static_cast<pcre2_match_context*>(context_.get());
  pcre2_set_match_limit(context, kMaxMatchSteps);
  pcre2_set_heap_limit(context, kMaxHeapKilobytes);
}

Result<std::optional<RegexMatch>> RegexMatcher::Find(std::string_view text, std::size_t offset) {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  auto* match = static_cast<pcre2_match_data*>(match_.get());
  auto* context = static_cast<pcre2_match_context*>(context_.get());
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  while (offset <= text.size()) {
    int found = pcre2_match(code, subject, text.size(), offset, PCRE2_NO_UTF_CHECK, match, context);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT)
      found = pcre2_match(code, subject, text.size(), offset, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT,
                          match, context);
    if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (found < 0)
      return Fail(ErrorCode::kInput, "the tokenizer's splitting expression gives up (PCRE2 {})",
                  found);
    const PCRE2_SIZE* at = pcre2_get_ovector_pointer(match);
    if (at[1] > at[0]) return RegexMatch{at[0], at[1]};
    if (at[1] >= text.size()) return std::nullopt;
    offset = at[1] + DecodeUtf8(text.substr(at[1])).length;
  }
  return std::nullopt;
}

}  // namespace assay
