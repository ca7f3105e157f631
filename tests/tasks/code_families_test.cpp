// What code families stand on: the small Python, the checks of FunctionDraft, time limits.
#include <set>

#include "tasks/generators/code/mini_python.h"
#include "tasks/generators/code/repair_programs.h"
#include "tasks/generators/code/task.h"
#include "tasks/generators/generate.h"
#include "tasks/generators/registry.h"
#include "tasks/review/answers.h"
#include "tests/support/catch.h"
#include "verifiers/registry.h"

namespace assay {
namespace {

Rng MakeRng(std::uint64_t seed) { return Rng(Key("code families test", seed)); }

// What `expression` over x is in a program of the small Python.
std::optional<mini::Value> Value(const std::string& expression, const mini::Value& x) {
  const auto program = mini::Parse("def f(x):\n    return " + expression + "\n");
  return mini::Call(program, "f", {x}).value;
}

std::string Shown(const std::string& expression, const mini::Value& x) {
  const auto value = Value(expression, x);
  return value ? mini::Literal(*value) : "fails";
}

TEST_CASE("the small Python computes as Python does") {
  CHECK(Shown("-7 // 2 + x", 0) == "-4");
  CHECK(Shown("-7 % 3", 0) == "2");
  CHECK(Shown("7 % -3", 0) == "-2");
  CHECK(Shown("2 ** 10 - x * x", 5) == "999");
  CHECK(Shown("x[::-1] + x[1:3] + x[-1:]", "abcd") == "'dcbabcd'");
  CHECK(Shown("x[5:]", "abcd") == "''");
  CHECK(Shown("x[-10:2]", {1, 2, 3}) == "[1, 2]");
  CHECK(Shown("x[::-2]", {1, 2, 3, 4}) == "[4, 2]");
  CHECK(Shown("[i * y for i, y in enumerate(x) if y % 2 == 1]", {3, 4, 5}) == "[0, 10]");
  CHECK(Shown("sorted(x)[0] if x else None", mini::Value::array()) == "None");
  CHECK(Shown("x.split()", " a  b ") == "['a', 'b']");
  CHECK(Shown("x.split(' ')", "a  b") == "['a', '', 'b']");
  CHECK(Shown("'-'.join(x)", {"p", "q"}) == "'p-q'");
  CHECK(Shown("not x or x[0] > 2 and x[1] in [1, 9]", {3, 9}) == "True");
  CHECK(Shown("{'a': x, 'b': 2}", 1) == "{'a': 1, 'b': 2}");
  CHECK(Shown("1 - (2 - x) - -3", 4) == "6");
  CHECK(Shown("x.isupper()", "A1") == "True");
}

TEST_CASE("the small Python gives nothing where Python raises an error or does not end") {
  CHECK(Shown("x // 0", 1) == "fails");
  CHECK(Shown("x[3]", {1, 2}) == "fails");
  CHECK(Shown("y + 1", 1) == "fails");
  CHECK(Shown("x + 1", "a") == "fails");
  CHECK(Shown("max(x)", mini::Value::array()) == "fails");
  CHECK(Shown("int(x)", "a1") == "fails");
  const auto endless = mini::Parse("def f(x):\n    while True:\n        x += 1\n    return x\n");
  CHECK_FALSE(mini::Call(endless, "f", {1}).value.has_value());
  const auto deep = mini::Parse("def f(x):\n    return f(x + 1)\n");
  CHECK_FALSE(mini::Call(deep, "f", {1}).value.has_value());
}

TEST_CASE("programs survive being written and read again, and every mutant is another program") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    auto rng = MakeRng(seed);
    const auto repair = DrawRepairProgram(rng, int(seed % 10) + 1);
    INFO(repair.source);
    const auto program = mini::Parse(repair.source);
    const std::string text = mini::Unparse(program);
    CHECK(mini::Unparse(mini::Parse(text)) == text);
    const auto input = repair.arguments(rng, 6);
    CHECK(mini::Call(mini::Parse(text), repair.entry, input).value ==
          mini::Call(program, repair.entry, input).value);
    const std::size_t count = mini::MutantCount(program);
    CHECK(count > 5);
    std::set<std::string> texts = {text};
    for (std::size_t i = 0; i < count; ++i) texts.insert(mini::Unparse(mini::Mutant(program, i)));
    CHECK(texts.size() == count + 1);
  }
}

FunctionTask Doubling() {
  FunctionTask task;
  task.entry = "f";
  task.question = "Write f.";
  for (int i = 0; i < 8; ++i) task.inputs.push_back(Json::array({i}));
  const auto times = [](int k) {
    return Rule{[k](const Json& arguments) { return Json(arguments[0].get<int>() * k); },
                "def f(x):\n    return x * " + std::to_string(k) + "\n"};
  };
  task.right = times(2);
  task.wrong = {times(1), times(3)};
  return task;
}

TEST_CASE("a draw whose tests miss a wrong rule, or expect nearly always the same, is rejected") {
  auto rng = MakeRng(1);
  const auto draft = FunctionDraft(rng, Doubling());
  REQUIRE(draft.has_value());
  CHECK(draft->near_misses.size() == 3);  // with the program that knows the examples only

  auto unseen = Doubling();
  unseen.wrong.push_back(unseen.right);
  CHECK_FALSE(FunctionDraft(rng, unseen).has_value());

  auto dull = Doubling();
  dull.right.solve = [](const Json& arguments) { return Json(arguments[0] == 7 ? 1 : 0); };
  CHECK_FALSE(FunctionDraft(rng, dull).has_value());

  // Differences on shown examples only do not count.
  auto shown = Doubling();
  shown.wrong[0].solve = [](const Json& arguments) {
    const int x = arguments[0];
    return Json(x == 1 ? 5 : 2 * x);
  };
  CHECK_FALSE(FunctionDraft(rng, shown).has_value());
}

// The last near miss of these families is a right but slow program.
TEST_CASE("slow programs run into the time limit, and the reference does not") {
  for (const char* name : {"digit_count", "far_term", "fast_pairs"}) {
    const Family* family = FindFamily(name);
    REQUIRE(family != nullptr);
    std::optional<Draft> draft;
    for (std::size_t attempt = 0; attempt < 50 && !draft; ++attempt) {
      draft = DrawOnce(*family, 3, 0, 8, attempt);
    }
    REQUIRE(draft.has_value());
    INFO(name << "\n" << draft->prompt << "\n" << draft->near_misses.back());
    const auto verifier = MakeVerifier(draft->verifier, {draft->reference, Json(), ""});
    REQUIRE(verifier.has_value());
    const std::chrono::milliseconds budget{20'000};
    const auto slow =
        (*verifier)->Check(ResponseWith(draft->verifier, draft->near_misses.back()), budget);
    CHECK(slow.outcome == Outcome::kLimit);
    const auto fast = (*verifier)->Check(ResponseWith(draft->verifier, draft->reference), budget);
    CHECK(fast.outcome == Outcome::kCorrect);
  }
}

// What stands between `open` and `close` in `text`.
std::string Between(const std::string& text, const std::string& open, const std::string& close) {
  const auto at = text.find(open);
  if (at == std::string::npos) return "";
  const auto begin = at + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

std::vector<Draft> SomeDrafts(const char* family, int low, int high) {
  std::vector<Draft> drafts;
  for (std::size_t index = 0; index < 200 && drafts.size() < 40; ++index) {
    auto draft = DrawOnce(*FindFamily(family), 11, index, low + int(index) % (high - low + 1), 0);
    if (draft) drafts.push_back(std::move(*draft));
  }
  REQUIRE(drafts.size() == 40);
  return drafts;
}

// Both once asked for something else than they judged.
TEST_CASE("prompts say what is taken off the numbers, and which column is wanted") {
  for (const Draft& draft : SomeDrafts("window_sum", 1, 10)) {
    INFO(draft.prompt << "\n" << draft.reference);
    const auto shift = Between(draft.reference, "[n - ", " for");
    REQUIRE_FALSE(shift.empty());
    CHECK((draft.prompt.find("takes " + shift + " off each number") != std::string::npos ||
           draft.prompt.find("reduce each of them by " + shift + ";") != std::string::npos));
  }
  int lists = 0;
  for (const Draft& draft : SomeDrafts("sql_join", 1, 2)) {
    if (draft.reference.find("SELECT t.") != 0) continue;  // "SELECT t.title, p.shelf, pages FROM"
    ++lists;
    INFO(draft.prompt << "\n" << draft.reference);
    const auto columns = Between(draft.reference, "SELECT ", " FROM");
    CHECK(draft.prompt.find(" and `" + columns.substr(columns.rfind(' ') + 1) + "`.") !=
          std::string::npos);
  }
  CHECK(lists > 5);
}

}  // namespace
}  // namespace assay
