#include "verifiers/choice/choice_verifier.h"

#include <algorithm>

#include "base/utf8.h"
#include "verifiers/choice/letters.h"
#include "verifiers/extract/stated.h"
#include "verifiers/extract/thinking.h"
#include "verifiers/extract/words.h"

namespace assay {
namespace {

constexpr int kMaxOptions = 26;
constexpr int kDefaultOptions = 10;
constexpr std::size_t kShownBytes = 200;

struct Options {
  int count = kDefaultOptions;
  std::vector<std::string> texts;  // lower case, undressed, white space collapsed; may be empty
};

std::string Canonical(std::string_view text) { return ToLower(CollapseSpace(Undress(text))); }

std::optional<char> LetterOfText(const Options& options, std::string_view text) {
  const auto found = std::find(options.texts.begin(), options.texts.end(), Canonical(text));
  if (found == options.texts.end()) return std::nullopt;
  return static_cast<char>('A' + (found - options.texts.begin()));
}

class ChoiceVerifier : public Verifier {
 public:
  ChoiceVerifier(Options options, char reference)
      : options_(std::move(options)), reference_(reference) {}

  Verdict Check(std::string_view response, std::chrono::milliseconds) const override {
    const auto text = AfterThinking(response);
    if (!text) return Verdict::NoAnswer("the reasoning does not end");
    const auto offset = static_cast<std::size_t>(text->data() - response.data());
    const auto plausible = [this](std::string_view statement) { return !Read(statement).empty(); };
    const StatedAnswers stated = FindStated(*text, plausible);
    if (stated.unclosed_box) return Verdict::NoAnswer("the last box is not closed");
    std::vector<Letter> letters;
    if (stated.marker == Marker::kNone) {
      letters = LastLetters(*text);
    } else {
      for (const Span& span : stated.spans) {
        for (Letter letter : Read(text->substr(span.begin, span.end - span.begin))) {
          letter.span.begin += span.begin;
          letter.span.end += span.begin;
          letters.push_back(letter);
        }
      }
    }
    if (letters.empty() && stated.marker == Marker::kBox) return UnreadableBox(*text, stated);
    return Judge(letters, offset);
  }

 private:
  // The letters that a statement names, or the one whose text it repeats.
  std::vector<Letter> Read(std::string_view statement) const {
    if (const auto letter = LetterOfText(options_, statement))
      return {{*letter, {0, statement.size()}, false}};
    return LettersOf(statement, options_.count);
  }

  // The last letter that stands out, with those that only connecting words part from it; else the
  // last line as one of the texts.
  std::vector<Letter> LastLetters(std::string_view text) const {
    std::vector<Letter> letters = StandOutLetters(text, options_.count);
    if (letters.empty()) {
      const std::string_view bare = Trim(text);
      const auto line = bare.rfind('\n');
      const auto last = line == std::string_view::npos ? bare : bare.substr(line + 1);
      letters = LastLine(last);
      for (Letter& letter : letters) {
        letter.span.begin += static_cast<std::size_t>(last.data() - text.data());
        letter.span.end += static_cast<std::size_t>(last.data() - text.data());
      }
      return letters;
    }
    auto first = letters.end() - 1;
    while (first != letters.begin()) {
      const std::size_t end = (first - 1)->span.end;
      const auto between = text.substr(end, first->span.begin - end);
      if (between.find('\n') != std::string_view::npos || !OnlyConnects(between)) break;
      --first;
    }
    letters.erase(letters.begin(), first);
    return letters;
  }

  // Short last lines only: "B", "Option B", "A or B".
  std::vector<Letter> LastLine(std::string_view line) const {
    constexpr std::size_t kShort = 40;
    if (const auto letter = LetterOfText(options_, line))
      return {{*letter, {0, line.size()}, false}};
    if (line.size() > kShort || HeadsOption(line)) return {};
    return LettersOf(line, options_.count);
  }

  // "D) 48" as the last line ends a list of the options; alone it is an answer that stands out.
  static bool HeadsOption(std::string_view line) {
    return line.size() > 1 && IsUpper(line[0]) && (line[1] == ')' || line[1] == '.');
  }

  Verdict UnreadableBox(std::string_view text, const StatedAnswers& stated) const {
    const Span& span = stated.spans.back();
    const auto inside = Trim(text.substr(span.begin, span.end - span.begin));
    if (inside.empty()) return Verdict::NoAnswer("the box is empty");
    return Verdict::Wrong(SanitizeUtf8(Abbreviate(inside, kShownBytes)), "names no option");
  }

  Verdict Judge(const std::vector<Letter>& letters, std::size_t offset) const {
    if (letters.empty()) return Verdict::NoAnswer("names no option");
    const Letter& last = letters.back();
    std::string answer(1, last.letter);
    Verdict verdict;
    if (std::any_of(letters.begin(), letters.end(),
                    [&](const Letter& other) { return other.letter != last.letter; })) {
      answer.clear();
      for (const Letter& letter : letters)
        answer += (answer.empty() ? "" : ", ") + std::string(1, letter.letter);
      verdict = Verdict::Wrong(answer, "several different final answers");
    } else if (last.letter == reference_) {
      verdict = Verdict::Correct(answer, "the option asked for");
    } else {
      verdict = Verdict::Wrong(answer, answer + " != " + reference_);
    }
    verdict.span = Span{letters.front().span.begin + offset, last.span.end + offset};
    return verdict;
  }

  const Options options_;
  const char reference_;
};

Options ReadOptions(Fields& fields) {
  Options options;
  const Json* choices = fields.OptionalAny("choices");
  if (choices == nullptr) return options;
  if (choices->is_array()) {
    for (const std::string& text :
         fields.OptionalStrings("choices").value_or(std::vector<std::string>()))
      options.texts.push_back(Canonical(text));
    options.count = static_cast<int>(std::min<std::size_t>(choices->size(), kMaxOptions + 1));
  } else {
    options.count = static_cast<int>(fields.OptionalInt("choices", 2, kMaxOptions).value_or(2));
  }
  if (options.count < 2 || options.count > kMaxOptions)
    fields.Refuse("choices", "expected 2 to 26 options");
  return options;
}

}  // namespace

Result<std::unique_ptr<const Verifier>> MakeChoiceVerifier(const Json& spec,
                                                           const VerifierContext& context) {
  Fields fields(spec, "verifier");
  fields.String("kind");
  Options options = ReadOptions(fields);
  if (auto done = fields.Done(); !done) return Pass(done.error());
  std::optional<char> reference = LetterOfText(options, context.reference);
  if (!reference) {
    const auto letters = LettersOf(context.reference, options.count);
    if (letters.size() == 1) reference = letters[0].letter;
  }
  if (!reference) {
    return Fail(ErrorCode::kInput, "reference: expected one letter from A to {}, not \"{}\"",
                static_cast<char>('A' + options.count - 1),
                Abbreviate(context.reference, kShownBytes));
  }
  return std::make_unique<ChoiceVerifier>(std::move(options), *reference);
}

}  // namespace assay
