#include "tasks/generators/wording.h"

#include "base/check.h"

namespace assay {
namespace {

const std::vector<std::string>& FormatSentences(AnswerForm form) {
  static const std::vector<std::string> boxed = {
      "Put your final answer inside \\boxed{}.",
      "Give the final answer within \\boxed{}.",
      "Write your final answer in the form \\boxed{answer}.",
  };
  static const std::vector<std::string> number = {
      "End with a line of the form \"The answer is N.\", where N is a number.",
      "Close with the sentence \"The answer is N.\", with your number in place of N.",
  };
  static const std::vector<std::string> letter = {
      "End with \"Answer:\" followed by the letter of your choice.",
      "Finish with a line that reads \"Answer:\" and the letter of the right option.",
  };
  static const std::vector<std::string> line = {
      "End with a line that starts with \"Answer:\" followed by {what}.",
      "On the last line write \"Answer:\" followed by {what}.",
      "Finish with one line: \"Answer:\" and then {what}.",
  };
  static const std::vector<std::string> block = {
      "End with \"Answer:\" and below it {what} in a code block fenced by ```.",
      "After the word \"Answer:\" give {what} in one code block fenced by ```.",
  };
  static const std::vector<std::string> python = {
      "Reply with the complete code in one ```python code block.",
      "Give all the code in a single ```python code block.",
  };
  static const std::vector<std::string> cpp = {
      "Reply with the complete program in one ```cpp code block.",
      "Give the whole C++ program in a single ```cpp code block.",
  };
  static const std::vector<std::string> value = {
      "End with {what} between [ANSWER] and [/ANSWER].",
      "Give {what} between the tags [ANSWER] and [/ANSWER] at the end.",
  };
  static const std::vector<std::string> fenced = {
      "End with {what} alone in one code block fenced by ```.",
      "Give {what} in a single code block fenced by ```, with nothing else in it.",
  };
  switch (form) {
    case AnswerForm::kBoxed:
      return boxed;
    case AnswerForm::kNumber:
      return number;
    case AnswerForm::kLetter:
      return letter;
    case AnswerForm::kLine:
      return line;
    case AnswerForm::kBlock:
      return block;
    case AnswerForm::kPython:
      return python;
    case AnswerForm::kCpp:
      return cpp;
    case AnswerForm::kValue:
      return value;
    case AnswerForm::kFenced:
      return fenced;
  }
  ASSAY_CHECK(false, "unknown answer form");
  return boxed;
}

}  // namespace

int ByLevel(int level, int at_1, int at_10) {
  const int numerator = (level - 1) * (at_10 - at_1);
  return at_1 + (numerator >= 0 ? (numerator + 4) / 9 : -((-numerator + 4) / 9));
}

std::string Fill(const std::string& pattern, const Slots& slots) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto close = pattern[i] == '{' ? pattern.find('}', i) : std::string::npos;
    const auto slot =
        close == std::string::npos ? slots.end() : slots.find(pattern.substr(i + 1, close - i - 1));
    if (slot == slots.end()) {
      text += pattern[i];
      continue;
    }
    text += slot->second;
    i = close;
  }
  return text;
}

std::string Say(Rng& rng, const std::vector<std::string>& variants, const Slots& slots) {
  return Fill(rng.Pick(variants), slots);
}

void Ask(Rng& rng, Draft& draft, std::string question, AnswerForm form, std::string_view what) {
  draft.format = Say(rng, FormatSentences(form), {{"what", std::string(what)}});
  draft.prompt = std::move(question) + "\n\n" + draft.format;
}

std::string Plural(long long count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string Listed(const std::vector<std::string>& items, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? last : ", ";
    text += items[i];
  }
  return text;
}

const std::vector<std::string>& FirstNames() {
  static const std::vector<std::string> names = {
      "Ada",  "Ben",  "Cleo", "Dora",  "Emil", "Fay",  "Gus",  "Hana", "Ivo",  "Jana",
      "Kofi", "Lena", "Milo", "Nora",  "Omar", "Pia",  "Quin", "Rosa", "Sami", "Tara",
      "Ugo",  "Vera", "Wim",  "Xenia", "Yara", "Zeno", "Amir", "Bela", "Chen", "Dina"};
  return names;
}

std::vector<std::string> PickSome(Rng& rng, const std::vector<std::string>& from,
                                  std::size_t count) {
  ASSAY_CHECK(count <= from.size(), "more items asked for than there are");
  std::vector<std::string> items = from;
  for (std::size_t i = 0; i < count; ++i) {
    const auto other = rng.Int(std::int64_t(i), std::int64_t(items.size()) - 1);
    std::swap(items[i], items[std::size_t(other)]);
  }
  items.resize(count);
  return items;
}

}  // namespace assay
