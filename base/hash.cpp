#include "base/hash.h"

#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/check.h"

namespace assay {

struct Sha256::Context {
  EVP_MD_CTX* evp = nullptr;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  context_->evp = EVP_MD_CTX_new();
  ASSAY_CHECK(context_->evp != nullptr, "no memory for a digest");
  ASSAY_CHECK(EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr) == 1, "SHA-256 is missing");
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_->evp); }

Sha256& Sha256::Update(std::string_view bytes) {
  ASSAY_CHECK(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1, "digest update");
  return *this;
}

Digest Sha256::Finish() {
  Digest digest{};
  ASSAY_CHECK(EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr) == 1, "digest end");
  return digest;
}

Digest Sha256Of(std::string_view bytes) { return Sha256().Update(bytes).Finish(); }

std::string ToHex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string Sha256Hex(std::string_view bytes) { return ToHex(Sha256Of(bytes)); }

Result<std::string> Sha256HexOfFile(const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return Fail(ErrorCode::kNotFound, "{}: cannot be opened: {}", path.string(),
                std::strerror(errno));
  }
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file)) {
    hash.Update({buffer.data(), got});
  }
  const bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) return Fail(ErrorCode::kUnavailable, "{}: cannot be read to its end", path.string());
  return ToHex(hash.Finish());
}

}  // namespace assay
