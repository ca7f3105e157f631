#include "verifiers/math/afterthought.h"

#include <algorithm>
#include <array>
#include <string>

#include "verifiers/math/cut.h"
#include "verifiers/math/extract_spans.h"
#include "verifiers/math/rivals.h"

namespace assay::math {
namespace {

constexpr std::size_t kMaxRest = 2000;

// A word that announces a correction.
constexpr std::array<std::string_view, 16> kCorrections = {
    "wait",         "actually",          "correction", "oops",    "sorry",
    "scratch that", "on second thought", "edit:",      "i meant", "i mean",
    "mistake",      "i made an error",   "my error",   "hmm",     "no,",
    "alternatively"};

// What states an answer wherever it stands.
constexpr std::array<std::string_view, 8> kStatements = {
    "answer is",        "answer:",  "answer would be",
    "answer should be", "answer =", "answer should have been",
    "<answer>",         "####"};

// What asserts a value: behind a correction only.
constexpr std::array<std::string_view, 12> kAssertions = {
    "it is",  "it's",    "it should be", "should have been", "should be", "that is",
    "that's", "this is", "value is",     "result is",        "i meant",   "it must be"};

// What offers another value by itself.
constexpr std::array<std::string_view, 8> kOffers = {
    "or maybe",    "or perhaps", "or possibly",     "it could be",
    "it might be", "it may be",  "answer could be", "answer might be"};

// Words between a cue and its value.
constexpr std::array<std::string_view, 26> kFillers = {"actually",
                                                       "it should be",
                                                       "should be",
                                                       "it is",
                                                       "it's",
                                                       "the answer is",
                                                       "that is",
                                                       "that's",
                                                       "the correct answer is",
                                                       "the correct answer should be",
                                                       "answer is",
                                                       "wait",
                                                       "just",
                                                       "exactly",
                                                       "in fact",
                                                       "instead",
                                                       "rather",
                                                       "approximately",
                                                       "about",
                                                       "also",
                                                       "therefore",
                                                       "is",
                                                       "to be",
                                                       "i think",
                                                       "the final answer is",
                                                       "no"};

constexpr std::array<std::string_view, 8> kWrong = {
    "that's wrong",     "that is wrong",     "that's incorrect", "that is incorrect",
    "that's not right", "that is not right", "this is wrong",    "this is incorrect"};

// What calls the value before it right: the first two behind a correction only.
constexpr std::array<std::string_view, 2> kRight = {" is correct", " is right"};
constexpr std::array<std::string_view, 6> kVerdicts = {
    " is the correct answer", " is the right answer",  " is the answer",
    " is the final answer",   " is the actual answer", " is the correct value"};

class Reader {
 public:
  Reader(std::string_view rest, std::string_view in_words)
      : text_(rest), lower_(ToLower(rest)), in_words_(in_words) {}

  Afterthought Read() {
    const std::size_t correction = FirstOf(kCorrections);
    corrected_ = correction != std::string::npos;
    for (const std::string_view cue : kStatements) Cue(cue, 0, true);
    for (const std::string_view cue : kOffers) Cue(cue, 0, false);
    if (Sentence("or ", 0)) Value(3, false);
    for (const std::string_view cue : kVerdicts) Before(cue, 0);
    if (corrected_) {
      for (const std::string_view cue : kCorrections) Cue(cue, correction, false);
      for (const std::string_view cue : kAssertions) Cue(cue, correction, false);
      for (const std::string_view cue : kRight) Before(cue, correction);
      if (found_.answer.empty()) TakenBack(correction);
    } else if (found_.answer.empty() && Sentence("no", 0)) {
      TakenBack(0);
    }
    return found_;
  }

 private:
  // Where one of the words first stands as a word.
  template <std::size_t kCount>
  std::size_t FirstOf(const std::array<std::string_view, kCount>& words) const {
    std::size_t first = std::string::npos;
    for (const std::string_view word : words) {
      std::size_t at = lower_.find(word);
      while (at != std::string::npos && !IsWord(at, word.size())) at = lower_.find(word, at + 1);
      first = std::min(first, at);
    }
    return first;
  }

  bool IsWord(std::size_t at, std::size_t size) const {
    const bool before = at == 0 || !IsLetter(lower_[at - 1]);
    const std::size_t end = at + size;
    return before && (end >= lower_.size() || !IsLetter(lower_[end]) || !IsLetter(lower_[end - 1]));
  }

  // Whether the first sentence starts with `word`.
  bool Sentence(std::string_view word, std::size_t from) {
    std::size_t at = from;
    while (at < lower_.size() && !IsLetter(lower_[at]) && !IsDigit(lower_[at]) && at < from + 8)
      ++at;
    if (!std::string_view(lower_).substr(at).starts_with(word)) return false;
    lead_ = at;
    return IsWord(at, word.size());
  }

  void Cue(std::string_view cue, std::size_t from, bool stated) {
    for (std::size_t at = lower_.find(cue, from); at != std::string::npos;
         at = lower_.find(cue, at + 1)) {
      if (IsWord(at, cue.size()) && !(cue == "answer:" && IsChecked(at)))
        Take(at, at + cue.size(), stated);
    }
  }

  // "We may check our answer: 17 · 44 = 748"
  bool IsChecked(std::size_t answer) const {
    const std::string_view before =
        std::string_view(lower_).substr(0, answer).substr(answer > 30 ? answer - 30 : 0);
    return before.find("check") != std::string_view::npos ||
           before.find("verif") != std::string_view::npos;
  }

  void Value(std::size_t length, bool stated) { Take(lead_, lead_ + length, stated); }

  // The value right behind `from`, if one stands there: the last one in the text counts.
  void Take(std::size_t cue, std::size_t from, bool stated) {
    std::size_t at = from;
    bool moved = true;
    while (moved && at < lower_.size()) {
      moved = false;
      while (at < lower_.size() &&
             std::string_view(" ,:*\n\t>\"").find(lower_[at]) != std::string_view::npos) {
        ++at;
        moved = true;
      }
      if (std::string_view(lower_).substr(at).starts_with("...")) {
        at += 3;
        moved = true;
      }
      for (const std::string_view filler : kFillers) {
        if (!std::string_view(lower_).substr(at).starts_with(filler)) continue;
        if (!IsWord(at, filler.size()) || (filler == "no" && SaysNo(at))) continue;
        at += filler.size();
        moved = true;
        break;
      }
    }
    if (at >= text_.size() || (!found_.answer.empty() && at < at_)) return;
    const std::string value = in_words_.empty()
                                  ? Asserted(text_.substr(at), stated)
                                  : LeadingRival(text_.substr(at), in_words_, corrected_);
    if (value.empty() || cue < cue_) return;
    found_.answer = value;
    found_.stated = stated;
    at_ = at;
    cue_ = cue;
  }

  // "no." where yes and no are the answers
  bool SaysNo(std::size_t at) const {
    return !in_words_.empty() &&
           (at + 2 >= lower_.size() ||
            std::string_view(".,!?\n").find(lower_[at + 2]) != std::string_view::npos);
  }

  // "B", "(B)" at the start.
  static std::string ChoiceLetter(std::string_view text, std::size_t* behind) {
    const std::size_t at = std::min(text.find_first_not_of("($*"), text.size());
    if (at >= text.size() || text[at] < 'A' || text[at] > 'J') return {};
    if (at + 1 < text.size() && (IsLetter(text[at + 1]) || IsDigit(text[at + 1]))) return {};
    *behind = at + 1;
    return std::string(1, text[at]);
  }

  // "so B", "(B)" at the end.
  static std::string TrailingLetter(std::string_view text) {
    text = text.substr(0, text.find_last_not_of(")$*") + 1);
    if (text.empty() || text.back() < 'A' || text.back() > 'J') return {};
    const bool alone = text.size() == 1 || std::string_view(" ($*\n").find(text[text.size() - 2]) !=
                                               std::string_view::npos;
    return alone ? std::string(1, text.back()) : std::string();
  }

  // The expression that `text` starts with; a correction must end with it: "wait, 3 of them" is
  // none.
  static std::string Asserted(std::string_view text, bool stated) {
    text = text.substr(0, std::min(text.find('\n', 1), text.find("</")));
    std::size_t behind = 0;
    std::string value = LeadingExpression(text.substr(0, 300), &behind);
    if (value.empty()) value = ChoiceLetter(text, &behind);
    if (value.empty() || stated) return value;
    std::string_view tail = text.substr(behind);
    int words = 0;
    for (std::size_t i = 0; i < tail.size(); ++i) {
      if (std::string_view(".,;!?\n").find(tail[i]) != std::string_view::npos) break;
      if (IsDigit(tail[i])) return {};
      words += IsLetter(tail[i]) && (i == 0 || !IsLetter(tail[i - 1])) ? 1 : 0;
    }
    tail.remove_prefix(std::min(tail.find_first_not_of(" $*)"), tail.size()));
    const bool reason = tail.starts_with("because") || tail.starts_with("since") ||
                        tail.starts_with("instead") || tail.starts_with("not ");
    return words <= 1 || reason ? value : std::string();
  }

  // "41 is the correct answer"
  void Before(std::string_view verdict, std::size_t from) {
    for (std::size_t at = lower_.find(verdict, from); at != std::string::npos;
         at = lower_.find(verdict, at + 1)) {
      if (!found_.answer.empty() && at < at_) continue;
      const std::size_t begin = SentenceBegin(text_, at);
      const std::string_view before = text_.substr(begin, at - begin);
      std::string value = in_words_.empty() ? std::string(TrailingExpression(before))
                                            : TrailingRival(before, in_words_, corrected_);
      if (value.empty() && in_words_.empty()) value = TrailingLetter(before);
      if (value.empty()) continue;
      found_.answer = value;
      found_.stated = false;
      at_ = at;
      cue_ = at;
    }
  }

  void TakenBack(std::size_t from) {
    for (const std::string_view wrong : kWrong) {
      const std::size_t at = lower_.find(wrong, from);
      if (at != std::string::npos && at - from < 30) found_.taken_back = true;
    }
    const std::size_t scratched = lower_.find("scratch that", from);
    if (scratched != std::string::npos && scratched - from < 30) found_.taken_back = true;
  }

  std::string_view text_;
  std::string lower_;
  std::string_view in_words_;
  bool corrected_ = false;
  Afterthought found_;
  std::size_t lead_ = 0;  // where the first sentence starts
  std::size_t at_ = 0;    // where found_.answer stands
  std::size_t cue_ = 0;   // where its cue stands
};

}  // namespace

Afterthought ReadAfterthought(std::string_view rest, std::string_view in_words) {
  rest = rest.substr(0, kMaxRest);
  for (const std::string_view next : {"\nQuestion", "\nProblem", "\nQ:", "\nUser:", "\nHuman:",
                                      "\n### ", "\nExample", "\nExercise", "\nInstruction"}) {
    // a heading of the same answer is no next problem
    std::size_t at = rest.find(next);
    while (at != std::string_view::npos && std::string_view(next) == "\n### " &&
           ToLower(rest.substr(at, 40)).find("answer") != std::string::npos) {
      at = rest.find(next, at + 1);
    }
    rest = rest.substr(0, at);
  }
  const auto letters = std::count_if(rest.begin(), rest.end(), IsLetter);
  if (letters < 2 && rest.find("####") == std::string_view::npos) return {};
  return Reader(rest, in_words).Read();
}

}  // namespace assay::math
