// The gradients of attention in fp32, by products of matrices, against those in double precision,
// number by number.
#include "trainer/model/attention.h"

#include <cmath>

#include "base/rng.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Doubles = std::vector<double>;

Doubles Draw(Rng& rng, std::int64_t count) {
  Doubles values;
  // what fits a float, so that both sides see the same numbers
  for (std::int64_t i = 0; i < count; ++i) {
    values.push_back(static_cast<double>(static_cast<float>(2 * rng.Uniform() - 1)));
  }
  return values;
}

std::vector<float> AsFloats(const Doubles& values) { return {values.begin(), values.end()}; }

struct Case {
  AttentionShape shape;
  std::vector<Segment> segments;
};

double WorstError(const Doubles& expected, const std::vector<float>& found) {
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    worst = std::max(worst, std::abs(expected[i] - static_cast<double>(found[i])));
    largest = std::max(largest, std::abs(expected[i]));
  }
  REQUIRE(largest > 0);
  return worst / largest;
}

void CheckCase(const Case& c, const Key& key) {
  Rng rng(key);
  const std::int64_t tokens = c.segments.back().end;
  const std::int64_t queries = tokens * c.shape.heads * c.shape.head_dim;
  const std::int64_t keys = tokens * c.shape.kv_heads * c.shape.head_dim;
  const Doubles q = Draw(rng, queries), k = Draw(rng, keys), v = Draw(rng, keys);
  const Doubles grad = Draw(rng, queries);
  Doubles out(q.size()), log_sum(static_cast<std::size_t>(tokens * c.shape.heads));
  AttentionForward(c.shape, c.segments, q.data(), k.data(), v.data(), out.data(), log_sum.data(),
                   2);
  Doubles grad_q(q.size()), grad_k(k.size()), grad_v(v.size());
  AttentionBackward(c.shape, c.segments, tokens, q.data(), k.data(), v.data(), out.data(),
                    log_sum.data(), grad.data(), grad_q.data(), grad_k.data(), grad_v.data(), 2);
  const auto q32 = AsFloats(q), k32 = AsFloats(k), v32 = AsFloats(v), grad32 = AsFloats(grad);
  std::vector<float> first;
  for (const std::size_t threads : {1U, 3U}) {
    std::vector<float> out32(q.size()), log_sum32(log_sum.size());
    AttentionForward(c.shape, c.segments, q32.data(), k32.data(), v32.data(), out32.data(),
                     log_sum32.data(), threads);
    std::vector<float> grad_q32(q.size(), 7.0F), grad_k32(k.size(), 7.0F), grad_v32(v.size(), 7.0F);
    AttentionBackward(c.shape, c.segments, tokens, q32.data(), k32.data(), v32.data(), out32.data(),
                      log_sum32.data(), grad32.data(), grad_q32.data(), grad_k32.data(),
                      grad_v32.data(), threads);
    CHECK(WorstError(grad_q, grad_q32) < 2e-5);
    CHECK(WorstError(grad_k, grad_k32) < 2e-5);
    CHECK(WorstError(grad_v, grad_v32) < 2e-5);
    if (first.empty()) first = grad_k32;
    CHECK(first == grad_k32);
  }
}

TEST_CASE("attention's gradients by products equal those number by number", "[trainer]") {
  // two families; responses of one token, of a block of queries and of several; an empty prompt
  const std::vector<Segment> segments = {{0, 37, -1},   {37, 38, 0},    {38, 134, 0},
                                         {134, 364, 0}, {364, 365, -1}, {365, 462, 4}};
  CheckCase({{6, 2, 48, 0.3}, segments}, Key("attention", 1));
  CheckCase({{3, 3, 64, 0.125}, segments}, Key("attention", 2));
  CheckCase({{4, 1, 6, 1.0}, segments}, Key("attention", 3));
  CheckCase({{2, 1, 32, 0.2}, {{0, 2, -1}}}, Key("attention", 4));
}

TEST_CASE("what is packed beside a family changes no bit of its gradients", "[trainer]") {
  const AttentionShape shape{4, 2, 16, 0.25};
  const std::vector<Segment> both = {{0, 50, -1}, {50, 170, 0}, {170, 190, -1}, {190, 260, 2}};
  const std::vector<Segment> alone = {{0, 50, -1}, {50, 170, 0}};
  Rng rng(Key("attention", 5));
  const auto q = AsFloats(Draw(rng, 260 * 64)), k = AsFloats(Draw(rng, 260 * 32));
  const auto v = AsFloats(Draw(rng, 260 * 32)), grad = AsFloats(Draw(rng, 260 * 64));
  const auto gradients = [&](const std::vector<Segment>& segments) {
    std::vector<float> out(q.size()), log_sum(260 * 4), grad_q(q.size()), grad_k(k.size()),
        grad_v(v.size());
    AttentionForward(shape, segments, q.data(), k.data(), v.data(), out.data(), log_sum.data(), 1);
    AttentionBackward(shape, segments, segments.back().end, q.data(), k.data(), v.data(),
                      out.data(), log_sum.data(), grad.data(), grad_q.data(), grad_k.data(),
                      grad_v.data(), 2);
    grad_q.resize(170 * 64);
    grad_k.resize(170 * 32);
    grad_v.resize(170 * 32);
    return std::array{grad_q, grad_k, grad_v};
  };
  CHECK(gradients(both) == gradients(alone));
}

}  // namespace
}  // namespace assay
