// Codes that the answers to earlier guesses determine: all codes are filtered; the proof builds the
// code place by place.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

using Code = std::vector<int>;

struct Marks {
  int right = 0;      // right digit, right place
  int misplaced = 0;  // right digit, other place
  bool operator==(const Marks& other) const {
    return right == other.right && misplaced == other.misplaced;
  }
};

Marks Compare(const Code& code, const Code& guess) {
  Marks marks;
  int left_code[10] = {};
  int left_guess[10] = {};
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == guess[i]) {
      ++marks.right;
    } else {
      ++left_code[code[i]];
      ++left_guess[guess[i]];
    }
  }
  for (int d = 0; d < 10; ++d) marks.misplaced += std::min(left_code[d], left_guess[d]);
  return marks;
}

Code RandomCode(Rng& rng, int length, int digits, bool repeats) {
  Code code;
  while (int(code.size()) < length) {
    const int digit = int(rng.Int(1, digits));
    if (repeats || std::find(code.begin(), code.end(), digit) == code.end()) code.push_back(digit);
  }
  return code;
}

void AllCodes(int length, int digits, bool repeats, Code& code, std::vector<Code>& into) {
  if (int(code.size()) == length) {
    into.push_back(code);
    return;
  }
  for (int digit = 1; digit <= digits; ++digit) {
    if (!repeats && std::find(code.begin(), code.end(), digit) != code.end()) continue;
    code.push_back(digit);
    AllCodes(length, digits, repeats, code, into);
    code.pop_back();
  }
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int length = level <= 3 ? 3 : level <= 7 ? 4 : 5;
  const int digits = level <= 3 ? 5 + level : level <= 7 ? level + 1 : level - 2;
  const bool repeats = level % 2 == 0;
  const Code secret = RandomCode(rng, length, digits, repeats);
  std::vector<Code> left;
  Code start;
  AllCodes(length, digits, repeats, start, left);
  IntGrid guesses;
  std::string listed;
  while (left.size() > 1) {
    if (guesses.size() > 9) return std::nullopt;
    const Code guess = RandomCode(rng, length, digits, repeats);
    const Marks marks = Compare(secret, guess);
    if (marks.right == length) return std::nullopt;
    const std::size_t before = left.size();
    std::erase_if(left, [&](const Code& code) { return !(Compare(code, guess) == marks); });
    if (left.size() == before) continue;  // says nothing new
    guesses.push_back(guess);
    guesses.back().push_back(marks.right);
    guesses.back().push_back(marks.misplaced);
    listed += std::string(listed.empty() ? "" : "\n") + Numbers(guess, " ") + ": " +
              std::to_string(marks.right) + " right, " + std::to_string(marks.misplaced) +
              " misplaced";
  }
  if (guesses.size() < 3) return std::nullopt;

  Draft draft;
  const Slots slots = {{"length", std::to_string(length)},
                       {"digits", std::to_string(digits)},
                       {"repeats", repeats ? "Digits may repeat" : "No digit occurs twice"},
                       {"listed", listed}};
  Ask(rng, draft,
      Say(rng,
          {"A secret code has {length} digits from 1 to {digits}. {repeats}. For each guess, "
           "\"right\" counts digits that stand at their proper place, \"misplaced\" further digits "
           "that occur in the code at another place.\n\n{listed}\n\nWhat is the code?",
           "Crack this code of {length} digits, each between 1 and {digits}. {repeats}. Earlier "
           "attempts were judged as in Mastermind: so many digits right (digit and place), so many "
           "misplaced (only the digit, each digit of the code counted once).\n\n{listed}",
           "A lock opens with {length} digits, all from 1 to {digits}. {repeats}. From these "
           "trials "
           "the combination can be deduced; \"right\" means right digit in the right place, "
           "\"misplaced\" means a digit that belongs elsewhere.\n\n{listed}"},
          slots),
      AnswerForm::kLine, "the digits of the code in order, separated by blanks");
  draft.reference = Numbers(secret, " ");
  draft.verifier = LogicSpec("list");
  draft.tags = {"deduction", "game"};
  draft.fingerprint = listed;
  draft.near_misses = {Numbers(Code(guesses.back().begin(), guesses.back().begin() + length), " ")};
  draft.params = {{"length", length}, {"digits", digits}, {"repeats", repeats}};
  draft.params["guesses"] = guesses;
  return draft;
}

// Prefixes are dropped as soon as a guess has too many right digits, or cannot get enough.
int Extend(const IntGrid& guesses, int length, int digits, bool repeats, Code& code, Code& found) {
  for (const auto& guess : guesses) {
    int right = 0;
    for (std::size_t i = 0; i < code.size(); ++i) right += code[i] == guess[i];
    if (right > guess[length] || right + length - int(code.size()) < guess[length]) return 0;
  }
  if (int(code.size()) == length) {
    for (const auto& guess : guesses) {
      int common = 0;  // of the two multisets: right and misplaced together
      for (int d = 1; d <= digits; ++d) {
        common += int(std::min(std::count(code.begin(), code.end(), d),
                               std::count(guess.begin(), guess.begin() + length, d)));
      }
      if (common != guess[length] + guess[length + 1]) return 0;
    }
    found = code;
    return 1;
  }
  int count = 0;
  for (int d = 1; d <= digits; ++d) {
    if (!repeats && std::find(code.begin(), code.end(), d) != code.end()) continue;
    code.push_back(d);
    count += Extend(guesses, length, digits, repeats, code, found);
    code.pop_back();
  }
  return count;
}

std::optional<std::string> Prove(const Draft& draft) {
  Code code;
  Code found;
  const int count =
      Extend(draft.params["guesses"].get<IntGrid>(), draft.params["length"].get<int>(),
             draft.params["digits"].get<int>(), draft.params["repeats"].get<bool>(), code, found);
  if (count != 1) return std::to_string(count) + " codes fit";
  if (Numbers(found, " ") != draft.reference) return "another code was found";
  return std::nullopt;
}

}  // namespace

Family Mastermind() {
  return {"mastermind",
          "logic",
          "Deduce a code from judged guesses",
          "Meirowitz, Mastermind, 1970; Knuth, The computer as master mind, 1976",
          Generate,
          Prove};
}

}  // namespace assay
