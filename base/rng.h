// base/rng.h -- Keyed randomness: the only source of random numbers.
//
// A key is a chain of words and numbers, hashed: Key("sample",
// seed).With(suite).With(problem).With(sample). A draw is a pure function of (key, counter), by
// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011). So a
// sample does not depend on batch size, order, threads, or resuming, and neighbouring seeds share
// nothing. Never add an index to a seed: chain it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"

namespace assay {

// An immutable 128-bit key. Copyable, thread-safe.
class Key {
 public:
  // `purpose` keeps uses apart that would chain the same numbers ("sample", "generate", "shuffle",
  // …).
  Key(std::string_view purpose, std::uint64_t seed);
  [[nodiscard]] Key With(std::string_view word) const;
  [[nodiscard]] Key With(std::uint64_t number) const;

  // The four 32-bit words of block `counter`: a pure function.
  std::array<std::uint32_t, 4> Block(std::uint64_t counter) const;
  // Uniform in [0, 1), 53 bits, from block `counter`.
  double Uniform(std::uint64_t counter) const;

  std::uint64_t low() const { return low_; }
  std::uint64_t high() const { return high_; }

 private:
  Key(std::uint64_t low, std::uint64_t high) : low_(low), high_(high) {}
  std::uint64_t low_;   // the Philox key
  std::uint64_t high_;  // the upper half of the Philox counter
};

// A stream of draws under one key. One thread at a time; cheap to make. A
// UniformRandomBitGenerator, but do not feed it to <random> distributions: their results differ
// between standard libraries.
class Rng {
 public:
  using result_type = std::uint64_t;
  explicit Rng(const Key& key) : key_(key) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  // Uniform in [low, high], both included, without modulo bias. Needs low <= high.
  std::int64_t Int(std::int64_t low, std::int64_t high);
  // Uniform in [0, 1).
  double Uniform();
  bool Chance(double probability) { return Uniform() < probability; }
  // Needs a non-empty container.
  template <class Container>
  const auto& Pick(const Container& items) {
    ASSAY_CHECK(!items.empty(), "Pick from nothing");
    return items[static_cast<std::size_t>(Int(0, static_cast<std::int64_t>(items.size()) - 1))];
  }
  // Fisher-Yates.
  template <class T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1],
                items[static_cast<std::size_t>(Int(0, static_cast<std::int64_t>(i) - 1))]);
    }
  }

 private:
  Key key_;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> block_{};
  int unused_words_ = 0;
};

}  // namespace assay
