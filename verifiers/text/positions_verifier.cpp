#include "verifiers/text/positions_verifier.h"

#include <algorithm>

#include "base/trim.h"

namespace assay {
namespace {

class PositionsVerifier : public Verifier {
 public:
  explicit PositionsVerifier(std::string reference) : reference_(std::move(reference)) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const std::string_view text = Trimmed(response);
    if (text.empty()) {
      Verdict verdict = Verdict::NoAnswer("nothing was written");
      verdict.reward = 0;
      return verdict;
    }
    const std::string answer(text.substr(0, 4 * reference_.size()));
    if (text == reference_) return Verdict::Correct(answer, "every character");
    std::size_t same = 0;
    for (std::size_t i = 0; i < std::min(text.size(), reference_.size()); ++i) {
      same += text[i] == reference_[i] ? 1 : 0;
    }
    Verdict verdict =
        Verdict::Wrong(answer, fmt::format("{} of {} characters", same, reference_.size()));
    // Right characters with more behind them are not all there is to it.
    const std::size_t most = reference_.size() - (same == reference_.size() ? 1 : 0);
    verdict.reward =
        static_cast<double>(std::min(same, most)) / static_cast<double>(reference_.size());
    return verdict;
  }

 private:
  std::string reference_;
};

}  // namespace

Result<std::unique_ptr<const Verifier>> MakePositionsVerifier(const Json& spec,
                                                              const VerifierContext& context) {
  Fields fields(spec, "verifier");
  fields.String("kind");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (context.reference.empty()) {
    return Fail(ErrorCode::kInput, "verifier: \"positions\" needs a reference");
  }
  return std::make_unique<const PositionsVerifier>(context.reference);
}

}  // namespace assay
