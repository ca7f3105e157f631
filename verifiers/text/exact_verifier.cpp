#include "verifiers/text/exact_verifier.h"

#include "base/utf8.h"
#include "verifiers/extract/stated.h"
#include "verifiers/extract/thinking.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 200;

struct Found {
  std::string_view answer;  // undressed; points into the response
  bool hedge = false;
  bool unclosed_box = false;
};

bool NotBlank(std::string_view text) { return !Trim(text).empty(); }

std::string_view LastLine(std::string_view text) {
  text = Trim(text);
  const auto line = text.rfind('\n');
  return line == std::string_view::npos ? text : text.substr(line + 1);
}

// The inside of the only fenced block, or all of the text.
std::string_view OnlyBlock(std::string_view text) {
  const auto open = text.find("```");
  if (open == std::string_view::npos) return text;
  const auto begin = text.find('\n', open);
  const auto close = begin == std::string_view::npos ? begin : text.find("```", begin);
  if (close == std::string_view::npos || text.find("```", close + 3) != std::string_view::npos)
    return text;
  return text.substr(begin, close - begin);
}

class ExactVerifier : public Verifier {
 public:
  ExactVerifier(const std::string& reference, bool ignore_case)
      : ignore_case_(ignore_case),
        lines_(Trim(reference).find('\n') != std::string_view::npos),
        reference_(Canonical(Undress(reference))) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const auto text = AfterThinking(response);
    if (!text) return Verdict::NoAnswer("the reasoning does not end");
    const Found found = Find(*text);
    if (found.unclosed_box) return Verdict::NoAnswer("the last box is not closed");
    if (found.answer.empty()) return Verdict::NoAnswer("the answer is empty");
    const std::string shown = SanitizeUtf8(Abbreviate(found.answer, kShownBytes));
    Verdict verdict;
    if (found.hedge) {
      verdict = Verdict::Wrong(shown, "several different final answers");
    } else if (Canonical(found.answer) == reference_) {
      verdict = Verdict::Correct(shown, "the same text");
    } else {
      verdict =
          Verdict::Wrong(shown, "not the text \"" + Abbreviate(reference_, kShownBytes) + "\"");
    }
    const auto begin = static_cast<std::size_t>(found.answer.data() - response.data());
    verdict.span = Span{begin, begin + found.answer.size()};
    return verdict;
  }

 private:
  std::string Canonical(std::string_view text) const {
    std::string canonical = CollapseSpace(text);
    return ignore_case_ ? ToLower(canonical) : canonical;
  }

  Found Find(std::string_view text) const {
    if (lines_) return {Undress(OnlyBlock(text)), false, false};
    const StatedAnswers stated = FindStated(text, NotBlank);
    if (stated.unclosed_box) return {{}, false, true};
    if (stated.marker == Marker::kNone) return {Undress(LastLine(text)), false, false};
    Found found;
    for (const Span& span : stated.spans) {
      const auto answer = Undress(text.substr(span.begin, span.end - span.begin));
      found.hedge |= &span != &stated.spans.front() && Canonical(answer) != Canonical(found.answer);
      found.answer = answer;
    }
    return found;
  }

  const bool ignore_case_;
  const bool lines_;  // the reference has several
  const std::string reference_;
};

}  // namespace

Result<std::unique_ptr<const Verifier>> MakeExactVerifier(const Json& spec,
                                                          const VerifierContext& context) {
  Fields fields(spec, "verifier");
  fields.String("kind");
  const bool ignore_case = fields.OptionalBool("ignore_case").value_or(false);
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (Undress(context.reference).empty())
    return Fail(ErrorCode::kInput, "reference: expected a text, it is empty");
  return std::make_unique<ExactVerifier>(context.reference, ignore_case);
}

}  // namespace assay
