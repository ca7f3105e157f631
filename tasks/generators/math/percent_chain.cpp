// Successive percentage changes.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int steps = level < 3 ? 1 : (level < 7 ? 2 : 3);
  Ratio value(rng.Int(2, ByLevel(level, 20, 90)) * 10);
  const Ratio start = value;
  std::vector<std::int64_t> changes;
  std::vector<std::string> words;
  for (int i = 0; i < steps; ++i) {
    const std::int64_t change =
        rng.Int(1, level < 5 ? 9 : 19) * (level < 5 ? 10 : 5) * (rng.Chance(0.5) ? 1 : -1);
    if (change <= -95) return std::nullopt;
    changes.push_back(change);
    words.push_back((change > 0 ? "rises by " : "falls by ") + std::to_string(std::abs(change)) +
                    "%");
    value = value * Ratio(100 + change, 100);
  }
  if (value.bottom > 1000 || value == start) return std::nullopt;
  return MathDraft(
      rng, {{"A price of {start} coins {changes}{each}. What is the price in the end, exactly?",
             "The number {start} {changes}{one}. What number is reached, exactly?",
             "A tank holds {start} litres. The amount {changes}{order}. How many litres does it "
             "hold then? Give the exact value."},
            {{"start", Tex(start)},
             {"changes", Listed(words, ", then ")},
             {"each", steps == 1 ? "" : ", each change taken from the price before it"},
             {"one", steps == 1 ? "" : ", one after the other"},
             {"order", steps == 1 ? "" : ", in this order"}},
            Tex(value),
            "arithmetic",
            Tex(start) + " " + Listed(words),
            {Tex(value + 1), Tex(start), Tex(value * Ratio(11, 10))},
            {{"start", start.top}, {"changes", changes}}});
}

// Takes the changes from the last to the first: products do not mind their order.
std::optional<std::string> Prove(const Draft& draft) {
  const auto changes = draft.params["changes"].get<std::vector<std::int64_t>>();
  std::int64_t top = draft.params["start"].get<std::int64_t>();
  std::int64_t bottom = 1;
  for (std::size_t i = changes.size(); i-- > 0;) {
    top *= 100 + changes[i];
    bottom *= 100;
  }
  return Agree(draft, Ratio(top, bottom), "multiplying backwards");
}

}  // namespace

Family PercentChain() {
  return {"percent_chain",   "math",   "Successive percentage changes",
          "Compound growth", Generate, Prove};
}

}  // namespace assay
