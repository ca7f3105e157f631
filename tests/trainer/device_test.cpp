// The device a learner computes on: names, refusals, and the way over copies of the parameters that
// a GPU takes, gone here with copies on the CPU.
#include "trainer/model/device.h"

#include "tests/support/catch.h"
#include "tests/trainer/tiny_model.h"

namespace assay {
namespace {

TEST_CASE("devices by name", "[trainer]") {
  CHECK(*ParseLearnerDevice("cpu", 3) == "cpu");
  CHECK(*ParseLearnerDevice("cuda", 3) == "cuda:3");
  CHECK(*ParseLearnerDevice("cuda:1", 3) == "cuda:1");
  for (const char* wrong : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "CUDA"}) {
    const auto parsed = ParseLearnerDevice(wrong, 0);
    REQUIRE(!parsed.has_value());
    CHECK(parsed.error().message.find("expected cpu, cuda or cuda:INDEX") != std::string::npos);
  }
}

TEST_CASE("a GPU that is not there is refused with the reason", "[trainer]") {
  CHECK(UseDevice("cpu").has_value());
  const auto used = UseDevice("cuda:99");
  REQUIRE(!used.has_value());
  CHECK(used.error().code == ErrorCode::kUnavailable);
  CHECK(used.error().message.find("device cuda:99: LibTorch") == 0);
}

struct Trained {
  std::vector<double> logps, gradients;
  std::vector<std::vector<float>> weights;
  bool operator==(const Trained&) const = default;
};

// Three AdamW steps that make the responses likelier.
Trained Train(const LearnerOptions& options) {
  TinyModel tiny(OwnTinyModel(), options);
  Learner& learner = *tiny.learner;
  AdamW optimizer({}, learner.parameters());
  for (int step = 0; step < 3; ++step) {
    learner.ZeroGradients();
    learner.Accumulate(tiny.batch, 1, [](const TokenOutputs& outputs) {
      TokenGradients gradients;
      gradients.logps.assign(outputs.logps.size(), -1);
      return gradients;
    });
    learner.CollectGradients();
    optimizer.Step(0.01);
    learner.Changed();
  }
  Trained trained;
  trained.logps = learner.Evaluate(tiny.batch, 1).logps;
  for (const ParameterView& view : learner.parameters()) {
    trained.weights.emplace_back(view.floats().begin(), view.floats().end());
    if (view.gradient == nullptr) continue;
    const auto gradient = view.float_gradient();
    trained.gradients.insert(trained.gradients.end(), gradient.begin(), gradient.end());
  }
  return trained;
}

TEST_CASE("computing with copies of the parameters changes no bit", "[trainer]") {
  for (const std::int64_t rank : {0, 2}) {
    LearnerOptions options;
    options.lora.rank = rank;
    const Trained direct = Train(options);
    options.mirror = true;
    CHECK(Train(options) == direct);
  }
}

}  // namespace
}  // namespace assay
