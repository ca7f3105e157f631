#include "trainer/model/learner.h"

#include <cmath>
#include <cstring>
#include <map>

#include "base/check.h"
#include "base/hash.h"
#include "trainer/model/kernel_operations.h"
#include "trainer/model/tensor_memory.h"
#include "trainer/model/weight_store.h"

namespace assay {
namespace {

std::vector<double> Numbers(const at::Tensor& tensor) {
  const at::Tensor wide = tensor.detach().to(at::kCPU).to(at::kDouble).contiguous();
  const auto* first = wide.const_data_ptr<double>();
  return {first, first + wide.numel()};
}

at::Tensor AsTensor(const std::vector<double>& numbers, const at::TensorOptions& type) {
  return at::from_blob(const_cast<double*>(numbers.data()),
                       {static_cast<std::int64_t>(numbers.size())}, at::kDouble)
      .to(type, /*non_blocking=*/false, /*copy=*/true);
}

TokenOutputs OutputsOf(const Network::Output& output) {
  TokenOutputs outputs;
  outputs.logps = Numbers(output.head.logps);
  outputs.entropies = Numbers(output.head.entropies);
  if (output.values.defined()) outputs.values = Numbers(output.values);
  if (output.head.teacher_kl.defined()) outputs.teacher_kl = Numbers(output.head.teacher_kl);
  return outputs;
}

// Checkpoint tensors in memory.
class MemoryWeights : public TensorSource {
 public:
  void Put(const std::string& name, std::int64_t rows, std::int64_t columns, const float* data) {
    StoredTensor& tensor = tensors_[name];
    tensor.name = name;
    tensor.rows = rows;
    tensor.columns = columns;
    tensor.bytes = std::string_view(reinterpret_cast<const char*>(data),
                                    static_cast<std::size_t>(rows * columns) * sizeof(float));
  }
  const StoredTensor* Find(std::string_view name) const override {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
  }
  std::string Place() const override { return "the learner's weights"; }
  std::string ContentHash() const override {
    Sha256 hash;
    for (const auto& [name, tensor] : tensors_) hash.Update(name).Update(tensor.bytes);
    return ToHex(hash.Finish());
  }

 private:
  std::map<std::string, StoredTensor, std::less<>> tensors_;
};

}  // namespace

struct Learner::State {
  ModelConfig config;
  LearnerOptions options;
  std::vector<ParameterView> views;
  std::vector<at::Tensor> tensors;
  std::vector<at::Tensor> copies;  // that are computed with; empty: the tensors themselves are
  std::unique_ptr<Network> network;
  MemoryWeights weights;
  std::map<std::string, at::Tensor> exported;  // merged or converted copies

  static Result<std::unique_ptr<State>> Make(const ModelConfig& config, const TensorSource* source,
                                             const LearnerOptions& options, const Key& key) {
    if (!config.IsPlain()) {
      return Fail(ErrorCode::kInput,
                  "a model of architecture {} can be sampled from but not trained: the learner has "
                  "no gradients of its gelu, windows, caps and norms of outputs",
                  config.architecture);
    }
    UseLargeTensors();
    auto state = std::make_unique<State>();
    state->config = config;
    state->options = options;
    // The kernels are for ordinary memory.
    if (options.device != "cpu") state->options.plain = true;
    WeightStore store(state->options, source, key);
    auto tensors = store.Build(config);
    if (!tensors) return Pass(tensors.error());
    state->views = store.views();
    state->tensors = store.tensors();
    state->copies = store.copies();
    state->network = std::make_unique<Network>(config, state->options, std::move(*tensors));
    state->Export();
    return state;
  }

  const at::Tensor* Named(const std::string& name) const {
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (views[i].name == name) return &tensors[i];
    }
    return nullptr;
  }

  void Export() {
    const at::NoGradGuard no_gradients;
    for (std::size_t i = 0; i < views.size(); ++i) {
      const ParameterView& view = views[i];
      if (view.name.starts_with("lora.") || view.name.starts_with("value_head.")) continue;
      weights.Put(view.name, view.rows, view.columns, Exported(view, tensors[i]));
    }
  }

  const float* Exported(const ParameterView& view, const at::Tensor& tensor) {
    const std::string module = view.name.substr(0, view.name.rfind('.'));
    const at::Tensor* a = view.is_vector ? nullptr : Named("lora." + module + ".a");
    if (a == nullptr && tensor.scalar_type() == at::kFloat) return tensor.const_data_ptr<float>();
    at::Tensor merged = tensor.detach();
    if (a != nullptr) {
      const double scale = options.lora.alpha / static_cast<double>(options.lora.rank);
      merged = MergedWeight(merged, *a, *Named("lora." + module + ".b"), scale);
    }
    at::Tensor& copy = exported[view.name];
    if (!copy.defined()) copy = at::empty(merged.sizes(), at::kFloat);
    copy.copy_(merged);
    return copy.const_data_ptr<float>();
  }
};

Learner::Learner(std::unique_ptr<State> state) : state_(std::move(state)) {}
Learner::~Learner() = default;

Result<std::unique_ptr<Learner>> Learner::FromWeights(const ModelConfig& config,
                                                      const TensorSource& weights,
                                                      const LearnerOptions& options,
                                                      const Key& key) {
  auto state = State::Make(config, &weights, options, key);
  if (!state) return Pass(state.error());
  return std::unique_ptr<Learner>(new Learner(std::move(*state)));
}

Result<std::unique_ptr<Learner>> Learner::Random(const ModelConfig& config,
                                                 const LearnerOptions& options, const Key& key) {
  auto state = State::Make(config, nullptr, options, key);
  if (!state) return Pass(state.error());
  return std::unique_ptr<Learner>(new Learner(std::move(*state)));
}

TokenOutputs Learner::Evaluate(const PackedBatch& batch, double temperature) {
  if (batch.sources.empty()) return {};
  const at::NoGradGuard no_gradients;
  return OutputsOf(state_->network->Forward(batch, temperature));
}

void Learner::Accumulate(const PackedBatch& batch, double temperature, const LossFunction& loss,
                         Learner* teacher) {
  if (batch.sources.empty()) return;
  TeacherHead head;
  if (teacher != nullptr) {
    const at::NoGradGuard no_gradients;
    head = teacher->state_->network->AsTeacher(batch);
  }
  const Network::Output output = state_->network->Forward(batch, temperature, head);
  const TokenGradients gradients = loss(OutputsOf(output));
  const at::TensorOptions type = output.head.logps.options().requires_grad(false);
  at::Tensor total;
  const auto add = [&](const at::Tensor& tensor, const std::vector<double>& gradient) {
    if (gradient.empty()) return;
    const at::Tensor term = at::dot(tensor, AsTensor(gradient, type));
    total = total.defined() ? total + term : term;
  };
  add(output.head.logps, gradients.logps);
  add(output.head.entropies, gradients.entropies);
  if (output.values.defined()) add(output.values, gradients.values);
  if (output.head.teacher_kl.defined()) add(output.head.teacher_kl, gradients.teacher_kl);
  if (total.defined()) total.backward();
}

void Learner::ZeroGradients() {
  for (const ParameterView& view : state_->views) {
    if (view.gradient == nullptr) continue;
    const std::size_t bytes =
        static_cast<std::size_t>(view.size()) * (view.is_double ? sizeof(double) : sizeof(float));
    std::memset(view.gradient, 0, bytes);
  }
  for (at::Tensor& copy : state_->copies) {
    if (copy.grad().defined()) copy.mutable_grad().zero_();
  }
}

void Learner::Changed() {
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < state_->copies.size(); ++i) {
    state_->copies[i].copy_(state_->tensors[i]);
  }
}

void Learner::CollectGradients() {
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < state_->copies.size(); ++i) {
    if (!state_->views[i].trainable) continue;
    state_->tensors[i].mutable_grad().copy_(state_->copies[i].grad());
  }
}

const std::vector<ParameterView>& Learner::parameters() const { return state_->views; }
const ModelConfig& Learner::config() const { return state_->config; }
const TensorSource& Learner::weights() const { return state_->weights; }
void Learner::Merge() { state_->Export(); }

}  // namespace assay
