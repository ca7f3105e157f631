// Puzzles whose answer is an expression, a selection of numbers or digits for letters.
#include <algorithm>
#include <numeric>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"
#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

// An exact fraction that refuses to overflow.
struct Ratio {
  std::int64_t top = 0;
  std::int64_t bottom = 1;
};

constexpr std::int64_t kMaxPart = 1'000'000'000;  // products of two parts fit in 64 bits

std::optional<Ratio> Reduced(std::int64_t top, std::int64_t bottom) {
  if (bottom == 0) return std::nullopt;
  const std::int64_t common = std::gcd(top, bottom) * (bottom < 0 ? -1 : 1);
  const Ratio ratio = {top / common, bottom / common};
  if (std::abs(ratio.top) > kMaxPart || ratio.bottom > kMaxPart) return std::nullopt;
  return ratio;
}

std::optional<Ratio> Apply(char sign, const Ratio& a, const Ratio& b) {
  if (sign == '+' || sign == '-') {
    const std::int64_t second = b.top * a.bottom;
    return Reduced(a.top * b.bottom + (sign == '+' ? second : -second), a.bottom * b.bottom);
  }
  if (sign == '*') return Reduced(a.top * b.top, a.bottom * b.bottom);
  return Reduced(a.top * b.bottom, a.bottom * b.top);
}

// Precedence climbing over + - * / and brackets, at most kMaxDepth deep. Collects the numbers.
class Expression {
 public:
  explicit Expression(std::string_view text) : text_(text) {}

  std::optional<Ratio> Value(std::vector<int>& numbers) {
    numbers_ = &numbers;
    auto value = Sum(0);
    Skip();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  static constexpr int kMaxDepth = 32;

  void Skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  char Peek() {
    Skip();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  std::optional<Ratio> Sum(int depth) {
    auto value = Product(depth);
    while (value && (Peek() == '+' || Peek() == '-')) {
      const char sign = text_[at_++];
      const auto next = Product(depth);
      value = next ? Apply(sign, *value, *next) : std::nullopt;
    }
    return value;
  }
  std::optional<Ratio> Product(int depth) {
    auto value = Factor(depth);
    while (value && (Peek() == '*' || Peek() == '/')) {
      const char sign = text_[at_++];
      const auto next = Factor(depth);
      value = next ? Apply(sign, *value, *next) : std::nullopt;
    }
    return value;
  }
  std::optional<Ratio> Factor(int depth) {
    if (Peek() == '(' && depth < kMaxDepth) {
      ++at_;
      const auto value = Sum(depth + 1);
      if (!value || Peek() != ')') return std::nullopt;
      ++at_;
      return value;
    }
    int number = 0;
    int digits = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      number = number * 10 + (text_[at_] - '0');
      if (++digits > 7) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    numbers_->push_back(number);
    return Ratio{number, 1};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<int>* numbers_ = nullptr;
};

std::string PlainSigns(std::string_view text) {
  const auto first = text.find_first_not_of('*');  // bold type
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of('*') - first + 1);
  std::string plain(text);
  const std::pair<const char*, const char*> signs[] = {
      {"\xC3\x97", "*"}, {"\xC3\xB7", "/"}, {"\xE2\x88\x92", "-"},
      {"\\times", "*"},  {"\\cdot", "*"},   {"\\div", "/"},
      {"\\left", ""},    {"\\right", ""},   {"\\(", ""},
      {"\\)", ""},       {"$", ""},         {"`", ""}};
  for (const auto& [from, to] : signs) {
    const std::string_view word(from);
    for (auto at = plain.find(word); at != std::string::npos; at = plain.find(word, at)) {
      plain.replace(at, word.size(), to);
    }
  }
  const auto last = plain.find_last_not_of(" .\t\r\n");
  return last == std::string::npos ? "" : plain.substr(0, last + 1);
}

// `used` is part of `numbers`, each taken at most as often as it is there.
bool Available(std::vector<int> used, std::vector<int> numbers) {
  std::sort(used.begin(), used.end());
  std::sort(numbers.begin(), numbers.end());
  return std::includes(numbers.begin(), numbers.end(), used.begin(), used.end());
}

}  // namespace

// {"numbers": […], "value": n, "all": bool}: an expression with + - * / and brackets that uses each
// number at most once (all of them, if "all") and has this value. "= n" at its end is left out.
PuzzleCheck MakeExpression(Fields& fields, const std::string&) {
  const auto numbers = ReadInts(fields, "numbers", 0, 1'000'000);
  const auto wanted = fields.Int("value", -1'000'000, 1'000'000);
  const bool all = fields.OptionalBool("all").value_or(false);
  return [=](std::string_view answer) -> std::optional<std::string> {
    std::string plain = PlainSigns(answer);
    if (const auto equals = plain.find('='); equals != std::string::npos) {
      const auto stated = WholeNumbers(std::string_view(plain).substr(equals + 1));
      if (!stated || stated->size() != 1 || (*stated)[0] != wanted) {
        return "something else than the value stands behind \"=\"";
      }
      plain.resize(equals);
    }
    std::vector<int> used;
    const auto value = Expression(plain).Value(used);
    if (!value) return "not an expression of whole numbers, + - * / and brackets";
    if (!Available(used, numbers)) return "it uses numbers that are not there";
    if (all && used.size() != numbers.size()) return "not every number is used";
    if (value->bottom != 1 || value->top != wanted) {
      return "its value is " + std::to_string(value->top) +
             (value->bottom == 1 ? "" : "/" + std::to_string(value->bottom));
    }
    return std::nullopt;
  };
}

// {"numbers": […], "value": n}: some of the numbers that add up to n.
PuzzleCheck MakeSubsetSum(Fields& fields, const std::string&) {
  const auto numbers = ReadInts(fields, "numbers", -1'000'000, 1'000'000);
  const auto wanted = fields.Int("value");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto chosen = WholeNumbers(answer);
    if (!chosen || chosen->empty() || chosen->size() > numbers.size())
      return "not a list of the numbers";
    std::vector<int> used;
    for (const auto n : *chosen) {
      if (std::abs(n) > 1'000'000) return "it uses numbers that are not there";
      used.push_back(int(n));
    }
    if (!Available(used, numbers)) return "it uses numbers that are not there";
    const auto sum = std::accumulate(chosen->begin(), chosen->end(), std::int64_t{0});
    if (sum != wanted) return "they add up to " + std::to_string(sum);
    return std::nullopt;
  };
}

// {"addends": ["SEND", "MORE"], "sum": "MONEY"}: "S=9, E=5, …", different digits, no leading zero.
PuzzleCheck MakeCryptarithm(Fields& fields, const std::string&) {
  auto words = fields.Strings("addends");
  words.push_back(fields.String("sum"));
  std::string letters;
  for (std::string& word : words) {
    word = Lower(word);
    if (word.empty() || word.size() > 12 ||
        word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos) {
      fields.Refuse("addends", "expected words of 1 to 12 letters");
    }
    for (const char c : word) {
      if (letters.find(c) == std::string::npos) letters += c;
    }
  }
  if (letters.size() > 10 || words.size() > 10) fields.Refuse("addends", "at most 10 letters");
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto values = NamedValues(answer);
    if (!values || values->size() != letters.size()) return "not one digit for each letter";
    std::map<char, int> digit;
    std::string used;
    for (const auto& [name, value] : *values) {
      const bool known = name.size() == 1 && letters.find(name) != std::string::npos;
      if (!known || value.size() != 1 || value[0] < '0' || value[0] > '9')
        return "not one digit for each letter";
      if (used.find(value) != std::string::npos) return "two letters share the digit " + value;
      used += value;
      digit[name[0]] = value[0] - '0';
    }
    std::int64_t total = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].size() > 1 && digit[words[i][0]] == 0) return "a number begins with 0";
      std::int64_t number = 0;
      for (const char c : words[i]) number = number * 10 + digit[c];
      total += i + 1 < words.size() ? number : -number;
    }
    if (total != 0) return "the sum is not right";
    return std::nullopt;
  };
}

}  // namespace assay
