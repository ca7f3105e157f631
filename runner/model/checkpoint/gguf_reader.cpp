#include "runner/model/checkpoint/gguf_reader.h"

#include <limits>

namespace assay {
namespace {

// The format's numbers for value types.
enum : std::uint32_t {
  kUint8 = 0,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
};

std::size_t SmallestSize(std::uint32_t type) {
  switch (type) {
    case kUint16:
    case kInt16:
      return 2;
    case kUint32:
    case kInt32:
    case kFloat32:
      return 4;
    case kString:
    case kUint64:
    case kInt64:
    case kFloat64:
      return 8;
    default:
      return 1;
  }
}

template <class T>
std::optional<std::int64_t> Whole(GgufReader& reader) {
  const auto value = reader.Number<T>();
  if (!value) return std::nullopt;
  if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) {
    if (*value > static_cast<T>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<std::int64_t> WholeOf(GgufReader& reader, std::uint32_t type) {
  switch (type) {
    case kUint8:
      return Whole<std::uint8_t>(reader);
    case kInt8:
      return Whole<std::int8_t>(reader);
    case kUint16:
      return Whole<std::uint16_t>(reader);
    case kInt16:
      return Whole<std::int16_t>(reader);
    case kUint32:
      return Whole<std::uint32_t>(reader);
    case kInt32:
      return Whole<std::int32_t>(reader);
    case kUint64:
      return Whole<std::uint64_t>(reader);
    case kInt64:
      return Whole<std::int64_t>(reader);
    case kBool:
      return Whole<std::uint8_t>(reader);
    default:
      return std::nullopt;
  }
}

std::optional<double> RealOf(GgufReader& reader, std::uint32_t type) {
  if (type == kFloat64) return reader.Number<double>();
  const auto value = reader.Number<float>();
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

tl::unexpected<Error> Cut() { return Fail(ErrorCode::kInput, "the file ends inside a value"); }

}  // namespace

std::optional<std::string_view> GgufReader::String() {
  const auto length = Number<std::uint64_t>();
  if (!length || *length > left()) {
    failed_ = true;
    return std::nullopt;
  }
  const std::string_view text = bytes_.substr(at_, *length);
  at_ += *length;
  return text;
}

Result<GgufValue> GgufReader::Value(std::uint32_t type) {
  if (type > kFloat64)
    return Fail(ErrorCode::kInput, "value type {} is not part of the format", type);
  if (type == kArray) return Array();
  if (type == kString) {
    const auto text = String();
    if (!text) return Cut();
    return GgufValue(std::string(*text));
  }
  if (type == kFloat32 || type == kFloat64) {
    const auto value = RealOf(*this, type);
    if (!value) return Cut();
    return GgufValue(*value);
  }
  const auto value = WholeOf(*this, type);
  if (!value) return Cut();
  if (type == kBool) return GgufValue(*value != 0);
  return GgufValue(*value);
}

Result<GgufValue> GgufReader::Array() {
  const auto type = Number<std::uint32_t>();
  const auto count = Number<std::uint64_t>();
  if (!type || !count) return Cut();
  if (*type > kFloat64 || *type == kArray) {
    return Fail(ErrorCode::kInput, "an array of value type {} is not implemented", *type);
  }
  if (*count > left() / SmallestSize(*type)) {
    return Fail(ErrorCode::kInput, "an array claims {} entries, more than the file holds", *count);
  }
  if (*type == kString) {
    std::vector<std::string> texts;
    texts.reserve(*count);
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto text = String();
      if (!text) return Cut();
      texts.emplace_back(*text);
    }
    return GgufValue(std::move(texts));
  }
  if (*type == kFloat32 || *type == kFloat64) {
    std::vector<double> reals;
    reals.reserve(*count);
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto value = RealOf(*this, *type);
      if (!value) return Cut();
      reals.push_back(*value);
    }
    return GgufValue(std::move(reals));
  }
  std::vector<std::int64_t> wholes;
  wholes.reserve(*count);
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto value = WholeOf(*this, *type);
    if (!value) return Cut();
    wholes.push_back(*value);
  }
  return GgufValue(std::move(wholes));
}

}  // namespace assay
