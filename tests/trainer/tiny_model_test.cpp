// The learner against a tiny Qwen2 computed by others in double precision: log-probabilities,
// gradients, five AdamW steps, and our own finite differences.
#include "tests/trainer/tiny_model.h"

#include <cmath>

namespace assay {
namespace {

LearnerOptions Options(bool double_precision) {
  LearnerOptions options;
  options.double_precision = double_precision;
  return options;
}

double Bound(bool double_precision) { return double_precision ? 1e-9 : 5e-5; }

// The padded [rows][columns] numbers of a file, in the order of packed response tokens.
std::vector<double> Ragged(const Json& padded, const PackedBatch& batch) {
  std::vector<double> values;
  for (std::size_t row = 0; row + 1 < batch.offsets.size(); ++row) {
    for (std::size_t t = 0; t < batch.offsets[row + 1] - batch.offsets[row]; ++t) {
      values.push_back(padded[row][t].get<double>());
    }
  }
  return values;
}

std::vector<double> Values(const ParameterView& view, bool gradient) {
  if (view.is_double) {
    const auto span = gradient ? view.double_gradient() : view.doubles();
    return {span.begin(), span.end()};
  }
  const auto span = gradient ? view.float_gradient() : view.floats();
  return {span.begin(), span.end()};
}

double Norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

// One policy-gradient problem on the tiny model's fixed batch.
struct Problem {
  Problem(TinyModel& model, const std::string& loss_type, double beta)
      : tiny(model), config(PolicyLossPreset(loss_type).value()) {
    config.eps_high = 0.2;
    config.beta = beta;
    config.max_length = model.json.at("max_completion_length");
    std::vector<std::vector<Reward>> rewards;
    for (const Json& reward : model.json.at("rewards")) rewards.push_back({reward.get<double>()});
    AdvantageConfig scale;
    if (loss_type == "dr_grpo") scale.scale = AdvantageScale::kNone;
    const std::vector<double> weight = {1};
    auto per_row =
        AdvantagesOf(rewards, weight, model.json.at("num_generations"), scale).advantages;
    // The file's own advantages where the loss uses them: they passed through single precision.
    if (loss_type != "dr_grpo") per_row = model.json.at("advantages").get<std::vector<double>>();
    for (std::size_t row = 0; row < per_row.size(); ++row) {
      advantages.insert(advantages.end(), model.batch.offsets[row + 1] - model.batch.offsets[row],
                        per_row[row]);
    }
    mask.assign(advantages.size(), 1);
    totals = {static_cast<double>(per_row.size()), static_cast<double>(mask.size())};
    temperature = model.json.at("temperature");
    old = model.learner->Evaluate(model.batch, temperature).logps;
  }

  PolicyLossResult<double> LossOf(const TokenOutputs& outputs) const {
    PolicyBatch<double> batch;
    batch.offsets = tiny.batch.offsets;
    batch.mask = mask;
    batch.logps = outputs.logps;
    batch.old_logps = old;
    batch.reference_logps = old;
    batch.advantages = advantages;
    batch.entropies = outputs.entropies;
    return PolicyLoss(config, batch, totals);
  }

  PolicyLossResult<double> Accumulate() {
    PolicyLossResult<double> result;
    tiny.learner->ZeroGradients();
    tiny.learner->Accumulate(tiny.batch, temperature, [&](const TokenOutputs& outputs) {
      result = LossOf(outputs);
      return TokenGradients{result.grad_logps, {}, {}, {}};
    });
    return result;
  }

  TinyModel& tiny;
  PolicyLossConfig config;
  std::vector<double> advantages, old;
  std::vector<std::uint8_t> mask;
  StepTotals totals;
  double temperature = 1;
};

const std::set<std::string> kTinyKeys = {"note",
                                         "config",
                                         "weights",
                                         "prompts",
                                         "num_generations",
                                         "completions",
                                         "rewards",
                                         "temperature",
                                         "max_completion_length",
                                         "advantages",
                                         "hf_fp32_left_padded_max_abs_logp_diff",
                                         "optimizer",
                                         "beta",
                                         "runs",
                                         "step0",
                                         "sft"};

// "dapo_beta0.04_grads": which loss a key of the section "step0" speaks of.
struct Step0Key {
  std::string loss_type;
  double beta = 0;
};
Step0Key ParseStep0(const std::string& key, const std::string& end) {
  const std::string start = key.substr(0, key.size() - end.size());
  const std::size_t at = start.rfind("_beta");
  INFO("unknown key step0." << key);
  REQUIRE(at != std::string::npos);
  Step0Key parsed{start.substr(0, at), std::stod(start.substr(at + 5))};
  REQUIRE(PolicyLossPreset(parsed.loss_type).has_value());
  return parsed;
}

void CheckStep0Gradients(const Json& expected, TinyModel& tiny, double bound) {
  for (const ParameterView& view : tiny.learner->parameters()) {
    INFO(view.name);
    const Json& rows = expected.at(view.name);
    CheckClose(Values(view, true),
               rows.at(0).is_array() ? Flat<double>(rows) : rows.get<std::vector<double>>(), bound);
  }
}

TEST_CASE("log-probabilities and gradients of the tiny model at step 0", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("tiny_model")) continue;
    INFO(path);
    RequireKnownKeys(file.at("tiny_model"), kTinyKeys);
    const Json& expected = file.at("tiny_model").at("step0");
    for (const bool wide : {true, false}) {
      TinyModel tiny(file.at("tiny_model"), Options(wide));
      const double temperature = tiny.json.at("temperature");
      const auto outputs = tiny.learner->Evaluate(tiny.batch, temperature);
      for (const auto& [key, value] : expected.items()) {
        INFO(key);
        if (key == "logps") {
          CheckClose(outputs.logps, Ragged(value, tiny.batch), Bound(wide));
        } else if (key == "entropies") {
          CheckClose(outputs.entropies, Ragged(value, tiny.batch), Bound(wide));
        } else {
          const bool loss = key.ends_with("_loss");
          REQUIRE((loss || key.ends_with("_grads")));
          const Step0Key named = ParseStep0(key, loss ? "_loss" : "_grads");
          Problem problem(tiny, named.loss_type, named.beta);
          const auto result = problem.Accumulate();
          if (loss) CHECK(std::abs(result.loss - value.get<double>()) <= Bound(wide));
          if (!loss) CheckStep0Gradients(value, tiny, Bound(wide));
        }
      }
    }
  }
}

TEST_CASE("five AdamW steps follow the reference", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("tiny_model")) continue;
    const Json& section = file.at("tiny_model");
    const Json& optimizer = section.at("optimizer");
    REQUIRE(optimizer.at("name") == "AdamW");
    for (const auto& [type, run] : section.at("runs").items()) {
      INFO("run " << type);
      REQUIRE(PolicyLossPreset(type).has_value());
      RequireKnownKeys(run, {"log", "final_logps", "final_param_l2", "final_final_norm_weight",
                             "hf_fp32_deviation"});
      for (const bool wide : {true, false}) {
        INFO(path << ": " << type << (wide ? " fp64" : " fp32"));
        TinyModel tiny(section, Options(wide));
        Problem problem(tiny, type, section.at("beta"));
        AdamW adamw({optimizer.at("betas")[0], optimizer.at("betas")[1], optimizer.at("eps"),
                     optimizer.at("weight_decay")},
                    tiny.learner->parameters());
        const double max_norm = optimizer.at("max_grad_norm");
        for (const Json& step : run.at("log")) {
          const auto result = problem.Accumulate();
          const double norm = GradientNorm(tiny.learner->parameters());
          CHECK(std::abs(result.loss - step.at("loss").get<double>()) <= Bound(wide));
          CHECK(std::abs(norm - step.at("grad_norm_before_clip").get<double>()) <=
                Bound(wide) * 10);
          CHECK(std::abs(result.metrics.entropy - step.at("entropy").get<double>()) <= 1e-5);
          CHECK(std::abs(result.metrics.clip_low + result.metrics.clip_high -
                         step.at("clip_region_mean").get<double>()) <= 1e-6);
          CHECK(std::abs(result.metrics.kl - step.at("kl").get<double>()) <= Bound(wide));
          CHECK(std::abs(result.metrics.max_ratio_deviation -
                         step.at("max_abs_ratio_minus_1").get<double>()) <= Bound(wide) * 10);
          if (step.at("step") == 0) {
            CHECK(result.metrics.kl == 0.0);
            CHECK(result.metrics.max_ratio_deviation == 0.0);
            CHECK(result.metrics.clip_active == 0.0);
          }
          if (norm > max_norm) {
            ScaleGradients(tiny.learner->parameters(), max_norm / (norm + 1e-6));
          }
          adamw.Step(optimizer.at("lr"));
        }
        const auto final_logps = tiny.learner->Evaluate(tiny.batch, problem.temperature).logps;
        CheckClose(final_logps, Ragged(run.at("final_logps"), tiny.batch), Bound(wide) * 10);
        for (const ParameterView& view : tiny.learner->parameters()) {
          CHECK(std::abs(Norm(Values(view, false)) -
                         run.at("final_param_l2").at(view.name).get<double>()) <= Bound(wide));
        }
      }
    }
  }
}

TEST_CASE("the SFT loss and its gradient norms", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("tiny_model") || !file.at("tiny_model").contains("sft")) continue;
    INFO(path);
    const Json& expected = file.at("tiny_model").at("sft");
    RequireKnownKeys(expected, {"what", "loss", "grad_norm", "grad_norm_per_tensor"});
    TinyModel tiny(file.at("tiny_model"), Options(true));
    double loss = 0;
    tiny.learner->Accumulate(tiny.batch, 1, [&](const TokenOutputs& outputs) {
      const auto n = static_cast<double>(outputs.logps.size());
      for (const double logp : outputs.logps) loss -= logp / n;
      return TokenGradients{std::vector<double>(outputs.logps.size(), -1 / n), {}, {}, {}};
    });
    CHECK(std::abs(loss - expected.at("loss").get<double>()) <= 1e-9);
    CHECK(std::abs(GradientNorm(tiny.learner->parameters()) -
                   expected.at("grad_norm").get<double>()) <= 1e-9);
    for (const ParameterView& view : tiny.learner->parameters()) {
      CHECK(std::abs(Norm(Values(view, true)) -
                     expected.at("grad_norm_per_tensor").at(view.name).get<double>()) <= 1e-9);
    }
  }
}

TEST_CASE("finite differences agree with the gradient of loss, KL, entropy and values",
          "[trainer]") {
  LearnerOptions options = Options(true);
  options.value_head = true;
  TinyModel tiny(OwnTinyModel(), options);
  Problem problem(tiny, "gspo", 0.04);
  problem.config.entropy_bonus = 0.01;
  problem.config.eps_low = problem.config.eps_high = 0.2;
  for (double& old : problem.old) old += 0.05;  // off the point where the ratio is 1
  const auto total = [&](const TokenOutputs& outputs, TokenGradients* gradients) {
    const auto result = problem.LossOf(outputs);
    double loss = result.loss;
    std::vector<double> by_value;
    for (const double value : outputs.values) {
      loss += 0.5 * (value - 1) * (value - 1);
      by_value.push_back(value - 1);
    }
    if (gradients != nullptr) *gradients = {result.grad_logps, result.grad_entropies, by_value, {}};
    return loss;
  };
  tiny.learner->Accumulate(tiny.batch, 0.9, [&](const TokenOutputs& outputs) {
    TokenGradients gradients;
    total(outputs, &gradients);
    return gradients;
  });
  Rng rng(Key("finite differences", 1));
  for (int i = 0; i < 50; ++i) {
    const ParameterView& view = rng.Pick(tiny.learner->parameters());
    const auto at = static_cast<std::size_t>(rng.Int(0, view.size() - 1));
    const double kept = view.doubles()[at];
    const double h = 1e-5;
    view.doubles()[at] = kept + h;
    const double above = total(tiny.learner->Evaluate(tiny.batch, 0.9), nullptr);
    view.doubles()[at] = kept - h;
    const double below = total(tiny.learner->Evaluate(tiny.batch, 0.9), nullptr);
    view.doubles()[at] = kept;
    const double slope = (above - below) / (2 * h);
    INFO(view.name << "[" << at << "]");
    CHECK(view.double_gradient()[at] == Approx(slope).epsilon(1e-6).margin(1e-8));
  }
}

// Two models of the same vocabulary: the second has other weights.
std::unique_ptr<Learner> TinyTeacher(std::int64_t head_chunk) {
  LearnerOptions options;
  options.double_precision = true;
  options.frozen = true;
  options.head_chunk = head_chunk;
  auto teacher =
      Learner::Random(TinyConfig(OwnTinyModel().at("config")), options, Key("teacher", 1));
  REQUIRE(teacher.has_value());
  for (const ParameterView& view : (*teacher)->parameters()) {
    for (double& weight : view.doubles()) weight *= view.is_vector ? 1 : 20;
  }
  return std::move(*teacher);
}

TEST_CASE("the divergence from a teacher: its value, its slope, none from oneself", "[trainer]") {
  LearnerOptions options;
  options.double_precision = true;
  options.head_chunk = 3;  // several chunks, the last one short
  TinyModel tiny(OwnTinyModel(), options);
  const auto teacher = TinyTeacher(2);
  const auto divergence = [&](Learner* from) {
    std::vector<double> kl;
    tiny.learner->Accumulate(
        tiny.batch, 0.9,
        [&](const TokenOutputs& outputs) {
          kl = outputs.teacher_kl;
          return TokenGradients();
        },
        from);
    return kl;
  };
  CHECK(divergence(nullptr).empty());
  for (const double kl : divergence(tiny.learner.get())) CHECK(kl == 0);
  const auto apart = divergence(teacher.get());
  REQUIRE(apart.size() == tiny.batch.sources.size());
  for (const double kl : apart) CHECK(kl > 0);

  tiny.learner->ZeroGradients();
  tiny.learner->Accumulate(
      tiny.batch, 0.9,
      [&](const TokenOutputs& outputs) {
        TokenGradients gradients;
        for (std::size_t i = 0; i < outputs.logps.size(); ++i) {
          gradients.teacher_kl.push_back(1 + 0.1 * static_cast<double>(i));
        }
        return gradients;
      },
      teacher.get());
  const auto total = [&] {
    const auto kl = divergence(teacher.get());
    double sum = 0;
    for (std::size_t i = 0; i < kl.size(); ++i) sum += kl[i] * (1 + 0.1 * static_cast<double>(i));
    return sum;
  };
  Rng rng(Key("finite differences", 2));
  for (int i = 0; i < 30; ++i) {
    const ParameterView& view = rng.Pick(tiny.learner->parameters());
    const auto at = static_cast<std::size_t>(rng.Int(0, view.size() - 1));
    const double kept = view.doubles()[at];
    const double h = 1e-5;
    view.doubles()[at] = kept + h;
    const double above = total();
    view.doubles()[at] = kept - h;
    const double below = total();
    view.doubles()[at] = kept;
    INFO(view.name << "[" << at << "]");
    CHECK(view.double_gradient()[at] ==
          Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-8));
  }
}

std::vector<double> AllGradients(const Learner& learner) {
  std::vector<double> all;
  for (const ParameterView& view : learner.parameters()) {
    const auto own = Values(view, true);
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

TEST_CASE("packing, shared prompts, chunks and recomputation change nothing", "[trainer]") {
  const Json json = OwnTinyModel();
  TinyModel base(json);
  const auto logps = Problem(base, "dapo", 0).old;
  Problem(base, "dapo", 0).Accumulate();
  const auto gradients = AllGradients(*base.learner);

  SECTION("each response packed alone with its own prompt") {
    std::vector<double> alone;
    for (const PromptGroup& group : base.groups) {
      for (const auto& response : group.responses) {
        const std::vector<PromptGroup> one = {{group.prompt, {response}}};
        const auto own = base.learner->Evaluate(Pack(one), json.at("temperature")).logps;
        alone.insert(alone.end(), own.begin(), own.end());
      }
    }
    CheckClose(alone, logps, 1e-5);
  }
  SECTION("layers computed again: bitwise equal") {
    LearnerOptions options;
    options.recompute_layers = true;
    TinyModel other(json, options);
    Problem(other, "dapo", 0).Accumulate();
    CHECK(AllGradients(*other.learner) == gradients);
  }
  SECTION("chunks of the head, plain attention") {
    for (const std::int64_t chunk : {1, 7}) {
      LearnerOptions options;
      options.head_chunk = chunk;
      options.plain = chunk == 7;
      TinyModel other(json, options);
      Problem problem(other, "dapo", 0);
      CheckClose(problem.old, logps, 1e-5);
      problem.Accumulate();
      CheckClose(AllGradients(*other.learner), gradients, 1e-5);
    }
  }
}

TEST_CASE("adapters start as the model, train alone and merge into the weights", "[trainer]") {
  const Json json = OwnTinyModel();
  TinyModel base(json);
  LearnerOptions options;
  options.lora.rank = 4;
  options.recompute_layers = true;
  TinyModel adapted(json, options);
  Problem problem(adapted, "dapo", 0);
  CHECK(problem.old == Problem(base, "dapo", 0).old);
  AdamW adamw({}, adapted.learner->parameters());
  for (int step = 0; step < 3; ++step) {
    problem.Accumulate();
    adamw.Step(1e-2);
  }
  for (const ParameterView& view : adapted.learner->parameters()) {
    CHECK(view.trainable == view.name.starts_with("lora."));
  }
  adapted.learner->Merge();
  auto merged =
      Learner::FromWeights(adapted.learner->config(), adapted.learner->weights(), {}, Key("t", 1));
  REQUIRE(merged.has_value());
  const auto after = adapted.learner->Evaluate(adapted.batch, 1).logps;
  CHECK(after != Problem(base, "dapo", 0).old);
  CheckClose((*merged)->Evaluate(adapted.batch, 1).logps, after, 1e-5);
}

TEST_CASE("a model that only the sampler can compute is refused by its architecture") {
  ModelConfig config;
  config.architecture = "gemma2";
  config.output_norms = true;
  const auto learner = Learner::Random(config, {}, Key("weights", 1));
  REQUIRE_FALSE(learner);
  CHECK(learner.error().message.find("gemma2 can be sampled from but not trained") !=
        std::string::npos);
}

}  // namespace
}  // namespace assay
