// Sixteen threads share one verifier; the verdicts are those of one thread. Meant for the tsan
// preset.
#include <thread>

#include "tests/support/catch.h"
#include "verifiers/math/math_verifier.h"

namespace assay {
namespace {

TEST_CASE("math: sixteen threads share a verifier") {
  const std::vector<std::string> references = {
      "\\frac{1}{2}", "\\sqrt{2}+\\sqrt{3}",
      "x^2+2x+1",     "(-\\infty,3)\\cup(3,\\infty)",
      "2^{100}",      "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}",
      "\\text{even}", "10\\text{ cm}"};
  const std::vector<std::string> responses = {"\\boxed{0.5}",
                                              "\\boxed{\\sqrt{5+2\\sqrt{6}}}",
                                              "The answer is $(x+1)^2$.",
                                              "x\\neq 3",
                                              "1267650600228229401496703205376",
                                              "\\boxed{[[1,2],[3,4]]}",
                                              "The answer is even.",
                                              "0.1\\text{ m}",
                                              "\\boxed{9^{9^{9}}}",
                                              "\\sin^2 x+\\cos^2 x",
                                              "\\boxed{2004!}",
                                              "\\boxed{0.5}. Wait, it should be 0.6.",
                                              "\\int_0^1 x\\,dx",
                                              "\\sum_{k=1}^{\\infty} \\frac{1}{3^k}",
                                              "\\frac12 \\approx 0.5",
                                              "x<3 \\text{ or } x>3"};
  for (const std::string& reference : references) {
    VerifierContext context;
    context.reference = reference;
    const auto verifier = MakeMathVerifier(Json{{"kind", "math"}}, context);
    REQUIRE(verifier);
    std::vector<Verdict> expected;
    for (const std::string& response : responses) {
      expected.push_back((*verifier)->Check(response, std::chrono::seconds(5)));
    }
    std::vector<int> different(16, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < different.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int round = 0; round < 20; ++round) {
          for (std::size_t i = 0; i < responses.size(); ++i) {
            const std::size_t k = (i + t) % responses.size();
            const Verdict v = (*verifier)->Check(responses[k], std::chrono::seconds(5));
            if (v.outcome != expected[k].outcome || v.reason != expected[k].reason) ++different[t];
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int count : different) CHECK(count == 0);
  }
}

}  // namespace
}  // namespace assay
