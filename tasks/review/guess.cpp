#include "tasks/review/guess.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace assay {

bool AsksForProgram(const Json& spec) {
  if (!spec.is_object() || spec.value("kind", Json()) != "code") return false;
  const Json protocol = spec.value("protocol", Json("function"));
  return protocol == "function" || protocol == "stdio";
}

std::size_t OptionsIn(const std::string& prompt) {
  char next = 'A';
  for (std::size_t at = 0; at < prompt.size();) {
    const auto end = std::min(prompt.find('\n', at), prompt.size());
    auto begin = prompt.find_first_not_of(" \t(*-", at);
    if (begin < end && begin + 1 < prompt.size() && prompt[begin] == next &&
        std::string_view(").:").find(prompt[begin + 1]) != std::string_view::npos) {
      ++next;
    }
    at = end + 1;
  }
  const auto count = std::size_t(next - 'A');
  return count >= 2 ? count : 0;
}

void AnswerTally::Add(const std::string& reference, std::size_t options) {
  std::string answer = reference;
  std::transform(answer.begin(), answer.end(), answer.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  ++answers_[answer];
  ++count_;
  if (options == 0) return;
  ++with_options_;
  by_option_ += 1.0 / double(options);
}

double AnswerTally::RandomScore() const {
  if (count_ == 0) return 0;
  double pairs = 0;
  for (const auto& [answer, times] : answers_) pairs += double(times) * double(times - 1);
  const double by_answer = count_ < 2 ? 0 : pairs / (double(count_) * double(count_ - 1));
  const auto without = double(count_ - with_options_);
  return (by_option_ + without * by_answer) / double(count_);
}

double AnswerTally::ConstantScore(std::string* answer) const {
  std::size_t most = 0;
  for (const auto& [text, times] : answers_) {
    if (times <= most) continue;
    most = times;
    if (answer != nullptr) *answer = text;
  }
  return count_ == 0 ? 0 : double(most) / double(count_);
}

double AnswerTally::Entropy() const {
  double bits = 0;
  for (const auto& [answer, times] : answers_) {
    const double share = double(times) / double(count_);
    bits -= share * std::log2(share);
  }
  return bits;
}

}  // namespace assay
