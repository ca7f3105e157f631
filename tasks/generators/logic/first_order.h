// tasks/generators/logic/first_order.h -- First-order sentences and small finite models.
#pragma once

#include <string>
#include <vector>

#include "tasks/generators/logic/common.h"

namespace assay {

// Two predicates of one place, two of two, as bits over a domain of at most 6.
struct FiniteModel {
  int size = 0;
  std::vector<unsigned> one;               // [predicate], bit per element
  std::vector<std::vector<unsigned>> two;  // [relation][first], bit per second
};

// Variables are 0 (x), 1 (y), 2 (z).
struct Sentence {
  enum Op { kOne, kTwo, kEqual, kNot, kAnd, kOr, kImplies, kAll, kSome };
  int op = kOne;
  int symbol = 0;  // of kOne, kTwo
  int a = 0;       // a variable; the bound one of kAll and kSome
  int b = 0;       // the second variable of kTwo and kEqual
  std::vector<Sentence> parts;
};

// Quantifiers in front of a body with `size` connectives.
Sentence RandomSentence(Rng& rng, int quantifiers, int size);
// The variables that stand in atoms, as bits.
unsigned UsedVariables(const Sentence& s);
// Under `values` of the variables, of which the bound ones are overwritten.
bool Satisfies(const FiniteModel& model, const Sentence& s, std::vector<int>& values);
// `words` name the predicates, those of one place first.
std::string SentenceText(const Sentence& s, const std::vector<std::string>& words);
Json SentenceJson(const Sentence& s);
Sentence SentenceFrom(const Json& json);

FiniteModel RandomModel(Rng& rng, int size);
std::string ModelText(const FiniteModel& model, const std::vector<std::string>& words);

}  // namespace assay
