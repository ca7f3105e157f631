// Arrangements of the letters of a word.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int length = ByLevel(level, 4, 9) + static_cast<int>(rng.Int(0, 1));
  const int kinds = static_cast<int>(rng.Int(2, std::max(2, length - 1)));
  const std::string alphabet = "ABCDEFGHIKLMNOPRSTU";
  std::string letters;
  const auto start = static_cast<std::size_t>(rng.Int(0, 10));
  std::vector<char> word;
  for (int i = 0; i < length; ++i) {
    const int kind = i < kinds ? i : static_cast<int>(rng.Int(0, kinds - 1));
    word.push_back(alphabet[start + static_cast<std::size_t>(kind) % 9]);
  }
  rng.Shuffle(word);
  letters.assign(word.begin(), word.end());
  std::int64_t answer = 1;
  std::string left = letters;
  for (std::string rest = letters; !rest.empty();) {
    const char letter = rest[0];
    const auto repeats = std::count(rest.begin(), rest.end(), letter);
    answer *= Choose(static_cast<std::int64_t>(rest.size()), repeats);
    rest.erase(std::remove(rest.begin(), rest.end(), letter), rest.end());
  }
  if (answer < 4) return std::nullopt;
  std::int64_t all = 1;
  for (int i = 2; i <= length; ++i) all *= i;
  std::sort(left.begin(), left.end());
  return MathDraft(rng,
                   {{"In how many different ways can the letters of {word} be arranged in a row?",
                     "How many distinct strings use exactly the letters of {word}?",
                     "Count the different rearrangements of {word}, the word itself included."},
                    {{"word", letters}},
                    std::to_string(answer),
                    "combinatorics",
                    letters,
                    {std::to_string(answer - 1), std::to_string(answer * 2),
                     std::to_string(answer == all ? all / 2 : all)},
                    {{"letters", left}}});
}

// Lists them all, in alphabetical order.
std::optional<std::string> Prove(const Draft& draft) {
  auto letters = draft.params["letters"].get<std::string>();
  std::int64_t count = 1;
  while (std::next_permutation(letters.begin(), letters.end())) ++count;
  return Agree(draft, count, "listing them");
}

}  // namespace

Family WordArrangements() {
  return {"word_arrangements",
          "math",
          "Arrangements of the letters of a word",
          "Permutations of multisets (Bhaskara, Lilavati)",
          Generate,
          Prove};
}

}  // namespace assay
