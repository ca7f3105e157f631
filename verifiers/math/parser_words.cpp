// Words inside an answer: units, counted nouns, text answers, times of day.
#include <algorithm>
#include <cctype>

#include "verifiers/math/cut.h"
#include "verifiers/math/evaluate.h"
#include "verifiers/math/parser.h"

namespace assay::math {
namespace {

std::string Trimmed(std::string s, const char* what) {
  while (!s.empty() && std::string_view(what).find(s.back()) != std::string_view::npos)
    s.pop_back();
  std::size_t n = 0;
  while (n < s.size() && std::string_view(what).find(s[n]) != std::string_view::npos) ++n;
  return s.substr(n);
}

// Words that make a phrase more than the name of what was counted.
bool Reserved(std::string_view phrase) {
  static constexpr std::string_view kReserved[] = {
      "or",         "not",      "maybe",     "perhaps",   "possibly", "either",
      "and",        "if",       "for",       "when",      "where",    "such",
      "unless",     "except",   "is",        "are",       "equals",   "wait",
      "but",        "no",       "none",      "all",       "any",      "every",
      "because",    "since",    "then",      "than",      "with",     "less",
      "more",       "minus",    "plus",      "times",     "about",    "approximately",
      "roughly",    "nor",      "least",     "most",      "between",  "to",
      "half",       "thousand", "million",   "billion",   "trillion", "dozen",
      "hundred",    "hundreds", "thousands", "millions",  "actually", "instead",
      "squared",    "cubed",    "choose",    "otherwise", "else",     "divided",
      "multiplied", "raised",   "power",     "out"};
  std::size_t at = 0;
  while (at < phrase.size()) {
    std::size_t end = phrase.find(' ', at);
    if (end == std::string_view::npos) end = phrase.size();
    const std::string_view word = phrase.substr(at, end - at);
    if (std::find(std::begin(kReserved), std::end(kReserved), word) != std::end(kReserved))
      return true;
    if (NumberWord(word)) return true;
    at = end + 1;
  }
  return false;
}

int HalfOfDay(std::string_view phrase) {
  std::string s(phrase);
  s.erase(std::remove_if(s.begin(), s.end(), [](char c) { return c == '.' || c == ' '; }), s.end());
  if (s == "am") return 1;
  if (s == "pm") return 2;
  return 0;
}

std::int64_t Magnitude(std::string_view phrase) {
  if (phrase == "thousand") return 1'000;
  if (phrase == "million") return 1'000'000;
  if (phrase == "billion") return 1'000'000'000;
  if (phrase == "trillion") return 1'000'000'000'000;
  if (phrase == "hundred") return 100;
  if (phrase == "dozen") return 12;
  return 0;
}

}  // namespace

bool Parser::AtUnit() const {
  if (Is(Tok::kRelation) && text_.substr(Peek().begin, 2) == "in" && at_ > 0 &&
      tokens_.tokens[at_ - 1].tok == Tok::kNumber) {  // "2 in" at the end: inches
    return Is(Tok::kEnd, 1) || Is(Tok::kComma, 1) || Is(Tok::kClose, 1);
  }
  return Is(Tok::kText) || Is(Tok::kWord) || Is(Tok::kUnit) ||
         (Is(Tok::kSymbol) && (Peek().text == "AM" || Peek().text == "PM")) ||
         (Is(Tok::kDollar) && Peek().aux == 0);
}

// What follows a value in words: its unit, the half of the day, or the name of what was counted.
NodeId Parser::ParseUnit(NodeId value) {
  if (value == kNoNode) return kNoNode;
  const std::size_t start = at_;
  std::string phrase;
  if (Is(Tok::kDollar)) {  // 5\$ or 5 €
    phrase = Peek().text.empty() || Peek().text == "dollar" ? "$" : std::string(Peek().text);
    Skip();
  }
  if (Is(Tok::kRelation)) {
    phrase = "in";
    Skip();
  }
  while (true) {
    if (Is(Tok::kText) || Is(Tok::kWord) || Is(Tok::kUnit) ||
        (Is(Tok::kSymbol) && (Peek().text == "AM" || Peek().text == "PM"))) {
      const bool glue = !phrase.empty() && phrase.back() != '/' && phrase.back() != ' ';
      if (glue) phrase += ' ';
      phrase += ToLower(Peek().text);
      Skip();
      continue;
    }
    if (!phrase.empty() && Is(Tok::kDivide) &&
        (Is(Tok::kText, 1) || Is(Tok::kWord, 1) || (Is(Tok::kSymbol, 1) && Peek(1).aux == 1))) {
      phrase += '/';
      Skip();
      if (Is(Tok::kSymbol)) {
        phrase += ToLower(Peek().text);
        Skip();
      }
      continue;
    }
    if (!phrase.empty() && Is(Tok::kPower)) {  // \text{cm}^2
      const bool braces = Is(Tok::kOpenGroup, 1);
      const std::size_t number = braces ? 2 : 1;
      if (Is(Tok::kNumber, number) && Peek(number).text.size() == 1 &&
          (!braces || Is(Tok::kCloseGroup, 3))) {
        phrase += '^';
        phrase += Peek(number).text;
        at_ += braces ? 4 : 2;
        continue;
      }
    }
    if (!phrase.empty() && Is(Tok::kUnknown) && text_[Peek().begin] == '.') {  // "sq. units"
      phrase += '.';
      Skip();
      continue;
    }
    break;
  }
  std::string plain = Trimmed(phrase, " .,;:");
  if (const int half = HalfOfDay(plain); half != 0) return Make(Op::kTime, {value}, half);
  if (const std::int64_t factor = Magnitude(plain); factor != 0) {
    return Make(Op::kMul, {value, Integer(factor)});
  }
  for (const char* word : {"thousand ", "million ", "billion ", "hundred ", "trillion "}) {
    if (!plain.starts_with(word)) continue;
    const std::string_view w(word);
    value = Make(Op::kMul, {value, Integer(Magnitude(w.substr(0, w.size() - 1)))});
    plain.erase(0, w.size());
    if (value == kNoNode) return kNoNode;
  }
  if (plain.starts_with("degree")) {
    value = Make(Op::kDegrees, {value});
    if (value == kNoNode) return kNoNode;
    return value;
  }
  int unit = FindUnit(phrase);
  if (unit < 0) unit = FindUnit(plain);
  if (unit < 0 && Reserved(plain)) {
    at_ = start;
    return Fail("these words do not belong to an answer");
  }
  for (const char c : plain) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0 && c != ' ' && c != '-' && c != '.' &&
        c != '\'' && c != '/' && c != '^' && c != '\n' && c != '2' && c != '3' && c != '~' &&
        c != '$' && static_cast<unsigned char>(c) < 0x80 && unit < 0) {
      at_ = start;
      return Fail("a unit expected");
    }
  }
  if (plain.size() > 60) {
    at_ = start;
    return Fail("a unit expected");
  }
  if (unit < 0 && HasFreeNames({&tree_, value})) {
    at_ = start;
    return Fail("words behind a formula");
  }
  const Op op = tree_[value].op;
  const NodeId kid[] = {value};
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  if (tree_.name_count() >= kMaxNames) return FailLarge("more than 200 names");
  if (op == Op::kQuantity && unit < 0) return value;  // "$5 each"
  if (op == Op::kQuantity) {
    const int old = tree_[value].aux;
    if (old >= 0 && UnitAt(old).dimension == UnitAt(unit).dimension) return value;  // "$5 dollars"
    return Fail("two units");
  }
  const NodeId quantity = tree_.AddNamed(Op::kQuantity, plain, kid, unit);
  // 5 ft 6 in
  if (unit >= 0 && Is(Tok::kNumber)) {
    const NodeId rest = ParseTerm();
    if (rest == kNoNode) return kNoNode;
    if (tree_[rest].op != Op::kQuantity || tree_[rest].aux < 0 ||
        UnitAt(tree_[rest].aux).dimension != UnitAt(unit).dimension) {
      return Fail("a unit of the same kind expected");
    }
    // both in the second unit
    const Unit& from = UnitAt(unit);
    const Unit& to = UnitAt(tree_[rest].aux);
    const NodeId factor =
        tree_.AddNumber(Rational(from.factor, from.divisor) / Rational(to.factor, to.divisor));
    const NodeId first = Make(Op::kMul, {value, factor});
    const NodeId second = tree_.kid(rest, 0);
    const NodeId sum[] = {Make(Op::kAdd, {first, second})};
    if (sum[0] == kNoNode) return kNoNode;
    const std::string name(tree_.name(rest));
    return tree_.AddNamed(Op::kQuantity, name, sum, tree_[rest].aux);
  }
  if (Is(Tok::kNumber)) return Fail("an operator expected");
  return quantity;
}

// Words where a value is expected: a number word, a letter, an answer in words.
NodeId Parser::ParseWords() {
  const Token token = Peek();
  const std::string content = Trimmed(std::string(token.text), " .,;:~\n");
  const std::string lower = ToLower(content);
  if (token.tok == Tok::kUnit) {
    Skip();
    return Symbol(content);
  }
  if (const auto number = NumberWord(lower)) {
    Skip();
    return Integer(*number);
  }
  if (token.tok == Tok::kWord) {
    // a run of words: the whole answer, or an error
    std::string words;
    while (Is(Tok::kWord) || Is(Tok::kText)) {
      if (!words.empty()) words += ' ';
      words += Peek().text;
      Skip();
    }
    if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
    if (tree_.name_count() >= kMaxNames) return FailLarge("more than 200 names");
    return tree_.AddNamed(Op::kText, words);
  }
  // \text{…}: mathematics when it is a short piece without words, else words
  std::string inner = content;
  const bool letters_only =
      std::all_of(inner.begin(), inner.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  if (inner.empty()) return Fail("an empty text");
  if (inner.size() == 1 && letters_only) {
    Skip();
    if (inner == "i") return Make(Op::kConstant, {}, static_cast<int>(Constant::kI));
    if (inner == "e") return Make(Op::kConstant, {}, static_cast<int>(Constant::kE));
    return ParseName(inner, at_);
  }
  // (A), A,B,C, 13
  bool short_pieces = true;
  int run = 0;
  for (const char c : inner) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    run = letter ? run + 1 : 0;
    if (run > 1 ||
        (!letter && std::string_view("0123456789(),. -+/").find(c) == std::string_view::npos)) {
      short_pieces = false;
    }
  }
  if (short_pieces && inner != "a.m" && inner != "p.m") {
    Tree nested;
    const auto parsed = ParseExpression(inner);
    if (parsed) {
      // rebuild in this tree
      Skip();
      const Tree& t = *parsed;
      std::vector<NodeId> items;
      const NodeId root = t.root();
      const auto copy = [&](NodeId id) -> NodeId {
        const Node& node = t[id];
        if (node.op == Op::kNumber) {
          return tree_.AddNumber(t.number(id), node.decimals, node.significant);
        }
        if (node.op == Op::kSymbol) return Symbol(t.name(id));
        if (node.op == Op::kConstant) return Make(Op::kConstant, {}, node.aux);
        return kNoNode;
      };
      if (t[root].op == Op::kList) {
        for (const NodeId kid : t.kids(root)) items.push_back(copy(kid));
        if (std::find(items.begin(), items.end(), kNoNode) == items.end())
          return Make(Op::kList, items);
      } else if (const NodeId id = copy(root); id != kNoNode) {
        if (Is(Tok::kSubscript) && t[root].op == Op::kSymbol) {
          Skip();
          return Symbol(std::string(t.name(root)) + Subscript());
        }
        return id;
      }
      --at_;
    }
  }
  std::string words;
  while (Is(Tok::kText) || Is(Tok::kWord)) {
    if (!words.empty()) words += ' ';
    words += Peek().text;
    Skip();
  }
  if (Is(Tok::kSubscript)) {
    Skip();
    words += Subscript();
  }
  if (tree_.size() >= kMaxNodes) return FailLarge("more than 2000 terms");
  if (tree_.name_count() >= kMaxNames) return FailLarge("more than 200 names");
  return tree_.AddNamed(Op::kText, words);
}

}  // namespace assay::math
