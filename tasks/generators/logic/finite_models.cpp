// First-order sentences in a finite model: evaluated recursively; the proof builds the relation
// that each subformula defines.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

constexpr int kSentences = 6;

// Predicates p and q of one place, r and s of two, as bits over a domain of at most 6.
struct Model {
  int size = 0;
  std::vector<unsigned> one;               // [predicate], bit per element
  std::vector<std::vector<unsigned>> two;  // [relation][first], bit per second
};

enum Op { kOne, kTwo, kEqual, kNot, kAnd, kOr, kImplies, kAll, kSome };

// Variables are 0 (x), 1 (y), 2 (z).
struct Sentence {
  int op = kOne;
  int symbol = 0;  // of kOne, kTwo
  int a = 0;       // a variable; the bound one of kAll and kSome
  int b = 0;       // the second variable of kTwo and kEqual
  std::vector<Sentence> parts;
};

Sentence Atom(Rng& rng, int bound) {
  const int a = int(rng.Int(0, bound - 1));
  int b = int(rng.Int(0, bound - 1));
  const double kind = rng.Uniform();
  if (bound == 1 || kind < 0.35) return {kOne, int(rng.Int(0, 1)), a, 0, {}};
  if (kind < 0.9) return {kTwo, int(rng.Int(0, 1)), a, b, {}};
  while (b == a) b = int(rng.Int(0, bound - 1));
  return {kEqual, 0, a, b, {}};
}

Sentence Body(Rng& rng, int bound, int size) {
  if (size == 0) {
    Sentence atom = Atom(rng, bound);
    if (!rng.Chance(0.3)) return atom;
    return {kNot, 0, 0, 0, {atom}};
  }
  const int first = int(rng.Int(0, size - 1));
  return {int(rng.Int(kAnd, kImplies)),
          0,
          0,
          0,
          {Body(rng, bound, first), Body(rng, bound, size - 1 - first)}};
}

Sentence RandomSentence(Rng& rng, int quantifiers, int size) {
  Sentence sentence = Body(rng, quantifiers, size);
  for (int v = quantifiers; v-- > 0;) {
    sentence = {int(rng.Int(kAll, kSome)), 0, v, 0, {sentence}};
  }
  return sentence;
}

unsigned Used(const Sentence& s) {
  unsigned used = 0;
  for (const Sentence& part : s.parts) used |= Used(part);
  if (s.op <= kEqual) used |= 1U << s.a;
  if (s.op == kTwo || s.op == kEqual) used |= 1U << s.b;
  return used;
}

bool True(const Model& model, const Sentence& s, std::vector<int>& values) {
  const auto part = [&](std::size_t i) { return True(model, s.parts[i], values); };
  switch (s.op) {
    case kOne:
      return (model.one[s.symbol] >> values[s.a] & 1U) != 0;
    case kTwo:
      return (model.two[s.symbol][values[s.a]] >> values[s.b] & 1U) != 0;
    case kEqual:
      return values[s.a] == values[s.b];
    case kNot:
      return !part(0);
    case kAnd:
      return part(0) && part(1);
    case kOr:
      return part(0) || part(1);
    case kImplies:
      return !part(0) || part(1);
    default:
      for (values[s.a] = 0; values[s.a] < model.size; ++values[s.a]) {
        if (part(0) == (s.op == kSome)) return s.op == kSome;
      }
      return s.op == kAll;
  }
}

std::string Text(const Sentence& s, const std::vector<std::string>& words) {
  static const std::string kVariables = "xyz";
  const std::string a(1, kVariables[std::size_t(s.a)]);
  const std::string b(1, kVariables[std::size_t(s.b)]);
  const auto part = [&](std::size_t i) {
    const bool atom = s.parts[i].op <= kNot;
    return atom ? Text(s.parts[i], words) : "(" + Text(s.parts[i], words) + ")";
  };
  switch (s.op) {
    case kOne:
      return words[s.symbol] + "(" + a + ")";
    case kTwo:
      return words[2 + s.symbol] + "(" + a + "," + b + ")";
    case kEqual:
      return a + " = " + b;
    case kNot:
      return "not " + part(0);
    case kAnd:
      return part(0) + " and " + part(1);
    case kOr:
      return part(0) + " or " + part(1);
    case kImplies:
      return part(0) + " implies " + part(1);
    default: {
      const bool more = s.parts[0].op >= kAll;
      const std::string quantifier = s.op == kAll ? "for all " : "for some ";
      const std::string inner = Text(s.parts[0], words);
      if (more) return quantifier + a + ", " + inner;
      return quantifier + a + ": " + inner;
    }
  }
}

Json ToJson(const Sentence& s) {
  Json parts = Json::array();
  for (const Sentence& part : s.parts) parts.push_back(ToJson(part));
  return {s.op, s.symbol, s.a, s.b, parts};
}

Sentence FromJson(const Json& json) {
  Sentence s{json[0].get<int>(), json[1].get<int>(), json[2].get<int>(), json[3].get<int>(), {}};
  for (const Json& part : json[4]) s.parts.push_back(FromJson(part));
  return s;
}

Model RandomModel(Rng& rng, int size) {
  Model model{size, {}, {}};
  for (int i = 0; i < 2; ++i) model.one.push_back(unsigned(rng.Int(1, (1 << size) - 2)));
  for (int i = 0; i < 2; ++i) {
    model.two.emplace_back();
    for (int a = 0; a < size; ++a) {
      unsigned row = 0;
      for (int b = 0; b < size; ++b) row |= unsigned(rng.Chance(0.4)) << b;
      model.two.back().push_back(row);
    }
  }
  return model;
}

std::string ModelText(const Model& model, const std::vector<std::string>& words) {
  std::string text = "Domain: " + Listed(LetterNames(model.size), ", ");
  for (int i = 0; i < 2; ++i) {
    std::vector<std::string> members;
    for (int a = 0; a < model.size; ++a) {
      if ((model.one[i] >> a & 1U) != 0) members.emplace_back(1, char('A' + a));
    }
    text += "\n" + words[i] + " holds of: " + Listed(members, ", ");
  }
  for (int i = 0; i < 2; ++i) {
    std::vector<std::string> pairs;
    for (int a = 0; a < model.size; ++a) {
      for (int b = 0; b < model.size; ++b) {
        if ((model.two[i][a] >> b & 1U) == 0) continue;
        pairs.push_back(std::string("(") + char('A' + a) + "," + char('A' + b) + ")");
      }
    }
    text += "\n" + words[2 + i] + " holds of: " + (pairs.empty() ? "no pair" : Listed(pairs, ", "));
  }
  return text;
}

std::string Verdicts(const std::vector<bool>& truths) {
  std::string text;
  for (const bool truth : truths) {
    text += std::string(text.empty() ? "" : ", ") + (truth ? "true" : "false");
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  static const std::vector<std::string> kOnes = {"Red", "Large", "Old", "Open", "Round", "Loud"};
  static const std::vector<std::string> kTwos = {"Likes", "Follows", "Touches", "Helps", "Sees"};
  const Model model = RandomModel(rng, ByLevel(level, 3, 6));
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
      if (Used(sentence) != (1U << quantifiers) - 1) continue;
      if (True(model, sentence, values) == wanted) chosen = std::move(sentence);
    }
    if (!chosen) return std::nullopt;
    truths.push_back(wanted);
    listed += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + Text(*chosen, words);
    sentences.push_back(ToJson(*chosen));
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
  draft.reference = Verdicts(truths);
  draft.verifier = LogicSpec("list");
  draft.tags = {"first-order logic", "evaluation"};
  draft.fingerprint = description + "\n" + listed;
  auto one_off = truths;
  const auto wrong = std::size_t(rng.Int(0, kSentences - 1));
  one_off[wrong] = !one_off[wrong];
  draft.near_misses = {Verdicts(one_off), Verdicts(std::vector<bool>(kSentences, true)),
                       Verdicts(std::vector<bool>(kSentences, false))};
  draft.params = {{"size", model.size}, {"one", model.one}, {"two", model.two}};
  draft.params["sentences"] = sentences;
  return draft;
}

// The set of all value triples (x, y, z) that satisfy a subformula, as one bit a triple.
std::vector<bool> Table(const Model& model, const Sentence& s) {
  const int n = model.size;
  std::vector<std::vector<bool>> parts;
  for (const Sentence& part : s.parts) parts.push_back(Table(model, part));
  std::vector<bool> table(std::size_t(n * n * n), false);
  const int weights[] = {1, n, n * n};
  for (int i = 0; i < n * n * n; ++i) {
    const auto value = [&](int variable) { return i / weights[variable] % n; };
    bool holds = false;
    if (s.op == kOne) holds = (model.one[s.symbol] >> value(s.a) & 1U) != 0;
    if (s.op == kTwo) holds = (model.two[s.symbol][value(s.a)] >> value(s.b) & 1U) != 0;
    if (s.op == kEqual) holds = value(s.a) == value(s.b);
    if (s.op == kNot) holds = !parts[0][i];
    if (s.op == kAnd) holds = parts[0][i] && parts[1][i];
    if (s.op == kOr) holds = parts[0][i] || parts[1][i];
    if (s.op == kImplies) holds = !parts[0][i] || parts[1][i];
    if (s.op >= kAll) {
      int satisfied = 0;
      const int base = i - value(s.a) * weights[s.a];
      for (int v = 0; v < n; ++v) satisfied += parts[0][base + v * weights[s.a]] ? 1 : 0;
      holds = s.op == kAll ? satisfied == n : satisfied > 0;
    }
    table[i] = holds;
  }
  return table;
}

std::optional<std::string> Prove(const Draft& draft) {
  const Model model{draft.params["size"].get<int>(),
                    draft.params["one"].get<std::vector<unsigned>>(),
                    draft.params["two"].get<std::vector<std::vector<unsigned>>>()};
  std::vector<bool> truths;
  for (const Json& json : draft.params["sentences"]) {
    truths.push_back(Table(model, FromJson(json))[0]);
  }
  if (Verdicts(truths) != draft.reference) return "the tables say " + Verdicts(truths);
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
