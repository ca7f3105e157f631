// tasks/generators/family.h -- A family writes any number of problems of one kind, at ten levels.
//
// Add one: a file tasks/generators/<domain>/<name>.cpp that defines `Family Name()`, and the line
// `FAMILY(Name)` in families.inc beside it. The conformance test (tests/tasks/families_test.cpp)
// then runs over it unasked. docs/adding-tasks.md shows a whole one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/rng.h"

namespace assay {

// A problem as a family writes it, before it has an id.
struct Draft {
  std::string prompt;     // set by Ask(): the question and the answer-format sentence
  std::string format;     // that sentence
  std::string reference;  // an answer that the verifier must accept
  Json verifier;          // {"kind": …}
  std::vector<std::string> tags;
  // What the question is about, without its wording ("17+25"): no two problems of a set share it.
  std::string fingerprint;
  // Answers that look right and are wrong: off by one, a slip of the method, a mutant program. The
  // verifier must refuse each.
  std::vector<std::string> near_misses;
  // Whether every answer that differs from the reference in value is wrong. Then slips of the
  // reference (a digit, a sign, an order) are tried as well.
  bool unique = true;
  // What Prove() needs to solve the problem again; not part of the problem.
  Json params = Json::object();
};

struct Family {
  const char* name;    // "gcd_lcm": lower case, digits and '_'; unique
  const char* domain;  // "math", "code" or "logic"
  const char* title;   // one line for people
  const char* source;  // the theorem, puzzle or paper it comes from
  // Draws one problem of this level (1 to 10), where a higher level must be harder. Nothing where
  // the draw came out trivial or ambiguous: it is drawn again. A pure function of `rng` and
  // `level`; thread-safe.
  std::optional<Draft> (*generate)(Rng& rng, int level);
  // Solves the problem again in another way than `generate` did (brute force, second algorithm,
  // inverse operation), from draft.params. Nothing when reference (and uniqueness, where it is
  // promised) hold, else what is wrong.
  std::optional<std::string> (*prove)(const Draft& draft);
};

// The `prove` of code families whose expected values come from an implementation in C++ while the
// reference is Python: running the reference against the tests is the proof, and the verifier does
// it. Says so if the draft has no tests.
std::optional<std::string> ProvenByTests(const Draft& draft);

// Linear from `at_1` at level 1 to `at_10` at level 10, rounded to the nearest whole number.
int ByLevel(int level, int at_1, int at_10);

}  // namespace assay
