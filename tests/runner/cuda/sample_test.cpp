// Draws on the device against Sampler.
#include "runner/model/cuda/kernels/sample.h"

#include <limits>

#include "runner/model/decode/sampler.h"
#include "tests/runner/cuda/device_case.h"

namespace assay::cuda {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The same draws on the device and by the CPU's sampler.
void Compare(DeviceCase& device, const std::vector<float>& logits, const Sampling& sampling,
             int draws) {
  const auto d_logits = device.Put(logits);
  const auto n = static_cast<std::int64_t>(logits.size());
  std::vector<DrawRow> rows;
  for (int i = 0; i < draws; ++i) {
    DrawRow row;
    row.logits = d_logits.data();
    row.uniform = i == 0 ? 0.0 : i == 1 ? 1 - 1e-16 : device.rng().Uniform();
    row.greedy = sampling.temperature <= 0 ? 1 : 0;
    row.inverse_temperature = row.greedy != 0 ? 1.0F : static_cast<float>(1 / sampling.temperature);
    row.top_k = sampling.top_k;
    row.top_p = sampling.top_p;
    row.min_p = static_cast<float>(sampling.min_p);
    rows.push_back(row);
  }
  const auto d_rows = device.Put(rows);
  const auto drawn = device.Room<DrawnToken>(rows.size());
  const auto room = device.Room<double>(DrawRoomBytes(draws, n) / sizeof(double) + 1);
  DrawTokens(device.handle(), d_rows.data(), draws, n, room.data(), drawn.data());
  const auto tokens = device.Get(drawn);
  Sampler sampler;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto expected = sampler.Pick(logits.data(), n, sampling, rows[i].uniform);
    REQUIRE(tokens[i].id == (expected ? expected->id : -1));
    if (expected) REQUIRE(std::fabs(tokens[i].logprob - expected->logprob) <= 1e-6F);
  }
}

std::vector<Sampling> Samplings() {
  std::vector<Sampling> all(9);
  all[0].temperature = 0;
  all[1].temperature = 0.7;
  all[2].top_k = 5;
  all[3].top_p = 0.9;
  all[4].min_p = 0.05;
  all[5].top_k = 40;
  all[5].top_p = 0.5;
  all[6].top_k = 7;
  all[6].top_p = 0.95;
  all[6].min_p = 0.1;
  all[6].temperature = 1.5;
  all[7].top_p = 0;  // the likeliest alone
  all[8].top_k = 1;
  return all;
}

TEST_CASE("the device draws what the CPU's sampler draws") {
  DeviceCase device;
  for (const std::int64_t n : {1, 15, 512, 1100}) {
    const auto logits = device.Random(n, 3);
    for (const Sampling& sampling : Samplings()) Compare(device, logits, sampling, 4);
  }
}

TEST_CASE("large vocabularies: many chunks, cuts that take several passes") {
  DeviceCase device;
  constexpr std::int64_t kVocabulary = 3 * 4096 + 700;
  // Far apart, close together, and all but a few equal: more ties than one pass can gather.
  for (const double scale : {5.0, 0.01}) {
    const auto logits = device.Random(kVocabulary, scale);
    for (const Sampling& sampling : Samplings()) Compare(device, logits, sampling, 3);
  }
  std::vector<float> flat(kVocabulary, 1.0F);
  flat[9000] = flat[4096] = 3.0F;
  for (const Sampling& sampling : Samplings()) Compare(device, flat, sampling, 3);
}

TEST_CASE("equal logits are kept and drawn by ascending ids") {
  DeviceCase device;
  std::vector<float> logits = device.Random(600, 1);
  for (float& x : logits) x = std::round(2 * x);  // many ties at every border
  for (const Sampling& sampling : Samplings()) Compare(device, logits, sampling, 6);
  const std::vector<float> flat(600, 1.0F);
  for (const Sampling& sampling : Samplings()) Compare(device, flat, sampling, 3);
}

TEST_CASE("logits that are not finite give no token, minus infinity is never drawn") {
  DeviceCase device;
  for (const Sampling& sampling : Samplings()) {
    auto logits = device.Random(60, 2);
    for (std::size_t i = 0; i < logits.size(); i += 2) logits[i] = -kInfinity;
    Compare(device, logits, sampling, 4);
    logits[59] = std::nanf("");
    Compare(device, logits, sampling, 2);
    logits[59] = kInfinity;
    Compare(device, logits, sampling, 2);
    Compare(device, std::vector<float>(40, -kInfinity), sampling, 2);
  }
}

}  // namespace
}  // namespace assay::cuda
