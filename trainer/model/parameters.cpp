#include "trainer/model/parameters.h"

#include <cmath>

namespace assay {
namespace {

template <class Real>
double SumOfSquares(std::span<const Real> values) {
  double sum = 0;
  for (const Real value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

template <class Real>
void Scale(std::span<Real> values, double factor) {
  for (Real& value : values) value *= static_cast<Real>(factor);
}

}  // namespace

double GradientNorm(std::span<const ParameterView> parameters) {
  double sum = 0;
  for (const ParameterView& view : parameters) {
    if (view.gradient == nullptr) continue;
    sum += view.is_double ? SumOfSquares<double>(view.double_gradient())
                          : SumOfSquares<float>(view.float_gradient());
  }
  return std::sqrt(sum);
}

void ScaleGradients(std::span<const ParameterView> parameters, double factor) {
  for (const ParameterView& view : parameters) {
    if (view.gradient == nullptr) continue;
    if (view.is_double) {
      Scale(view.double_gradient(), factor);
    } else {
      Scale(view.float_gradient(), factor);
    }
  }
}

}  // namespace assay
