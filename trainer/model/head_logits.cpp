#include "trainer/model/head_logits.h"

#include "trainer/model/operations.h"

namespace assay {
namespace {

std::vector<double> Numbers(const at::Tensor& tensor) {
  const at::Tensor wide = tensor.detach().to(at::kDouble).contiguous();
  const auto* first = wide.const_data_ptr<double>();
  return {first, first + wide.numel()};
}

}  // namespace

template <class Real>
LogitOutputs HeadOfLogits(std::span<const double> logits, std::int64_t vocabulary,
                          std::span<const std::int64_t> predicted, double temperature,
                          std::int64_t chunk, std::span<const double> slopes) {
  const auto rows = static_cast<std::int64_t>(predicted.size());
  const bool wide = sizeof(Real) == sizeof(double);
  const auto type = wide ? at::kDouble : at::kFloat;
  at::Tensor hidden =
      at::from_blob(const_cast<double*>(logits.data()), {rows, vocabulary}, at::kDouble)
          .to(type, /*non_blocking=*/false, /*copy=*/true);
  hidden.requires_grad_();
  // With the identity for a weight the hidden state is the logits.
  const at::Tensor identity = at::eye(vocabulary, hidden.options().requires_grad(false));
  const at::Tensor ids =
      at::from_blob(const_cast<std::int64_t*>(predicted.data()), {rows}, at::kLong).clone();
  const HeadOutput output = ChunkedHead(hidden, identity, ids, {temperature, chunk, 0, !wide});
  const at::Tensor weights =
      at::from_blob(const_cast<double*>(slopes.data()), {rows}, at::kDouble).to(type);
  at::dot(output.logps, weights).backward();
  return {Numbers(output.logps), Numbers(output.entropies), Numbers(hidden.grad())};
}

template LogitOutputs HeadOfLogits<float>(std::span<const double>, std::int64_t,
                                          std::span<const std::int64_t>, double, std::int64_t,
                                          std::span<const double>);
template LogitOutputs HeadOfLogits<double>(std::span<const double>, std::int64_t,
                                           std::span<const std::int64_t>, double, std::int64_t,
                                           std::span<const double>);

}  // namespace assay
