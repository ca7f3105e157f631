#include "runner/profiles/shots.h"

#include <fmt/format.h>

#include "base/check.h"

namespace assay {
namespace {

struct Worked {
  const char* question;
  const char* steps;
  const char* answer;
};

constexpr Worked kWordProblems[] = {
    {"A bakery fills 6 trays with 12 rolls each and sells 47 rolls before noon. How many rolls are "
     "left?",
     "The trays hold 6 * 12 = 72 rolls. After the sales 72 - 47 = 25 rolls are left.", "25"},
    {"Lena saves 15 dollars a week. A bicycle costs 240 dollars, and her uncle gives her 60 "
     "dollars towards it. How many weeks must she save?",
     "She needs 240 - 60 = 180 dollars of her own. At 15 dollars a week that takes 180 / 15 = 12 "
     "weeks.",
     "12"},
    {"A train leaves with 84 people. At the first stop a quarter of them get off and 10 get on. "
     "How many people are on the train then?",
     "A quarter of 84 is 84 / 4 = 21, so 84 - 21 = 63 people stay. With the new ones there are 63 "
     "+ 10 = 73.",
     "73"},
    {"Tom is three times as old as his sister, and together they are 32 years old. How old is "
     "Tom?",
     "Together they are 3 + 1 = 4 times as old as the sister, so she is 32 / 4 = 8. Tom is 3 * 8 = "
     "24.",
     "24"},
    {"A tank holds 500 litres. A pump adds 35 litres a minute while a leak loses 10 litres a "
     "minute. How many minutes does it take to fill the empty tank?",
     "Each minute the tank gains 35 - 10 = 25 litres. It is full after 500 / 25 = 20 minutes.",
     "20"},
    {"A shirt costs 40 dollars. It is sold 25 percent cheaper, and a customer takes 3 of them. How "
     "many dollars does the customer pay?",
     "25 percent of 40 dollars are 10 dollars, so a shirt is sold for 40 - 10 = 30 dollars. Three "
     "of them cost 3 * 30 = 90 dollars.",
     "90"},
    {"Five friends share 3 pizzas of 10 slices each equally. Each of them eats all but 2 of their "
     "slices. How many slices are eaten?",
     "There are 3 * 10 = 30 slices, so each friend gets 30 / 5 = 6. Each eats 6 - 2 = 4 slices, "
     "together 5 * 4 = 20.",
     "20"},
    {"A gardener needs 2 litres of water for every 3 plants. How many litres are needed for 5 rows "
     "of 9 plants?",
     "There are 5 * 9 = 45 plants, which are 45 / 3 = 15 groups of three. They need 15 * 2 = 30 "
     "litres.",
     "30"},
};

constexpr Worked kFormulas[] = {
    {"What is the value of $x$ if $3x + 7 = 31$?",
     "Taking $7$ from both sides gives $3x = 24$, and dividing by $3$ gives $x = 8$.", "8"},
    {"Find the sum of all positive divisors of $28$.",
     "The divisors of $28 = 2^2 \\cdot 7$ are $1, 2, 4, 7, 14, 28$. Their sum is $1 + 2 + 4 + 7 + "
     "14 + 28 = 56$.",
     "56"},
    {"A fair die is rolled twice. What is the probability that the two numbers add up to $9$?",
     "Of the $36$ equally likely outcomes the four $(3,6), (4,5), (5,4), (6,3)$ add up to $9$, so "
     "the probability is $\\frac{4}{36} = \\frac{1}{9}$.",
     "\\frac{1}{9}"},
    {"Write $\\frac{2}{3 - \\sqrt{7}}$ with a rational denominator.",
     "Multiplying numerator and denominator by $3 + \\sqrt{7}$ gives $\\frac{2(3 + \\sqrt{7})}{9 - "
     "7} = 3 + \\sqrt{7}$.",
     "3 + \\sqrt{7}"},
};

std::string Ended(ShotForm form, const Worked& worked) {
  switch (form) {
    case ShotForm::kNone:
      break;
    case ShotForm::kHashes:
      return fmt::format("{}\n#### {}", worked.steps, worked.answer);
    case ShotForm::kTheAnswerIs:
      return fmt::format("{} The answer is {}.", worked.steps, worked.answer);
    case ShotForm::kHopeItIsCorrect:
      return fmt::format("{}\nFinal Answer: The final answer is ${}$. I hope it is correct.",
                         worked.steps, worked.answer);
  }
  return worked.steps;
}

}  // namespace

std::vector<FewShot> OurShots(ShotForm form, std::size_t count) {
  const bool formulas = form == ShotForm::kHopeItIsCorrect;
  const Worked* all = formulas ? std::begin(kFormulas) : std::begin(kWordProblems);
  ASSAY_CHECK(count <= (formulas ? std::size(kFormulas) : std::size(kWordProblems)),
              "a profile shows more examples than there are");
  std::vector<FewShot> shots;
  for (std::size_t i = 0; i < count; ++i) shots.push_back({all[i].question, Ended(form, all[i])});
  return shots;
}

}  // namespace assay
