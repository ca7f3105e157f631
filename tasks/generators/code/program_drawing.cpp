#include "tasks/generators/code/program_drawing.h"

#include <algorithm>
#include <numeric>

#include "tasks/generators/code/task.h"

namespace assay {
namespace {

using Texts = std::vector<std::string>;

// Statements and expressions over the names of one kind of program.
struct Vocabulary {
  Texts numbers, conditions, statements;
  Texts ends;  // statements after the loop
  Texts returns;
};

const Vocabulary& NumberWords() {
  static const Vocabulary words = {
      {"x", "i", "total", "{k}", "len(out)", "x % {k}", "x // {k}", "abs(x)", "x * {k}",
       "total + x", "min(x, {c})", "max(total, x)", "i * x", "x - last", "last",
       "out[-1] if out else {c}"},
      {"x % {k} == {r}", "x > {c}", "x > total", "i % 2 == 0", "len(out) < {k}", "x in out",
       "x != last", "x < last", "total % {k} == {r}", "x < {c} and i > 0", "not out or out[-1] < x",
       "x % 2 == 1 or total > {c}"},
      {"total += {n}", "total -= {n}", "out.append({n})", "last = {n}", "out = out[::-1]",
       "total = total % {m}", "out.insert(0, {n})", "total, last = last, total",
       "out = out[1:] + [{n}]", "total = {n}"},
      {"out.sort()", "out = out[::-1]", "total = total % {m}", "out = [y + total for y in out]",
       "out = out[1:]", "out = [y for y in out if y % {k} != {r}]", "total += sum(out)",
       "out.append(total)"},
      {"out", "[total] + out", "out + [total, last]", "total * {k} + last",
       "[total, len(out), last]"}};
  return words;
}

const Vocabulary& TextWords() {
  static const Vocabulary words = {
      {"n", "i", "{k}", "len(s)", "ord(c) - 97", "s.count(c)", "text.count(c)", "counts.get(c, 0)"},
      {"c in 'aeiou'", "c > 'm'", "i % 2 == {b}", "len(s) % 3 == 1", "c not in s", "s.endswith(c)",
       "counts.get(c, 0) > 1", "n % {k} == {r}", "text.find(c) < i", "i > {k} and c < 's'",
       "s[:1] == c or n > {c}"},
      {"s += c", "s = c + s", "s += c.upper()", "n += {n}", "counts[c] = counts.get(c, 0) + 1",
       "s += str(n)", "s = s[1:]", "s = s[::-1]", "s += chr((ord(c) - 97 + abs(n)) % 26 + 97)",
       "n = n * 2 % {m}", "s = s + c * 2", "n -= {n}"},
      {"s = s[::-1]", "s = s.upper()", "n += len(s)", "s = s.replace('a', '_')",
       "s = s[1:] + s[:1]", "s += str(n)", "s = '-'.join([s[:{k}], s[{k}:]])"},
      {"s", "[s, n]", "s + str(n)", "[n, counts]", "s[::2] + str(n)"}};
  return words;
}

const Vocabulary& PairWords() {
  static const Vocabulary words = {
      {"a", "b", "n", "k", "{k}", "a % {k}", "b // {k}", "a + b", "a * {k}", "len(out)",
       "abs(a - b)", "max(a, b)", "n // (k + 1)"},
      {"a > b", "a % 2 == 0", "b % {k} == {r}", "len(out) % 2 == 1", "a in out",
       "a > {c} and b < {c}", "a % {k} < b % {k}", "b > {c} or a == {k}"},
      {"a += {n}", "b += {n}", "a, b = b, a", "out.append({n})", "a = a // 2", "b = b % {m}",
       "b -= {n}", "out = out[::-1]", "a = {n}", "b = {n}"},
      {"out.append(a)", "out = out[::-1]", "out = [y % {m} for y in out]", "a += sum(out)",
       "out.sort()"},
      {"out", "[a, b]", "out + [a]", "[a % {m}, b % {m}, len(out)]", "a * {k} - b"}};
  return words;
}

class Writer {
 public:
  Writer(Rng& rng, const Vocabulary& words, int level) : rng_(rng), words_(words), level_(level) {}

  std::string Block(int statements, int depth, const std::string& indent) {
    std::string text;
    for (int i = 0; i < statements; ++i) {
      const bool branch = depth > 0 && rng_.Chance(0.5);
      text += branch ? Branch(depth, indent) : indent + Filled(rng_.Pick(words_.statements)) + "\n";
    }
    return text;
  }
  std::string Filled(std::string pattern) {
    for (auto at = pattern.find("{n}"); at != std::string::npos; at = pattern.find("{n}")) {
      pattern.replace(at, 3, rng_.Pick(words_.numbers));
    }
    const auto k = rng_.Int(2, 5);
    return Fill(pattern, {{"k", std::to_string(k)},
                          {"r", std::to_string(rng_.Int(0, k - 1))},
                          {"b", std::to_string(rng_.Int(0, 1))},
                          {"c", std::to_string(rng_.Int(2, 12))},
                          {"m", std::to_string(rng_.Int(7, 30))}});
  }

 private:
  std::string Branch(int depth, const std::string& indent) {
    std::string text = indent + "if " + Filled(rng_.Pick(words_.conditions)) + ":\n" +
                       Block(int(rng_.Int(1, 2)), depth - 1, indent + "    ");
    if (level_ >= 5 && rng_.Chance(0.2)) return text + indent + "    continue\n";
    if (level_ >= 3 && rng_.Chance(0.3)) {
      text += indent + "elif " + Filled(rng_.Pick(words_.conditions)) + ":\n" +
              Block(1, depth - 1, indent + "    ");
    }
    if (rng_.Chance(0.5)) text += indent + "else:\n" + Block(1, depth - 1, indent + "    ");
    return text;
  }

  Rng& rng_;
  const Vocabulary& words_;
  int level_;
};

std::string NameIn(const std::string& line) { return line.substr(4, line.find(' ', 4) - 4); }

int Uses(const std::string& text, const std::string& name) {
  int uses = 0;
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) ++uses;
  return uses;
}

}  // namespace

DrawnProgram DrawProgram(Rng& rng, int level) {
  DrawnProgram drawn;
  drawn.kind = InputKind(rng.Int(0, 2));
  const Vocabulary& words = drawn.kind == InputKind::kNumbers ? NumberWords()
                            : drawn.kind == InputKind::kText  ? TextWords()
                                                              : PairWords();
  Writer writer(rng, words, level);
  std::string text;
  if (drawn.kind == InputKind::kNumbers) {
    text = "def f(nums):\n    total = " + std::to_string(rng.Int(0, 5)) +
           "\n    last = 0\n    out = []\n    for i, x in enumerate(nums):\n";
  } else if (drawn.kind == InputKind::kText) {
    text = "def f(text):\n    s = ''\n    n = " + std::to_string(rng.Int(0, 5)) +
           "\n    counts = {}\n    for i, c in enumerate(text):\n";
  } else {
    text = "def f(n, k):\n    a, b = n, k\n    out = []\n    for i in range(" +
           std::to_string(rng.Int(3, ByLevel(level, 4, 8))) + "):\n";
  }
  text += writer.Block(ByLevel(level, 2, 5), ByLevel(level, 1, 3), "        ");
  for (int i = ByLevel(level, 0, 2); i > 0; --i) {
    text += "    " + writer.Filled(rng.Pick(words.ends)) + "\n";
  }
  text += "    return " + writer.Filled(rng.Pick(words.returns)) + "\n";
  // Names that nothing uses would give the rest away as unimportant.
  for (const char* line : {"    last = 0\n", "    out = []\n", "    counts = {}\n"}) {
    const std::string name = NameIn(line);
    if (text.find(line) != std::string::npos && Uses(text, name) == 1)
      text.erase(text.find(line), std::string(line).size());
  }
  drawn.program = mini::Parse(text);
  return drawn;
}

std::vector<mini::Value> DrawArguments(Rng& rng, InputKind kind, int level) {
  if (kind == InputKind::kPair) return {rng.Int(5, 60), rng.Int(2, 30)};
  const auto size = rng.Int(ByLevel(level, 3, 5), ByLevel(level, 4, 8));
  if (kind == InputKind::kText) return {RandomText(rng, int(size), "abcdeghilmnoprstuvz")};
  mini::Value list = mini::Value::array();
  for (std::int64_t i = 0; i < size; ++i) list.push_back(rng.Int(level <= 3 ? 0 : -6, 15));
  return {list};
}

std::vector<std::size_t> Shuffled(Rng& rng, std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t(0));
  rng.Shuffle(numbers);
  return numbers;
}

std::string ArgumentsText(const std::vector<mini::Value>& arguments) {
  std::string text;
  for (const auto& value : arguments) text += (text.empty() ? "" : ", ") + mini::Literal(value);
  return text;
}

std::optional<mini::Value> InterestingResult(Rng& rng, const mini::Program& program,
                                             const std::vector<mini::Value>& arguments) {
  constexpr int kFewest = 15;
  constexpr int kMost = 1500;
  constexpr std::size_t kLongest = 100;
  const auto run = mini::Call(program, "f", arguments, kMost);
  if (!run.value || run.steps < kFewest) return std::nullopt;
  const bool dull = run.value->is_null() || (!run.value->is_number() && run.value->size() < 1);
  const std::string literal = mini::Literal(*run.value);
  if (dull || literal.size() > kLongest || literal.size() < 2 || literal == "''")
    return std::nullopt;
  constexpr std::size_t kSample = 10;
  auto sample = Shuffled(rng, mini::MutantCount(program));
  sample.resize(std::min(sample.size(), kSample));
  const auto different = std::count_if(sample.begin(), sample.end(), [&](std::size_t index) {
    return mini::Call(mini::Mutant(program, index), "f", arguments, kMost).value != run.value;
  });
  if (2 * std::size_t(different) < sample.size()) return std::nullopt;
  return run.value;
}

}  // namespace assay
