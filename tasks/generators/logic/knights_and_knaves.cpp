// Knights tell the truth, knaves lie: one assignment fits; the proof splits person by person.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// What a person says, about others: {kind, a, b}.
enum Kind { kIsKnave, kIsKnight, kSame, kDiffer, kImplies, kEither, kNeither, kAtLeast, kExactly };

bool Says(const std::vector<int>& statement, unsigned knights) {
  const auto knight = [&](std::size_t i) { return (knights >> statement[i] & 1U) != 0; };
  switch (statement[0]) {
    case kIsKnave:
      return !knight(1);
    case kIsKnight:
      return knight(1);
    case kSame:
      return knight(1) == knight(2);
    case kDiffer:
      return knight(1) != knight(2);
    case kImplies:
      return !knight(1) || knight(2);
    case kEither:
      return knight(1) || knight(2);
    case kNeither:
      return !knight(1) && !knight(2);
    case kAtLeast:
      return __builtin_popcount(knights) >= statement[1];
    default:
      return __builtin_popcount(knights) == statement[1];
  }
}

std::string Text(const std::vector<int>& s, const std::vector<std::string>& names, Rng& rng) {
  const bool count = s[0] == kAtLeast || s[0] == kExactly;
  const Slots slots = {{"a", count ? "" : names[s[1]]},
                       {"b", s.size() > 2 ? names[s[2]] : ""},
                       {"n", std::to_string(s[1])}};
  switch (s[0]) {
    case kIsKnave:
      return Say(rng, {"{a} is a knave.", "{a} always lies.", "{a} is no knight."}, slots);
    case kIsKnight:
      return Say(rng, {"{a} is a knight.", "{a} never lies."}, slots);
    case kSame:
      return Say(rng, {"{a} and {b} are of the same kind.", "{a} is the same as {b}."}, slots);
    case kDiffer:
      return Say(rng,
                 {"{a} and {b} are of different kinds.", "Just one of {a} and {b} is a knight."},
                 slots);
    case kImplies:
      return Say(rng, {"If {a} is a knight, then so is {b}."}, slots);
    case kEither:
      return Say(rng, {"{a} or {b} is a knight, or both are.", "{a} and {b} are not both knaves."},
                 slots);
    case kNeither:
      return Say(rng, {"{a} and {b} are both knaves.", "Neither {a} nor {b} is a knight."}, slots);
    case kAtLeast:
      return Say(rng, {"At least {n} of us are knights."}, slots);
    default:
      return Say(rng, {"Exactly {n} of us are knights."}, slots);
  }
}

bool Fits(const IntGrid& statements, unsigned knights) {
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (Says(statements[i], knights) != ((knights >> i & 1U) != 0)) return false;
  }
  return true;
}

std::string Assignment(const std::vector<std::string>& names, unsigned knights) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (text.empty() ? "" : ", ") + names[i] + " = " +
            ((knights >> i & 1U) != 0 ? "knight" : "knave");
  }
  return text;
}

IntGrid RandomStatements(Rng& rng, int people, int level) {
  IntGrid statements;
  for (int speaker = 0; speaker < people; ++speaker) {
    const int kind = int(rng.Int(0, level <= 2 ? 3 : 8));
    if (kind == kAtLeast || kind == kExactly) {
      statements.push_back({kind, int(rng.Int(2, people - 1))});
      continue;
    }
    std::vector<int> others;
    for (const int i : RandomOrder(rng, people)) {
      // Relations may name the speaker; plain accusations may not.
      if (i != speaker || (kind == kDiffer && level >= 4)) others.push_back(i);
    }
    if (kind == kIsKnave || kind == kIsKnight) {
      statements.push_back({kind, others[0]});
    } else {
      statements.push_back({kind, others[0], others[1]});
    }
  }
  return statements;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int people = ByLevel(level, 4, 9);
  const auto statements = RandomStatements(rng, people, level);
  std::vector<unsigned> fitting;
  for (unsigned knights = 0; knights < 1U << people && fitting.size() < 2; ++knights) {
    if (Fits(statements, knights)) fitting.push_back(knights);
  }
  if (fitting.size() != 1) return std::nullopt;
  const unsigned all = (1U << people) - 1;
  if (fitting[0] == 0 || fitting[0] == all) return std::nullopt;

  Draft draft;
  const auto names = PickSome(rng, FirstNames(), std::size_t(people));
  std::string said;
  for (int i = 0; i < people; ++i) {
    said += (i == 0 ? "" : "\n") + names[i] + ": \"" + Text(statements[i], names, rng) + "\"";
  }
  Ask(rng, draft,
      Say(rng,
          {"On an island every inhabitant is a knight, who always tells the truth, or a knave, who "
           "always lies. You meet {names}. They say:\n\n{said}\n\nWho is what?",
           "{names} are each either a knight (all their statements are true) or a knave (all their "
           "statements are false). Work out each one's kind from what they say.\n\n{said}",
           "Truth-tellers are called knights here, liars knaves; there is nobody else. From these "
           "statements of {names}, find out who is a knight and who a knave.\n\n{said}"},
          {{"names", Listed(names)}, {"said", said}}),
      AnswerForm::kLine,
      "all of them in the form " + names[0] + " = knight, " + names[1] +
          " = knave, … (with the right words)");
  draft.reference = Assignment(names, fitting[0]);
  draft.verifier = LogicSpec("pairs");
  draft.tags = {"deduction", "truth"};
  draft.fingerprint = DumpJson(statements) + Listed(names);
  draft.near_misses = {Assignment(names, fitting[0] ^ 1U << rng.Int(0, people - 1)),
                       Assignment(names, all & ~fitting[0]), Assignment(names, all),
                       Assignment(names, 0)};
  draft.params = {{"statements", statements}, {"names", names}};
  return draft;
}

// Person by person: a suppositon is dropped as soon as a speaker whose statement is about people
// already decided contradicts it.
int Split(const IntGrid& statements, std::size_t decided, unsigned knights, unsigned& solution) {
  const std::size_t people = statements.size();
  for (std::size_t speaker = 0; speaker < decided; ++speaker) {
    const auto& s = statements[speaker];
    const bool counts = s[0] == kAtLeast || s[0] == kExactly;
    const auto known = [&](std::size_t i) { return i >= s.size() || s[i] < int(decided); };
    const bool ready = counts ? decided == people : known(1) && known(2);
    if (ready && Says(s, knights) != ((knights >> speaker & 1U) != 0)) return 0;
  }
  if (decided == people) {
    solution = knights;
    return 1;
  }
  return Split(statements, decided + 1, knights, solution) +
         Split(statements, decided + 1, knights | 1U << decided, solution);
}

std::optional<std::string> Prove(const Draft& draft) {
  unsigned solution = 0;
  const int found = Split(draft.params["statements"].get<IntGrid>(), 0, 0, solution);
  if (found != 1) return std::to_string(found) + " assignments fit";
  if (Assignment(draft.params["names"].get<std::vector<std::string>>(), solution) !=
      draft.reference) {
    return "another assignment was found";
  }
  return std::nullopt;
}

}  // namespace

Family KnightsAndKnaves() {
  return {"knights_and_knaves",
          "logic",
          "Who tells the truth and who lies",
          "Smullyan, What is the name of this book?, 1978",
          Generate,
          Prove};
}

}  // namespace assay
