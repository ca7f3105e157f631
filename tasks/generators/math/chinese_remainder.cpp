// Simultaneous congruences with coprime moduli.
#include <numeric>

#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

struct Params {
  int congruences;
  int most;  // no modulus is greater
};

Params ForLevel(int level) { return {level < 3 ? 2 : (level < 7 ? 3 : 4), ByLevel(level, 9, 60)}; }

bool Coprime(const std::vector<std::int64_t>& moduli, std::int64_t next) {
  for (const auto m : moduli) {
    if (std::gcd(m, next) != 1) return false;
  }
  return true;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = ForLevel(level);
  std::vector<std::int64_t> moduli;
  std::int64_t product = 1;
  for (int i = 0; i < params.congruences; ++i) {
    const std::int64_t m = rng.Int(3, params.most);
    if (!Coprime(moduli, m)) return std::nullopt;
    moduli.push_back(m);
    product *= m;
  }
  const std::int64_t answer = rng.Int(params.most + 1, product + params.most);
  if (answer >= product) return std::nullopt;

  std::vector<std::int64_t> remainders;
  std::vector<std::string> formulas;
  std::vector<std::string> words;
  for (const auto m : moduli) {
    const auto r = answer % m;
    remainders.push_back(r);
    formulas.push_back("\\(x \\equiv " + std::to_string(r) + " \\pmod{" + std::to_string(m) +
                       "}\\)");
    words.push_back("leaves remainder " + std::to_string(r) + " when divided by " +
                    std::to_string(m));
  }
  Draft draft;
  const Slots slots = {{"formulas", Listed(formulas)}, {"words", Listed(words)}};
  Ask(rng, draft,
      Say(rng,
          {"Find the least non-negative whole number x with {formulas}.",
           "What is the smallest non-negative whole number that {words}?",
           "A number {words}. What is the smallest such non-negative whole number?"},
          slots),
      AnswerForm::kBoxed);
  draft.reference = std::to_string(answer);
  draft.verifier = {{"kind", "math"}};
  draft.tags = {"number theory", "modular arithmetic"};
  draft.fingerprint = Listed(formulas);
  draft.near_misses = {std::to_string(answer + product), std::to_string(answer + moduli[0])};
  draft.params = {{"moduli", moduli}, {"remainders", remainders}};
  return draft;
}

// Sieving: walk the numbers of the first class, then of the first two, …
std::optional<std::string> Prove(const Draft& draft) {
  const auto moduli = draft.params["moduli"].get<std::vector<std::int64_t>>();
  const auto remainders = draft.params["remainders"].get<std::vector<std::int64_t>>();
  std::int64_t x = 0;
  std::int64_t step = 1;
  for (std::size_t i = 0; i < moduli.size(); ++i) {
    std::int64_t tries = 0;
    while (x % moduli[i] != remainders[i]) {
      if (++tries > moduli[i]) return "the congruences contradict each other";
      x += step;
    }
    step *= moduli[i];
  }
  if (std::to_string(x) != draft.reference) return "sieving gives " + std::to_string(x);
  return std::nullopt;
}

}  // namespace

Family ChineseRemainder() {
  return {"chinese_remainder",
          "math",
          "Simultaneous congruences",
          "Chinese remainder theorem (Sunzi Suanjing)",
          Generate,
          Prove};
}

}  // namespace assay
