// trainer/model/weight_store.h -- The learner's tensors by name: creation, and the views that
// optimizers, checkpoints and samplers see. Internal to trainer/model: it shows tensors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/rng.h"
#include "runner/model/checkpoint/tensor.h"
#include "trainer/model/network.h"

namespace assay {

// Makes tensors one after the other; the first failure is kept and everything after it is empty.
class WeightStore {
 public:
  // `source` null: fresh weights from `key`.
  WeightStore(const LearnerOptions& options, const TensorSource* source, const Key& key)
      : options_(options), source_(source), key_(key) {}

  Result<NetworkTensors> Build(const ModelConfig& config);
  const std::vector<ParameterView>& views() const { return views_; }
  const std::vector<at::Tensor>& tensors() const { return tensors_; }
  // Of each tensor the copy that is computed with; empty where tensors compute themselves.
  const std::vector<at::Tensor>& copies() const { return copies_; }

 private:
  at::Tensor Matrix(const std::string& name, std::int64_t rows, std::int64_t columns);
  at::Tensor Vector(const std::string& name, std::int64_t size, double fresh);
  LinearWeights Linear(const std::string& prefix, const std::string& module, std::int64_t rows,
                       std::int64_t columns, bool bias);
  LayerTensors Layer(const ModelConfig& config, std::int64_t index);
  at::Tensor Load(const std::string& name, std::int64_t rows, std::int64_t columns);
  at::Tensor Fresh(const std::string& name, std::int64_t rows, std::int64_t columns, double spread);
  at::Tensor Register(const std::string& name, at::Tensor tensor, bool trainable);

  const LearnerOptions& options_;
  const TensorSource* source_;
  Key key_;
  std::optional<Error> error_;
  std::vector<at::Tensor> tensors_;
  std::vector<at::Tensor> copies_;
  std::vector<ParameterView> views_;
};

}  // namespace assay
