// The head alone: log-probabilities, entropies and gradients by logit, from the logits of a file.
#include "tests/trainer/reference_file.h"
#include "trainer/model/head_logits.h"

namespace assay {
namespace {

template <class Real>
void CheckHead(const Json& section, const Json& item, const Json& mask, double tolerance) {
  RequireKnownKeys(item, {"temperature", "logps", "entropies", "grad_logits_of_mean_nll"});
  const auto vocabulary = static_cast<std::int64_t>(section.at("logits")[0][0].size());
  std::vector<double> logits;
  for (const Json& row : section.at("logits")) {
    const auto flat = Flat<double>(row);
    logits.insert(logits.end(), flat.begin(), flat.end());
  }
  const auto predicted = Flat<std::int64_t>(section.at("token_ids"));
  std::vector<double> gradient;
  for (const Json& row : item.at("grad_logits_of_mean_nll")) {
    const auto flat = Flat<double>(row);
    gradient.insert(gradient.end(), flat.begin(), flat.end());
  }
  // The mean is over the tokens that count.
  std::vector<double> slopes = Flat<double>(mask);
  double tokens = 0;
  for (const double m : slopes) tokens += m;
  for (double& slope : slopes) slope /= -tokens;
  for (const std::int64_t chunk : {std::int64_t{1}, std::int64_t{7}, std::int64_t{1000}}) {
    const auto found =
        HeadOfLogits<Real>(logits, vocabulary, predicted, item.at("temperature"), chunk, slopes);
    CheckClose(found.logps, Flat<double>(item.at("logps")), tolerance);
    CheckClose(found.entropies, Flat<double>(item.at("entropies")), tolerance);
    CheckClose(found.logit_gradients, gradient, tolerance);
  }
}

TEST_CASE("log-probabilities, entropies and logit gradients", "[trainer][reference]") {
  for (const auto& [path, file] : ReferenceFiles()) {
    if (!file.contains("logprob")) continue;
    INFO(path);
    RequireKnownKeys(file.at("logprob"), {"logits", "token_ids", "cases"});
    for (const Json& item : file.at("logprob").at("cases")) {
      INFO("temperature " << item.at("temperature"));
      const Json& mask = file.at("inputs").at("mask");
      CheckHead<double>(file.at("logprob"), item, mask, 1e-9);
      CheckHead<float>(file.at("logprob"), item, mask, 2e-5);
    }
  }
}

}  // namespace
}  // namespace assay
