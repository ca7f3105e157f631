// First-order sentences in a finite model: evaluated recursively; the proof builds the relation
// that each subformula defines.
#include <algorithm>

#include "tasks/generators/logic/first_order.h"
#include "tasks/generators/logic/verdict_list.h"

namespace assay {
namespace {

constexpr int kSentences = 6;

std::optional<Draft> Generate(Rng& rng, int level) {
  static const std::vector<std::string> kOnes = {"Red", "Large", "Old", "Open", "Round", "Loud"};
  static const std::vector<std::string> kTwos = {"Likes", "Follows", "Touches", "Helps", "Sees"};
  const FiniteModel model = RandomModel(rng, ByLevel(level, 3, 6));
  auto words = PickSome(rng, kOnes, 2);
  const auto relations = PickSome(rng, kTwos, 2);
  words.insert(words.end(), relations.begin(), relations.end());
  std::vector<bool> truths;
  std::string listed;
  Json sentences = Json::array();
  for (int i = 0; i < kSentences; ++i) {
    const int quantifiers = level <= 2 ? int(rng.Int(1, 2)) : level <= 6 ? 2 : int(rng.Int(2, 3));
    const bool wanted = rng.Chance(0.5);
    std::optional<Sentence> chosen;
    for (int attempt = 0; attempt < 40 && !chosen; ++attempt) {
      Sentence sentence = RandomSentence(rng, quantifiers, int(rng.Int(1, ByLevel(level, 1, 3))));
      std::vector<int> values(3, 0);
      if (UsedVariables(sentence) != (1U << quantifiers) - 1) continue;
      if (Satisfies(model, sentence, values) == wanted) chosen = std::move(sentence);
    }
    if (!chosen) return std::nullopt;
    truths.push_back(wanted);
    listed += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + SentenceText(*chosen, words);
    sentences.push_back(SentenceJson(*chosen));
  }
  const auto count = std::count(truths.begin(), truths.end(), true);
  if (count < 2 || count > kSentences - 2) return std::nullopt;

  Draft draft;
  const std::string description = ModelText(model, words);
  Ask(rng, draft,
      Say(rng,
          {"Here is a small world:\n\n{model}\n\nNothing else holds. Which of these sentences are "
           "true in it? (\"or\" is inclusive, \"implies\" is the material conditional, x, y and z "
           "range over the domain.)\n\n{listed}",
           "Consider this finite structure, in which exactly the listed facts hold.\n\n{model}\n\n"
           "Decide for each first-order sentence whether the structure satisfies it; \"implies\" "
           "is "
           "false only when its first part is true and its second false.\n\n{listed}",
           "{model}\n\nThese are all the facts. Evaluate the six sentences below, where variables "
           "stand for elements of the domain, not necessarily different ones.\n\n{listed}"},
          {{"model", description}, {"listed", listed}}),
      AnswerForm::kLine, "six words in order, true or false, separated by commas");
  draft.tags = {"first-order logic", "evaluation"};
  draft.fingerprint = description + "\n" + listed;
  SetVerdicts(rng, draft, truths, kTrueFalse);
  draft.params = {{"size", model.size}, {"one", model.one}, {"two", model.two}};
  draft.params["sentences"] = sentences;
  return draft;
}

// The set of all value triples (x, y, z) that satisfy a subformula, as one bit a triple.
std::vector<bool> Table(const FiniteModel& model, const Sentence& s) {
  const int n = model.size;
  std::vector<std::vector<bool>> parts;
  for (const Sentence& part : s.parts) parts.push_back(Table(model, part));
  std::vector<bool> table(std::size_t(n * n * n), false);
  const int weights[] = {1, n, n * n};
  for (int i = 0; i < n * n * n; ++i) {
    const auto value = [&](int variable) { return i / weights[variable] % n; };
    bool holds = false;
    if (s.op == Sentence::kOne) holds = (model.one[s.symbol] >> value(s.a) & 1U) != 0;
    if (s.op == Sentence::kTwo) holds = (model.two[s.symbol][value(s.a)] >> value(s.b) & 1U) != 0;
    if (s.op == Sentence::kEqual) holds = value(s.a) == value(s.b);
    if (s.op == Sentence::kNot) holds = !parts[0][i];
    if (s.op == Sentence::kAnd) holds = parts[0][i] && parts[1][i];
    if (s.op == Sentence::kOr) holds = parts[0][i] || parts[1][i];
    if (s.op == Sentence::kImplies) holds = !parts[0][i] || parts[1][i];
    if (s.op >= Sentence::kAll) {
      int satisfied = 0;
      const int base = i - value(s.a) * weights[s.a];
      for (int v = 0; v < n; ++v) satisfied += parts[0][base + v * weights[s.a]] ? 1 : 0;
      holds = s.op == Sentence::kAll ? satisfied == n : satisfied > 0;
    }
    table[i] = holds;
  }
  return table;
}

std::optional<std::string> Prove(const Draft& draft) {
  const FiniteModel model{draft.params["size"].get<int>(),
                          draft.params["one"].get<std::vector<unsigned>>(),
                          draft.params["two"].get<std::vector<std::vector<unsigned>>>()};
  std::vector<bool> truths;
  for (const Json& json : draft.params["sentences"]) {
    truths.push_back(Table(model, SentenceFrom(json))[0]);
  }
  if (VerdictText(truths, kTrueFalse) != draft.reference)
    return "the tables say " + VerdictText(truths, kTrueFalse);
  return std::nullopt;
}

}  // namespace

Family FiniteModels() {
  return {"finite_models",
          "logic",
          "Truth of first-order sentences in a finite model",
          "Tarski, Der Wahrheitsbegriff in den formalisierten Sprachen, 1935",
          Generate,
          Prove};
}

}  // namespace assay
