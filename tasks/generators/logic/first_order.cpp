#include "tasks/generators/logic/first_order.h"

namespace assay {
namespace {

Sentence Atom(Rng& rng, int bound) {
  const int a = int(rng.Int(0, bound - 1));
  int b = int(rng.Int(0, bound - 1));
  const double kind = rng.Uniform();
  if (bound == 1 || kind < 0.35) return {Sentence::kOne, int(rng.Int(0, 1)), a, 0, {}};
  if (kind < 0.9) return {Sentence::kTwo, int(rng.Int(0, 1)), a, b, {}};
  while (b == a) b = int(rng.Int(0, bound - 1));
  return {Sentence::kEqual, 0, a, b, {}};
}

Sentence Body(Rng& rng, int bound, int size) {
  if (size == 0) {
    Sentence atom = Atom(rng, bound);
    if (!rng.Chance(0.3)) return atom;
    return {Sentence::kNot, 0, 0, 0, {atom}};
  }
  const int first = int(rng.Int(0, size - 1));
  return {int(rng.Int(Sentence::kAnd, Sentence::kImplies)),
          0,
          0,
          0,
          {Body(rng, bound, first), Body(rng, bound, size - 1 - first)}};
}

}  // namespace

Sentence RandomSentence(Rng& rng, int quantifiers, int size) {
  Sentence sentence = Body(rng, quantifiers, size);
  for (int v = quantifiers; v-- > 0;) {
    sentence = {int(rng.Int(Sentence::kAll, Sentence::kSome)), 0, v, 0, {sentence}};
  }
  return sentence;
}

unsigned UsedVariables(const Sentence& s) {
  unsigned used = 0;
  for (const Sentence& part : s.parts) used |= UsedVariables(part);
  if (s.op <= Sentence::kEqual) used |= 1U << s.a;
  if (s.op == Sentence::kTwo || s.op == Sentence::kEqual) used |= 1U << s.b;
  return used;
}

bool Satisfies(const FiniteModel& model, const Sentence& s, std::vector<int>& values) {
  const auto part = [&](std::size_t i) { return Satisfies(model, s.parts[i], values); };
  switch (s.op) {
    case Sentence::kOne:
      return (model.one[s.symbol] >> values[s.a] & 1U) != 0;
    case Sentence::kTwo:
      return (model.two[s.symbol][values[s.a]] >> values[s.b] & 1U) != 0;
    case Sentence::kEqual:
      return values[s.a] == values[s.b];
    case Sentence::kNot:
      return !part(0);
    case Sentence::kAnd:
      return part(0) && part(1);
    case Sentence::kOr:
      return part(0) || part(1);
    case Sentence::kImplies:
      return !part(0) || part(1);
    default:
      for (values[s.a] = 0; values[s.a] < model.size; ++values[s.a]) {
        if (part(0) == (s.op == Sentence::kSome)) return s.op == Sentence::kSome;
      }
      return s.op == Sentence::kAll;
  }
}

std::string SentenceText(const Sentence& s, const std::vector<std::string>& words) {
  static const std::string kVariables = "xyz";
  const std::string a(1, kVariables[std::size_t(s.a)]);
  const std::string b(1, kVariables[std::size_t(s.b)]);
  const auto part = [&](std::size_t i) {
    const bool atom = s.parts[i].op <= Sentence::kNot;
    return atom ? SentenceText(s.parts[i], words) : "(" + SentenceText(s.parts[i], words) + ")";
  };
  switch (s.op) {
    case Sentence::kOne:
      return words[s.symbol] + "(" + a + ")";
    case Sentence::kTwo:
      return words[2 + s.symbol] + "(" + a + "," + b + ")";
    case Sentence::kEqual:
      return a + " = " + b;
    case Sentence::kNot:
      return "not " + part(0);
    case Sentence::kAnd:
      return part(0) + " and " + part(1);
    case Sentence::kOr:
      return part(0) + " or " + part(1);
    case Sentence::kImplies:
      return part(0) + " implies " + part(1);
    default: {
      const bool more = s.parts[0].op >= Sentence::kAll;
      const std::string quantifier = s.op == Sentence::kAll ? "for all " : "for some ";
      const std::string inner = SentenceText(s.parts[0], words);
      if (more) return quantifier + a + ", " + inner;
      return quantifier + a + ": " + inner;
    }
  }
}

Json SentenceJson(const Sentence& s) {
  Json parts = Json::array();
  for (const Sentence& part : s.parts) parts.push_back(SentenceJson(part));
  return {s.op, s.symbol, s.a, s.b, parts};
}

Sentence SentenceFrom(const Json& json) {
  Sentence s{json[0].get<int>(), json[1].get<int>(), json[2].get<int>(), json[3].get<int>(), {}};
  for (const Json& part : json[4]) s.parts.push_back(SentenceFrom(part));
  return s;
}

FiniteModel RandomModel(Rng& rng, int size) {
  FiniteModel model{size, {}, {}};
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

std::string ModelText(const FiniteModel& model, const std::vector<std::string>& words) {
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

}  // namespace assay
