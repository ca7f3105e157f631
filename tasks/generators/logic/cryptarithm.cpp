// Sums with letters for digits and one solution: solved column by column; the proof works on the
// letters' place values.
#include <algorithm>
#include <numeric>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

struct Sum {
  std::vector<std::vector<int>> words;  // letters as numbers, most significant first; the sum last
  int letters = 0;

  bool Leads(int letter) const {
    return std::any_of(words.begin(), words.end(),
                       [&](const auto& word) { return word.size() > 1 && word[0] == letter; });
  }
};

// Letters for the digits of these numbers, in the order of their appearance.
Sum Encode(const std::vector<std::int64_t>& numbers, std::vector<int>& digit_of) {
  Sum sum;
  std::vector<int> letter_of(10, -1);
  for (const auto number : numbers) {
    sum.words.emplace_back();
    for (const char c : std::to_string(number)) {
      int& letter = letter_of[c - '0'];
      if (letter < 0) {
        letter = sum.letters++;
        digit_of.push_back(c - '0');
      }
      sum.words.back().push_back(letter);
    }
  }
  return sum;
}

// Goes through the columns from the right, one letter after the other, with the carry.
class Columns {
 public:
  explicit Columns(const Sum& sum) : sum_(sum), digit_(std::size_t(sum.letters), -1) {}

  int Count(std::size_t column = 0, std::size_t row = 0, int carry = 0) {
    if (--budget_ < 0) return 2;
    const auto& total = sum_.words.back();
    if (column == total.size()) return carry == 0 ? 1 : 0;
    if (row + 1 == sum_.words.size()) {
      const int letter = total[total.size() - 1 - column];
      return Use(letter, carry % 10, carry % 10, column + 1, 0, carry / 10);
    }
    const auto& word = sum_.words[row];
    if (column >= word.size()) return Count(column, row + 1, carry);
    const int letter = word[word.size() - 1 - column];
    return Use(letter, 0, 9, column, row + 1, carry);
  }

 private:
  // Tries the digits from low to high for the letter and goes on; the digit is added to the carry
  // inside a column.
  int Use(int letter, int low, int high, std::size_t column, std::size_t row, int carry) {
    const auto next = [&](int digit) {
      return Count(column, row, row > 0 ? carry + digit : carry);
    };
    if (digit_[letter] >= 0) {
      return digit_[letter] < low || digit_[letter] > high ? 0 : next(digit_[letter]);
    }
    int found = 0;
    for (int digit = low; digit <= high && found < 2; ++digit) {
      if ((used_ >> digit & 1U) != 0 || (digit == 0 && sum_.Leads(letter))) continue;
      digit_[letter] = digit;
      used_ |= 1U << digit;
      found += next(digit);
      used_ &= ~(1U << digit);
      digit_[letter] = -1;
    }
    return found;
  }

  const Sum& sum_;
  std::vector<int> digit_;
  unsigned used_ = 0;
  int budget_ = 20'000;
};

std::string Word(const std::vector<int>& word, const std::string& names) {
  std::string text;
  for (const int letter : word) text += names[std::size_t(letter)];
  return text;
}

std::string Values(const std::string& names, const std::vector<int>& digits) {
  std::vector<std::string> pairs;
  for (std::size_t i = 0; i < names.size(); ++i) {
    pairs.push_back(std::string(1, names[i]) + " = " + std::to_string(digits[i]));
  }
  std::sort(pairs.begin(), pairs.end());
  return Listed(pairs, ", ");
}

// Addends and their sum, with the digit of each letter, when the letters have one solution.
std::optional<Sum> Draw(Rng& rng, int level, std::vector<int>& digits) {
  const int addends = level <= 6 ? 2 : 3;
  const int low_letters = ByLevel(level, 5, 9);
  // Few different digits in the addends: letters come up again, which makes solutions unique.
  auto pool = RandomOrder(rng, 10);
  pool.resize(std::size_t(low_letters - 1));
  std::vector<std::int64_t> numbers;
  std::int64_t total = 0;
  for (int i = 0; i < addends; ++i) {
    const int length = int(rng.Int(3, level <= 4 ? 4 : 5));
    std::int64_t number = 0;
    for (int j = 0; j < length; ++j) number = 10 * number + rng.Pick(pool);
    if (std::to_string(number).size() != std::size_t(length)) return std::nullopt;
    numbers.push_back(number);
    total += number;
  }
  numbers.push_back(total);
  digits.clear();
  Sum sum = Encode(numbers, digits);
  if (sum.letters < low_letters || sum.letters > low_letters + 2) return std::nullopt;
  if (Columns(sum).Count() != 1) return std::nullopt;
  return sum;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  std::vector<int> digits;
  std::optional<Sum> drawn;
  for (int tries = 0; tries < 100 && !drawn; ++tries) drawn = Draw(rng, level, digits);
  if (!drawn) return std::nullopt;
  const Sum& sum = *drawn;

  Draft draft;
  std::string names;
  for (const int letter : RandomOrder(rng, 26)) {
    if (int(names.size()) < sum.letters) names += char('A' + letter);
  }
  std::vector<std::string> words;
  for (const auto& word : sum.words) words.push_back(Word(word, names));
  const std::string total_word = words.back();
  words.pop_back();
  std::string equation;
  for (const auto& word : words) equation += (equation.empty() ? "" : " + ") + word;
  equation += " = " + total_word;
  Ask(rng, draft,
      Say(rng,
          {"In the sum {sum} each letter stands for a digit, different letters for different "
           "digits, "
           "and no number begins with 0. Find the digits.",
           "Solve the cryptarithm {sum}. (Every letter is one digit, no two letters share one, and "
           "leading digits are not 0.)",
           "Someone replaced digits by letters, the same digit always by the same letter and "
           "different digits by different ones: {sum}. None of the numbers starts with a zero. "
           "Restore the calculation."},
          {{"sum", equation}}),
      AnswerForm::kLine, "the digit of every letter in the form A = 1, B = 2, …");
  draft.reference = Values(names, digits);
  draft.verifier = LogicSpec("cryptarithm", {{"addends", words}, {"sum", total_word}});
  draft.tags = {"arithmetic", "constraints"};
  draft.fingerprint = equation;
  auto swapped = digits;
  std::swap(swapped[0], swapped[1]);
  auto doubled = digits;
  doubled[0] = doubled[1];
  draft.near_misses = {Values(names, swapped), Values(names, doubled)};
  draft.params = {{"words", sum.words}, {"letters", sum.letters}, {"names", names}};
  return draft;
}

// The sum is linear in the letters: each weighs its places in the addends less those in the total.
// Letters of large weight first, cut off where the rest cannot make up for what is left.
int CountWeighted(const std::vector<std::pair<std::int64_t, int>>& weights, const Sum& sum,
                  std::size_t at, std::int64_t value, unsigned used, std::vector<int>& digits,
                  std::vector<int>& solution) {
  if (at == weights.size()) {
    if (value != 0) return 0;
    solution = digits;
    return 1;
  }
  std::int64_t low = 0;
  std::int64_t high = 0;
  for (std::size_t i = at; i < weights.size(); ++i) {
    (weights[i].first < 0 ? low : high) += 9 * weights[i].first;
  }
  if (value + high < 0 || value + low > 0) return 0;
  int found = 0;
  const auto [weight, letter] = weights[at];
  for (int digit = sum.Leads(letter) ? 1 : 0; digit <= 9 && found < 2; ++digit) {
    if ((used >> digit & 1U) != 0) continue;
    digits[letter] = digit;
    found += CountWeighted(weights, sum, at + 1, value + weight * digit, used | 1U << digit, digits,
                           solution);
  }
  return found;
}

std::optional<std::string> Prove(const Draft& draft) {
  Sum sum;
  sum.words = draft.params["words"].get<IntGrid>();
  sum.letters = draft.params["letters"].get<int>();
  std::vector<std::pair<std::int64_t, int>> weights;
  for (int letter = 0; letter < sum.letters; ++letter) weights.emplace_back(0, letter);
  for (std::size_t w = 0; w < sum.words.size(); ++w) {
    std::int64_t place = w + 1 == sum.words.size() ? -1 : 1;
    for (std::size_t i = sum.words[w].size(); i-- > 0; place *= 10) {
      weights[sum.words[w][i]].first += place;
    }
  }
  std::sort(weights.begin(), weights.end(),
            [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
  std::vector<int> digits(std::size_t(sum.letters), 0);
  std::vector<int> solution;
  if (CountWeighted(weights, sum, 0, 0, 0, digits, solution) != 1) return "no solution, or several";
  if (Values(draft.params["names"].get<std::string>(), solution) != draft.reference) {
    return "another solution was found";
  }
  return std::nullopt;
}

}  // namespace

Family Cryptarithm() {
  return {"cryptarithm",
          "logic",
          "Sums with letters for digits",
          "Dudeney, Strand Magazine, 1924 (SEND + MORE = MONEY)",
          Generate,
          Prove};
}

}  // namespace assay
