// The block formats of GGUF files, after the layout comments of ggml's public headers. Written to
// be read: speed comes from repacking once at load.
#include <array>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "runner/model/checkpoint/half.h"
#include "runner/model/checkpoint/tensor.h"

namespace assay {
namespace {

constexpr std::int64_t kBlock = 32;        // weights per block of the plain formats
constexpr std::int64_t kSuperBlock = 256;  // weights per block of the K formats

std::uint8_t Byte(const char* bytes, std::int64_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

float HalfAt(const char* bytes) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  return HalfToFloat(bits);
}

float Bf16At(const char* bytes) {
  std::uint16_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  return Bf16ToFloat(bits);
}

// Four-bit weights: the low halves of the 16 bytes come first, then the high halves.
int Nibble(const char* packed, std::int64_t i) {
  const std::uint8_t byte = Byte(packed, i % 16);
  return i < 16 ? byte & 15 : byte >> 4;
}

// Five-bit weights keep their fifth bits in a 32-bit word.
int FiveBits(const char* high, const char* packed, std::int64_t i) {
  std::uint32_t word = 0;
  std::memcpy(&word, high, sizeof word);
  return Nibble(packed, i) | static_cast<int>((word >> i) & 1U) << 4;
}

void Q4_0(const char* b, float* out) {
  const float scale = HalfAt(b);
  for (std::int64_t i = 0; i < kBlock; ++i) {
    out[i] = static_cast<float>(Nibble(b + 2, i) - 8) * scale;
  }
}

void Q4_1(const char* b, float* out) {
  const float scale = HalfAt(b);
  const float low = HalfAt(b + 2);
  for (std::int64_t i = 0; i < 16; ++i) {
    const std::uint8_t byte = Byte(b + 4, i);
    out[i] = static_cast<float>(byte & 15) * scale + low;
    out[i + 16] = static_cast<float>(byte >> 4) * scale + low;
  }
}

void Q5_0(const char* b, float* out) {
  const float scale = HalfAt(b);
  for (std::int64_t i = 0; i < kBlock; ++i) {
    out[i] = static_cast<float>(FiveBits(b + 2, b + 6, i) - 16) * scale;
  }
}

void Q5_1(const char* b, float* out) {
  const float scale = HalfAt(b);
  const float low = HalfAt(b + 2);
  for (std::int64_t i = 0; i < kBlock; ++i) {
    out[i] = static_cast<float>(FiveBits(b + 4, b + 8, i)) * scale + low;
  }
}

void Q8_0(const char* b, float* out) {
  const float scale = HalfAt(b);
  for (std::int64_t i = 0; i < kBlock; ++i) {
    out[i] = static_cast<float>(static_cast<std::int8_t>(b[2 + i])) * scale;
  }
}

// The eight 6-bit scales and minima of Q4_K and Q5_K, packed into 12 bytes.
struct ScaleAndMin {
  int scale;
  int min;
};
ScaleAndMin UnpackScale(const char* packed, int i) {
  if (i < 4) return {Byte(packed, i) & 63, Byte(packed, i + 4) & 63};
  return {(Byte(packed, i + 4) & 15) | (Byte(packed, i - 4) >> 6) << 4,
          (Byte(packed, i + 4) >> 4) | (Byte(packed, i) >> 6) << 4};
}

// 144 bytes: d, dmin, 12 bytes of scales, 128 bytes of nibbles (64 weights per 32 bytes).
void Q4K(const char* b, float* out) {
  const float d = HalfAt(b);
  const float dmin = HalfAt(b + 2);
  for (int group = 0; group < 8; ++group) {
    const ScaleAndMin sm = UnpackScale(b + 4, group);
    const char* packed = b + 16 + 32 * (group / 2);
    for (int i = 0; i < 32; ++i) {
      const int q = group % 2 == 0 ? Byte(packed, i) & 15 : Byte(packed, i) >> 4;
      out[32 * group + i] = d * static_cast<float>(sm.scale) * static_cast<float>(q) -
                            dmin * static_cast<float>(sm.min);
    }
  }
}

// 176 bytes: as Q4_K with 32 bytes of fifth bits (bit `group` of byte i) before the nibbles.
void Q5K(const char* b, float* out) {
  const float d = HalfAt(b);
  const float dmin = HalfAt(b + 2);
  for (int group = 0; group < 8; ++group) {
    const ScaleAndMin sm = UnpackScale(b + 4, group);
    const char* packed = b + 48 + 32 * (group / 2);
    for (int i = 0; i < 32; ++i) {
      const int low = group % 2 == 0 ? Byte(packed, i) & 15 : Byte(packed, i) >> 4;
      const int q = low + (((Byte(b + 16, i) >> group) & 1) << 4);
      out[32 * group + i] = d * static_cast<float>(sm.scale) * static_cast<float>(q) -
                            dmin * static_cast<float>(sm.min);
    }
  }
}

// 210 bytes: 128 of low nibbles, 64 of upper bit pairs, 16 signed scales, d.
void Q6K(const char* b, float* out) {
  const float d = HalfAt(b + 208);
  for (int i = 0; i < kSuperBlock; ++i) {
    const int half = i / 128;
    const int quarter = i % 128 / 32;
    const int lane = i % 32;
    const std::uint8_t low_byte = Byte(b, 64 * half + 32 * (quarter % 2) + lane);
    const int low = quarter < 2 ? low_byte & 15 : low_byte >> 4;
    const int high = (Byte(b + 128, 32 * half + lane) >> (2 * quarter)) & 3;
    const auto scale = static_cast<std::int8_t>(b[192 + i / 16]);
    out[i] = d * static_cast<float>(scale) * static_cast<float>((low | high << 4) - 32);
  }
}

template <void (*kBlockFunction)(const char*, float*)>
void Blocks(StoredType type, const char* bytes, std::int64_t blocks, float* out) {
  const BlockLayout layout = LayoutOf(type);
  for (std::int64_t i = 0; i < blocks; ++i) {
    kBlockFunction(bytes + i * layout.bytes, out + i * layout.weights);
  }
}

void Plain16(float (*convert)(const char*), const char* bytes, std::int64_t count, float* out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = convert(bytes + 2 * i);
}

}  // namespace

std::string_view ToString(StoredType type) {
  constexpr std::array<std::string_view, 11> kNames = {
      "F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"};
  return kNames[static_cast<std::size_t>(type)];
}

BlockLayout LayoutOf(StoredType type) {
  switch (type) {
    case StoredType::kF32:
      return {1, 4};
    case StoredType::kF16:
    case StoredType::kBf16:
      return {1, 2};
    case StoredType::kQ4_0:
      return {kBlock, 18};
    case StoredType::kQ4_1:
      return {kBlock, 20};
    case StoredType::kQ5_0:
      return {kBlock, 22};
    case StoredType::kQ5_1:
      return {kBlock, 24};
    case StoredType::kQ8_0:
      return {kBlock, 34};
    case StoredType::kQ4K:
      return {kSuperBlock, 144};
    case StoredType::kQ5K:
      return {kSuperBlock, 176};
    case StoredType::kQ6K:
      return {kSuperBlock, 210};
  }
  ASSAY_CHECK(false, "unknown stored type");
}

void Dequantize(StoredType type, const char* bytes, std::int64_t blocks, float* out) {
  switch (type) {
    case StoredType::kF32:
      std::memcpy(out, bytes, static_cast<std::size_t>(blocks) * sizeof(float));
      return;
    case StoredType::kF16:
      return Plain16(HalfAt, bytes, blocks, out);
    case StoredType::kBf16:
      return Plain16(Bf16At, bytes, blocks, out);
    case StoredType::kQ4_0:
      return Blocks<Q4_0>(type, bytes, blocks, out);
    case StoredType::kQ4_1:
      return Blocks<Q4_1>(type, bytes, blocks, out);
    case StoredType::kQ5_0:
      return Blocks<Q5_0>(type, bytes, blocks, out);
    case StoredType::kQ5_1:
      return Blocks<Q5_1>(type, bytes, blocks, out);
    case StoredType::kQ8_0:
      return Blocks<Q8_0>(type, bytes, blocks, out);
    case StoredType::kQ4K:
      return Blocks<Q4K>(type, bytes, blocks, out);
    case StoredType::kQ5K:
      return Blocks<Q5K>(type, bytes, blocks, out);
    case StoredType::kQ6K:
      return Blocks<Q6K>(type, bytes, blocks, out);
  }
  ASSAY_CHECK(false, "unknown stored type");
}

}  // namespace assay
