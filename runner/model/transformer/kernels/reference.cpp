#include "runner/model/transformer/kernels/reference.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

namespace assay::kernels::reference {
namespace {

using Lanes = std::array<float, kLanes>;

float SumLanes(Lanes lane) {
  for (std::size_t width = 8; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) lane[i] += lane[i + width];
  }
  return lane[0];
}

float Silu(float x) { return x / (1.0F + Exp(0.0F - x)); }
float Gelu(float x) { return x / (1.0F + Exp(x * std::fma(x * x, kGeluCubic, 1.0F) * kGeluSlope)); }

// The fma chain of one output; `w` is its unpacked row.
float FloatSum(const std::vector<float>& w, const float* x) {
  float sum = 0;
  for (std::size_t k = 0; k < w.size(); ++k) sum = std::fma(x[k], w[k], sum);
  return sum;
}

// The same for int8 and int4 weights, from the stored integers, scales and offsets.
float BlockSum(const PackedMatrix& weights, std::int64_t output, const float* x) {
  const std::int64_t blocks = RoundUp(weights.inputs(), kQuantBlock) / kQuantBlock;
  float sum = 0;
  for (std::int64_t b = 0; b < blocks; ++b) {
    const std::int64_t count = std::min(kQuantBlock, weights.inputs() - b * kQuantBlock);
    float largest = 0;
    for (std::int64_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(x[b * 32 + i]));
    const float x_scale = largest / 127.0F;
    const float factor = largest > 0 ? 127.0F / largest : 0.0F;
    const PackedMatrix::Block block = weights.BlockOf(output, b);
    std::int32_t whole = 0;
    std::int32_t total = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto qx = static_cast<std::int32_t>(std::nearbyint(x[b * 32 + i] * factor));
      whole += qx * block.values[static_cast<std::size_t>(i)];
      total += qx;
    }
    sum = std::fma(static_cast<float>(whole) * x_scale, block.scale, sum);
    if (weights.format() == WeightFormat::kInt4) {
      sum = std::fma(static_cast<float>(total) * x_scale, block.offset, sum);
    }
  }
  return sum;
}

}  // namespace

float Exp(float x) {
  if (x < -87.3F) return 0;
  const float clamped = x < 88.0F ? x : 88.0F;
  const float biased = std::fma(clamped, 1.44269504F, 12582912.0F);
  const float k = biased - 12582912.0F;
  const float r = std::fma(k, 2.12194440e-4F, std::fma(k, -0.693359375F, clamped));
  float p = 1.9875691500e-4F;
  for (const float c :
       {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F}) {
    p = std::fma(p, r, c);
  }
  p = std::fma(p, r * r, r) + 1.0F;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(p) +
                              (std::bit_cast<std::uint32_t>(biased) << 23));
}

void Linear(const PackedMatrix& weights, const float* bias, Epilogue epilogue, std::int64_t rows,
            const float* x, float* y) {
  const std::int64_t outputs = weights.outputs();
  const std::int64_t width = IsGated(epilogue) ? outputs / 2 : outputs;
  std::vector<float> w(static_cast<std::size_t>(weights.inputs()));
  std::vector<float> sums(static_cast<std::size_t>(rows * outputs));
  for (std::int64_t n = 0; n < outputs; ++n) {
    weights.UnpackRow(n, w.data());
    for (std::int64_t m = 0; m < rows; ++m) {
      const float* row = x + m * weights.inputs();
      const float sum =
          TakesQuantizedRows(weights.format()) ? BlockSum(weights, n, row) : FloatSum(w, row);
      sums[static_cast<std::size_t>(m * outputs + n)] = bias == nullptr ? sum : sum + bias[n];
    }
  }
  for (std::int64_t m = 0; m < rows; ++m) {
    const float* s = sums.data() + m * outputs;
    for (std::int64_t i = 0; i < width; ++i) {
      float& out = y[m * width + i];
      if (IsGated(epilogue)) {
        const std::int64_t gate = i / 16 * kPanel + i % 16;
        const float active = epilogue == Epilogue::kSwiGlu ? Silu(s[gate]) : Gelu(s[gate]);
        out = active * s[gate + 16];
      } else {
        out = epilogue == Epilogue::kAdd ? out + s[i] : s[i];
      }
    }
  }
}

void RmsNorm(const float* x, const float* weight, std::int64_t n, float epsilon, float* y) {
  Lanes lane{};
  for (std::int64_t i = 0; i < n; ++i) {
    float& sum = lane[static_cast<std::size_t>(i % kLanes)];
    sum = std::fma(x[i], x[i], sum);
  }
  const float mean = SumLanes(lane) / static_cast<float>(n);
  const float scale = 1.0F / std::sqrt(mean + epsilon);
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] * scale * weight[i];
}

void Rotate(float* head, const float* cos, const float* sin, std::int64_t head_dim) {
  for (std::int64_t i = 0; i < head_dim / 2; ++i) {
    const float a = head[i];
    const float b = head[i + head_dim / 2];
    head[i] = std::fma(a, cos[i], 0.0F - b * sin[i]);
    head[i + head_dim / 2] = std::fma(b, cos[i], a * sin[i]);
  }
}

void SwiGlu(const float* gate, const float* up, std::int64_t n, float* y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = Silu(gate[i]) * up[i];
}

void GeGlu(const float* gate, const float* up, std::int64_t n, float* y) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = Gelu(gate[i]) * up[i];
}

float SoftCap(float x, float cap) { return cap * (1.0F - 2.0F / (Exp((x + x) / cap) + 1.0F)); }

void Attend(const float* query, const float* keys, const float* values, const Sight& sight,
            std::int64_t head_dim, float* out) {
  std::vector<float> weights(static_cast<std::size_t>(sight.positions));
  for (std::int64_t t = sight.first; t < sight.positions; ++t) {
    float score = 0;
    for (std::int64_t d = 0; d < head_dim; ++d) {
      score = std::fma(query[d], keys[t * head_dim + d], score);
    }
    score *= sight.scale;
    weights[static_cast<std::size_t>(t)] = sight.cap > 0 ? SoftCap(score, sight.cap) : score;
  }
  const auto first = static_cast<std::size_t>(sight.first);
  const float max = *std::max_element(weights.begin() + sight.first, weights.end());
  Lanes lane{};
  for (std::size_t t = first; t < weights.size(); ++t) {
    weights[t] = Exp(weights[t] - max);
    lane[t % kLanes] += weights[t];
  }
  const float inverse = 1.0F / SumLanes(lane);
  for (std::int64_t d = 0; d < head_dim; ++d) {
    float sum = 0;
    for (std::int64_t t = sight.first; t < sight.positions; ++t) {
      sum = std::fma(weights[static_cast<std::size_t>(t)], values[t * head_dim + d], sum);
    }
    out[d] = sum * inverse;
  }
}

double Exponentials(const float* logits, std::int64_t n, double temperature, float* out) {
  const float max = *std::max_element(logits, logits + n);
  const auto factor = static_cast<float>(1.0 / temperature);
  double total = 0;
  for (std::int64_t start = 0; start < n; start += kSumBlock) {
    Lanes lane{};
    for (std::int64_t i = start; i < std::min(n, start + kSumBlock); ++i) {
      out[i] = Exp((logits[i] - max) * factor);
      lane[static_cast<std::size_t>((i - start) % kLanes)] += out[i];
    }
    total += static_cast<double>(SumLanes(lane));
  }
  return total;
}

}  // namespace assay::kernels::reference
