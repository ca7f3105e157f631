#include "verifiers/numeric/numeric_verifier.h"

#include <cmath>

#include "base/utf8.h"
#include "verifiers/extract/thinking.h"
#include "verifiers/numeric/final_quantity.h"
#include "verifiers/numeric/units.h"

namespace assay {
namespace {

constexpr std::size_t kShownBytes = 200;

struct Tolerance {
  mpq_class rel, abs;
};

class NumericVerifier : public Verifier {
 public:
  NumericVerifier(Quantity reference, Tolerance tolerance, bool ignore_percent)
      : reference_(std::move(reference)),
        tolerance_(std::move(tolerance)),
        ignore_percent_(ignore_percent) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const auto text = AfterThinking(response);
    if (!text) return Verdict::NoAnswer("the reasoning does not end");
    const auto offset = static_cast<std::size_t>(text->data() - response.data());
    FinalQuantity final = FindFinalQuantity(*text);
    Verdict verdict = Judge(final, *text);
    if (verdict.outcome != Outcome::kNoAnswer)
      verdict.span = Span{final.span.begin + offset, final.span.end + offset};
    return verdict;
  }

 private:
  Verdict Judge(const FinalQuantity& final, std::string_view text) const {
    using Found = FinalQuantity::Found;
    const std::string answer = SanitizeUtf8(
        Abbreviate(text.substr(final.span.begin, final.span.end - final.span.begin), kShownBytes));
    switch (final.found) {
      case Found::kNothing:
        return Verdict::NoAnswer("no number in the answer");
      case Found::kUnclosedBox:
        return Verdict::NoAnswer("the last box is not closed");
      case Found::kUnreadable:
        return Verdict::Wrong(answer, "the final answer is not one number");
      case Found::kHedge:
        return Verdict::Wrong(answer, "several different final answers");
      case Found::kOne:
        break;
    }
    return Compare(*final.quantity, answer);
  }

  Verdict Compare(const Quantity& given, const std::string& answer) const {
    if (!given.unit.empty() && !reference_.unit.empty() && !SameUnit(given.unit, reference_.unit)) {
      return Verdict::Wrong(answer, "unit " + given.unit + " != " + reference_.unit);
    }
    const mpq_class points = given.value * 100;  // 50% read as 50
    const bool by_value = Near(given.value);
    const bool by_points = given.percent && !reference_.percent && Near(points);
    const bool bare = ignore_percent_ && reference_.percent && !given.percent &&
                      Near(mpq_class(given.value / 100));
    const bool missing_percent =
        reference_.percent && !given.percent && !ignore_percent_ && !by_value;
    if ((by_value || by_points || bare)) {
      return Verdict::Correct(answer, ToString(given.value) + " = " + ToString(reference_.value));
    }
    return Verdict::Wrong(answer, ToString(given.value) + " != " + ToString(reference_.value) +
                                      (missing_percent ? " (the reference is a percentage)" : ""));
  }

  bool Near(const mpq_class& value) const {
    if (value == reference_.value) return true;
    const mpq_class distance = abs(value - reference_.value);
    return distance <= tolerance_.abs ||
           distance <= mpq_class(tolerance_.rel * abs(reference_.value));
  }

  const Quantity reference_;
  const Tolerance tolerance_;
  const bool ignore_percent_;
};

std::optional<Quantity> ParseReference(const std::string& reference) {
  if (auto quantity = ParseQuantity(reference)) return quantity;
  const FinalQuantity final = FindFinalQuantity(reference);
  const bool marked = final.marker == Marker::kBox || final.marker == Marker::kHashes;
  return marked && final.found == FinalQuantity::Found::kOne ? final.quantity : std::nullopt;
}

mpq_class ReadTolerance(Fields& fields, const char* key) {
  const double number = fields.OptionalNumber(key).value_or(0);
  if (std::isfinite(number) && number >= 0) return mpq_class(number);
  fields.Refuse(key, "must be 0 or a positive number");
  return 0;
}

}  // namespace

Result<std::unique_ptr<const Verifier>> MakeNumericVerifier(const Json& spec,
                                                            const VerifierContext& context) {
  Fields fields(spec, "verifier");
  fields.String("kind");
  Tolerance tolerance{ReadTolerance(fields, "rel"), ReadTolerance(fields, "abs")};
  const std::string percent = fields.OptionalString("percent").value_or("value");
  if (percent != "value" && percent != "ignore")
    fields.Refuse("percent", "expected \"value\" or \"ignore\"");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  auto reference = ParseReference(context.reference);
  if (!reference) {
    return Fail(ErrorCode::kInput, "reference: expected one number, not \"{}\"",
                Abbreviate(context.reference, kShownBytes));
  }
  return std::make_unique<NumericVerifier>(std::move(*reference), std::move(tolerance),
                                           percent == "ignore");
}

}  // namespace assay
