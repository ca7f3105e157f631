// The published recipes as options of PolicyLossConfig.
#include <algorithm>
#include <array>
#include <utility>

#include "trainer/loss/policy_loss.h"

namespace assay {
namespace {

PolicyLossConfig Clip(Aggregation aggregation, double eps_high = 0.2) {
  PolicyLossConfig config;
  config.aggregation = aggregation;
  config.eps_high = eps_high;
  return config;
}

PolicyLossConfig Gspo() {
  PolicyLossConfig config = Clip(Aggregation::kSequenceMean);
  config.level = RatioLevel::kSequence;
  config.eps_low = 3e-4;
  config.eps_high = 4e-4;
  return config;
}

PolicyLossConfig GspoToken() {
  PolicyLossConfig config = Gspo();
  config.level = RatioLevel::kSequenceToken;
  return config;
}

PolicyLossConfig Luspo() {
  PolicyLossConfig config = Clip(Aggregation::kSequenceSum);
  config.level = RatioLevel::kSequence;
  return config;
}

PolicyLossConfig Term(PolicyTerm term, Aggregation aggregation, double eps_high) {
  PolicyLossConfig config = Clip(aggregation, eps_high);
  config.term = term;
  return config;
}

using Preset = std::pair<std::string_view, PolicyLossConfig>;
const auto& Table() {
  static const std::array<Preset, 14> table = {{
      {"grpo", Clip(Aggregation::kSequenceMean)},
      {"dr_grpo", Clip(Aggregation::kConstant)},
      {"dapo", Clip(Aggregation::kTokenMean, 0.28)},
      {"bnpo", Clip(Aggregation::kTokenMean)},
      {"gspo", Gspo()},
      {"gspo_token", GspoToken()},
      {"gpg", Term(PolicyTerm::kPlain, Aggregation::kTokenMean, 0.2)},
      {"cispo", Term(PolicyTerm::kCispo, Aggregation::kTokenMean, 5.0)},
      {"sapo", Term(PolicyTerm::kSapo, Aggregation::kSequenceMean, 0.2)},
      {"vespo", Term(PolicyTerm::kVespo, Aggregation::kTokenMean, 0.2)},
      {"luspo", Luspo()},
      {"rloo", Clip(Aggregation::kSequenceMean)},
      {"reinforce++", Clip(Aggregation::kTokenMean)},
      {"ppo", Clip(Aggregation::kTokenMean)},
  }};
  return table;
}

}  // namespace

std::optional<PolicyLossConfig> PolicyLossPreset(std::string_view name) {
  for (const auto& [known, config] : Table()) {
    if (known == name) return config;
  }
  return std::nullopt;
}

std::vector<std::string_view> PolicyLossPresets() {
  std::vector<std::string_view> names;
  for (const auto& preset : Table()) names.push_back(preset.first);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace assay
