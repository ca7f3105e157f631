// Answers made to exhaust time or memory: each verdict stays within 50 ms of CPU and a few MB, in
// the open and inside a box.
#include <sys/resource.h>

#include <ctime>

#include "tests/support/catch.h"
#include "verifiers/math/math_verifier.h"

namespace assay {
namespace {

std::string Repeated(const std::string& piece, int times) {
  std::string s;
  for (int i = 0; i < times; ++i) s += piece;
  return s;
}

std::vector<std::pair<const char*, std::string>> Hostile() {
  std::string factors;
  std::string names;
  for (int i = 0; i < 300; ++i)
    factors += (i > 0 ? "*" : "") + std::string("(x+") + std::to_string(i) + ")";
  for (int i = 0; i < 1000; ++i)
    names += (i > 0 ? "+" : "") + std::string("x_{") + std::to_string(i) + "}";
  return {
      {"a tower of powers", "9^{9^{9^{9}}}"},
      {"a number of ten billion digits", "10^{10^{10}}+1"},
      {"the same, nested", "10^{10^{10^{10^{10}}}}"},
      {"a large factorial", "99999999!"},
      {"iterated factorials", "((9!)!)!"},
      {"5000 brackets", Repeated("(", 5000) + "1" + Repeated(")", 5000)},
      {"60 brackets", Repeated("(", 60) + "1" + Repeated(")", 60)},
      {"a sum of a billion terms", "\\sum_{k=1}^{1000000000} k"},
      {"a nested sum", "\\sum_{i=1}^{5000}\\sum_{j=1}^{5000}\\sum_{k=1}^{5000} ijk"},
      {"a product of 300 factors", factors},
      {"a polynomial of a thousand names", names},
      {"a power of a sum", "(a+b+c+d+f+g+h)^{60}"},
      {"a quotient of large powers",
       "\\frac{(a+b+c)^{40}}{(a-b-c)^{40}}+\\frac{(x+y)^{50}}{(x-z)^{50}}"},
      {"an integer of 100000 digits", Repeated("7", 100000)},
      {"an integer of 4000 digits", Repeated("7", 4000)},
      {"50000 dollar signs", Repeated("$ ", 50000)},
      {"a large binomial", "\\binom{10^8}{5\\cdot 10^7}"},
      {"a million braces", Repeated("{", 1000000)},
      {"a million closing braces", Repeated("}", 1000000)},
      {"3000 open boxes", Repeated("\\boxed{", 3000)},
      {"60 nested fractions", Repeated("\\frac{1}{", 60) + "2" + Repeated("}", 60)},
      {"a tower of sixty twos", Repeated("2^", 60) + "2"},
      {"sixty roots", Repeated("\\sqrt{", 60) + "2" + Repeated("}", 60)},
      {"an exponent of a billion", "1e999999999"},
      {"a tangent far out", "\\tan(10^{50})"},
      {"4000 signs", Repeated("-", 4000) + "1"},
      {"bars", Repeated("|", 2000)},
      {"a list of two thousand values", Repeated("a,", 2000) + "a"},
      {"a list of surds", Repeated("\\sqrt{2}+\\sqrt{3},", 150) + "1"},
      {"bytes that are no UTF-8", Repeated("\xFF\xFE\xC0", 100000)},
      {"zero bytes", std::string(100000, '\0')},
      {"think marks", Repeated("<think>", 100000)},
      {"final answers", Repeated("final answer ", 50000)},
      {"answers", Repeated("answer: ", 50000)},
      {"stars", Repeated("**", 100000)},
      {"roots of roots of near numbers", "\\sqrt{2}^{\\sqrt{3}^{\\sqrt{5}^{\\sqrt{7}}}}"},
      {"trigonometric nesting", Repeated("\\sin(", 50) + "x" + Repeated(")", 50)},
      {"signs of plus-minus", Repeated("\\pm 1", 300)},
      {"a union of many intervals", Repeated("(1,2)\\cup", 200) + "(3,4)"},
  };
}

double CpuMs() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

long PeakKb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

#if defined(__SANITIZE_ADDRESS__)
constexpr double kLimitMs = 1500;
constexpr long kLimitKb = 1 << 20;
#else
constexpr double kLimitMs = 50;
constexpr long kLimitKb = 24 * 1024;
#endif

// Under ThreadSanitizer every search for a character notes all bytes to the end of the text, and no
// bound could hold.
TEST_CASE("math: hostile answers stay within 50 ms and a few megabytes", "[bulk]") {
  for (const char* reference :
       {"\\frac{1}{2}", "x^2+1", "\\sqrt{2}+\\sqrt{3}", "(1,2)", "x<3", "\\text{even}"}) {
    VerifierContext context;
    context.reference = reference;
    const auto verifier = MakeMathVerifier(Json{{"kind", "math"}}, context);
    REQUIRE(verifier);
    (*verifier)->Check("\\boxed{1}", std::chrono::milliseconds(50));  // tables are built once
    for (const auto& [name, answer] : Hostile()) {
      for (const std::string& response :
           {answer, "\\boxed{" + answer + "}", "The final answer is $" + answer + "$."}) {
        const long before_kb = PeakKb();
        const double before = CpuMs();
        const Verdict verdict = (*verifier)->Check(response, std::chrono::milliseconds(50));
        const double ms = CpuMs() - before;
        INFO(reference << " | " << name << ": " << ms << " ms, " << verdict.reason);
        CHECK(ms < kLimitMs);
        CHECK(PeakKb() - before_kb < kLimitKb);
        CHECK(verdict.outcome != Outcome::kCorrect);
        CHECK(verdict.outcome != Outcome::kError);
      }
    }
  }
}

}  // namespace
}  // namespace assay
