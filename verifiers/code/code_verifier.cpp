#include "verifiers/code/code_verifier.h"

#include <optional>

#include "base/utf8.h"
#include "verifiers/code/answer_check.h"
#include "verifiers/code/code_spec.h"
#include "verifiers/code/function_check.h"
#include "verifiers/code/program_check.h"
#include "verifiers/extract/stated.h"
#include "verifiers/extract/thinking.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

constexpr std::size_t kMaxProgramBytes = 1 << 20;
constexpr std::size_t kShownBytes = 16 * 1024;

enum class Side { kCall, kValue };

// "assert f(1) == 2" and "f(1) == 2" state a call on the left and its value on the right.
std::string_view SideOf(std::string_view answer, Side side) {
  const auto equals = answer.rfind(" == ");
  if (equals == std::string_view::npos) return answer;
  if (side == Side::kValue) return Trim(answer.substr(equals + 4));
  constexpr std::string_view kAssert = "assert ";
  answer = Trim(answer.substr(0, equals));
  return answer.starts_with(kAssert) ? Trim(answer.substr(kAssert.size())) : answer;
}

// What a response says that a program takes or returns: "[ANSWER]…[/ANSWER]", what it states, its
// last line.
std::optional<ExtractedCode> ExtractLiteral(std::string_view response, Side side) {
  const auto text = AfterThinking(response);
  if (!text) return std::nullopt;
  std::string_view answer = *text;
  constexpr std::string_view kOpen = "[ANSWER]";
  if (const auto open = answer.rfind(kOpen); open != std::string_view::npos) {
    answer = answer.substr(open + kOpen.size());
    answer = answer.substr(0, answer.find("[/ANSWER]"));
  } else {
    const StatedAnswers stated =
        FindStated(answer, [](std::string_view words) { return !Trim(words).empty(); });
    if (stated.unclosed_box) return std::nullopt;
    if (stated.marker != Marker::kNone) {
      const Span& span = stated.spans.back();
      answer = answer.substr(span.begin, span.end - span.begin);
    } else {
      answer = Trim(answer);
      answer = answer.substr(answer.rfind('\n') + 1);
    }
  }
  answer = Trim(answer);
  while (answer.size() > 1 && answer.front() == '`' && answer.back() == '`')
    answer = answer.substr(1, answer.size() - 2);
  answer = SideOf(answer, side);
  if (answer.empty()) return std::nullopt;
  const auto begin = static_cast<std::size_t>(answer.data() - response.data());
  return ExtractedCode{std::string(answer), Span{begin, begin + answer.size()}};
}

class CodeVerifier : public Verifier {
 public:
  explicit CodeVerifier(CodeSpec spec) : spec_(std::move(spec)), function_(spec_) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds budget) const override {
    const auto extracted = Extract(response);
    if (!extracted) return Verdict::NoAnswer("no code in the response");
    if (extracted->program.size() > kMaxProgramBytes)
      return Verdict::Limit("", "the program is longer than a megabyte");
    Verdict verdict = Judge(extracted->program, budget);
    if (verdict.outcome == Outcome::kError) return verdict;
    verdict.answer = SanitizeUtf8(Abbreviate(extracted->program, kShownBytes));
    verdict.span = extracted->span;
    return verdict;
  }

 private:
  std::optional<ExtractedCode> Extract(std::string_view response) const {
    switch (spec_.protocol) {
      case CodeProtocol::kOutput:
        return ExtractLiteral(response, Side::kValue);
      case CodeProtocol::kInput:
        return ExtractLiteral(response, Side::kCall);
      case CodeProtocol::kRegex:
      case CodeProtocol::kSql:
        return ExtractPlain(response);
      case CodeProtocol::kFunction:
      case CodeProtocol::kStdio:
        break;
    }
    return ExtractCode(response, spec_.profile, spec_.question);
  }

  Verdict Judge(const std::string& program, std::chrono::milliseconds budget) const {
    switch (spec_.protocol) {
      case CodeProtocol::kFunction:
        return function_.Check(program, budget);
      case CodeProtocol::kStdio:
        return CheckProgram(spec_, program, budget);
      case CodeProtocol::kOutput:
        return CheckLiteral(spec_, program);
      case CodeProtocol::kInput:
      case CodeProtocol::kRegex:
      case CodeProtocol::kSql:
        return CheckAnswer(spec_, program, budget);
    }
    return Verdict::Failure("unknown protocol");
  }

  const CodeSpec spec_;
  const FunctionCheck function_;
};

}  // namespace

Result<std::unique_ptr<const Verifier>> MakeCodeVerifier(const Json& spec,
                                                         const VerifierContext& context) {
  auto code = ParseCodeSpec(spec, context);
  if (!code) return Pass(code.error());
  return std::make_unique<CodeVerifier>(std::move(*code));
}

}  // namespace assay
