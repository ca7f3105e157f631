// Advantages, KL estimators, value loss and overlong reward against TRL's and verl's values.
#include <numeric>

#include "tests/trainer/reference_file.h"
#include "trainer/loss/advantage.h"
#include "trainer/loss/kl.h"
#include "trainer/loss/shaping.h"

namespace assay {
namespace {

std::vector<Reward> RewardRow(const Json& row) {
  std::vector<Reward> rewards;
  for (const Json& value : row) {
    rewards.push_back(value.is_null() ? Reward() : Reward(value.get<double>()));
  }
  return rewards;
}

TEST_CASE("group advantages equal TRL's", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    for (const Json& item : file.value("advantages", Json::array())) {
      INFO(path << ": " << item.at("name"));
      RequireKnownKeys(item, {"name", "rewards_per_func", "weights", "scale_rewards", "aggregation",
                              "rewards", "advantages", "frac_reward_zero_std"});
      AdvantageConfig config;
      REQUIRE(ParseAdvantageScale(item.at("scale_rewards").get<std::string>()).has_value());
      config.scale = ParseAdvantageScale(item.at("scale_rewards").get<std::string>()).value();
      const std::string aggregation = item.at("aggregation");
      REQUIRE((aggregation == "sum_then_normalize" || aggregation == "normalize_then_sum"));
      config.normalize_then_sum = aggregation == "normalize_then_sum";
      std::vector<std::vector<Reward>> components;
      for (const Json& row : item.at("rewards_per_func")) components.push_back(RewardRow(row));
      const auto weights = item.at("weights").get<std::vector<double>>();
      const auto result =
          AdvantagesOf(components, weights, file.at("inputs").at("G").get<std::size_t>(), config);
      // TRL's standard deviation passes through single precision: hence not 1e-9.
      CheckClose(result.advantages, item.at("advantages").get<std::vector<double>>(), 1e-6);
      CHECK(result.zero_std_share == Approx(item.at("frac_reward_zero_std").get<double>()));
      const auto expected = RewardRow(item.at("rewards"));
      for (std::size_t i = 0; i < expected.size(); ++i) {
        REQUIRE(result.rewards[i].has_value() == expected[i].has_value());
        if (expected[i]) CHECK(*result.rewards[i] == Approx(*expected[i]).margin(1e-9));
      }
    }
  }
}

std::vector<double> Masked(std::vector<double> values, const std::vector<std::uint8_t>& mask) {
  for (std::size_t t = 0; t < values.size(); ++t) values[t] *= mask[t];
  return values;
}

std::vector<double> Spread(const std::vector<double>& per_row, const PaddedRows& rows) {
  std::vector<double> values(rows.mask.size(), 0);
  for (std::size_t row = 0; row < per_row.size(); ++row) {
    for (std::size_t t = rows.offsets[row]; t < rows.offsets[row + 1]; ++t) {
      values[t] = per_row[row];
    }
  }
  return Masked(values, rows.mask);
}

std::vector<double> VerlAdvantages(const std::string& name, const std::vector<Reward>& outcomes,
                                   const std::vector<double>& token_rewards, std::size_t group,
                                   const PaddedRows& rows) {
  const TokenRows tokens{rows.offsets, rows.mask};
  std::vector<std::vector<Reward>> components;
  for (const Reward& reward : outcomes) components.push_back({reward});
  const std::vector<double> weight = {1};
  if (name.starts_with("grpo_eps")) {
    const double eps = std::stod(name.substr(std::string("grpo_eps").size()));
    return Spread(
        AdvantagesOf(components, weight, group, {AdvantageScale::kGroup, 1, eps, false}).advantages,
        rows);
  }
  if (name == "grpo_no_std" || name == "dr_grpo") {
    return Spread(
        AdvantagesOf(components, weight, group, {AdvantageScale::kNone, 1, 1e-6, false}).advantages,
        rows);
  }
  if (name == "rloo") return Spread(LeaveOneOutAdvantages(outcomes, group), rows);
  if (name == "reinforce_plus_plus_baseline") {
    const auto centred =
        AdvantagesOf(components, weight, group, {AdvantageScale::kNone, 1, 0, false}).advantages;
    return Whiten(tokens, Spread(centred, rows));
  }
  const std::string reinforce = "reinforce_plus_plus_gamma";
  INFO("unknown advantage variant " << name);
  REQUIRE(name.starts_with(reinforce));
  const double gamma = std::stod(name.substr(reinforce.size()));
  return Whiten(tokens, DiscountedReturns(tokens, token_rewards, gamma));
}

TEST_CASE("token-level advantages equal verl's", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("verl")) continue;
    const Json& section = file.at("verl").at("advantages_token_level");
    const Json& inputs = file.at("inputs");
    const PaddedRows rows(inputs.at("mask"));
    const TokenRows tokens{rows.offsets, rows.mask};
    const auto token_rewards = Flat<double>(section.at("token_rewards"));
    const auto outcomes = RewardRow(inputs.at("rewards_correct"));
    const auto values = Flat<double>(inputs.at("values_old"));
    for (const auto& [name, expected] : section.items()) {
      if (name == "token_rewards") continue;
      INFO(path << ": " << name);
      double gamma = 0;
      double lambda = 0;
      if (std::sscanf(name.c_str(), "gae_gamma%lf_lam%lf", &gamma, &lambda) == 2) {
        const Gae gae = GaeOf(tokens, token_rewards, values, gamma, lambda);
        CheckClose(gae.returns, Flat<double>(expected.at("returns")), 1e-9);
        CheckClose(Whiten(tokens, gae.advantages), Flat<double>(expected.at("advantages_whitened")),
                   1e-9);
        continue;
      }
      const auto found =
          VerlAdvantages(name, outcomes, token_rewards, inputs.at("G").get<std::size_t>(), rows);
      CheckClose(found, Flat<double>(expected), 1e-9);
    }
  }
}

TEST_CASE("KL estimators equal verl's in value and gradient", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("verl")) continue;
    const Json& inputs = file.at("inputs");
    const PaddedRows rows(inputs.at("mask"));
    const auto logps = Flat<double>(inputs.at("logps"));
    const auto reference = Flat<double>(inputs.at("ref_logps"));
    const double tokens = std::accumulate(rows.mask.begin(), rows.mask.end(), 0.0);
    for (const auto& [name, expected] : file.at("verl").at("kl_estimators").items()) {
      INFO(path << ": " << name);
      const auto estimator = ParseKlEstimator(name);
      REQUIRE(estimator.has_value());
      std::vector<double> values(logps.size(), 0);
      std::vector<double> gradient(logps.size(), 0);
      double mean = 0;
      for (std::size_t t = 0; t < logps.size(); ++t) {
        if (rows.mask[t] == 0) continue;
        const KlTerm term = Kl(*estimator, logps[t], reference[t]);
        values[t] = term.value;
        gradient[t] = term.gradient / tokens;
        mean += term.value / tokens;
      }
      CHECK(mean == Approx(expected.at("token_mean").get<double>()).margin(1e-9).epsilon(0));
      CheckClose(values, Masked(Flat<double>(expected.at("per_token")), rows.mask), 1e-9);
      CheckClose(gradient, Flat<double>(expected.at("grad_of_token_mean")), 1e-9);
    }
  }
}

// verl's value loss under any of its three aggregations; each row is summed with the divisor that
// the aggregation gives it.
ValueLossResult VerlValueLoss(const std::string& aggregation, double eps, const PaddedRows& rows,
                              const Json& inputs, const std::vector<double>& returns) {
  const auto values = Flat<double>(inputs.at("values_new"));
  const auto old_values = Flat<double>(inputs.at("values_old"));
  const double tokens = std::accumulate(rows.mask.begin(), rows.mask.end(), 0.0);
  const auto count = static_cast<double>(rows.offsets.size() - 1);
  ValueLossResult total =
      ValueLoss({rows.offsets, rows.mask}, values, old_values, returns, eps, tokens);
  if (aggregation == "token_mean") return total;
  INFO("unknown aggregation " << aggregation);
  REQUIRE((aggregation == "seq_mean_token_sum" || aggregation == "seq_mean_token_mean"));
  total.loss = 0;
  for (std::size_t row = 0; row + 1 < rows.offsets.size(); ++row) {
    const std::size_t begin = rows.offsets[row], n = rows.offsets[row + 1] - begin;
    const std::span<const std::uint8_t> mask = std::span(rows.mask).subspan(begin, n);
    const double own = std::accumulate(mask.begin(), mask.end(), 0.0);
    const std::vector<std::size_t> offsets = {0, n};
    const auto result =
        ValueLoss({offsets, mask}, std::span(values).subspan(begin, n),
                  std::span(old_values).subspan(begin, n), std::span(returns).subspan(begin, n),
                  eps, aggregation == "seq_mean_token_sum" ? count : count * own);
    total.loss += result.loss;
    std::copy(result.gradient.begin(), result.gradient.end(),
              total.gradient.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return total;
}

TEST_CASE("the clipped value loss equals verl's", "[trainer][reference]") {
  const std::string start = "value_loss_clip";
  for (const auto& [path, file] : ReferenceFiles()) {
    const Json verl = file.value("verl", Json::object());
    for (const auto& [name, expected] : verl.items()) {
      if (!name.starts_with(start)) continue;
      INFO(path << ": " << name);
      RequireKnownKeys(expected, {"loss", "clipfrac", "grad"});
      std::size_t used = 0;
      const double eps = std::stod(name.substr(start.size()), &used);
      const std::string aggregation = name.substr(start.size() + used + 1);
      const PaddedRows rows(file.at("inputs").at("mask"));
      const auto returns =
          Flat<double>(verl.at("advantages_token_level").at("gae_gamma1_lam0.95").at("returns"));
      const auto result = VerlValueLoss(aggregation, eps, rows, file.at("inputs"), returns);
      CHECK(result.loss == Approx(expected.at("loss").get<double>()).margin(1e-9).epsilon(0));
      CHECK(result.clip_share == Approx(expected.at("clipfrac").get<double>()).margin(1e-6));
      CheckClose(result.gradient, Flat<double>(expected.at("grad")), 1e-9);
    }
  }
}

TEST_CASE("the overlong reward is DAPO's", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("overlong_reward")) continue;
    INFO(path);
    const Json& item = file.at("overlong_reward");
    for (std::size_t i = 0; i < item.at("lengths").size(); ++i) {
      CHECK(OverlongPenalty(item.at("lengths")[i], item.at("max_completion_len"),
                            item.at("cache")) == item.at("reward")[i].get<double>());
    }
  }
}

}  // namespace
}  // namespace assay
