// verifiers/math/atoms.h -- What normal forms take for indivisible: names, pi, e, i, roots of prime
// numbers, and whatever else occurs as an opaque piece under its printed form.
#pragma once

#include <flint/flint.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifiers/math/evaluate.h"

namespace assay::math {

struct Atom {
  enum Kind { kName, kUnknown, kRootOfPrime, kImaginary } kind = kName;
  std::string key;
  std::int64_t prime = 0;
  int index = 0;
};

// The atoms of one or two expressions. One thread at a time.
class Atoms {
 public:
  // Adds those of `e`. False where there are too many, or the budget ends.
  bool Collect(const Ref& e, Budget& budget);

  const std::vector<Atom>& all() const { return atoms_; }
  // The place of an atom in all(), -1 where it is none.
  slong Find(const std::string& key, Atom::Kind kind) const;
  bool OnlyNames() const;
  static std::string RootKey(std::int64_t prime, int index) {
    return std::to_string(prime) + "^1/" + std::to_string(index);
  }
  // The key of an expression that is taken as it stands.
  static std::string OpaqueKey(const Ref& e) {
    return Print(*e.tree, e.id) + (e.sign < 0 ? "~" : "");
  }

  // radicand^(p/q) as a product of prime roots: radicand a rational number, q <= 12. Negative
  // radicands only for square roots.
  struct Radical {
    Rational factor{1};
    bool imaginary = false;
    int index = 2;
    std::vector<std::pair<std::int64_t, int>> primes;  // p to the power e / index, 0 < e < index
  };
  static std::optional<Radical> Split(const Rational& radicand, std::int64_t p, std::int64_t q);

  // The radicand and the exponent p / q of a power or root of a rational number; false for others.
  static bool RootParts(const Ref& e, Budget& budget, Rational* radicand, std::int64_t* p,
                        std::int64_t* q);

 private:
  bool CollectRoot(const Ref& e, Budget& budget);
  bool Put(Atom atom);

  std::vector<Atom> atoms_;
};

}  // namespace assay::math
