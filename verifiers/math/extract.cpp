#include "verifiers/math/extract.h"

#include <algorithm>
#include <cstring>

#include "verifiers/math/cut.h"
#include "verifiers/math/extract_boxes.h"
#include "verifiers/math/extract_marks.h"
#include "verifiers/math/extract_spans.h"
#include "verifiers/math/extract_words.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

// An answer stands at the end; what lies further back is not looked at.
constexpr std::size_t kMaxTail = 256 * 1024;

// What a model says after its thinking; nullopt-like empty with `why` when the thinking never ends.
std::string_view AfterThinking(std::string_view text, const char** why) {
  for (const auto& [open, close] :
       {std::pair<std::string_view, std::string_view>{"<think>", "</think>"},
        {"<thinking>", "</thinking>"}}) {
    const std::size_t end = FindLast(text, close, 0);
    if (end != std::string_view::npos) {
      text.remove_prefix(end + close.size());
      if (text.find(open) != std::string_view::npos) {
        *why = "the thinking never ends";
        return {};
      }
    } else if (text.find(open) != std::string_view::npos) {
      *why = "the thinking never ends";
      return {};
    }
  }
  return text;
}

// Cuts the markers with which chat formats end a turn.
std::string_view BeforeEndOfTurn(std::string_view text) {
  for (const std::string_view mark : {"<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|eot_id|>",
                                      "</s>", "<|end|>", "<end_of_turn>", "<|end_of_text|>"}) {
    const std::size_t at = text.find(mark);
    if (at != std::string_view::npos) text = text.substr(0, at);
  }
  return text;
}

class Extractor {
 public:
  Extractor(std::string_view whole, std::string_view text) : whole_(whole), text_(text) {}

  std::vector<Extraction> Run(const ExtractionRules& rules, const char** why) {
    bool unclosed = false;
    const std::vector<Box> boxes = FindBoxes(text_, &unclosed);
    if (unclosed) {
      *why = "a box that never closes";
      return {};
    }
    if (!boxes.empty()) {
      Boxes(boxes);
      return std::move(found_);
    }
    if (rules.boxed_only) {
      *why = "no \\boxed{…}";
      return {};
    }
    // of a final answer and a line of hashes the later one counts
    const std::size_t hashes = FindLast(text_, "####", 0);
    const bool hashes_last = hashes != std::string_view::npos &&
                             LastFinalAnswer(text_.substr(hashes)) == std::string_view::npos;
    if ((hashes_last && Hashes()) || FinalAnswer() || Hashes() || Tagged() || AnswerIs()) {
      if (!certain_) FromParts();
      return std::move(found_);
    }
    Whole();
    FromParts();
    if (found_.empty()) *why = "nothing that looks like an answer";
    return std::move(found_);
  }

 private:
  void Put(std::string text, std::string_view span, const char* rule, bool multiple = false) {
    Extraction e;
    e.text = std::move(text);
    e.begin = static_cast<std::size_t>(span.data() - whole_.data());
    e.end = e.begin + span.size();
    e.rule = rule;
    e.multiple = multiple;
    e.behind = text_.substr(static_cast<std::size_t>(span.data() + span.size() - text_.data()));
    found_.push_back(std::move(e));
  }

  // The last box; with it the ones that are joined to it by "and", "or" or a comma.
  void Boxes(const std::vector<Box>& boxes) {
    std::size_t first = boxes.size() - 1;
    while (first > 0) {
      const std::string_view gap =
          text_.substr(boxes[first - 1].end, boxes[first].begin - boxes[first - 1].end);
      if (!IsConnector(gap) && !JoinsNamed(text_.substr(0, boxes[first - 1].begin), gap)) break;
      --first;
    }
    bool same = true;
    for (std::size_t i = first; i + 1 < boxes.size(); ++i) {
      same = same && boxes[i].inside == boxes.back().inside;
    }
    if (same) first = boxes.size() - 1;
    std::string joined(boxes[first].inside);
    for (std::size_t i = first + 1; i < boxes.size(); ++i) {
      joined += ", ";
      joined += boxes[i].inside;
    }
    // "… or 5" right behind the box is a second answer
    const std::string_view rest = text_.substr(boxes.back().end);
    bool multiple = first + 1 < boxes.size();
    if (const std::string_view other = OtherAnswer(rest); !other.empty()) {
      joined += ", ";
      joined += other;
      multiple = true;
    }
    Put(std::move(joined), text_.substr(boxes[first].begin, boxes.back().end - boxes[first].begin),
        "box", multiple);
  }

  // Takes the statement behind a mark apart.
  void Statement(std::size_t from, std::size_t end, const char* rule) {
    std::string_view segment = text_.substr(from, end - from);
    while (!segment.empty() && (IsBlank(segment.back()) || segment.back() == '*'))
      segment.remove_suffix(1);
    if (segment.empty()) return;
    if (segment.size() <= kMaxAnswerLength && ParsesAsMathematics(segment)) {
      Put(std::string(segment), segment, rule);
      certain_ = found_.size() == 1;
      return;
    }
    bool multiple = false;
    std::string joined;
    std::string_view span;
    if (ExpressionIn(segment, true, &joined, &span, &multiple)) {
      const std::size_t behind =
          static_cast<std::size_t>(span.data() - segment.data()) + span.size();
      if (const std::string_view other = HedgedAnswer(segment.substr(behind)); !other.empty()) {
        joined += ", ";
        joined += other;
        multiple = true;
      }
      Put(std::move(joined), span, rule, multiple);
    }
    if (segment.size() <= kMaxAnswerLength) Put(std::string(segment), segment, "words");
  }

  bool FinalAnswer() {
    std::string_view rest = text_;
    while (true) {
      const std::size_t at = LastFinalAnswer(rest);
      if (at == std::string_view::npos) return false;
      bool linked = false;
      const std::size_t from = SkipMark(text_, at + 12, &linked);
      if (linked && from < text_.size()) {
        const std::size_t end = StatementEnd(text_, from);
        const std::size_t before = found_.size();
        Statement(from, end, "final answer");
        if (found_.size() > before) return true;
      }
      rest = rest.substr(0, at);
    }
  }

  bool Hashes() {
    const std::size_t at = FindLast(text_, "####", 0);
    if (at == std::string_view::npos) return false;
    std::size_t from = at + 4;
    while (from < text_.size() && (text_[from] == ' ' || text_[from] == '#')) ++from;
    std::size_t end = text_.find('\n', from);
    if (end == std::string_view::npos) end = text_.size();
    Statement(from, end, "####");
    return !found_.empty();
  }

  // <answer>12</answer>
  bool Tagged() {
    const std::size_t close = FindLast(text_, "</answer>", 2);
    if (close == std::string_view::npos) return false;
    const std::size_t open = FindLast(text_.substr(0, close), "<answer>", 1);
    if (open == std::string_view::npos) return false;
    std::size_t from = open + 8;
    while (from < close && IsBlank(text_[from])) ++from;
    Statement(from, close, "answer tag");
    return !found_.empty();
  }

  bool AnswerIs() {
    std::string_view rest = text_;
    for (int tries = 0; tries < 8; ++tries) {
      const std::size_t at = LastAnswer(rest);
      if (at == std::string_view::npos) break;
      std::size_t behind = at + 6;
      if (behind < text_.size() && text_[behind] == 's') ++behind;
      const bool json = text_.substr(behind).starts_with("\":");  // {"answer": 12}
      if (json) ++behind;
      bool linked = false;
      const std::size_t from = SkipMark(text_, behind, &linked);
      if (linked && from < text_.size()) {
        const std::size_t end = json ? std::min(text_.find_first_of("}\n", from), text_.size())
                                     : StatementEnd(text_, from);
        Statement(from, end, "answer");
        if (!found_.empty()) return true;
      }
      rest = rest.substr(0, at);
    }
    // "A: 26" on a line of its own
    const std::size_t line = FindLast(text_, "\nA:", 2);
    if (line != std::string_view::npos || text_.starts_with("A:")) {
      const std::size_t from = line == std::string_view::npos ? 2 : line + 3;
      std::size_t end = text_.find('\n', from);
      if (end == std::string_view::npos) end = text_.size();
      std::size_t start = from;
      while (start < end && IsBlank(text_[start])) ++start;
      Statement(start, end, "answer");
      if (!found_.empty()) return true;
    }
    return ForeignAnswer();
  }

  bool ForeignAnswer() {
    for (const std::string_view mark : {"答案", "Ответ", "ответ", "respuesta", "Respuesta",
                                        "Antwort", "réponse", "Réponse", "risposta", "resposta"}) {
      const std::size_t at = FindLast(text_, mark, mark.size() - 1);
      if (at == std::string_view::npos) continue;
      bool linked = false;
      const std::size_t from = SkipMark(text_, at + mark.size(), &linked);
      if (!linked || from >= text_.size()) continue;
      Statement(from, StatementEnd(text_, from), "answer");
      if (!found_.empty()) return true;
    }
    return false;
  }

  // A response that is nothing but an answer.
  void Whole() {
    const std::string_view stripped = StripWrappers(text_);
    if (stripped.empty() || stripped.size() > kMaxAnswerLength) return;
    if (text_.find('\n') != std::string_view::npos &&
        stripped.find("\n\n") != std::string_view::npos)
      return;
    if (ParsesAsMathematics(text_)) Put(std::string(text_), text_, "whole");
  }

  void FromParts() {
    if (!found_.empty() && std::strcmp(found_[0].rule, "words") != 0) {
      if (std::strcmp(found_[0].rule, "whole") == 0) return;
    }
    // bold text in the last lines
    const std::size_t close = text_.rfind("**");
    if (close != std::string_view::npos && close >= 2 && text_.size() - close < 200) {
      const std::size_t open = text_.rfind("**", close - 1);
      if (open != std::string_view::npos && close - open > 2 && close - open < 200) {
        const std::string_view bold = text_.substr(open + 2, close - open - 2);
        if (ParsesAsMathematics(bold)) Put(std::string(bold), bold, "bold");
      }
    }
    // the last sentences that hold an expression
    std::string joined;
    std::string_view span;
    bool multiple = false;
    std::size_t end = text_.size();
    for (int sentence = 0; sentence < 12 && end > 0; ++sentence) {
      const std::size_t begin = SentenceBegin(text_, end);
      if (ExpressionIn(text_.substr(begin, end - begin), false, &joined, &span, &multiple)) {
        Put(joined, span, "last expression", multiple);
        break;
      }
      end = begin;
    }
    const std::string_view stripped = StripWrappers(text_);
    if (!stripped.empty() && stripped.size() <= 200) Put(std::string(stripped), stripped, "words");
  }

  std::string_view whole_;
  std::string_view text_;
  std::vector<Extraction> found_;
  bool certain_ = false;  // the first candidate is mathematics: nothing behind it will be asked for
};

}  // namespace

std::vector<Extraction> Extract(std::string_view response, const ExtractionRules& rules,
                                const char** why) {
  *why = "nothing that looks like an answer";
  std::string_view text = AfterThinking(response, why);
  text = BeforeEndOfTurn(text);
  if (text.size() > kMaxTail) text.remove_prefix(text.size() - kMaxTail);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  if (text.empty()) return {};
  return Extractor(response, text).Run(rules, why);
}

}  // namespace assay::math
