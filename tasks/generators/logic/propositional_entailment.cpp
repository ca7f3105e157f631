// Which of several conclusions follow from the premises: truth tables; the proof searches for
// derivations in the sequent calculus.
#include <algorithm>

#include "tasks/generators/logic/formula.h"
#include "tasks/generators/logic/verdict_list.h"

namespace assay {
namespace {

constexpr int kConclusions = 6;

std::uint64_t Models(const Formula& formula, int variables) {
  std::uint64_t models = 0;
  for (unsigned a = 0; a < 1U << variables; ++a) models |= std::uint64_t(Holds(formula, a)) << a;
  return models;
}

// A conclusion that follows or not, as asked; neither true nor false in itself, no premise.
std::optional<Formula> Conclusion(Rng& rng, int variables, std::uint64_t models, bool follows,
                                  int size) {
  const std::uint64_t all = (std::uint64_t{2} << ((1U << variables) - 1)) - 1;
  for (int attempt = 0; attempt < 60; ++attempt) {
    Formula formula = RandomFormula(rng, variables, int(rng.Int(size > 1 ? 1 : 0, size)));
    const auto own = Models(formula, variables);
    if (own == 0 || own == all || own == models) continue;
    if (((models & ~own) == 0) == follows) return formula;
  }
  return std::nullopt;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int variables = ByLevel(level, 3, 6);
  const int count = ByLevel(level, 2, 5);
  const std::vector<std::string> names = {"P", "Q", "R", "S", "T", "U"};
  std::vector<Formula> premises;
  std::vector<std::string> premise_texts;
  std::uint64_t models = ~std::uint64_t{0};
  for (int i = 0; i < count; ++i) {
    premises.push_back(RandomFormula(rng, variables, int(rng.Int(1, ByLevel(level, 1, 4)))));
    const auto own = Models(premises.back(), variables);
    if ((models & ~own) == 0) return std::nullopt;  // says nothing new
    models &= own;
    premise_texts.push_back(FormulaText(premises.back(), names));
  }
  models &= (std::uint64_t{2} << ((1U << variables) - 1)) - 1;
  if (__builtin_popcountll(models) < 2) return std::nullopt;
  std::vector<bool> follows;
  std::string listed;
  Json conclusions = Json::array();
  for (int i = 0; i < kConclusions; ++i) {
    follows.push_back(rng.Chance(0.5));
    const auto formula = Conclusion(rng, variables, models, follows.back(), ByLevel(level, 1, 3));
    if (!formula) return std::nullopt;
    const auto text = FormulaText(*formula, names);
    const bool known =
        std::find(premise_texts.begin(), premise_texts.end(), text) != premise_texts.end();
    if (known || listed.find(". " + text + "\n") != std::string::npos) return std::nullopt;
    listed += std::to_string(i + 1) + ". " + text + "\n";
    conclusions.push_back(FormulaJson(*formula));
  }
  listed.pop_back();
  const auto yes = std::count(follows.begin(), follows.end(), true);
  if (yes < 2 || yes > kConclusions - 2) return std::nullopt;

  Draft draft;
  std::string given;
  for (const auto& text : premise_texts) given += (given.empty() ? "- " : "\n- ") + text;
  Ask(rng, draft,
      Say(rng,
          {"Suppose all of these statements are true:\n\n{given}\n\nFor each of the following, say "
           "whether it must then be true as well (\"or\" is inclusive, \"implies\" is the material "
           "conditional):\n\n{listed}",
           "Premises:\n\n{given}\n\nWhich of these formulas are logical consequences of the "
           "premises in classical propositional logic?\n\n{listed}",
           "Decide for every numbered formula whether it holds under each truth assignment that "
           "makes all premises true.\n\nPremises:\n\n{given}\n\nFormulas:\n\n{listed}"},
          {{"given", given}, {"listed", listed}}),
      AnswerForm::kLine, "six words in order, yes (follows) or no (does not), separated by commas");
  draft.tags = {"propositional logic", "deduction"};
  draft.fingerprint = given + "\n" + listed;
  SetVerdicts(rng, draft, follows, kYesNo);
  Json given_json = Json::array();
  for (const Formula& premise : premises) given_json.push_back(FormulaJson(premise));
  draft.params = {{"premises", given_json}, {"conclusions", conclusions}};
  return draft;
}

std::optional<std::string> Prove(const Draft& draft) {
  std::vector<Formula> premises;
  for (const Json& json : draft.params["premises"]) premises.push_back(FormulaFrom(json));
  std::vector<bool> follows;
  for (const Json& json : draft.params["conclusions"]) {
    follows.push_back(Provable(premises, {FormulaFrom(json)}));
  }
  if (Provable(premises, {})) return "the premises contradict each other";
  if (VerdictText(follows, kYesNo) != draft.reference)
    return "derivations say " + VerdictText(follows, kYesNo);
  return std::nullopt;
}

}  // namespace

Family PropositionalEntailment() {
  return {"propositional_entailment",
          "logic",
          "Which conclusions follow from the premises",
          "Gentzen, Untersuchungen ueber das logische Schliessen, 1935",
          Generate,
          Prove};
}

}  // namespace assay
