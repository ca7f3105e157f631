#include "trainer/model/operations.h"

#include <optional>

#include "trainer/model/attention.h"
#include "trainer/model/kernel_operations.h"
#include "trainer/model/threads.h"

namespace assay {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class T>
std::int64_t AsNumber(const T* pointer) {
  return static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(pointer));
}
template <class T>
const T* AsPointer(const c10::IValue& number) {
  return reinterpret_cast<const T*>(static_cast<std::intptr_t>(number.toInt()));
}

AttentionShape ShapeOf(const at::Tensor& q, const at::Tensor& k, double scale) {
  return {q.size(1), k.size(1), q.size(2), scale};
}

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& q_in,
                            const at::Tensor& k_in, const at::Tensor& v_in,
                            std::int64_t segments_at, double scale) {
    const at::Tensor q = q_in.contiguous(), k = k_in.contiguous(), v = v_in.contiguous();
    at::Tensor out = at::empty_like(q);
    at::Tensor log_sum = at::empty({q.size(0), q.size(1)}, q.options());
    context->saved_data["segments"] = segments_at;
    context->saved_data["scale"] = scale;
    const auto& segments = *AsPointer<std::vector<Segment>>(context->saved_data["segments"]);
    AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention", [&] {
      AttentionForward(ShapeOf(q, k, scale), segments, q.const_data_ptr<scalar_t>(),
                       k.const_data_ptr<scalar_t>(), v.const_data_ptr<scalar_t>(),
                       out.data_ptr<scalar_t>(), log_sum.data_ptr<scalar_t>(), TrainingThreads());
    });
    context->save_for_backward({q, k, v, out, log_sum});
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const at::Tensor grad = grads[0].contiguous();
    at::Tensor grad_q = at::empty_like(q), grad_k = at::empty_like(k), grad_v = at::empty_like(v);
    const auto& segments = *AsPointer<std::vector<Segment>>(context->saved_data["segments"]);
    const double scale = context->saved_data["scale"].toDouble();
    AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "attention", [&] {
      AttentionBackward(ShapeOf(q, k, scale), segments, q.size(0), q.const_data_ptr<scalar_t>(),
                        k.const_data_ptr<scalar_t>(), v.const_data_ptr<scalar_t>(),
                        saved[3].const_data_ptr<scalar_t>(), saved[4].const_data_ptr<scalar_t>(),
                        grad.const_data_ptr<scalar_t>(), grad_q.data_ptr<scalar_t>(),
                        grad_k.data_ptr<scalar_t>(), grad_v.data_ptr<scalar_t>(),
                        TrainingThreads());
    });
    return {grad_q, grad_k, grad_v, at::Tensor(), at::Tensor()};
  }
};

struct Head : torch::autograd::Function<Head> {
  static variable_list forward(AutogradContext* context, const at::Tensor& hidden,
                               const at::Tensor& all_weights, const at::Tensor& predicted,
                               const at::Tensor& teacher_hidden, const at::Tensor& teacher_weights,
                               const HeadOptions& options) {
    const std::int64_t rows = hidden.size(0);
    at::Tensor logps = at::empty({rows}, hidden.options());
    at::Tensor entropies = at::empty({rows}, hidden.options());
    // Without a teacher its tensors are empty: autograd takes no undefined ones.
    const bool taught = teacher_weights.numel() > 0;
    at::Tensor teacher_kl = at::empty({taught ? rows : 0}, hidden.options());
    const at::Tensor weight = all_weights.narrow(0, 0, options.vocabulary);
    std::optional<PackedWeight> packed;
    if (options.sampler_kernels) packed.emplace(weight);
    for (std::int64_t begin = 0; begin < rows; begin += options.chunk) {
      const std::int64_t count = std::min(options.chunk, rows - begin);
      const at::Tensor ids = predicted.narrow(0, begin, count);
      at::Tensor log_softmax;
      if (!packed || taught) {
        log_softmax = LogSoftmax(hidden, weight, options.temperature, begin, count);
      }
      if (packed) {
        KernelDistribution(packed->Product(hidden.narrow(0, begin, count)), ids,
                           options.temperature, logps.narrow(0, begin, count),
                           entropies.narrow(0, begin, count));
      } else {
        logps.narrow(0, begin, count).copy_(log_softmax.gather(1, ids.unsqueeze(1)).squeeze(1));
        entropies.narrow(0, begin, count).copy_(-(log_softmax.exp() * log_softmax).sum(1));
      }
      if (!taught) continue;
      const at::Tensor teacher =
          LogSoftmax(teacher_hidden, teacher_weights.narrow(0, 0, options.vocabulary),
                     options.temperature, begin, count);
      teacher_kl.narrow(0, begin, count).copy_((teacher.exp() * (teacher - log_softmax)).sum(1));
    }
    context->save_for_backward(
        {hidden, all_weights, predicted, entropies, teacher_hidden, teacher_weights});
    // Mostly nobody asks for the entropies' gradient: it costs as much again as the other.
    context->set_materialize_grads(false);
    context->saved_data["temperature"] = options.temperature;
    context->saved_data["chunk"] = options.chunk;
    context->saved_data["vocabulary"] = options.vocabulary;
    context->saved_data["sampler_kernels"] = options.sampler_kernels;
    return {logps, entropies, teacher_kl};
  }

  static at::Tensor LogSoftmax(const at::Tensor& hidden, const at::Tensor& weight,
                               double temperature, std::int64_t begin, std::int64_t count) {
    at::Tensor logits = at::mm(hidden.narrow(0, begin, count), weight.t());
    if (temperature != 1) logits.div_(temperature);
    return logits.log_softmax(1);
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &hidden = saved[0], &all_weights = saved[1];
    const std::int64_t chunk = context->saved_data["chunk"].toInt();
    const std::int64_t vocabulary = context->saved_data["vocabulary"].toInt();
    const std::int64_t rows = hidden.size(0);
    const double temperature = context->saved_data["temperature"].toDouble();
    const bool wants_weight = context->needs_input_grad(1);
    at::Tensor grad_hidden = at::empty_like(hidden);
    at::Tensor grad_weight = wants_weight ? at::zeros_like(all_weights) : at::Tensor();
    const at::Tensor weight = all_weights.narrow(0, 0, vocabulary);
    std::optional<PackedWeight> packed;
    const bool taught = saved[5].numel() > 0;
    if (context->saved_data["sampler_kernels"].toBool() && !taught) packed.emplace(weight);
    for (std::int64_t begin = 0; begin < rows; begin += chunk) {
      const std::int64_t count = std::min(chunk, rows - begin);
      const at::Tensor grad_logits =
          packed ? KernelGradLogits(*packed, saved, grads, begin, count, temperature)
                 : GradLogits(saved, weight, grads, begin, count, temperature);
      grad_hidden.narrow(0, begin, count).copy_(at::mm(grad_logits, weight));
      if (!wants_weight) continue;
      grad_weight.narrow(0, 0, vocabulary).addmm_(grad_logits.t(), hidden.narrow(0, begin, count));
    }
    return {grad_hidden, grad_weight, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }

  // Of the rows [begin, begin + count): the logits' gradient, by the sampler's kernels.
  static at::Tensor KernelGradLogits(const PackedWeight& packed, const variable_list& saved,
                                     const variable_list& grads, std::int64_t begin,
                                     std::int64_t count, double temperature) {
    at::Tensor logits = packed.Product(saved[0].narrow(0, begin, count));
    const auto part = [&](const at::Tensor& values) {
      return values.defined() ? values.narrow(0, begin, count) : at::Tensor();
    };
    const at::Tensor by_logp = grads[0].defined() ? part(grads[0]) : at::zeros({count});
    KernelDistributionGradient(logits, part(saved[2]), temperature, part(saved[3]), by_logp,
                               part(grads[1]));
    return logits;
  }

  // The same with tensor operations.
  static at::Tensor GradLogits(const variable_list& saved, const at::Tensor& weight,
                               const variable_list& grads, std::int64_t begin, std::int64_t count,
                               double temperature) {
    const at::Tensor &hidden = saved[0], &predicted = saved[2];
    const at::Tensor log_softmax = LogSoftmax(hidden, weight, temperature, begin, count);
    const at::Tensor by_logp = grads[0].defined() ? Column(grads[0], begin, count)
                                                  : at::zeros({count, 1}, hidden.options());
    const at::Tensor p = log_softmax.exp();
    // d logp / d logit = onehot - p;   d entropy / d logit = -p (log p + entropy)
    at::Tensor grad_logits = p * -by_logp;
    if (grads[1].defined()) {
      const at::Tensor by_entropy = Column(grads[1], begin, count);
      grad_logits -= p * (log_softmax + Column(saved[3], begin, count)) * by_entropy;
    }
    if (grads[2].defined()) {
      // d KL(q || p) / d logit = p - q
      const at::Tensor teacher =
          LogSoftmax(saved[4], saved[5].narrow(0, 0, weight.size(0)), temperature, begin, count);
      grad_logits += (p - teacher.exp()) * Column(grads[2], begin, count);
    }
    grad_logits.scatter_add_(1, predicted.narrow(0, begin, count).unsqueeze(1), by_logp);
    if (temperature != 1) grad_logits.div_(temperature);
    return grad_logits;
  }

  static at::Tensor Column(const at::Tensor& values, std::int64_t begin, std::int64_t count) {
    return values.narrow(0, begin, count).unsqueeze(1);
  }
};

struct Recompute : torch::autograd::Function<Recompute> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, std::int64_t function) {
    context->saved_data["function"] = function;
    context->save_for_backward({x});
    return (*AsPointer<TensorFunction>(context->saved_data["function"]))(x);
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const at::AutoGradMode with_gradients(true);
    at::Tensor x = context->get_saved_variables()[0].detach();
    x.requires_grad_();
    const auto& function = *AsPointer<TensorFunction>(context->saved_data["function"]);
    function(x).backward(grads[0]);
    return {x.grad(), at::Tensor()};
  }
};

}  // namespace

at::Tensor PackedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           const std::vector<Segment>& segments, double scale) {
  return Attention::apply(q, k, v, AsNumber(&segments), scale);
}

at::Tensor PlainAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          const std::vector<Segment>& segments, double scale) {
  const std::int64_t repeat = q.size(1) / k.size(1);
  const auto part = [repeat](const at::Tensor& x, const Segment& s, bool shared) {
    const at::Tensor rows = x.slice(0, s.begin, s.end);
    return shared ? rows.repeat_interleave(repeat, 1) : rows;
  };
  std::vector<at::Tensor> outputs;
  for (const Segment& segment : segments) {
    std::vector<at::Tensor> keys, values;
    std::int64_t before = 0;
    if (segment.prefix >= 0) {
      const Segment& prefix = segments[static_cast<std::size_t>(segment.prefix)];
      before = prefix.end - prefix.begin;
      keys.push_back(part(k, prefix, true));
      values.push_back(part(v, prefix, true));
    }
    keys.push_back(part(k, segment, true));
    values.push_back(part(v, segment, true));
    const std::int64_t own = segment.end - segment.begin;
    const at::Tensor query = part(q, segment, false).permute({1, 0, 2});
    at::Tensor scores = at::matmul(query, at::cat(keys).permute({1, 2, 0})) * scale;
    const at::Tensor later =
        at::ones({own, before + own}, q.options().dtype(at::kBool)).triu(before + 1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
    const at::Tensor mixed = at::matmul(scores.softmax(-1), at::cat(values).permute({1, 0, 2}));
    outputs.push_back(mixed.permute({1, 0, 2}));
  }
  return at::cat(outputs);
}

HeadOutput ChunkedHead(const at::Tensor& hidden_ND, const at::Tensor& weight_VD,
                       const at::Tensor& predicted_N, const HeadOptions& options,
                       const TeacherHead& teacher) {
  const bool taught = teacher.weight.defined();
  const at::Tensor none = at::empty({0}, hidden_ND.options().requires_grad(false));
  HeadOptions used = options;
  if (used.vocabulary == 0) used.vocabulary = weight_VD.size(0);
  const variable_list outputs =
      Head::apply(hidden_ND, weight_VD, predicted_N, taught ? teacher.hidden : none,
                  taught ? teacher.weight : none, used);
  return {outputs[0], outputs[1], taught ? outputs[2] : at::Tensor()};
}

at::Tensor Recomputed(const TensorFunction& f, const at::Tensor& x) {
  return Recompute::apply(x, AsNumber(&f));
}

}  // namespace assay
