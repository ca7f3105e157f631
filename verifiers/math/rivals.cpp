#include "verifiers/math/rivals.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "verifiers/math/cut.h"
#include "verifiers/math/parameters.h"
#include "verifiers/math/parse.h"

namespace assay::math {
namespace {

constexpr std::size_t kMaxPhrase = 80;  // bytes

// Words of which an answer has one: another one of the same row is another answer.
constexpr std::array<std::string_view, 13> kRows = {
    " yes no ",
    " true false ",
    " even odd neither ",
    " monday tuesday wednesday thursday friday saturday sunday ",
    " january february march april may june july august september october november december ",
    " red blue green yellow orange purple black white brown pink ",
    " increasing decreasing constant ",
    " positive negative zero ",
    " convergent divergent ",
    " rational irrational ",
    " acute obtuse equilateral isosceles scalene ",
    " north south east west ",
    " ellipse circle parabola hyperbola line "};

// What begins a remark, or is one.
constexpr std::string_view kRemarks =
    " correct right wrong incorrect false true yes no not ok okay fine good great clear clearly "
    "obvious obviously consistent done simple simplest easy unique unclear sure certain valid "
    "invalid verified confirmed justified reasonable plausible unreasonable impossible possible "
    "possibly likely let lets i we you he she they this that these those it its there here what "
    "which who when where why how because since as if so then thus hence therefore but and or for "
    "in on at by to of from with without within into after before under over about above below "
    "already also again still just only even now indeed really very too quite much more most all "
    "any every both each same different equivalent equal equals similar given known shown based "
    "expected required needed asked supposed answer answers final result question problem "
    "solution step steps check checking double verify interesting important worth note remember "
    "time maybe perhaps exactly precisely my our your their do does did is are was were be been "
    "has have had can could may might must should would will never always indeed enough ";

std::vector<std::string> WordsOf(std::string_view normalized) {
  std::vector<std::string> words;
  while (!normalized.empty()) {
    const std::size_t end = std::min(normalized.find(' '), normalized.size());
    if (end > 0) words.push_back(ToLower(normalized.substr(0, end)));
    normalized.remove_prefix(std::min(end + 1, normalized.size()));
  }
  return words;
}

bool ListHas(std::string_view list, const std::string& word) {
  return list.find(" " + word + " ") != std::string_view::npos;
}

bool SameRow(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.size() != 1 || b.size() != 1) return false;
  return std::any_of(kRows.begin(), kRows.end(), [&](std::string_view row) {
    return ListHas(row, a[0]) && ListHas(row, b[0]);
  });
}

bool StartsUpper(std::string_view s) {
  const std::size_t at = s.find_first_not_of("\"'*_(");
  return at != std::string_view::npos && std::isupper(static_cast<unsigned char>(s[at])) != 0;
}

// The phrase up to where it ends; "" where it goes on too long to be an answer.
std::string_view Phrase(std::string_view text) {
  text = text.substr(0, kMaxPhrase + 1);
  std::size_t end = text.find_first_of(".,;:!?\n");
  for (const std::string_view word :
       {" because ", " since ", " instead", " not ", " rather ", "</"})
    end = std::min(end, text.find(word));
  if (end == std::string_view::npos && text.size() > kMaxPhrase) return {};
  return text.substr(0, end);
}

std::string Plain(std::string_view phrase) {
  std::string flat = WithoutTextCommands(phrase);
  flat.erase(std::remove_if(flat.begin(), flat.end(),
                            [](char c) {
                              return std::string_view("*_$\"`").find(c) != std::string_view::npos;
                            }),
             flat.end());
  return std::string(TrimBlanks(flat));
}

// Whether the phrase can stand where `answer` stands.
bool Suits(const std::string& phrase, std::string_view answer, bool corrected) {
  const auto words = WordsOf(NormalizeWords(phrase));
  const auto before = WordsOf(NormalizeWords(answer));
  if (words.empty() || before.empty()) return false;
  if (words == before || SameRow(words, before)) return true;
  if (std::none_of(phrase.begin(), phrase.end(), IsLetter)) return false;
  if (ListHas(kRemarks, words[0]) || ListHas(kRemarks, words.back())) return false;
  // names are written with capitals, and words that are none are not
  const bool name = StartsUpper(Plain(answer));
  if (!name && !corrected) return false;
  return StartsUpper(phrase) == name && words.size() <= before.size() + (name ? 1 : 0);
}

}  // namespace

std::string LeadingRival(std::string_view text, std::string_view answer, bool corrected) {
  std::string phrase = Plain(Phrase(text));
  return Suits(phrase, answer, corrected) ? phrase : std::string();
}

std::string TrailingRival(std::string_view text, std::string_view answer, bool corrected) {
  const std::size_t begin = text.find_last_of(".,;:!?\n");
  if (begin != std::string_view::npos) text.remove_prefix(begin + 1);
  text = TrimBlanks(text);
  for (const std::string_view lead :
       {"so ", "So ", "thus ", "hence ", "Hence ", "actually ", "Actually ", "wait ", "Wait ",
        "therefore ", "and ", "but ", "no ", "No "}) {
    if (EatFront(text, lead)) text = TrimBlanks(text);
  }
  std::string phrase = text.size() > kMaxPhrase ? std::string() : Plain(text);
  return Suits(phrase, answer, corrected) ? phrase : std::string();
}

bool IsRival(std::string_view phrase, std::string_view answer) {
  const std::string a = " " + NormalizeWords(answer) + " ";
  const std::string b = " " + NormalizeWords(phrase) + " ";
  if (ToLower(a) == ToLower(b)) return false;
  if (SameRow(WordsOf(b), WordsOf(a))) return true;
  return ToLower(a).find(ToLower(b)) == std::string::npos &&
         ToLower(b).find(ToLower(a)) == std::string::npos;
}

}  // namespace assay::math
