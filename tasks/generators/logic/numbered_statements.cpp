// Statements about each other with one consistent set of truths; the proof sums up how many are
// true and checks each possible number.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

enum Kind { kExactly, kAtLeast, kAtMost, kTrue, kFalse, kSame, kEither, kFirstHalf, kFalseAbove };

// {kind, a, b}, statements from 0; `n` statements in all, this is number `self`.
bool Claims(const std::vector<int>& s, int self, int n, unsigned truths) {
  const auto holds = [&](int i) { return (truths >> i & 1U) != 0; };
  const int count = __builtin_popcount(truths);
  switch (s[0]) {
    case kExactly:
      return count == s[1];
    case kAtLeast:
      return count >= s[1];
    case kAtMost:
      return count <= s[1];
    case kTrue:
      return holds(s[1]);
    case kFalse:
      return !holds(s[1]);
    case kSame:
      return holds(s[1]) == holds(s[2]);
    case kEither:
      return holds(s[1]) || holds(s[2]);
    case kFirstHalf:
      return __builtin_popcount(truths & ((1U << n / 2) - 1)) == s[1];
    default:
      return __builtin_popcount(~truths & ((1U << self) - 1)) == s[1];
  }
}

std::string Text(Rng& rng, const std::vector<int>& s, int n) {
  const Slots slots = {{"k", std::to_string(s[1])},
                       {"verb", s[1] == 1 ? "is" : "are"},
                       {"are", s[1] == 1 ? "statement is" : "statements are"},
                       {"a", std::to_string(s[1] + 1)},
                       {"b", std::to_string(s[2] + 1)},
                       {"half", std::to_string(n / 2)}};
  switch (s[0]) {
    case kExactly:
      return Say(rng, {"Exactly {k} of these statements {verb} true."}, slots);
    case kAtLeast:
      return Say(rng, {"At least {k} of these statements {verb} true."}, slots);
    case kAtMost:
      return Say(rng, {"At most {k} of these statements {verb} true."}, slots);
    case kTrue:
      return Say(rng, {"Statement {a} is true."}, slots);
    case kFalse:
      return Say(rng, {"Statement {a} is false.", "Statement {a} is not true."}, slots);
    case kSame:
      return Say(rng, {"Statements {a} and {b} are both true or both false."}, slots);
    case kEither:
      return Say(rng, {"At least one of the statements {a} and {b} is true."}, slots);
    case kFirstHalf:
      return Say(rng, {"Among the statements 1 to {half}, exactly {k} {are} true."}, slots);
    default:
      return Say(rng, {"Of the statements before this one, exactly {k} {are} false."}, slots);
  }
}

std::vector<int> RandomStatement(Rng& rng, int self, int n, int level) {
  const int kind = int(rng.Int(0, level <= 3 ? kEither : kFalseAbove));
  const int a = int(rng.Int(0, n - 1));
  const int b = int(rng.Int(0, n - 1));
  switch (kind) {
    case kExactly:
      return {kind, int(rng.Int(1, n - 1)), 0};
    case kAtLeast:
    case kAtMost:
      return {kind, int(rng.Int(2, n - 2)), 0};
    case kFirstHalf:
      return {kind, int(rng.Int(1, std::max(1, n / 2 - 1))), 0};
    case kFalseAbove:
      return {kind, int(rng.Int(0, self)), 0};
    default:
      return {kind, a, b};
  }
}

bool Fits(const IntGrid& statements, unsigned truths) {
  const int n = int(statements.size());
  for (int i = 0; i < n; ++i) {
    if (Claims(statements[i], i, n, truths) != ((truths >> i & 1U) != 0)) return false;
  }
  return true;
}

std::string TrueOnes(unsigned truths) {
  std::vector<int> numbers;
  for (int i = 0; i < 32; ++i) {
    if ((truths >> i & 1U) != 0) numbers.push_back(i + 1);
  }
  return Numbers(numbers);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int n = ByLevel(level, 5, 12);
  IntGrid statements;
  for (int i = 0; i < n; ++i) {
    auto statement = RandomStatement(rng, i, n, level);
    const bool pair = statement[0] == kSame || statement[0] == kEither;
    const bool single = statement[0] == kTrue || statement[0] == kFalse;
    if ((pair && statement[1] == statement[2]) || (single && statement[1] == i) ||
        (statement[0] == kFalseAbove && i < 2)) {
      return std::nullopt;
    }
    statements.push_back(std::move(statement));
  }
  std::vector<unsigned> fitting;
  for (unsigned truths = 0; truths < 1U << n && fitting.size() < 2; ++truths) {
    if (Fits(statements, truths)) fitting.push_back(truths);
  }
  if (fitting.size() != 1) return std::nullopt;
  const int count = __builtin_popcount(fitting[0]);
  if (count < 2 || count == n) return std::nullopt;

  Draft draft;
  std::string listed;
  for (int i = 0; i < n; ++i) {
    listed += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + Text(rng, statements[i], n);
  }
  Ask(rng, draft,
      Say(rng,
          {"Each of these {n} statements is either true or false, and there is only one way to "
           "assign truth to them without contradiction. Which are true?\n\n{listed}",
           "Here are {n} sentences about each other:\n\n{listed}\n\nExactly one distribution of "
           "true "
           "and false makes every true sentence say something true and every false sentence "
           "something false. Find the true ones.",
           "Determine which of the following {n} statements are true.\n\n{listed}"},
          {{"n", std::to_string(n)}, {"listed", listed}}),
      AnswerForm::kLine, "the numbers of the true statements, separated by commas");
  draft.reference = TrueOnes(fitting[0]);
  draft.verifier = LogicSpec("set");
  draft.tags = {"deduction", "self-reference"};
  draft.fingerprint = listed;
  const unsigned all = (1U << n) - 1;
  draft.near_misses = {TrueOnes(all), TrueOnes(fitting[0] & (fitting[0] - 1)),
                       TrueOnes(all & ~fitting[0])};
  draft.params = {{"statements", statements}};
  return draft;
}

// For each number of truths: statements about that number are settled, the others are decided from
// the last to the first and checked at the end.
void Decide(const IntGrid& statements, int count, int at, unsigned truths,
            std::vector<unsigned>& found) {
  if (at < 0) {
    if (__builtin_popcount(truths) == count && Fits(statements, truths)) found.push_back(truths);
    return;
  }
  const auto& s = statements[at];
  for (int value = 0; value < 2; ++value) {
    const bool settled = s[0] == kExactly || s[0] == kAtLeast || s[0] == kAtMost;
    const bool claim = s[0] == kExactly   ? count == s[1]
                       : s[0] == kAtLeast ? count >= s[1]
                                          : count <= s[1];
    if (settled && claim != (value == 1)) continue;
    const unsigned next = truths | unsigned(value) << at;
    if (__builtin_popcount(next) > count || __builtin_popcount(next) + at < count) continue;
    const bool later = (s[0] == kTrue || s[0] == kFalse) && s[1] > at;
    if (later && ((next >> s[1] & 1U) == (s[0] == kTrue ? 1U : 0U)) != (value == 1)) continue;
    Decide(statements, count, at - 1, next, found);
  }
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto statements = draft.params["statements"].get<IntGrid>();
  std::vector<unsigned> found;
  for (int count = 0; count <= int(statements.size()); ++count) {
    Decide(statements, count, int(statements.size()) - 1, 0, found);
  }
  if (found.size() != 1) return std::to_string(found.size()) + " assignments fit";
  if (TrueOnes(found[0]) != draft.reference) return "another assignment was found";
  return std::nullopt;
}

}  // namespace

Family NumberedStatements() {
  return {"numbered_statements",
          "logic",
          "Statements about each other's truth",
          "Smullyan, Forever undecided, 1987; Propp, Self-referential aptitude test, 1993",
          Generate,
          Prove};
}

}  // namespace assay
