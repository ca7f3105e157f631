// trainer/model/parameters.h -- What a learner trains, seen without tensors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace assay {

// Views into memory that the learner owns; valid as long as it lives. `value` and `gradient` hold
// rows * columns floats, or doubles for a double-precision learner.
struct ParameterView {
  std::string name;  // as in Hugging Face checkpoints; "lora." in front of adapter matrices
  std::int64_t rows = 1;
  std::int64_t columns = 0;
  bool is_vector = false;
  bool trainable = true;
  bool is_double = false;
  void* value = nullptr;
  void* gradient = nullptr;  // null when not trainable

  std::int64_t size() const { return rows * columns; }
  std::span<float> floats() const { return {static_cast<float*>(value), Count()}; }
  std::span<double> doubles() const { return {static_cast<double*>(value), Count()}; }
  std::span<float> float_gradient() const { return {static_cast<float*>(gradient), Count()}; }
  std::span<double> double_gradient() const { return {static_cast<double*>(gradient), Count()}; }

 private:
  std::size_t Count() const { return static_cast<std::size_t>(size()); }
};

// Square root of the sum of all squared gradients, summed in double; NaN or infinite when any is.
double GradientNorm(std::span<const ParameterView> parameters);
void ScaleGradients(std::span<const ParameterView> parameters, double factor);

}  // namespace assay
