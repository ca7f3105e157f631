// Write a function from a chain of bit operations on words of a fixed width.
#include <bit>

#include "tasks/generators/code/pipeline.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

using Word = std::uint64_t;

struct Width {
  int bits;
  Word mask() const { return (Word(1) << bits) - 1; }
  std::string text() const { return std::to_string(bits); }
  std::string python_mask() const { return std::to_string(mask()); }
};

Step WordStep(std::string words, std::string python, std::function<Word(Word)> apply) {
  return {std::move(words), std::move(python),
          [apply = std::move(apply)](const Json& value) { return Json(apply(value.get<Word>())); }};
}

Word Reversed(Word x, int bits) {
  Word reversed = 0;
  for (int i = 0; i < bits; ++i) reversed |= ((x >> i) & 1) << (bits - 1 - i);
  return reversed;
}

template <int kBits>
Step DrawStep(Rng& rng) {
  constexpr Width width{kBits};
  const Word mask = width.mask();
  const std::string m = width.python_mask();
  const int k = int(rng.Int(1, kBits / 2 - 1));
  const std::string s = std::to_string(k);
  const Word c = Word(rng.Int(1, std::int64_t(mask) - 1));
  const std::string constant = std::to_string(c);
  switch (rng.Int(0, 8)) {
    case 0:
      return WordStep("rotate the word left by " + s + " bits",
                      "((x << " + s + ") | (x >> " + std::to_string(kBits - k) + ")) & " + m,
                      [=](Word x) { return ((x << k) | (x >> (kBits - k))) & mask; });
    case 1:
      return WordStep("reverse the order of its " + width.text() + " bits",
                      "int(format(x, '0" + width.text() + "b')[::-1], 2)",
                      [](Word x) { return Reversed(x, kBits); });
    case 2:
      return WordStep("XOR it with itself shifted right by " + s, "x ^ (x >> " + s + ")",
                      [=](Word x) { return x ^ (x >> k); });
    case 3:
      return WordStep("XOR it with " + constant, "x ^ " + constant, [=](Word x) { return x ^ c; });
    case 4:
      return WordStep("flip every bit", "x ^ " + m, [=](Word x) { return x ^ mask; });
    case 5:
      return WordStep("add " + constant + " modulo 2^" + width.text(),
                      "(x + " + constant + ") & " + m, [=](Word x) { return (x + c) & mask; });
    case 6:
      return WordStep("clear the lowest bit that is 1 (0 stays 0)", "x & (x - 1)",
                      [](Word x) { return x & (x - 1); });
    case 7:
      return WordStep("if it has an odd number of 1 bits, XOR it with " + constant,
                      "x ^ " + constant + " if bin(x).count('1') % 2 else x",
                      [=](Word x) { return std::popcount(x) % 2 == 1 ? x ^ c : x; });
    default:
      return WordStep("exchange the bits 0 and 1, 2 and 3, 4 and 5, and so on",
                      "sum(((x >> i) & 1) << (i ^ 1) for i in range(" + width.text() + "))",
                      [](Word x) {
                        Word out = 0;
                        for (int i = 0; i < kBits; ++i) out |= ((x >> i) & 1) << (i ^ 1);
                        return out;
                      });
  }
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int bits = level <= 3 ? 8 : (level <= 6 ? 16 : 32);
  const auto draw = bits == 8 ? DrawStep<8> : (bits == 16 ? DrawStep<16> : DrawStep<32>);
  const auto steps = DrawSteps(rng, ByLevel(level, 2, 8), draw);
  const Width width{bits};
  FunctionTask task;
  task.entry = "scramble";
  const auto word = [&] { return Json::array({rng.Int(1, std::int64_t(width.mask()))}); };
  task.inputs = {word(), word(), Json::array({0}), Json::array({1}), Json::array({width.mask()})};
  for (int i = 0; i < 14; ++i) task.inputs.push_back(word());
  SetPipeline(task, "x", steps);
  task.question = Say(
      rng,
      {"Write a Python function `scramble(x)` for an unsigned word `x` of {bits} bits (0 <= x < "
       "2^{bits}; bit 0 is the lowest). It does the following in order and returns the "
       "resulting word, again from 0 to 2^{bits} - 1:\n\n{steps}",
       "`scramble(x)` works on {bits}-bit words, given and returned as integers from 0 to "
       "2^{bits} - 1, where bit 0 is the least significant. Implement it in Python by these "
       "steps:\n\n{steps}"},
      {{"bits", width.text()}, {"steps", Numbered(steps)}});
  task.tags = {"bits"};
  task.fingerprint = Numbered(steps);
  return FunctionDraft(rng, task);
}

}  // namespace

Family BitPipeline() {
  return {"bit_pipeline",
          "code",
          "A function made of bit operations",
          "Warren, Hacker's Delight (2002), for the operations",
          Generate,
          ProvenByTests};
}

}  // namespace assay
