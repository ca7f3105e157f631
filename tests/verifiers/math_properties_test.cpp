// What must hold for every answer, checked on all references of the committed cases (and of the
// public suites where they are present).
#include <filesystem>
#include <set>

#include "base/json.h"
#include "base/rng.h"
#include "tests/support/catch.h"
#include "tests/support/shared_data.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/math_verifier.h"
#include "verifiers/math/parse.h"

namespace assay {
namespace {

using math::Equality;

std::unique_ptr<const Verifier> Make(const std::string& reference) {
  VerifierContext context;
  context.reference = reference;
  auto made = MakeMathVerifier(Json{{"kind", "math"}}, context);
  return made ? std::move(*made) : nullptr;
}

Outcome Judge(const Verifier& verifier, const std::string& response) {
  return verifier.Check(response, std::chrono::milliseconds(1000)).outcome;
}

std::string Boxed(const std::string& s) { return "\\boxed{" + s + "}"; }

void Replace(std::string& s, const std::string& from, const std::string& to) {
  for (std::size_t at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size())) {
    s.replace(at, from.size(), to);
  }
}

const std::set<std::string>& References() {
  static const std::set<std::string> all = [] {
    std::set<std::string> references;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(ASSAY_SOURCE_DIR) + "/tests/cases/math")) {
      if (entry.path().extension() != ".jsonl" || entry.path().stem() == "profiles") continue;
      (void)ForEachJsonLine(entry.path(), [&](std::size_t, Result<Json> row) {
        references.insert((*row)["reference"].get<std::string>());
        return true;
      });
    }
    return references;
  }();
  return all;
}

std::vector<std::string> PublicReferences() {
  std::vector<std::string> all;
  const auto read = [&](const char* file, const char* key) {
    const auto path = SharedData(file);
    if (!path) return;
    (void)ForEachJsonLine(*path, [&](std::size_t, Result<Json> row) {
      if (!row || !row->contains(key)) return true;
      const Json& value = (*row)[key];
      const std::string text = value.is_string() ? value.get<std::string>() : DumpJson(value);
      if (!text.empty()) all.push_back(text);  // two rows of one file have no answer
      return true;
    });
  };
  read("data/math/test.jsonl", "solution");
  read("data/math/train_answers.jsonl", "answer");
  read("data/math500/test.jsonl", "answer");
  read("data/gsm8k/test.jsonl", "answer");
  read("data/gsm8k/train.jsonl", "answer");
  return all;
}

TEST_CASE("math: every answer equals itself") {
  for (const std::string& reference : References()) {
    INFO(reference);
    const auto verifier = Make(reference);
    REQUIRE(verifier != nullptr);
    CHECK(Judge(*verifier, Boxed(reference)) == Outcome::kCorrect);
  }
}

TEST_CASE("math: every public reference parses and equals itself") {
  for (const std::string& reference : PublicReferences()) {
    const auto verifier = Make(reference);
    if (verifier == nullptr || Judge(*verifier, reference) != Outcome::kCorrect) {
      INFO(reference);
      CHECK(false);
    }
  }
}

TEST_CASE("math: what has no value is undecided, not different from itself") {
  for (const std::string text :
       {"\\frac{1}{0}", "x=\\frac{1}{0}+k=3", "a<\\frac{1}{0}<b", "2:\\frac{1}{0}"}) {
    const auto tree = math::ParseAnswer(text);
    REQUIRE(tree);
    math::Budget budget;
    const math::Match match = math::Compare(*tree, text, *tree, text, math::Rules{}, budget);
    INFO(text);
    CHECK(match.equality == math::Equality::kUndecided);
  }
}

TEST_CASE("math: equality is symmetric") {
  std::vector<std::pair<std::string, math::Tree>> trees;
  for (const std::string& reference : References()) {
    auto parsed = math::ParseAnswer(reference);
    if (parsed) trees.emplace_back(reference, std::move(*parsed));
  }
  std::size_t equal = 0;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    for (std::size_t j = i; j < trees.size(); ++j) {
      const auto compare = [&](std::size_t x, std::size_t y) {
        math::Budget budget;
        return math::Compare(trees[x].second, trees[x].first, trees[y].second, trees[y].first,
                             math::Rules{}, budget)
            .equality;
      };
      const Equality forward = compare(i, j);
      const Equality backward = compare(j, i);
      if (forward == Equality::kEqual) ++equal;
      if ((forward == Equality::kEqual) != (backward == Equality::kEqual)) {
        INFO(trees[i].first << " | " << trees[j].first);
        CHECK(false);
      }
    }
  }
  CHECK(equal >= trees.size());
}

TEST_CASE("math: noise changes nothing") {
  for (const std::string& reference : References()) {
    const auto verifier = Make(reference);
    REQUIRE(verifier != nullptr);
    const auto right = [&](const std::string& response) {
      INFO(reference << " | " << response);
      CHECK(Judge(*verifier, response) == Outcome::kCorrect);
    };
    right(Boxed(" " + reference + " "));
    right(Boxed("{" + reference + "}"));
    right("So the answer is " + Boxed(reference) + ".");
    right("**Answer:** " + Boxed(reference));
    if (reference.find('$') == std::string::npos) {
      right("$" + Boxed(reference) + "$.");
      right(Boxed("$" + reference + "$"));
    }
    std::string s = reference;
    Replace(s, "\\frac", "\\dfrac");
    right(Boxed(s));
    if (s.find("\\left") == std::string::npos && s.find("text") == std::string::npos &&
        std::count(s.begin(), s.end(), '(') == std::count(s.begin(), s.end(), ')') &&
        s.find('[') == std::string::npos && s.find(']') == std::string::npos) {
      Replace(s, "(", "\\left(");
      Replace(s, ")", "\\right)");
      right(Boxed(s));
    }
    s = reference;
    if (s.find("text") == std::string::npos && s.find("mbox") == std::string::npos) {
      Replace(s, "+", " + ");
      Replace(s, "=", " = ");
      right(Boxed(s));
    }
  }
}

TEST_CASE("math: one changed digit or sign is wrong") {
  std::size_t changed = 0;
  for (const std::string& reference : References()) {
    if (reference.find_first_not_of("0123456789.-/+()\\{}fracsqtpie^") != std::string::npos)
      continue;
    const auto verifier = Make(reference);
    for (std::size_t i = 0; i < reference.size(); ++i) {
      if (reference[i] < '0' || reference[i] > '9') continue;
      for (char d = '0'; d <= '9'; ++d) {
        if (d == reference[i]) continue;
        std::string other = reference;
        other[i] = d;
        // 0/x, 1^x and the like may be equal again; plain numbers and single fractions may not
        if (reference.find_first_not_of("0123456789.-/") != std::string::npos) continue;
        INFO(reference << " | " << other);
        CHECK(Judge(*verifier, Boxed(other)) != Outcome::kCorrect);
        ++changed;
      }
    }
    const auto zero = Make("0");
    if (Judge(*zero, Boxed(reference)) == Outcome::kCorrect) continue;
    INFO(reference);
    CHECK(Judge(*verifier, Boxed("-(" + reference + ")")) != Outcome::kCorrect);
  }
  CHECK(changed > 300);
}

TEST_CASE("math: what is printed parses to the same again") {
  for (const std::string& reference : References()) {
    const auto parsed = math::ParseAnswer(reference);
    if (!parsed) continue;
    const std::string printed = math::Print(*parsed, parsed->root());
    const auto again = math::ParseAnswer(printed);
    INFO(reference << " | " << printed);
    REQUIRE(again);
    CHECK(math::Print(*again, again->root()) == printed);
    math::Budget budget;
    CHECK(math::Compare(*parsed, reference, *again, printed, math::Rules{}, budget).equality !=
          Equality::kDifferent);
  }
}

TEST_CASE("math: random text ends within the budget of steps") {
  static const std::vector<std::string> pieces = {"\\frac",
                                                  "{",
                                                  "}",
                                                  "1",
                                                  "2",
                                                  "9",
                                                  "x",
                                                  "^",
                                                  "_",
                                                  "(",
                                                  ")",
                                                  "[",
                                                  "]",
                                                  "\\sqrt",
                                                  "!",
                                                  "+",
                                                  "-",
                                                  "*",
                                                  "/",
                                                  ",",
                                                  "\\pm",
                                                  "\\cup",
                                                  "=",
                                                  "<",
                                                  "\\le",
                                                  "|",
                                                  "\\{",
                                                  "\\}",
                                                  "\\text{",
                                                  "\\sin",
                                                  "\\log",
                                                  "e",
                                                  "i",
                                                  "\\pi",
                                                  "\\infty",
                                                  "%",
                                                  "^\\circ",
                                                  " and ",
                                                  " or ",
                                                  "\\sum_{k=1}^{9}",
                                                  "\\begin{pmatrix}",
                                                  "\\end{pmatrix}",
                                                  "&",
                                                  "\\\\",
                                                  "$",
                                                  "\\boxed{",
                                                  "0.",
                                                  "…",
                                                  "\xFF",
                                                  "\xE2\x88",
                                                  "π",
                                                  "9^9"};
  Rng rng(Key("math random text", 1));
  const auto verifier = Make("\\frac{1}{2}");
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    const auto length = rng.Int(1, 40);
    for (std::int64_t i = 0; i < length; ++i) text += rng.Pick(pieces);
    const Outcome once = Judge(*verifier, text);
    CHECK(once != Outcome::kError);
    if (round % 16 == 0) {
      INFO(text);
      CHECK(Judge(*verifier, text) == once);
    }
  }
}

TEST_CASE("math: bad specs and references are refused") {
  const auto refused = [](const Json& spec, const std::string& reference) {
    VerifierContext context;
    context.reference = reference;
    const auto made = MakeMathVerifier(spec, context);
    REQUIRE(!made);
    CHECK(made.error().code == ErrorCode::kInput);
    return made.error().message;
  };
  const Json math = {{"kind", "math"}};
  CHECK(refused(math, "").find("empty") != std::string::npos);
  CHECK(refused(math, "\\frac{1}{").find("byte") != std::string::npos);
  CHECK(refused(math, "3 +").find("byte 3") != std::string::npos);
  CHECK(refused(math, "(1, 2").find("closing") != std::string::npos);
  CHECK(refused({{"kind", "math"}, {"relative", 1}}, "1").find("relative") != std::string::npos);
  CHECK(refused({{"kind", "math"}, {"profile", "hendryks_math"}}, "1").find("hendrycks_math") !=
        std::string::npos);
  CHECK(refused({{"kind", "math"}, {"rel", -1}}, "1").find("rel") != std::string::npos);
  CHECK(refused({{"kind", "math"}, {"extract", "any"}}, "1").find("extract") != std::string::npos);
}

}  // namespace
}  // namespace assay
