#include "runner/profiles/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/check.h"
#include "base/utf8.h"

namespace assay {
namespace {

constexpr std::uint32_t kMostSteps = 50'000'000;

std::shared_ptr<const void> Compile(std::string_view expression, std::uint32_t options) {
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()),
                                   expression.size(), options, &error, &at, nullptr);
  ASSAY_CHECK(code != nullptr, "a profile's expression is malformed");
  return {code, [](const void* owned) {
            pcre2_code_free(const_cast<pcre2_code*>(static_cast<const pcre2_code*>(owned)));
          }};
}

// One search after the other through one text.
class Search {
 public:
  Search(const void* code, std::string_view text, bool utf8)
      : code_(static_cast<const pcre2_code*>(code)),
        text_(text),
        flags_(utf8 ? PCRE2_NO_UTF_CHECK : 0),
        data_(pcre2_match_data_create_from_pattern(code_, nullptr), pcre2_match_data_free),
        context_(pcre2_match_context_create(nullptr), pcre2_match_context_free) {
    ASSAY_CHECK(data_ && context_, "pcre2: out of memory");
    pcre2_set_match_limit(context_.get(), kMostSteps);
  }

  Result<std::optional<Span>> Next(std::size_t group) {
    if (at_ > text_.size()) return std::nullopt;
    const int found = pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(text_.data()), text_.size(),
                                  at_, flags_, data_.get(), context_.get());
    if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
    if (found < 0) return Fail(ErrorCode::kUnavailable, "the expression takes too many steps");
    const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data_.get());
    at_ = offsets[1] > offsets[0] ? offsets[1] : offsets[1] + 1;
    return Span{offsets[2 * group], offsets[2 * group + 1]};
  }

 private:
  const pcre2_code* code_;
  std::string_view text_;
  std::uint32_t flags_;
  std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> data_;
  std::unique_ptr<pcre2_match_context, void (*)(pcre2_match_context*)> context_;
  std::size_t at_ = 0;
};

}  // namespace

Pattern::Pattern(std::string_view expression)
    : utf8_(Compile(expression, PCRE2_UTF | PCRE2_UCP)), bytes_(Compile(expression, 0)) {}

Result<std::optional<Span>> Pattern::First(std::string_view text, std::size_t group) const {
  const bool utf8 = IsUtf8(text);
  return Search(utf8 ? utf8_.get() : bytes_.get(), text, utf8).Next(group);
}

Result<std::optional<Span>> Pattern::Last(std::string_view text, std::size_t group) const {
  const bool utf8 = IsUtf8(text);
  Search search(utf8 ? utf8_.get() : bytes_.get(), text, utf8);
  std::optional<Span> last;
  for (;;) {
    const auto next = search.Next(group);
    if (!next || !*next) return next ? Result<std::optional<Span>>(last) : next;
    last = *next;
  }
}

}  // namespace assay
