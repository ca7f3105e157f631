// runner/model/checkpoint/gguf_reader.h -- The primitives of a GGUF file, read with bounds checks.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runner/model/checkpoint/gguf.h"

namespace assay {

// Reads forward through `bytes`. After the first failure every read fails; one thread at a time.
class GgufReader {
 public:
  explicit GgufReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  std::optional<T> Number() {
    T value{};
    if (failed_ || bytes_.size() - at_ < sizeof value) {
      failed_ = true;
      return std::nullopt;
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::optional<std::string_view> String();
  // A value of the format's type number `type`; kInput saying what is wrong with it.
  Result<GgufValue> Value(std::uint32_t type);

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  Result<GgufValue> Array();

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace assay
