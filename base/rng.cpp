#include "base/rng.h"

#include <cstring>
#include <string>

#include "base/hash.h"

namespace assay {
namespace {

std::pair<std::uint64_t, std::uint64_t> Mix(std::uint64_t low, std::uint64_t high, char tag,
                                            std::string_view bytes) {
  std::string message;
  message.reserve(17 + bytes.size());
  for (int shift = 0; shift < 64; shift += 8) message += static_cast<char>(low >> shift);
  for (int shift = 0; shift < 64; shift += 8) message += static_cast<char>(high >> shift);
  message += tag;
  message += bytes;
  const Digest digest = Sha256Of(message);
  std::uint64_t words[2] = {0, 0};
  for (int word = 0; word < 2; ++word) {
    for (int i = 0; i < 8; ++i) {
      words[word] |= std::uint64_t{digest[static_cast<std::size_t>(8 * word + i)]} << (8 * i);
    }
  }
  return {words[0], words[1]};
}

std::array<std::uint32_t, 4> Philox(std::array<std::uint32_t, 4> c, std::uint32_t k0,
                                    std::uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return c;
}

double ToUnit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace

Key::Key(std::string_view purpose, std::uint64_t seed) : low_(0), high_(0) {
  *this = Key(std::uint64_t{0}, std::uint64_t{0}).With(purpose).With(seed);
}

Key Key::With(std::string_view word) const {
  const auto [low, high] = Mix(low_, high_, 's', word);
  return {low, high};
}

Key Key::With(std::uint64_t number) const {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift);
  const auto [low, high] = Mix(low_, high_, 'n', bytes);
  return {low, high};
}

std::array<std::uint32_t, 4> Key::Block(std::uint64_t counter) const {
  return Philox({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32),
                 static_cast<std::uint32_t>(high_), static_cast<std::uint32_t>(high_ >> 32)},
                static_cast<std::uint32_t>(low_), static_cast<std::uint32_t>(low_ >> 32));
}

double Key::Uniform(std::uint64_t counter) const {
  const auto block = Block(counter);
  return ToUnit(std::uint64_t{block[0]} | std::uint64_t{block[1]} << 32);
}

Rng::result_type Rng::operator()() {
  if (unused_words_ == 0) {
    block_ = key_.Block(counter_++);
    unused_words_ = 2;
  }
  --unused_words_;
  const std::size_t at = unused_words_ == 1 ? 0 : 2;
  return std::uint64_t{block_[at]} | std::uint64_t{block_[at + 1]} << 32;
}

std::int64_t Rng::Int(std::int64_t low, std::int64_t high) {
  ASSAY_CHECK(low <= high, "empty range");
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  if (span == 0) return static_cast<std::int64_t>((*this)());     // all 2^64 values
  const std::uint64_t limit = max() - (max() % span + 1) % span;  // the last value without bias
  std::uint64_t draw = (*this)();
  while (draw > limit) draw = (*this)();
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw % span);
}

double Rng::Uniform() { return ToUnit((*this)()); }

}  // namespace assay
