// Losses, gradients and clip shares against values that TRL and verl computed in double precision.
// A case that asks for something unknown here fails: nothing is passed over.
#include <cmath>
#include <set>

#include "tests/trainer/reference_file.h"
#include "trainer/loss/policy_loss.h"
#include "trainer/loss/sampler_correction.h"

namespace assay {
namespace {

// TRL keeps the temperatures of its soft gate in single precision.
double Single(double value) { return static_cast<double>(static_cast<float>(value)); }

PolicyLossConfig ConfigOf(Fields& fields, std::int64_t max_length) {
  const std::string type = fields.String("loss_type");
  const auto preset = PolicyLossPreset(type);
  INFO("loss_type " << type);
  REQUIRE(preset.has_value());
  PolicyLossConfig config = *preset;
  const double eps = fields.OptionalNumber("eps").value_or(0.2);
  config.eps_low = eps;
  config.eps_high = fields.OptionalNumber("eps_high").value_or(eps);
  config.max_length = max_length;
  config.beta = fields.OptionalNumber("beta").value_or(0);
  config.level = RatioLevel::kToken;
  if (const auto level = fields.OptionalString("level")) {
    const std::map<std::string, RatioLevel> levels = {
        {"token", RatioLevel::kToken},
        {"sequence", RatioLevel::kSequence},
        {"sequence_token", RatioLevel::kSequenceToken}};
    INFO("level " << *level);
    REQUIRE(levels.count(*level) == 1);
    config.level = levels.at(*level);
  }
  config.entropy_bonus = fields.OptionalNumber("entropy_coef").value_or(0);
  config.delta = fields.OptionalNumber("delta");
  config.kl_times_ratio = fields.OptionalBool("bias_kl").value_or(false);
  config.off_policy_threshold = fields.OptionalNumber("opsm");
  config.sapo_temperature_positive = Single(
      fields.OptionalNumber("sapo_temperature_pos").value_or(config.sapo_temperature_positive));
  config.sapo_temperature_negative = Single(
      fields.OptionalNumber("sapo_temperature_neg").value_or(config.sapo_temperature_negative));
  config.vespo_k_positive = fields.OptionalNumber("vespo_k_pos").value_or(2);
  config.vespo_lambda_positive = fields.OptionalNumber("vespo_lambda_pos").value_or(3);
  config.vespo_k_negative = fields.OptionalNumber("vespo_k_neg").value_or(3);
  config.vespo_lambda_negative = fields.OptionalNumber("vespo_lambda_neg").value_or(2);
  return config;
}

template <class Real>
std::vector<Real> PerToken(const Json& per_row, const std::vector<std::size_t>& offsets) {
  std::vector<Real> values(offsets.back());
  for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
    for (std::size_t t = offsets[row]; t < offsets[row + 1]; ++t) {
      values[t] = static_cast<Real>(per_row[row].get<double>());
    }
  }
  return values;
}

void CheckMetrics(const Json& expected, const PolicyLossMetrics& found) {
  const std::map<std::string, double> known = {
      {"entropy", found.entropy},
      {"kl", found.kl},
      {"clip_ratio/low_mean", found.clip_low},
      {"clip_ratio/high_mean", found.clip_high},
      {"clip_ratio/region_mean", found.clip_low + found.clip_high},
      {"clip_ratio/low_min", found.clip_low_min},
      {"clip_ratio/high_max", found.clip_high_max},
      {"cispo_clip_ratio", found.cispo_clip},
      {"vespo/phi_seq_mean", found.vespo_weight},
      {"actor/pg_clipfrac", found.clip_active},
      {"actor/ppo_kl", found.approximate_kl},
      {"actor/pg_clipfrac_lower", found.dual_clip_active}};
  for (const auto& [name, value] : expected.items()) {
    INFO("metric " << name);
    REQUIRE(known.count(name) == 1);
    CHECK(known.at(name) == Approx(value.get<double>()).margin(1e-5));
  }
}

template <class Real>
struct Inputs {
  explicit Inputs(const Json& json, const Json& mask)
      : rows(mask),
        logps(Flat<Real>(json.at("logps"))),
        old_logps(Flat<Real>(json.at("old_logps"))),
        reference_logps(Flat<Real>(json.at("ref_logps"))),
        sampler_logps(FlatOrNan<Real>(json.at("sampling_logps"))),
        entropies(Flat<Real>(json.at("entropies"))) {}
  PaddedRows rows;
  std::vector<Real> logps, old_logps, reference_logps, sampler_logps, entropies;
};

// Where the file gives the importance weights themselves: one a token, or one a row.
template <class Real>
void CheckWeights(const Json& expected, const std::vector<Real>& found, const PaddedRows& rows) {
  for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
    const Json& own = expected.at(row);
    for (std::size_t t = rows.offsets[row]; t < rows.offsets[row + 1]; ++t) {
      if (rows.mask[t] == 0) continue;
      const Json& value = !own.is_array()   ? own
                          : own.size() == 1 ? own[0]
                                            : own.at(t - rows.offsets[row]);
      CHECK(static_cast<double>(found[t]) ==
            Approx(value.get<double>()).margin(Tolerance<Real>()).epsilon(Tolerance<Real>()));
    }
  }
}

template <class Real>
void CheckLossCase(const Json& inputs_json, const Json& item) {
  RequireKnownKeys(item, {"name", "config", "advantages", "mask", "is_ratio", "loss", "grad_logps",
                          "grad_l2", "metrics"});
  const Json& mask = item.at("mask").is_null() ? inputs_json.at("mask") : item.at("mask");
  Inputs<Real> inputs(inputs_json, mask);
  Fields fields(item.at("config"), "config");
  PolicyLossConfig config = ConfigOf(fields, inputs_json.at("max_completion_length"));
  const std::string old_logps = fields.String("old_logps");
  const bool on_policy = old_logps.starts_with("detached");
  INFO("old_logps " << old_logps);
  REQUIRE((on_policy || old_logps == "inputs.old_logps"));
  const auto advantages = PerToken<Real>(item.at("advantages"), inputs.rows.offsets);

  PolicyBatch<Real> batch;
  batch.offsets = inputs.rows.offsets;
  batch.mask = inputs.rows.mask;
  batch.logps = inputs.logps;
  batch.old_logps = on_policy ? inputs.logps : inputs.old_logps;
  batch.advantages = advantages;
  batch.reference_logps = inputs.reference_logps;
  batch.entropies = inputs.entropies;
  if (const auto share = fields.OptionalNumber("ent_q")) {
    config.entropy_threshold = EntropyThreshold<Real>(batch.entropies, batch.mask, 1 - *share);
  }
  std::vector<Real> weights;
  const auto sampler = fields.OptionalString("sampling_logps");
  REQUIRE((!sampler || *sampler == "inputs.sampling_logps"));
  if (const auto mode = fields.OptionalString("is_mode")) {
    auto correction = ParseSamplerCorrection(*mode);
    REQUIRE(correction.has_value());
    correction->low = fields.OptionalNumber("is_clip_min");
    correction->high = fields.OptionalNumber("is_clip_max");
    weights = SamplerWeights<Real>(*correction, batch.offsets, batch.mask, batch.old_logps,
                                   inputs.sampler_logps);
    batch.sampler_correction = weights;
    if (!item.at("is_ratio").is_null()) {
      CheckWeights<Real>(item.at("is_ratio"), weights, inputs.rows);
    }
  }
  if (sampler) batch.sampler_logps = inputs.sampler_logps;
  const auto done = fields.Done();
  INFO((done ? std::string() : done.error().message));
  REQUIRE(done.has_value());

  StepTotals totals;
  totals.rows = static_cast<double>(inputs.rows.offsets.size() - 1);
  for (const auto m : inputs.rows.mask) totals.tokens += m;
  if (config.entropy_threshold) {
    totals.entropy_tokens = 0;
    for (std::size_t t = 0; t < batch.mask.size(); ++t) {
      const bool kept = static_cast<double>(batch.entropies[t]) >= *config.entropy_threshold;
      *totals.entropy_tokens += batch.mask[t] != 0 && kept ? 1 : 0;
    }
  }
  const auto result = PolicyLoss(config, batch, totals);
  CHECK(result.loss == Approx(item.at("loss").get<double>()).margin(Tolerance<Real>()).epsilon(0));
  CheckClose(result.grad_logps, Flat<double>(item.at("grad_logps")), Tolerance<Real>());
  double squares = 0;
  for (const Real g : result.grad_logps) squares += static_cast<double>(g) * static_cast<double>(g);
  CHECK(std::sqrt(squares) ==
        Approx(item.at("grad_l2").get<double>()).margin(Tolerance<Real>() * 10).epsilon(0));
  for (std::size_t t = 0; t < batch.mask.size(); ++t) {
    if (batch.mask[t] == 0) CHECK(result.grad_logps[t] == Real(0));
  }
  CheckMetrics(item.at("metrics"), result.metrics);
}

struct VerlAggregation {
  const char* name;
  Aggregation aggregation;
};
constexpr VerlAggregation kVerl[] = {{"token-mean", Aggregation::kTokenMean},
                                     {"seq-mean-token-sum", Aggregation::kSequenceSum},
                                     {"seq-mean-token-mean", Aggregation::kSequenceMean},
                                     {"seq-mean-token-sum-norm", Aggregation::kConstant}};

template <class Real>
void CheckVerlCase(const Json& inputs_json, const Json& advantage_case, const Json& item,
                   const PolicyLossConfig& config) {
  RequireKnownKeys(
      item, {"agg", "clip_low", "clip_high", "dual_clip_c", "loss", "grad_logps", "metrics"});
  Inputs<Real> inputs(inputs_json, inputs_json.at("mask"));
  const auto advantages = PerToken<Real>(advantage_case.at("advantages"), inputs.rows.offsets);
  PolicyBatch<Real> batch;
  batch.offsets = inputs.rows.offsets;
  batch.mask = inputs.rows.mask;
  batch.logps = inputs.logps;
  batch.old_logps = inputs.old_logps;
  batch.advantages = advantages;
  StepTotals totals;
  // verl's "sum-norm" divides the sum by the width alone.
  totals.rows = config.aggregation == Aggregation::kConstant
                    ? 1
                    : static_cast<double>(inputs.rows.offsets.size() - 1);
  for (const auto m : inputs.rows.mask) totals.tokens += m;
  const auto result = PolicyLoss(config, batch, totals);
  CHECK(result.loss == Approx(item.at("loss").get<double>()).margin(Tolerance<Real>()).epsilon(0));
  CheckClose(result.grad_logps, Flat<double>(item.at("grad_logps")), Tolerance<Real>());
  CheckMetrics(item.at("metrics"), result.metrics);
}

TEST_CASE("policy losses equal TRL's in double and single precision", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    INFO(path);
    for (const Json& item : file.value("loss", Json::array())) {
      INFO("case " << item.at("name"));
      CheckLossCase<double>(file.at("inputs"), item);
      CheckLossCase<float>(file.at("inputs"), item);
    }
  }
}

TEST_CASE("dual clip and GSPO equal verl's", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("verl")) continue;
    INFO(path);
    const Json& verl = file.at("verl");
    // These cases were computed with the group advantages of the TRL section.
    const Json& advantages = file.at("advantages").at(0);
    REQUIRE(advantages.at("name") == "group_std");
    for (const Json& item : verl.value("policy_loss_dual_clip", Json::array())) {
      PolicyLossConfig config = *PolicyLossPreset("dapo");
      const std::string name = item.at("agg");
      INFO("aggregation " << name);
      const auto* known = std::find_if(std::begin(kVerl), std::end(kVerl),
                                       [&](const auto& entry) { return entry.name == name; });
      REQUIRE(known != std::end(kVerl));
      config.aggregation = known->aggregation;
      config.max_length = file.at("inputs").at("T");
      config.eps_low = item.at("clip_low");
      config.eps_high = item.at("clip_high");
      if (!item.at("dual_clip_c").is_null()) {
        config.dual_clip = item.at("dual_clip_c").get<double>();
      }
      CheckVerlCase<double>(file.at("inputs"), advantages, item, config);
      CheckVerlCase<float>(file.at("inputs"), advantages, item, config);
    }
    if (verl.contains("gspo")) {
      CheckVerlCase<double>(file.at("inputs"), advantages, verl.at("gspo"),
                            *PolicyLossPreset("gspo"));
      CheckVerlCase<double>(file.at("inputs"), advantages, verl.at("gspo"),
                            *PolicyLossPreset("gspo_token"));
      CheckVerlCase<float>(file.at("inputs"), advantages, verl.at("gspo"),
                           *PolicyLossPreset("gspo"));
    }
  }
}

TEST_CASE("a reference file holds no section that is not looked at", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    INFO(path);
    RequireKnownKeys(file, {"schema", "produced_by", "tolerance", "conventions", "inputs",
                            "logprob", "advantages", "loss", "verl", "gradient_accumulation",
                            "overlong_reward", "cross_framework", "tiny_model", "note"});
    const Json verl = file.value("verl", Json::object());
    for (const auto& section : verl.items()) {
      if (section.key().starts_with("value_loss_clip")) continue;  // its test reads the rest
      RequireKnownKeys({{section.key(), 0}}, {"kl_estimators", "advantages_token_level",
                                              "policy_loss_dual_clip", "gspo", "note"});
    }
  }
}

TEST_CASE("a case of an unknown kind fails", "[trainer][reference]") {
  const Json config = {{"loss_type", "grpo"}, {"old_logps", "inputs.old_logps"}, {"new_knob", 1}};
  Fields fields(config, "config");
  ConfigOf(fields, 6);
  fields.String("old_logps");
  CHECK(!fields.Done().has_value());
  CHECK(!PolicyLossPreset("grpo2").has_value());
  CHECK(!ParseSamplerCorrection("row_truncate").has_value());
}

TEST_CASE("splitting a step into micro-batches changes only bnpo", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    INFO(path);
    for (const Json& item : file.value("gradient_accumulation", Json::array())) {
      RequireKnownKeys(item, {"loss_type", "rows_micro1", "rows_micro2", "sum_of_micro_losses",
                              "full_batch_loss", "equal", "max_grad_diff"});
      const std::string type = item.at("loss_type");
      INFO("loss_type " << type);
      REQUIRE(PolicyLossPreset(type).has_value());
      PolicyLossConfig config = *PolicyLossPreset(type);
      config.eps_high = 0.2;
      const Json& inputs = file.at("inputs");
      config.max_length = inputs.at("max_completion_length");
      const auto step_rows = static_cast<double>(inputs.at("mask").size());
      // The gradients in the place their rows have in the file.
      const std::size_t width = inputs.at("T");
      const auto loss_of = [&](const std::vector<std::size_t>& rows, bool whole,
                               std::vector<double>& gradients) {
        Json mask = Json::array();
        Json part;
        for (const char* key : {"logps", "old_logps", "ref_logps", "sampling_logps", "entropies"}) {
          part[key] = Json::array();
          for (const auto row : rows) part[key].push_back(inputs.at(key)[row]);
        }
        Json advantages = Json::array();
        const Json& all = file.at("advantages");
        const bool plain = type == "dr_grpo";
        const auto chosen = std::find_if(all.begin(), all.end(), [&](const Json& entry) {
          return entry.at("name") == (plain ? "no_std_dr_grpo" : "group_std");
        });
        REQUIRE(chosen != all.end());
        double step_tokens = 0;
        for (const Json& row : inputs.at("mask")) {
          for (const Json& m : row) step_tokens += m.get<double>();
        }
        double own_tokens = 0;
        for (const auto row : rows) {
          mask.push_back(inputs.at("mask")[row]);
          for (const Json& m : mask.back()) own_tokens += m.get<double>();
          advantages.push_back(chosen->at("advantages")[row]);
        }
        const Inputs<double> own(part, mask);
        const auto token_advantages = PerToken<double>(advantages, own.rows.offsets);
        PolicyBatch<double> batch;
        batch.offsets = own.rows.offsets;
        batch.mask = own.rows.mask;
        batch.logps = own.logps;
        batch.old_logps = own.old_logps;
        batch.advantages = token_advantages;
        // bnpo counts the micro-batch's own tokens and averages the micro-batches.
        const bool local = type == "bnpo";
        StepTotals totals{step_rows, local ? own_tokens * (whole ? 1 : 2) : step_tokens, {}};
        const auto result = PolicyLoss(config, batch, totals);
        for (std::size_t i = 0; i < rows.size() * width; ++i) {
          gradients[rows[i / width] * width + i % width] += result.grad_logps[i];
        }
        return result.loss;
      };
      std::vector<double> whole_gradients(inputs.at("mask").size() * width, 0);
      std::vector<double> split_gradients = whole_gradients;
      const auto first = item.at("rows_micro1").get<std::vector<std::size_t>>();
      const auto second = item.at("rows_micro2").get<std::vector<std::size_t>>();
      std::vector<std::size_t> all = first;
      all.insert(all.end(), second.begin(), second.end());
      CHECK(loss_of(all, true, whole_gradients) ==
            Approx(item.at("full_batch_loss").get<double>()).margin(1e-9).epsilon(0));
      CHECK(loss_of(first, false, split_gradients) + loss_of(second, false, split_gradients) ==
            Approx(item.at("sum_of_micro_losses").get<double>()).margin(1e-9).epsilon(0));
      double worst = 0;
      for (std::size_t i = 0; i < whole_gradients.size(); ++i) {
        worst = std::max(worst, std::abs(whole_gradients[i] - split_gradients[i]));
      }
      CHECK(worst == Approx(item.at("max_grad_diff").get<double>()).margin(1e-9).epsilon(0));
      CHECK((worst < 1e-9) == item.at("equal").get<bool>());
    }
  }
}

}  // namespace
}  // namespace assay
