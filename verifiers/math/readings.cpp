#include "verifiers/math/readings.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include "verifiers/math/cut.h"
#include "verifiers/math/evaluate.h"
#include "verifiers/math/labels.h"
#include "verifiers/math/lexicon.h"
#include "verifiers/math/parameters.h"
#include "verifiers/math/parse.h"
#include "verifiers/math/spelled.h"

namespace assay::math {
namespace {

constexpr std::size_t kMaxText = 200;

// Inside of \text{…} where that is all there is.
std::string_view Unwrapped(std::string_view s) {
  for (const std::string_view command : {"\\text{", "\\textbf{", "\\mathrm{", "\\mbox{"}) {
    if (!s.starts_with(command) || !s.ends_with("}")) continue;
    const std::string_view inside = s.substr(command.size(), s.size() - command.size() - 1);
    if (inside.find_first_of("{}") == std::string_view::npos) return TrimGaps(inside);
  }
  return s;
}

Tree NumberTree(Rational value) {
  Tree tree;
  tree.set_root(tree.AddNumber(std::move(value)));
  return tree;
}

// A unit without its LaTeX: "\,\mathrm{m/s}^{2}" -> "m/s^2", "^\circ C" -> "°c".
std::string PlainUnit(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\') {
      std::size_t n = 1;
      while (i + n < s.size() && IsLetter(s[i + n])) ++n;
      const std::string_view name = s.substr(i + 1, n - 1);
      if (name == "frac" || name == "dfrac" || name == "tfrac") {  // \frac{m}{s}
        const std::string_view rest = s.substr(i + n);
        const std::size_t mid = rest.find("}{");
        if (!rest.starts_with("{") || mid == std::string_view::npos) return {};
        const std::size_t close = rest.find_last_of('}');
        return PlainUnit(rest.substr(1, mid - 1)) + "/" +
               PlainUnit(rest.substr(mid + 2, close - mid - 2));
      }
      if (name == "circ") {
        if (!out.empty() && out.back() == '^') out.pop_back();
        out += "\xC2\xB0";
      } else if (n > 1 && name != "text" && name != "mathrm" && name != "mbox" && name != "rm" &&
                 name != "textrm" && name != "operatorname" && name != "quad") {
        return {};
      }
      i += n == 1 ? 1 : n - 1;
      continue;
    }
    if (s[i] == '{' || s[i] == '}' || s[i] == '$') continue;
    if (s[i] == ' ' && out.ends_with("\xC2\xB0")) continue;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(s[i])));
  }
  std::string_view view = TrimGaps(out);
  while (!view.empty() && view.back() == '.') view.remove_suffix(1);
  return std::string(view);
}

// "5 m", "3.2\,\frac{m}{s}", "25^\circ C": a number and a unit that the grammar reads as names.
std::optional<Tree> WithUnit(std::string_view s, bool beside_unit) {
  const std::size_t first = s.size() > 40 ? s.size() - 40 : 1;
  for (std::size_t p = first; p < s.size(); ++p) {
    const bool starts = (IsLetter(s[p]) && !IsLetter(s[p - 1]) && s[p - 1] != '\\') ||
                        s[p] == '\\' || s[p] == '^' || static_cast<unsigned char>(s[p]) == 0xC2;
    if (!starts) continue;
    const std::string unit = PlainUnit(s.substr(p));
    if (unit.empty() || unit.size() > 30) continue;
    const int index = FindUnit(unit);
    if (index < 0) continue;
    const bool marked =
        s.substr(p).find('\\') != std::string_view::npos || IsGap(s[p - 1]) || s[p - 1] == ',';
    // "5n" and "5 n" are rather products
    if (unit.size() == 1 && !beside_unit &&
        (!marked || unit.find_first_of("msgl") == std::string::npos))
      continue;
    auto tree = ParseFormula(TrimGaps(s.substr(0, p)));
    if (!tree || HasFreeNames({&*tree, tree->root()})) continue;
    const Op op = (*tree)[tree->root()].op;
    if (op == Op::kList || op == Op::kQuantity || op == Op::kRelation || op == Op::kDegrees)
      continue;
    const NodeId kid[] = {tree->root()};
    tree->set_root(tree->AddNamed(Op::kQuantity, unit, kid, index));
    return tree;
  }
  return std::nullopt;
}

// "2A_{16}", "DEF_{16}", "1011 (base 2)"
std::optional<Tree> InBase(std::string_view s) {
  std::size_t n = 0;
  while (n < s.size() && (IsDigit(s[n]) || (s[n] >= 'A' && s[n] <= 'Z') || IsLetter(s[n]))) ++n;
  if (n < 2 || n > 60) return std::nullopt;
  const std::string_view digits = s.substr(0, n);
  std::string_view rest = TrimGaps(s.substr(n));
  const bool open = EatFront(rest, "(");
  if (!EatFront(rest, "_") && !EatFront(rest, "base ") && !EatFront(rest, "in base "))
    return std::nullopt;
  std::string name;
  for (const char c : rest) {
    if (IsDigit(c) || IsLetter(c)) name += c;
  }
  for (const std::string_view command : {"text", "mathrm"}) {
    if (name.starts_with(command)) name.erase(0, command.size());
  }
  if (open != rest.ends_with(")")) return std::nullopt;
  std::optional<int> base;
  if (name.size() <= 2 && std::all_of(name.begin(), name.end(), IsDigit) && !name.empty()) {
    base = std::stoi(name);
  } else {
    base = NumberWord(name);
  }
  if (!base || *base < 2 || *base > 36) return std::nullopt;
  bool digit_or_upper = std::all_of(digits.begin(), digits.end(),
                                    [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); });
  const bool lower =
      std::none_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  const bool any_digit = std::any_of(digits.begin(), digits.end(), IsDigit);
  if (!digit_or_upper && !(lower && any_digit)) return std::nullopt;
  Rational value;
  for (const char c : digits) {
    const int d = IsDigit(c) ? c - '0' : std::toupper(static_cast<unsigned char>(c)) - 'A' + 10;
    if (d >= *base) return std::nullopt;
    value = value * Rational(*base) + Rational(d);
  }
  return NumberTree(std::move(value));
}

// "3 to 2"
std::optional<Tree> SpokenRatio(std::string_view s) {
  const std::size_t at = s.find(" to ");
  if (at == std::string_view::npos || s.find(" to ", at + 1) != std::string_view::npos)
    return std::nullopt;
  const auto side = [](std::string_view text) -> std::optional<Rational> {
    text = TrimGaps(text);
    if (!text.empty() && text.size() < 12 && std::all_of(text.begin(), text.end(), IsDigit))
      return Rational::FromDigits(text, 0);
    return SpelledNumber(text);
  };
  auto left = side(s.substr(0, at));
  auto right = side(s.substr(at + 4));
  if (!left || !right) return std::nullopt;
  Tree tree;
  const NodeId a = tree.AddNumber(std::move(*left));
  const NodeId b = tree.AddNumber(std::move(*right));
  tree.set_root(tree.Add(Op::kRatio, {a, b}));
  return tree;
}

// "C_5^2", "A_{5}^{2}": counts of choices as much of the world writes them.
std::optional<std::pair<std::int64_t, std::int64_t>> IndexedChoice(std::string_view s) {
  const auto index = [&]() -> std::optional<std::int64_t> {
    const bool group = EatFront(s, "{");
    std::size_t n = 0;
    while (n < s.size() && IsDigit(s[n]) && n < (group ? 6 : 1)) ++n;
    if (n == 0) return std::nullopt;
    const auto value = Rational::FromDigits(s.substr(0, n), 0).ToInt();
    s.remove_prefix(n);
    if (group && !EatFront(s, "}")) return std::nullopt;
    return value;
  };
  if (!EatFront(s, "_")) return std::nullopt;
  const auto n = index();
  if (!n || !EatFront(s, "^")) return std::nullopt;
  const auto k = index();
  if (!k || !s.empty()) return std::nullopt;
  return std::pair(*n, *k);
}

// "C(5,2)", "5C2", "{}_5C_2", "^5P_2", "\\mathrm{C}_5^2": counts of choices.
std::optional<Tree> Choices(std::string_view s) {
  std::string compact;
  for (const char c : s) {
    if (!IsGap(c) && c != '{' && c != '}' && c != '_' && c != '^') compact += c;
  }
  std::string_view rest = compact;
  const auto number = [&]() -> std::optional<std::int64_t> {
    std::size_t n = 0;
    while (n < rest.size() && IsDigit(rest[n])) ++n;
    if (n == 0 || n > 6) return std::nullopt;
    const auto value = Rational::FromDigits(rest.substr(0, n), 0).ToInt();
    rest.remove_prefix(n);
    return value;
  };
  std::optional<std::int64_t> n;
  std::optional<std::int64_t> k;
  char kind = 0;
  std::string_view indexed = s;
  if (EatFront(indexed, "\\mathrm{") || EatFront(indexed, "\\text{")) {
    const std::size_t close = indexed.find('}');
    if (close == 1) kind = indexed[0];
    indexed.remove_prefix(std::min(close, indexed.size() - 1) + 1);
  } else if (!indexed.empty()) {
    kind = indexed[0];
    indexed.remove_prefix(1);
  }
  const auto choice =
      kind == 'C' || kind == 'A' || kind == 'P' ? IndexedChoice(indexed) : std::nullopt;
  if (kind == 'A') kind = 'P';
  const auto letter = [&] {
    if (rest.empty() || (rest[0] != 'C' && rest[0] != 'P')) return false;
    kind = rest[0];
    rest.remove_prefix(1);
    return true;
  };
  if (choice) {
    n = choice->first;
    k = choice->second;
  } else if (letter()) {  // C(5,2)
    if (!EatFront(rest, "(")) return std::nullopt;
    n = number();
    if (!n || !EatFront(rest, ",")) return std::nullopt;
    k = number();
    if (!k || rest != ")") return std::nullopt;
  } else {
    n = number();
    if (!n || !letter()) return std::nullopt;
    k = number();
    if (!k || !rest.empty()) return std::nullopt;
  }
  Tree tree;
  const NodeId a = tree.AddNumber(Rational(*n));
  const NodeId b = tree.AddNumber(Rational(*k));
  NodeId root = tree.Add(Op::kCall, {a, b}, static_cast<int>(Function::kBinomial));
  if (kind == 'P') {
    const NodeId order = tree.Add(Op::kFactorial, {b});
    root = tree.Add(Op::kMul, {root, order});
  }
  tree.set_root(root);
  return tree;
}

// "]0, 1[", "]0, 1]": intervals of the French schools.
std::optional<Tree> TurnedBrackets(std::string_view s) {
  if (s.size() < 5 || (s.front() != ']' && s.back() != '[')) return std::nullopt;
  if (s.front() != ']' && s.front() != '[') return std::nullopt;
  if (s.back() != ']' && s.back() != '[') return std::nullopt;
  const std::string_view inside = s.substr(1, s.size() - 2);
  if (inside.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  std::string plain(1, s.front() == ']' ? '(' : '[');
  plain += inside;
  plain += s.back() == '[' ? ')' : ']';
  std::replace(plain.begin(), plain.end(), ';', ',');
  auto tree = ParseFormula(plain);
  if (!tree || (*tree)[tree->root()].kid_count != 2) return std::nullopt;
  return tree;
}

// "B and D", "B, D": several choices.
std::optional<Tree> ChoiceList(std::string_view s) {
  Tree tree;
  std::vector<NodeId> letters;
  while (!s.empty()) {
    const bool open = EatFront(s, "(");
    if (s.empty() || s[0] < 'A' || s[0] > 'J') return std::nullopt;
    letters.push_back(tree.AddNamed(Op::kSymbol, s.substr(0, 1)));
    s.remove_prefix(1);
    if (open != EatFront(s, ")")) return std::nullopt;
    if (s.empty()) break;
    if (!EatFront(s, ", and ") && !EatFront(s, ", ") && !EatFront(s, ",") && !EatFront(s, " and "))
      return std::nullopt;
  }
  if (letters.size() < 2) return std::nullopt;
  tree.set_root(tree.Add(Op::kList, letters));
  return tree;
}

// "negative 5", "minus 5"
std::optional<Tree> SpokenSign(std::string_view s) {
  if (!EatFront(s, "negative ") && !EatFront(s, "minus ")) return std::nullopt;
  auto tree = ParseFormula(TrimGaps(s));
  if (!tree || (*tree)[tree->root()].op != Op::kNumber) return std::nullopt;
  tree->set_root(tree->Add(Op::kNeg, {tree->root()}));
  return tree;
}

}  // namespace

std::vector<Tree> OtherReadings(std::string_view text, bool beside_unit) {
  std::vector<Tree> readings;
  std::string_view s = StripWrappers(text);
  if (s.empty() || s.size() > kMaxText) return readings;
  if (s.find_first_not_of("0123456789.,-+/ ") == std::string_view::npos) return readings;
  const auto put = [&](std::optional<Tree> tree) {
    if (tree) readings.push_back(std::move(*tree));
  };
  const std::string_view inner = Unwrapped(s);
  if (inner.size() != s.size() && !inner.empty() && !IsLetter(inner[0])) put(ParseFormula(inner));
  if (IsLetter(inner.empty() ? ' ' : inner[0])) {
    if (auto number = SpelledNumber(inner)) put(NumberTree(std::move(*number)));
    if (const std::string meaning = StockPhrase(inner); !meaning.empty()) {
      if (auto tree = ParseExpression(meaning)) readings.push_back(std::move(*tree));
    }
  }
  put(WithUnit(s, beside_unit));
  const std::string flat = WithoutTextCommands(s);
  put(InBase(flat));
  put(SpokenSign(flat));
  put(ChoiceList(flat));
  if (flat.size() != s.size() && flat.find('=') != std::string::npos) put(ParseFormula(flat));
  put(SpokenRatio(flat));
  if (flat.size() != s.size()) {
    if (const std::string meaning = StockPhrase(flat); !meaning.empty()) put(ParseFormula(meaning));
  }
  for (const std::string& solution : WithoutIntegerParameter(s)) put(ParseFormula(solution));
  put(Choices(s));
  put(TurnedBrackets(s));
  put(BehindLabel(s, flat));
  return readings;
}

}  // namespace assay::math
