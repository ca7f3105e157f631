// Write a parser for arithmetic with drawn operators, precedences and associativities.
#include <algorithm>
#include <map>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

constexpr std::int64_t kPrime = 99'991;  // values are reduced, so that they stay small

struct Operator {
  char symbol;
  std::size_t meaning;  // an index of Meanings()
  int precedence;       // higher binds tighter
};

struct Params {
  std::vector<Operator> operators;
  std::map<int, bool> right;  // by precedence: groups from the right
  bool brackets = false;
  bool minus = false;  // a sign before an operand
};

struct Meaning {
  std::string words, python;
  std::int64_t (*apply)(std::int64_t, std::int64_t);
};

const std::vector<Meaning>& Meanings() {
  static const std::vector<Meaning> meanings = {
      {"a + b", "a + b", [](std::int64_t a, std::int64_t b) { return a + b; }},
      {"a - b", "a - b", [](std::int64_t a, std::int64_t b) { return a - b; }},
      {"a * b", "a * b", [](std::int64_t a, std::int64_t b) { return a * b; }},
      {"2 * a + b", "2 * a + b", [](std::int64_t a, std::int64_t b) { return 2 * a + b; }},
      {"a - 3 * b", "a - 3 * b", [](std::int64_t a, std::int64_t b) { return a - 3 * b; }},
      {"the larger of a and b", "max(a, b)",
       [](std::int64_t a, std::int64_t b) { return std::max(a, b); }},
      {"the smaller of a and b", "min(a, b)",
       [](std::int64_t a, std::int64_t b) { return std::min(a, b); }},
      {"a * b + 1", "a * b + 1", [](std::int64_t a, std::int64_t b) { return a * b + 1; }},
      {"|a - b|", "abs(a - b)", [](std::int64_t a, std::int64_t b) { return std::abs(a - b); }},
      {"a + b * b", "a + b * b", [](std::int64_t a, std::int64_t b) { return a + b * b; }}};
  return meanings;
}

std::int64_t Reduced(std::int64_t value) { return ((value % kPrime) + kPrime) % kPrime; }

// Splits at the operator that is applied last; Python climbs precedences.
class Evaluator {
 public:
  Evaluator(const Params& params, std::string text) : params_(params), text_(std::move(text)) {}
  std::int64_t Value() { return Range(0, text_.size()); }

 private:
  const Operator* At(std::size_t i) const {
    for (const Operator& op : params_.operators) {
      if (op.symbol == text_[i]) return &op;
    }
    return nullptr;
  }
  std::int64_t Range(std::size_t begin, std::size_t end) {
    std::optional<std::size_t> last;
    int depth = 0;
    for (std::size_t i = begin; i < end; ++i) {
      depth += text_[i] == '(' ? 1 : (text_[i] == ')' ? -1 : 0);
      const Operator* op = depth == 0 ? At(i) : nullptr;
      if (op == nullptr) continue;
      const bool later =
          !last || op->precedence < At(*last)->precedence ||
          (op->precedence == At(*last)->precedence && !params_.right.at(op->precedence));
      if (later) last = i;
    }
    if (last) {
      const auto a = Range(begin, *last);
      const auto b = Range(*last + 1, end);
      return Reduced(Meanings()[At(*last)->meaning].apply(a, b));
    }
    if (text_[begin] == '~') return Reduced(-Range(begin + 1, end));
    if (text_[begin] == '(') return Range(begin + 1, end - 1);
    return std::stoll(text_.substr(begin, end - begin));
  }
  const Params& params_;
  std::string text_;
};

Json Solve(const Params& params, const Json& arguments) {
  return Evaluator(params, arguments[0]).Value();
}

std::string Python(const Params& params) {
  std::string table;
  for (const Operator& op : params.operators) {
    table += "    '" + std::string(1, op.symbol) + "': (" + std::to_string(op.precedence) + ", " +
             (params.right.at(op.precedence) ? "True" : "False") +
             ", lambda a, b: " + Meanings()[op.meaning].python + "),\n";
  }
  return Fill(R"(import re

OPERATORS = {
)" + table + R"(}


def evaluate(text):
    tokens = re.findall(r'\d+|.', text)
    position = 0

    def operand():
        nonlocal position
        token = tokens[position]
        position += 1
        if token == '~':
            return -operand() % {prime}
        if token == '(':
            value = climb(0)
            position += 1
            return value
        return int(token)

    def climb(least):
        nonlocal position
        left = operand()
        while position < len(tokens) and tokens[position] in OPERATORS:
            precedence, right, apply = OPERATORS[tokens[position]]
            if precedence < least:
                break
            position += 1
            left = apply(left, climb(precedence if right else precedence + 1)) % {prime}
        return left

    return climb(0)
)",
              {{"prime", std::to_string(kPrime)}});
}

std::string Words(const Params& params) {
  std::string text;
  for (const Operator& op : params.operators) {
    text += "- a" + std::string(1, op.symbol) + "b means " + Meanings()[op.meaning].words + "\n";
  }
  text += "\n";
  std::map<int, std::vector<std::string>, std::greater<>> by_precedence;
  for (const Operator& op : params.operators) {
    by_precedence[op.precedence].push_back("`" + std::string(1, op.symbol) + "`");
  }
  std::vector<std::string> groups;
  for (const auto& [precedence, symbols] : by_precedence) {
    groups.push_back(Listed(symbols) + " (grouping from the " +
                     (params.right.at(precedence) ? "right" : "left") + ")");
  }
  text += groups.size() == 1
              ? "All operators bind equally: " + groups[0] + ". "
              : "From the tightest to the loosest binding: " + Listed(groups, ", then ") + ". ";
  if (params.brackets) text += "Round brackets work as usual. ";
  if (params.minus) {
    text +=
        "A `~` before a number, a bracket or another `~` negates just that operand, before any "
        "operator is applied. ";
  }
  return text +
         "Every result, also of parts of the expression, is reduced to its remainder modulo " +
         std::to_string(kPrime) + " (from 0 to " + std::to_string(kPrime - 1) + ").";
}

std::string DrawExpression(Rng& rng, const Params& params, int operands, int depth) {
  std::string text;
  for (int i = 0; i < operands; ++i) {
    if (i > 0) text += rng.Pick(params.operators).symbol;
    if (params.minus && rng.Chance(0.15)) text += "~";
    if (params.brackets && depth > 0 && rng.Chance(0.3)) {
      text += "(" + DrawExpression(rng, params, int(rng.Int(2, 4)), depth - 1) + ")";
    } else {
      text += std::to_string(rng.Int(0, 30));
    }
  }
  return text;
}

Params Draw(Rng& rng, int level) {
  Params params;
  std::vector<std::size_t> meanings(Meanings().size());
  for (std::size_t i = 0; i < meanings.size(); ++i) meanings[i] = i;
  rng.Shuffle(meanings);
  std::vector<char> symbols = {'+', '*', '@', '#', '$', '&', '!', '?'};
  rng.Shuffle(symbols);
  const int count = ByLevel(level, 2, 6);
  const int tiers = ByLevel(level, 1, 4);
  for (int i = 0; i < count; ++i) {
    params.operators.push_back({symbols[std::size_t(i)], meanings[std::size_t(i)],
                                i < tiers ? i + 1 : int(rng.Int(1, tiers))});
  }
  for (int tier = 1; tier <= tiers; ++tier) params.right[tier] = level >= 2 && rng.Chance(0.4);
  params.brackets = level >= 4;
  params.minus = level >= 7;
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  FunctionTask task;
  task.entry = "evaluate";
  const auto input = [&](int operands) {
    return Json::array({DrawExpression(rng, params, operands, 2)});
  };
  task.inputs = {input(3), input(4), Json::array({"7"}), input(2)};
  if (params.brackets) task.inputs.push_back(Json::array({"((12))"}));
  for (int i = 0; i < 14; ++i) task.inputs.push_back(input(int(rng.Int(3, ByLevel(level, 5, 10)))));
  std::vector<Params> wrong;
  for (const auto& [tier, right] : params.right) {
    Params other = params;
    other.right[tier] = !right;
    wrong.push_back(other);
  }
  if (params.right.size() > 1) {
    Params other = params;
    std::swap(other.operators[0].precedence, other.operators[1].precedence);
    wrong.push_back(other);
  }
  Params other = params;
  std::swap(other.operators[0].meaning, other.operators[1].meaning);
  wrong.push_back(other);
  // Associative operators alone on their tier make a mutant equivalent: the draw is then rejected.
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `evaluate(text)` for expressions of whole numbers and operators "
       "without spaces. The operators have meanings of their own here:\n\n{words}",
       "A small language has expressions of non-negative integers joined by these operators (no "
       "spaces):\n\n{words}\n\nImplement `evaluate(text)` in Python, which returns the value of a "
       "valid expression."},
      {{"words", Words(params)}});
  task.tags = {"parsing"};
  task.fingerprint = Words(params);
  return FunctionDraft(rng, task);
}

}  // namespace

Family ExpressionValue() {
  return {"expression_value",
          "code",
          "Parsing arithmetic with unusual operators",
          "Richards, precedence climbing (1979); Pratt (1973)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
