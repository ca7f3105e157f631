// runner/model/transformer/kernels/reference.h -- The slow truth: every kernel as a plain loop in
// the order of sums that its header documents. The fast kernels give exactly these bits.
#pragma once

#include <cstdint>

#include "runner/model/transformer/kernels/linear.h"

namespace assay::kernels::reference {

float Exp(float x);
// x has row stride weights.inputs(), y that of its own width.
void Linear(const PackedMatrix& weights, const float* bias, Epilogue epilogue, std::int64_t rows,
            const float* x, float* y);
void RmsNorm(const float* x, const float* weight, std::int64_t n, float epsilon, float* y);
void Rotate(float* head, const float* cos, const float* sin, std::int64_t head_dim);
void SwiGlu(const float* gate, const float* up, std::int64_t n, float* y);
void GeGlu(const float* gate, const float* up, std::int64_t n, float* y);
float SoftCap(float x, float cap);
// What a query sees and what becomes of its scores; see AttentionArgs.
struct Sight {
  std::int64_t first = 0;
  std::int64_t positions = 0;
  float scale = 1;
  float cap = 0;
};
// One query over keys and values [positions][head_dim].
void Attend(const float* query, const float* keys, const float* values, const Sight& sight,
            std::int64_t head_dim, float* out);
// exp((logits[i] - max) / temperature) and their sum.
double Exponentials(const float* logits, std::int64_t n, double temperature, float* out);

}  // namespace assay::kernels::reference
