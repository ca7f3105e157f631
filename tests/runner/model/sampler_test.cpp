// The sampler: distribution, cuts, refusal of NaN; stop strings.
#include "runner/model/decode/sampler.h"

#include <cmath>
#include <limits>

#include "base/rng.h"
#include "runner/model/decode/text_stop.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

std::vector<float> Logits(std::size_t n) {
  Rng rng(Key("logits", 1));
  std::vector<float> logits(n);
  for (float& x : logits) x = static_cast<float>(4 * rng.Uniform());
  return logits;
}

std::vector<double> Probabilities(const std::vector<float>& logits, double temperature) {
  std::vector<double> p;
  double sum = 0;
  for (const float x : logits) {
    p.push_back(std::exp(static_cast<double>(x) / temperature));
    sum += p.back();
  }
  for (double& x : p) x /= sum;
  return p;
}

std::vector<double> Frequencies(const std::vector<float>& logits, const Sampling& sampling,
                                int draws) {
  Sampler sampler;
  std::vector<double> counts(logits.size());
  const Key key("draw", 3);
  for (int i = 0; i < draws; ++i) {
    const auto draw = sampler.Pick(logits.data(), static_cast<std::int64_t>(logits.size()),
                                   sampling, key.Uniform(static_cast<std::uint64_t>(i)));
    REQUIRE(draw);
    ++counts[static_cast<std::size_t>(draw->id)];
  }
  return counts;
}

TEST_CASE("draws follow the softmax: chi-square") {
  const auto logits = Logits(1300);  // three blocks of sums
  for (const double temperature : {1.0, 0.5}) {
    Sampling sampling;
    sampling.temperature = temperature;
    const int draws = 300000;
    const auto counts = Frequencies(logits, sampling, draws);
    const auto p = Probabilities(logits, temperature);
    double chi = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double expected = p[i] * draws;
      chi += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    // 1299 degrees of freedom: mean 1299, standard deviation 51.
    CHECK(chi > 1299 - 5 * 51);
    CHECK(chi < 1299 + 5 * 51);
  }
}

TEST_CASE("the log-probability is that of the uncut distribution") {
  const auto logits = Logits(100);
  const auto p = Probabilities(logits, 0.7);
  Sampling sampling;
  sampling.temperature = 0.7;
  sampling.top_k = 5;
  Sampler sampler;
  const auto draw = sampler.Pick(logits.data(), 100, sampling, 0.4);
  REQUIRE(draw);
  CHECK(static_cast<double>(draw->logprob) ==
        Approx(std::log(p[static_cast<std::size_t>(draw->id)])).margin(1e-5));
}

TEST_CASE("cuts keep exactly the tokens they promise") {
  const auto logits = Logits(60);
  const auto p = Probabilities(logits, 1);
  std::vector<std::size_t> order(p.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return p[a] > p[b]; });
  const auto drawn = [&](const Sampling& sampling) {
    const auto counts = Frequencies(logits, sampling, 20000);
    return static_cast<std::size_t>(
        std::count_if(counts.begin(), counts.end(), [](double c) { return c > 0; }));
  };
  Sampling sampling;
  sampling.top_k = 7;
  CHECK(drawn(sampling) == 7);
  sampling.top_k = 0;
  sampling.top_p = p[order[0]] + p[order[1]] + 0.5 * p[order[2]];
  CHECK(drawn(sampling) == 3);
  sampling.top_p = 1e-9;
  CHECK(drawn(sampling) == 1);
  sampling.top_p = 1;
  sampling.min_p = 0.5 * (p[order[4]] + p[order[5]]) / p[order[0]];
  CHECK(drawn(sampling) == 5);
  // top-p is taken of what top-k left.
  sampling.min_p = 0;
  sampling.top_k = 2;
  sampling.top_p = 0.99;
  CHECK(drawn(sampling) == 2);
  Sampler sampler;
  sampling = {};
  sampling.temperature = 0;
  CHECK(sampler.Pick(logits.data(), 60, sampling, 0.9)->id == static_cast<TokenId>(order[0]));
}

TEST_CASE("the ends of the unit interval draw a token that can be drawn") {
  std::vector<float> logits(40, -std::numeric_limits<float>::infinity());
  logits[17] = 1;
  Sampler sampler;
  for (const double uniform : {0.0, 0.5, std::nextafter(1.0, 0.0)}) {
    CHECK(sampler.Pick(logits.data(), 40, {}, uniform)->id == 17);
  }
}

TEST_CASE("a logit that is NaN or infinite is refused, wherever it stands") {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    for (const std::size_t place : {0, 15, 16, 600, 999}) {
      auto logits = Logits(1000);
      logits[place] = bad;
      Sampler sampler;
      Sampling greedy;
      greedy.temperature = 0;
      CHECK(!sampler.Pick(logits.data(), 1000, {}, 0.5));
      CHECK(!sampler.Pick(logits.data(), 1000, greedy, 0.5));
    }
  }
}

TEST_CASE("stop strings are found across token borders") {
  TextStop text({"\n\n", "END", ""});
  CHECK(!text.Add("one\n"));
  CHECK(!text.Add("two E"));
  CHECK(!text.Add("N"));
  CHECK(text.Add("D\n\n"));
  CHECK(text.text() == "one\ntwo ");
  CHECK(text.stopped_by() == "END");
  TextStop longest({"a", "ab"});
  CHECK(longest.Add("xab"));
  CHECK(longest.text() == "x");
  CHECK(longest.stopped_by() == "ab");
  TextStop none({});
  CHECK(!none.Add("anything"));
}

}  // namespace
}  // namespace assay
