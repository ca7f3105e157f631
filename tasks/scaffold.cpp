#include "tasks/scaffold.h"

#include <algorithm>
#include <random>

#include "base/check.h"
#include "base/files.h"
#include "base/json.h"
#include "base/suggest.h"
#include "tasks/pack.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct Example {
  const char* prompt;
  const char* reference;
  const char* spec;  // what the problem adds to the pack's verifier, as JSON; "" for nothing
  const char* domain;
};

struct Start {
  const char* verifier;
  const char* spec;  // the pack's verifier
  const char* about;
  Example examples[2];
};

constexpr Start kStarts[] = {
    {"exact",
     R"({"kind": "exact", "ignore_case": true})",
     "the answer is a text that must be met word by word",
     {{"Write the word \"stressed\" backwards.\n\nEnd with a line \"Answer:\" followed by the "
       "word.",
       "desserts", "", "logic"},
      {"Which letter stands three places after R in the alphabet?\n\nEnd with a line \"Answer:\" "
       "followed by the letter.",
       "U", "", "logic"}}},
    {"math",
     R"({"kind": "math"})",
     "the answer is a mathematical object, compared by value: 1/2, 0.5 and \\frac{1}{2} are equal",
     {{"What is \\(\\frac{1}{2} + \\frac{1}{3}\\)?\n\nPut your final answer inside \\boxed{}.",
       "\\frac{5}{6}", "", "math"},
      {"Solve \\(x^2 = 6x - 7\\) and give the larger solution.\n\nPut your final answer inside "
       "\\boxed{}.",
       "3+\\sqrt{2}", "", "math"}}},
    {"numeric",
     R"({"kind": "numeric"})",
     "the answer is the number at the end of the response",
     {{"A crate holds 12 bottles. How many bottles are in 15 crates?\n\nEnd with a line of the "
       "form "
       "\"The answer is N.\"",
       "180", "", "math"},
      {"How many minutes pass from 9:40 to 13:05 on the same day?\n\nEnd with a line of the form "
       "\"The answer is N.\"",
       "205", "", "math"}}},
    {"choice",
     R"({"kind": "choice", "choices": 4})",
     "the answer is the letter of an option",
     {{"All sparrows are birds, and Pip is no bird. What follows?\n\nA) Pip is a sparrow.\nB) Pip "
       "is not a sparrow.\nC) All birds are sparrows.\nD) Nothing follows.\n\nEnd with \"Answer:\" "
       "followed by the letter of your choice.",
       "B", "", "logic"},
      {"Which number comes next? 3, 6, 12, 24, ...\n\nA) 27\nB) 30\nC) 36\nD) 48\n\nEnd with "
       "\"Answer:\" followed by the letter of your choice.",
       "D", "", "logic"}}},
    {"code",
     R"({"kind": "code", "language": "python", "protocol": "function"})",
     "the answer is a Python function, judged by tests in the sandbox",
     {{"Write the Python function `clamp(n, low, high)`, which returns n if it lies from low to "
       "high, and otherwise the nearer of the two.\n\nReply with the complete function in one "
       "```python code block.",
       "def clamp(n, low, high):\n    return max(low, min(n, high))\n",
       R"({"entry_point": "clamp", "test": "def check(candidate):\n    assert candidate(5, 1, 9) == 5\n    assert candidate(-3, 1, 9) == 1\n    assert candidate(12, 1, 9) == 9\n    assert candidate(1, 1, 1) == 1\n"})",
       "code"},
      {"Write the Python function `vowels(text)`, which returns how many of the letters a, e, i, "
       "o, u, in either case, the text holds.\n\nReply with the complete function in one ```python "
       "code block.",
       "def vowels(text):\n    return sum(1 for c in text.lower() if c in 'aeiou')\n",
       R"({"entry_point": "vowels", "test": "def check(candidate):\n    assert candidate('') == 0\n    assert candidate('Queue') == 4\n    assert candidate('xyz') == 0\n    assert candidate('AEIOU aeiou') == 10\n"})",
       "code"}}},
    {"program",
     R"({"kind": "program", "file": "verify.py"})",
     "a Python program of the pack, verify.py, judges: any valid answer counts",
     {{"Give three different whole numbers greater than 1 whose product is 210.\n\nEnd with a line "
       "\"Answer:\" followed by the three numbers, separated by commas.",
       "5, 6, 7", "", "math"},
      {"Give three different whole numbers greater than 1 whose product is 1001.\n\nEnd with a "
       "line "
       "\"Answer:\" followed by the three numbers, separated by commas.",
       "7, 11, 13", "", "math"}}},
};

constexpr const char* kVerifyPy =
    R"py(# Judges a response. It runs in the sandbox, once for each response, and may use the standard library.
# problem: the problem as a dict, "reference" included.  response: the model's whole text, any bytes.
# Returns True or False, or a dict: {"outcome": "correct" | "wrong" | "no_answer", "reason": "…"}.
import re


def verify(problem, response):
    lines = re.findall(r"(?im)^answer:(.*)$", response[-2000:])
    if not lines:
        return {"outcome": "no_answer", "reason": "no line \"Answer:\""}
    if not re.fullmatch(r"\s*\d{1,6}(\s*,\s*\d{1,6}){2}\s*\.?\s*", lines[-1]):
        return {"outcome": "wrong", "reason": "not three numbers"}
    numbers = [int(word) for word in re.findall(r"\d+", lines[-1])]
    wanted = int(re.search(r"product is (\d+)", problem["prompt"]).group(1))
    if len(set(numbers)) < 3 or min(numbers) < 2:
        return {"outcome": "wrong", "reason": "not different numbers greater than 1"}
    product = numbers[0] * numbers[1] * numbers[2]
    return {"outcome": "correct" if product == wanted else "wrong", "reason": f"the product is {product}"}
)py";

std::string RandomHex(std::size_t digits) {
  std::random_device device;
  std::string text;
  while (text.size() < digits) text += fmt::format("{:08x}", device());
  return text.substr(0, digits);
}

// "My Pack" -> "my-pack".
std::string SuiteName(const fs::path& folder) {
  std::string name = fs::absolute(folder).lexically_normal().filename().string();
  if (name.empty())
    name = fs::absolute(folder).lexically_normal().parent_path().filename().string();
  for (char& c : name) {
    c = char(std::tolower(static_cast<unsigned char>(c)));
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!allowed) c = '-';
  }
  const auto begin = name.find_first_not_of('-');
  return begin == std::string::npos ? "my-pack" : name.substr(begin, 64);
}

std::string ProblemLine(const Start& start, std::size_t index) {
  const Example& example = start.examples[index];
  OrderedJson line = {{"id", fmt::format("{}-{:03}", start.verifier, index + 1)},
                      {"prompt", example.prompt},
                      {"reference", example.reference}};
  if (*example.spec != '\0') {
    line["verifier"] = OrderedJson::parse(start.spec);
    line["verifier"].update(OrderedJson::parse(example.spec));
  }
  line["domain"] = example.domain;
  line["level"] = 1;
  return line.dump() + "\n";
}

OrderedJson Head(const Start& start, const std::string& name, const ScaffoldOptions& options) {
  return {{"name", name},
          {"version", "1.0.0"},
          {"licence", options.licence},
          {"source", "Written for this pack"},
          {"description", std::string("Problems of kind ") + start.verifier},
          {"canary", fmt::format("assay-canary-{}-{}", name, RandomHex(32))},
          {"prompt", {{"template", "{prompt}"}}},
          {"verifier", OrderedJson::parse(start.spec)},
          {"sampling", {{"max_tokens", 512}, {"temperature", 0.0}}},
          {"metrics", {"pass@k"}}};
}

std::string Readme(const Start& start, const std::string& name) {
  return fmt::format(
      "# {}\n\nA pack of problems for assay; {}.\n\n- `pack.json`: name, licence, source, verifier "
      "and defaults\n- `problems.jsonl`: one problem a line\n{}\n```\nassay tasks check .        # "
      "the machine reviewer\nassay tasks check --seal . # after the last edit: notes the files' "
      "sha256\nassay score MODEL --suite ./\n```\n",
      name, start.about,
      std::string_view(start.verifier) == "program" ? "- `verify.py`: judges a response\n" : "");
}

}  // namespace

std::vector<std::string> ScaffoldVerifiers() {
  std::vector<std::string> names;
  for (const Start& start : kStarts) names.emplace_back(start.verifier);
  return names;
}

Result<void> WriteScaffold(const fs::path& folder, const ScaffoldOptions& options) {
  const auto* const start =
      std::find_if(std::begin(kStarts), std::end(kStarts),
                   [&](const Start& one) { return options.verifier == one.verifier; });
  if (start == std::end(kStarts)) {
    return Fail(ErrorCode::kUsage, "--verifier: there is no start for \"{}\"{}", options.verifier,
                DidYouMean(options.verifier, ScaffoldVerifiers()));
  }
  if (!options.name.empty() && SuiteName(options.name) != options.name) {
    return Fail(ErrorCode::kUsage, "--name: \"{}\" must be of a-z, 0-9, '-' and '_'", options.name);
  }
  if (options.licence.empty()) return Fail(ErrorCode::kUsage, "--licence: must not be empty");
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return Fail(ErrorCode::kUsage, "{}: exists and is not empty", folder.string());
  }
  fs::create_directories(folder, error);
  if (error) return Fail(ErrorCode::kUnavailable, "{}: {}", folder.string(), error.message());
  const std::string name = options.name.empty() ? SuiteName(folder) : options.name;
  std::vector<std::pair<std::string, std::string>> files = {
      {"pack.json", Head(*start, name, options).dump(2) + "\n"},
      {"problems.jsonl", ProblemLine(*start, 0) + ProblemLine(*start, 1)},
      {"README.md", Readme(*start, name)}};
  if (options.verifier == "program") files.emplace_back("verify.py", kVerifyPy);
  for (const auto& [file, bytes] : files) {
    if (auto done = WriteFileAtomically(folder / file, bytes); !done) return done;
  }
  const auto loaded = LoadPack(folder);
  ASSAY_CHECK(loaded.has_value(), "a new pack does not load");
  return {};
}

}  // namespace assay
