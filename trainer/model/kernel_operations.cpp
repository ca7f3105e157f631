#include "trainer/model/kernel_operations.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/thread_pool.h"
#include "runner/model/transformer/kernels/activation.h"
#include "runner/model/transformer/kernels/norm.h"
#include "runner/model/transformer/kernels/rope.h"
#include "runner/model/transformer/kernels/softmax.h"
#include "trainer/model/threads.h"

namespace assay {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows that stay in the second-level cache while all weights pass by; whole tiles of every set.
constexpr std::int64_t kBlockRows = 192;
// Elements below which a second thread costs more than it brings.
constexpr std::int64_t kElementsAThread = 1 << 15;

const float* Floats(const at::Tensor& tensor) { return tensor.const_data_ptr<float>(); }

// Calls part(first, last) for the rows of a loop that touches `width` elements a row.
// LibTorch's own parallel loops are serial where they are compiled without OpenMP, as here.
template <class Part>
void ForRows(std::int64_t rows, std::int64_t width, const Part& part) {
  const auto threads = static_cast<std::int64_t>(TrainingThreads());
  const std::int64_t worth = std::max<std::int64_t>(1, rows * width / kElementsAThread);
  const std::int64_t parts = std::min({rows, threads, worth});
  ParallelFor(static_cast<std::size_t>(parts), static_cast<std::size_t>(parts), [&](std::size_t i) {
    const auto at = static_cast<std::int64_t>(i);
    part(rows * at / parts, rows * (at + 1) / parts);
  });
}

struct ProductFunction : torch::autograd::Function<ProductFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& lora_a, const at::Tensor& lora_b, double scale) {
    const bool learns = weight.requires_grad() || lora_a.numel() > 0;
    context->save_for_backward({learns ? x : at::Tensor(), weight, lora_a, lora_b});
    context->saved_data["scale"] = scale;
    if (lora_a.numel() == 0) return PackedWeight(weight).Product(x);
    return PackedWeight(MergedWeight(weight, lora_a, lora_b, scale)).Product(x);
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &lora_a = saved[2], &lora_b = saved[3];
    const at::Tensor& grad = grads[0];
    const bool adapted = lora_a.numel() > 0;
    at::Tensor grad_x, grad_weight, grad_a, grad_b, through_b;
    if (adapted) through_b = at::mm(grad, lora_b) * context->saved_data["scale"].toDouble();
    if (context->needs_input_grad(0)) {
      grad_x = at::mm(grad, weight);
      if (adapted) grad_x.addmm_(through_b, lora_a);
    }
    if (context->needs_input_grad(1)) grad_weight = at::mm(grad.t(), x);
    if (adapted) {
      grad_a = at::mm(through_b.t(), x);
      grad_b = at::mm(grad.t(), at::mm(x, lora_a.t())) * context->saved_data["scale"].toDouble();
    }
    return {grad_x, grad_weight, grad_a, grad_b, at::Tensor()};
  }
};

struct NormFunction : torch::autograd::Function<NormFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x_in,
                            const at::Tensor& weight, double epsilon) {
    const at::Tensor x = x_in.contiguous();
    context->save_for_backward({x, weight});
    context->saved_data["epsilon"] = epsilon;
    at::Tensor y = at::empty_like(x);
    const std::int64_t n = x.size(-1);
    auto* to = y.mutable_data_ptr<float>();
    ForRows(x.numel() / n, n, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t row = first; row < last; ++row) {
        kernels::RmsNorm(Floats(x) + row * n, Floats(weight), n, static_cast<float>(epsilon),
                         to + row * n);
      }
    });
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1];
    const at::Tensor inverse =
        (x.square().mean(-1, true) + context->saved_data["epsilon"].toDouble()).rsqrt();
    const at::Tensor normed = x * inverse;
    at::Tensor grad_x, grad_weight;
    if (context->needs_input_grad(0)) {
      grad_x = grads[0] * weight;
      const at::Tensor mean = (grad_x * normed).mean(-1, true);
      grad_x.sub_(normed * mean).mul_(inverse);
    }
    if (context->needs_input_grad(1)) {
      grad_weight = (grads[0] * normed).reshape({-1, x.size(-1)}).sum(0);
    }
    return {grad_x, grad_weight, at::Tensor()};
  }
};

at::Tensor Rotated(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  at::Tensor y = x.contiguous().clone();
  const std::int64_t heads = x.size(1), head_dim = x.size(2), half = cos.size(2);
  auto* values = y.mutable_data_ptr<float>();
  ForRows(x.size(0), heads * head_dim, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t t = first; t < last; ++t) {
      for (std::int64_t head = 0; head < heads; ++head) {
        kernels::Rotate(values + (t * heads + head) * head_dim, Floats(cos) + t * half,
                        Floats(sin) + t * half, 2 * half);
      }
    }
  });
  return y;
}

struct RotateFunction : torch::autograd::Function<RotateFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& cos,
                            const at::Tensor& sin) {
    context->save_for_backward({cos, sin});
    return Rotated(x, cos, sin);
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    return {Rotated(grads[0], saved[0], -saved[1]), at::Tensor(), at::Tensor()};
  }
};

struct SwiGluFunction : torch::autograd::Function<SwiGluFunction> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& gate,
                            const at::Tensor& up) {
    context->save_for_backward({gate, up});
    at::Tensor y = at::empty_like(gate);
    auto* to = y.mutable_data_ptr<float>();
    ForRows(gate.numel(), 1, [&](std::int64_t first, std::int64_t last) {
      kernels::SwiGlu(Floats(gate) + first, Floats(up) + first, last - first, to + first);
    });
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &gate = saved[0], &up = saved[1];
    at::Tensor grad_gate = grads[0] * up;
    at::silu_backward_out(grad_gate, grad_gate, gate);
    return {grad_gate, at::silu(gate).mul_(grads[0])};
  }
};

// ln(sum of e) - (sum of e * x) / (sum of e), for e = exp(x). Sums of 512 in eight float lanes,
// then in double.
double EntropyOf(const kernels::Softmax& softmax, const float* logits) {
  constexpr std::size_t kLanes = 8;
  const std::vector<float>& e = softmax.exponentials;
  double sum = 0;
  for (std::size_t start = 0; start < e.size(); start += 512) {
    const std::size_t end = std::min(e.size(), start + 512);
    float lanes[kLanes] = {};
    const auto add = [&](std::size_t i, std::size_t lane) {
      // Minus infinity has no weight, but times 0 would be NaN.
      const float x = std::max(-1e4F, (logits[i] - softmax.max) * softmax.inverse_temperature);
      lanes[lane] += e[i] * x;
    };
    std::size_t i = start;
    for (; i + kLanes <= end; i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) add(i + lane, lane);
    }
    for (; i < end; ++i) add(i, 0);
    for (const float lane : lanes) sum += static_cast<double>(lane);
  }
  return std::log(softmax.sum) - sum / softmax.sum;
}

}  // namespace

PackedWeight::PackedWeight(const at::Tensor& weight_OI)
    : memory_(at::empty({kernels::RoundUp(weight_OI.size(0), kernels::kPanel), weight_OI.size(1)},
                        weight_OI.options().requires_grad(false))),
      packed_(kernels::WeightFormat::kF32, weight_OI.size(0), weight_OI.size(1),
              memory_.mutable_data_ptr<float>()) {
  const at::Tensor weight = weight_OI.contiguous();
  const std::int64_t inputs = weight.size(1);
  const kernels::PackedMatrix::ReadRow read_row = [&](std::int64_t row, float* out) {
    std::memcpy(out, Floats(weight) + row * inputs,
                static_cast<std::size_t>(inputs) * sizeof(float));
  };
  ForRows(packed_.panels(), kernels::kPanel * inputs,
          [&](std::int64_t first, std::int64_t last) { packed_.Pack(read_row, first, last); });
}

at::Tensor PackedWeight::Product(const at::Tensor& x_in) const {
  const at::Tensor x = x_in.contiguous();
  const std::int64_t rows = x.size(0), inputs = packed_.inputs(), panels = packed_.panels();
  const std::int64_t stride = kernels::RowStride(inputs);
  at::Tensor y = at::empty({rows, packed_.outputs()}, x.options());
  kernels::LinearArgs args = packed_.Args();
  args.ldx = stride;
  args.ldy = packed_.outputs();
  auto* to = y.mutable_data_ptr<float>();
  const auto part = [&](std::int64_t block, std::int64_t first_panel, std::int64_t last_panel,
                        float* padded) {
    kernels::LinearArgs own = args;
    own.rows = std::min(kBlockRows, rows - block * kBlockRows);
    for (std::int64_t row = 0; row < own.rows; ++row) {
      std::memcpy(padded + row * stride, Floats(x) + (block * kBlockRows + row) * inputs,
                  static_cast<std::size_t>(inputs) * sizeof(float));
    }
    own.x = padded;
    own.y = to + block * kBlockRows * args.ldy;
    kernels::Linear(own, first_panel, last_panel);
  };
  const std::int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  const std::int64_t work = std::min(rows, kBlockRows) * inputs;
  ForRows(blocks * panels, work, [&](std::int64_t first, std::int64_t last) {
    const at::Tensor padded = at::empty({std::min(kBlockRows, rows), stride}, x.options());
    while (first < last) {
      const std::int64_t panel = first % panels;
      const std::int64_t count = std::min(panels - panel, last - first);
      part(first / panels, panel, panel + count, padded.mutable_data_ptr<float>());
      first += count;
    }
  });
  return y;
}

at::Tensor MergedWeight(const at::Tensor& weight, const at::Tensor& lora_a,
                        const at::Tensor& lora_b, double scale) {
  return weight + at::mm(lora_b, lora_a) * scale;
}

at::Tensor KernelProduct(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& lora_a,
                         const at::Tensor& lora_b, double scale) {
  // Autograd takes no undefined tensors.
  const at::Tensor none = at::empty({0}, weight.options().requires_grad(false));
  const bool adapted = lora_a.defined();
  return ProductFunction::apply(x, weight, adapted ? lora_a : none, adapted ? lora_b : none, scale);
}

at::Tensor KernelNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  return NormFunction::apply(x, weight, epsilon);
}

at::Tensor KernelRotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  return RotateFunction::apply(x, cos, sin);
}

at::Tensor KernelSwiGlu(const at::Tensor& gate, const at::Tensor& up) {
  return SwiGluFunction::apply(gate, up);
}

void KernelDistribution(const at::Tensor& logits, const at::Tensor& predicted, double temperature,
                        const at::Tensor& logps, const at::Tensor& entropies) {
  const std::int64_t vocabulary = logits.size(1);
  const auto* ids = predicted.const_data_ptr<std::int64_t>();
  auto* logp = logps.mutable_data_ptr<float>();
  auto* entropy = entropies.mutable_data_ptr<float>();
  ForRows(logits.size(0), vocabulary, [&](std::int64_t first, std::int64_t last) {
    kernels::Softmax softmax;
    for (std::int64_t row = first; row < last; ++row) {
      const float* of_row = Floats(logits) + row * vocabulary;
      softmax.Compute(of_row, vocabulary, temperature);
      logp[row] = softmax.LogProb(of_row[ids[row]]);
      entropy[row] = static_cast<float>(EntropyOf(softmax, of_row));
    }
  });
}

void KernelDistributionGradient(const at::Tensor& logits, const at::Tensor& predicted,
                                double temperature, const at::Tensor& entropies,
                                const at::Tensor& by_logp_in, const at::Tensor& by_entropy_in) {
  const std::int64_t vocabulary = logits.size(1);
  const bool with_entropy = by_entropy_in.defined();
  const at::Tensor by_logp = by_logp_in.contiguous();
  const at::Tensor by_entropy = with_entropy ? by_entropy_in.contiguous() : at::Tensor();
  const auto* ids = predicted.const_data_ptr<std::int64_t>();
  auto* all = logits.mutable_data_ptr<float>();
  ForRows(logits.size(0), vocabulary, [&](std::int64_t first, std::int64_t last) {
    kernels::Softmax softmax;
    for (std::int64_t row = first; row < last; ++row) {
      float* x = all + row * vocabulary;
      softmax.Compute(x, vocabulary, temperature);
      const float* e = softmax.exponentials.data();
      const float inverse = softmax.inverse_temperature;
      const float slope = Floats(by_logp)[row] * inverse;
      const auto inverse_sum = static_cast<float>(1 / softmax.sum);
      // d logp / d logit = onehot - p;   d entropy / d logit = -p (log p + entropy)
      if (with_entropy) {
        const float bend = Floats(by_entropy)[row] * inverse;
        const float shift = Floats(entropies)[row] - static_cast<float>(std::log(softmax.sum));
        for (std::int64_t i = 0; i < vocabulary; ++i) {
          // Minus infinity has no weight, but times 0 would be NaN.
          const float log_e = std::max(-1e4F, (x[i] - softmax.max) * inverse);
          x[i] = -e[i] * inverse_sum * (slope + bend * (log_e + shift));
        }
      } else {
        const float factor = -slope * inverse_sum;
        for (std::int64_t i = 0; i < vocabulary; ++i) x[i] = e[i] * factor;
      }
      x[ids[row]] += slope;
    }
  });
}

}  // namespace assay
