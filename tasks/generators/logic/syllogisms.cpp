// Categorical statements over several classes: conclusions by regions of a Venn diagram; the proof
// chains implications.
#include <algorithm>
#include <map>
#include <set>

#include "tasks/generators/logic/common.h"
#include "tasks/generators/logic/verdict_list.h"

namespace assay {
namespace {

constexpr int kConclusions = 6;

enum Form { kAll, kNo, kSome, kSomeNot };  // {form, subject, predicate}

// Regions are the sets of classes a thing may belong to; the ones this statement speaks of: empty
// for kAll and kNo, not all empty for kSome and kSomeNot.
std::vector<unsigned> Regions(const std::vector<int>& statement, int classes) {
  std::vector<unsigned> regions;
  const bool inside = statement[0] == kNo || statement[0] == kSome;
  for (unsigned region = 0; region < 1U << classes; ++region) {
    const bool subject = (region >> statement[1] & 1U) != 0;
    const bool predicate = (region >> statement[2] & 1U) != 0;
    if (subject && predicate == inside) regions.push_back(region);
  }
  return regions;
}

bool Universal(const std::vector<int>& statement) { return statement[0] <= kNo; }

std::set<unsigned> EmptyRegions(const IntGrid& premises, int classes) {
  std::set<unsigned> empty;
  for (const auto& premise : premises) {
    if (!Universal(premise)) continue;
    for (const unsigned region : Regions(premise, classes)) empty.insert(region);
  }
  return empty;
}

bool Consistent(const IntGrid& premises, int classes, const std::set<unsigned>& empty) {
  return std::all_of(premises.begin(), premises.end(), [&](const auto& premise) {
    if (Universal(premise)) return true;
    const auto regions = Regions(premise, classes);
    return std::any_of(regions.begin(), regions.end(),
                       [&](unsigned region) { return empty.count(region) == 0; });
  });
}

bool Follows(const IntGrid& premises, int classes, const std::set<unsigned>& empty,
             const std::vector<int>& conclusion) {
  const auto regions = Regions(conclusion, classes);
  if (Universal(conclusion)) {
    return std::all_of(regions.begin(), regions.end(),
                       [&](unsigned region) { return empty.count(region) > 0; });
  }
  // Some premise's witness must lie in the conclusion's regions wherever it may lie.
  return std::any_of(premises.begin(), premises.end(), [&](const auto& premise) {
    if (Universal(premise)) return false;
    const auto places = Regions(premise, classes);
    return std::all_of(places.begin(), places.end(), [&](unsigned place) {
      return empty.count(place) > 0 ||
             std::find(regions.begin(), regions.end(), place) != regions.end();
    });
  });
}

std::string Text(const std::vector<int>& s, const std::vector<std::string>& names, bool varied,
                 Rng& rng) {
  const Slots slots = {{"a", names[s[1]]}, {"b", names[s[2]]}};
  switch (s[0]) {
    case kAll:
      return varied
                 ? Say(rng, {"All {a} are {b}.", "Every one of the {a} is one of the {b}."}, slots)
                 : Say(rng, {"All {a} are {b}."}, slots);
    case kNo:
      return varied ? Say(rng, {"No {a} are {b}.", "None of the {a} are {b}."}, slots)
                    : Say(rng, {"No {a} are {b}."}, slots);
    case kSome:
      return varied ? Say(rng, {"Some {a} are {b}.", "There are {a} that are {b}."}, slots)
                    : Say(rng, {"Some {a} are {b}."}, slots);
    default:
      return varied ? Say(rng, {"Some {a} are not {b}.", "Not all {a} are {b}."}, slots)
                    : Say(rng, {"Some {a} are not {b}."}, slots);
  }
}

std::vector<int> RandomStatement(Rng& rng, int classes) {
  const auto order = RandomOrder(rng, classes);
  return {int(rng.Int(kAll, kSomeNot)), order[0], order[1]};
}

std::string Noun(Rng& rng) {
  static const std::vector<std::string> kFirst = {"bl", "dr", "fl", "gr", "k", "m", "n",
                                                  "pl", "sn", "tr", "v",  "w", "z", "th"};
  static const std::vector<std::string> kMiddle = {"a", "e", "i", "o", "u", "oo", "ee"};
  static const std::vector<std::string> kLast = {"bber", "ckle", "mp", "nk", "rg", "ster", "zzle"};
  return rng.Pick(kFirst) + rng.Pick(kMiddle) + rng.Pick(kLast) + "s";
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int classes = ByLevel(level, 3, 7);
  IntGrid premises;
  // A chain that touches every class, then more statements.
  const auto order = RandomOrder(rng, classes);
  for (int i = 0; i + 1 < classes; ++i) {
    const bool turned = rng.Chance(0.4);
    const int form = rng.Chance(0.65) ? kAll : int(rng.Int(kAll, kSomeNot));
    premises.push_back({form, order[turned ? i + 1 : i], order[turned ? i : i + 1]});
  }
  for (int i = 0; i < ByLevel(level, 1, 3); ++i) premises.push_back(RandomStatement(rng, classes));
  rng.Shuffle(premises);
  const auto empty = EmptyRegions(premises, classes);
  if (!Consistent(premises, classes, empty)) return std::nullopt;
  for (int c = 0; c < classes; ++c) {  // a class that must be empty makes odd stories
    bool possible = false;
    for (unsigned region = 0; region < 1U << classes; ++region) {
      possible = possible || ((region >> c & 1U) != 0 && empty.count(region) == 0);
    }
    if (!possible) return std::nullopt;
  }
  std::vector<std::vector<int>> candidates[2];
  for (int form = kAll; form <= kSomeNot; ++form) {
    for (int a = 0; a < classes; ++a) {
      for (int b = 0; b < classes; ++b) {
        const std::vector<int> statement = {form, a, b};
        if (a == b || std::find(premises.begin(), premises.end(), statement) != premises.end())
          continue;
        candidates[Follows(premises, classes, empty, statement) ? 1 : 0].push_back(statement);
      }
    }
  }
  const int yes = int(rng.Int(2, 4));
  if (int(candidates[1].size()) < yes || int(candidates[0].size()) < kConclusions - yes)
    return std::nullopt;
  IntGrid conclusions;
  for (int side = 0; side < 2; ++side) {
    rng.Shuffle(candidates[side]);
    const int count = side == 1 ? yes : kConclusions - yes;
    conclusions.insert(conclusions.end(), candidates[side].begin(),
                       candidates[side].begin() + count);
  }
  rng.Shuffle(conclusions);
  std::vector<std::string> names;
  while (int(names.size()) < classes) {
    const auto noun = Noun(rng);
    if (std::find(names.begin(), names.end(), noun) == names.end()) names.push_back(noun);
  }
  std::string given;
  for (const auto& premise : premises) {
    given += (given.empty() ? "- " : "\n- ") + Text(premise, names, level >= 3, rng);
  }
  std::vector<bool> follows;
  std::string listed;
  for (std::size_t i = 0; i < conclusions.size(); ++i) {
    follows.push_back(Follows(premises, classes, empty, conclusions[i]));
    listed += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " +
              Text(conclusions[i], names, false, rng);
  }

  Draft draft;
  Ask(rng, draft,
      Say(rng,
          {"Take these statements as true:\n\n{given}\n\nWhich of the following follow from them "
           "by "
           "logic alone? \"Some\" means at least one, and \"all\" does not promise that there are "
           "any.\n\n{listed}",
           "Premises:\n\n{given}\n\nFor every numbered sentence, decide whether it must be true. "
           "(A "
           "statement about all members of a class is also true if the class is empty; \"some\" "
           "means \"one or more\".)\n\n{listed}",
           "Given only that\n\n{given}\n\nsay for each conclusion whether it is valid. Classes may "
           "be empty unless the premises say otherwise, and \"some\" is \"at least "
           "one\".\n\n{listed}"},
          {{"given", given}, {"listed", listed}}),
      AnswerForm::kLine, "six words in order, yes (follows) or no (does not), separated by commas");
  draft.tags = {"syllogisms", "deduction"};
  draft.fingerprint = given + "\n" + listed;
  SetVerdicts(rng, draft, follows, kYesNo);
  draft.params = {{"classes", classes}, {"premises", premises}, {"conclusions", conclusions}};
  return draft;
}

// Literals are 2c (in class c) and 2c + 1 (not in it).
using Implications = std::map<int, std::set<int>>;

std::set<int> Closure(const Implications& implications, const std::set<int>& start) {
  std::set<int> reached = start;
  std::vector<int> queue(start.begin(), start.end());
  while (!queue.empty()) {
    const int literal = queue.back();
    queue.pop_back();
    const auto next = implications.find(literal);
    if (next == implications.end()) continue;
    for (const int one : next->second) {
      if (reached.insert(one).second) queue.push_back(one);
    }
  }
  return reached;
}

bool Contradicts(const std::set<int>& literals) {
  return std::any_of(literals.begin(), literals.end(),
                     [&](int one) { return literals.count(one ^ 1) > 0; });
}

// "All A are B" is A -> B and not B -> not A, "No A are B" is A -> not B and B -> not A. A
// universal conclusion follows when its counterexample's closure contradicts itself, an existential
// one when the closure of some premise's witness holds both parts.
std::optional<std::string> Prove(const Draft& draft) {
  const auto premises = draft.params["premises"].get<IntGrid>();
  Implications implications;
  for (const auto& p : premises) {
    if (!Universal(p)) continue;
    const int subject = 2 * p[1];
    const int predicate = 2 * p[2] + (p[0] == kNo ? 1 : 0);
    implications[subject].insert(predicate);
    implications[predicate ^ 1].insert(subject ^ 1);
  }
  const auto parts = [](const std::vector<int>& s) {
    return std::set<int>{2 * s[1], 2 * s[2] + (s[0] == kSomeNot || s[0] == kAll ? 1 : 0)};
  };
  std::vector<bool> follows;
  for (const auto& conclusion : draft.params["conclusions"].get<IntGrid>()) {
    const auto wanted = parts(conclusion);
    bool valid = Universal(conclusion) && Contradicts(Closure(implications, wanted));
    for (const auto& premise : premises) {
      if (Universal(premise)) continue;
      const auto witness = Closure(implications, parts(premise));
      if (Contradicts(witness)) return "a witness cannot exist";
      valid = valid || (!Universal(conclusion) && std::includes(witness.begin(), witness.end(),
                                                                wanted.begin(), wanted.end()));
    }
    follows.push_back(valid);
  }
  if (VerdictText(follows, kYesNo) != draft.reference)
    return "chains of implications say " + VerdictText(follows, kYesNo);
  return std::nullopt;
}

}  // namespace

Family Syllogisms() {
  return {"syllogisms",
          "logic",
          "Which conclusions follow from categorical statements",
          "Aristotle, Prior Analytics; Carroll, Symbolic Logic, 1896",
          Generate,
          Prove};
}

}  // namespace assay
