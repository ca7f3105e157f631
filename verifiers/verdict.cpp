#include "verifiers/verdict.h"

#include <array>
#include <utility>

namespace assay {
namespace {
constexpr std::array<std::pair<Outcome, std::string_view>, 5> kWords{
    {{Outcome::kCorrect, "correct"},
     {Outcome::kWrong, "wrong"},
     {Outcome::kNoAnswer, "no_answer"},
     {Outcome::kLimit, "limit"},
     {Outcome::kError, "error"}}};
}  // namespace

std::string_view ToString(Outcome outcome) {
  return kWords[static_cast<std::size_t>(outcome)].second;
}

std::optional<Outcome> ParseOutcome(std::string_view word) {
  for (const auto& [outcome, known] : kWords) {
    if (known == word) return outcome;
  }
  return std::nullopt;
}

Verdict Verdict::Correct(std::string answer, std::string reason) {
  return {Outcome::kCorrect, 1.0, std::move(answer), std::move(reason), std::nullopt};
}
Verdict Verdict::Wrong(std::string answer, std::string reason) {
  return {Outcome::kWrong, 0.0, std::move(answer), std::move(reason), std::nullopt};
}
Verdict Verdict::NoAnswer(std::string reason) {
  return {Outcome::kNoAnswer, 0.0, {}, std::move(reason), std::nullopt};
}
Verdict Verdict::Limit(std::string answer, std::string reason) {
  return {Outcome::kLimit, 0.0, std::move(answer), std::move(reason), std::nullopt};
}
Verdict Verdict::Failure(std::string reason) {
  return {Outcome::kError, std::nullopt, {}, std::move(reason), std::nullopt};
}

}  // namespace assay
