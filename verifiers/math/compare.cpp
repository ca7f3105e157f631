#include "verifiers/math/compare.h"

#include "verifiers/math/kinds.h"
#include "verifiers/math/parse.h"
#include "verifiers/math/progressions.h"
#include "verifiers/math/readings.h"

namespace assay::math {
namespace {

// "Yes, because …" says yes.
bool StartsWithWord(std::string_view longer, std::string_view word) {
  const std::string wanted = NormalizeWords(word);
  if (wanted != "yes" && wanted != "no" && wanted != "true" && wanted != "false") return false;
  const std::string_view s = StripWrappers(longer);
  const std::size_t end = s.find_first_of(",.;!:");
  return end != std::string_view::npos && NormalizeWords(s.substr(0, end)) == wanted;
}

// "81,256" as the list of 81 and 256, or nothing.
std::string ListWithoutBlanks(std::string_view text) {
  const std::string_view s = StripWrappers(text);
  std::string list;
  for (const char c : s) {
    if (c != ',' && (c < '0' || c > '9')) return {};
    list += c;
    if (c == ',') list += ' ';
  }
  if (list.size() == s.size() || list.find(" 0") != std::string::npos) return {};  // 1,000
  return list;
}

// "1,22" -> "1.22", or nothing.
std::string DecimalComma(std::string_view text) {
  const std::string_view s = StripWrappers(text);
  const std::size_t comma = s.find(',');
  if (comma == std::string_view::npos || comma == 0 || comma + 1 == s.size()) return {};
  for (std::size_t i = s[0] == '-' ? 1 : 0; i < s.size(); ++i) {
    if (i != comma && (s[i] < '0' || s[i] > '9')) return {};
  }
  // "1,2" is a list; "1,22" and "0,5" can be nothing but decimals
  if (s.size() - comma < 3 && s.find('0') != (s[0] == '-' ? 1U : 0U)) return {};
  std::string point(s);
  point[comma] = '.';
  return point;
}

Match ComparePlain(const Tree& a, std::string_view a_text, const Tree& b, std::string_view b_text,
                   const Rules& rules, Budget& budget) {
  const Ref x{&a, a.root()};
  const Ref y{&b, b.root()};
  if (x.op() == Op::kText || y.op() == Op::kText) {
    const bool same = NormalizeWords(a_text) == NormalizeWords(b_text) ||
                      StartsWithWord(a_text, b_text) || StartsWithWord(b_text, a_text);
    if (same) return Equal(How::kText);
    if (x.op() == y.op()) return Different(How::kText);
    return Different(How::kText, "words against mathematics");
  }
  if ((x.op() == Op::kList) != (y.op() == Op::kList)) {  // 81, 256 against 81,256
    const Ref& list = x.op() == Op::kList ? x : y;
    const std::string other = ListWithoutBlanks(x.op() == Op::kList ? b_text : a_text);
    if (!other.empty()) {
      const auto parsed = ParseExpression(other);
      if (parsed && (*parsed)[parsed->root()].op == Op::kList) {
        const Match match = CompareValues(list, {&*parsed, parsed->root()}, rules, budget);
        if (match.equal()) return match;
      }
    }
  }
  if ((x.op() == Op::kList) != (y.op() == Op::kList)) {  // 1,22 against 1.22: a decimal comma
    const Ref& list = x.op() == Op::kList ? x : y;
    const Ref& other = x.op() == Op::kList ? y : x;
    const std::string point = DecimalComma(x.op() == Op::kList ? a_text : b_text);
    if (!point.empty() && list.kid_count() == 2 && IsScalar(other.op())) {
      const auto number = ParseExpression(point);
      if (number && CompareValues({&*number, number->root()}, other, rules, budget).equal())
        return Equal(How::kExact, "with a decimal comma");
    }
  }
  return CompareValues(x, y, rules, budget);
}

}  // namespace

Match Compare(const Tree& a, std::string_view a_text, const Tree& b, std::string_view b_text,
              const Rules& rules, Budget& budget) {
  const Match plain = ComparePlain(a, a_text, b, b_text, rules, budget);
  if (plain.equal() || budget.spent() || rules.simplified) return plain;
  const auto has_unit = [](const Tree& t) {
    const Node& root = t[t.root()];
    return root.op == Op::kQuantity && root.aux >= 0;
  };
  const std::vector<Tree> left = OtherReadings(a_text, has_unit(b));
  const std::vector<Tree> right = OtherReadings(b_text, has_unit(a));
  const auto equal = [&](const Tree& x, const Tree& y) {
    const Match match = CompareValues({&x, x.root()}, {&y, y.root()}, rules, budget);
    return match.equal() ? std::optional<Match>(match) : std::nullopt;
  };
  for (const Tree& y : right) {
    if (const auto match = equal(a, y)) return *match;
  }
  for (const Tree& x : left) {
    if (const auto match = equal(x, b)) return *match;
    for (const Tree& y : right) {
      if (const auto match = equal(x, y)) return *match;
    }
  }
  if (!rules.ordered && !rules.units) {
    if (const auto match = CompareProgressions(a_text, b_text, budget)) return *match;
  }
  return plain;
}

}  // namespace assay::math
