// base/hash.h -- SHA-256, by which runs, packs and weights are known.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

using Digest = std::array<std::uint8_t, 32>;

// Feeds bytes piece by piece. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& Update(std::string_view bytes);
  // The digest of all bytes so far; the object is spent afterwards.
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Digest Sha256Of(std::string_view bytes);
// 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);
std::string ToHex(const Digest& digest);
// kNotFound or kUnavailable, naming the path, when the file cannot be read to its end.
Result<std::string> Sha256HexOfFile(const std::filesystem::path& path);

}  // namespace assay
