#include "tasks/generators/logic/formula.h"

#include <algorithm>

#include "base/check.h"

namespace assay {
namespace {

constexpr const char* kWords[] = {"", "not", "and", "or", "implies", "iff"};
constexpr const char* kShown[] = {"", "not ", " and ", " or ", " implies ", " if and only if "};

Formula Negated(Formula formula) { return {Connective::kNot, 0, {std::move(formula)}}; }

// The variable of a literal.
int& Variable(Formula& literal) {
  return literal.parts.empty() ? literal.variable : literal.parts[0].variable;
}

bool SameVariable(const std::vector<Formula>& left, const std::vector<Formula>& right) {
  return std::any_of(left.begin(), left.end(), [&](const Formula& one) {
    return std::any_of(right.begin(), right.end(),
                       [&](const Formula& other) { return one.variable == other.variable; });
  });
}

// The first compound formula of a side, taken out.
bool TakeCompound(std::vector<Formula>& side, Formula& taken) {
  const auto found = std::find_if(side.begin(), side.end(), [](const Formula& formula) {
    return formula.connective != Connective::kVariable;
  });
  if (found == side.end()) return false;
  taken = *found;
  side.erase(found);
  return true;
}

// Sequents are copied on purpose: each branch changes its own.
bool With(std::vector<Formula> left, std::vector<Formula> right,
          const std::vector<Formula>& more_left, const std::vector<Formula>& more_right) {
  left.insert(left.end(), more_left.begin(), more_left.end());
  right.insert(right.end(), more_right.begin(), more_right.end());
  return Provable(std::move(left), std::move(right));
}

bool FromLeft(const Formula& f, const std::vector<Formula>& left,
              const std::vector<Formula>& right) {
  switch (f.connective) {
    case Connective::kNot:
      return With(left, right, {}, {f.parts[0]});
    case Connective::kAnd:
      return With(left, right, f.parts, {});
    case Connective::kOr:
      return With(left, right, {f.parts[0]}, {}) && With(left, right, {f.parts[1]}, {});
    case Connective::kImplies:
      return With(left, right, {}, {f.parts[0]}) && With(left, right, {f.parts[1]}, {});
    default:
      return With(left, right, f.parts, {}) && With(left, right, {}, f.parts);
  }
}

bool FromRight(const Formula& f, const std::vector<Formula>& left,
               const std::vector<Formula>& right) {
  switch (f.connective) {
    case Connective::kNot:
      return With(left, right, {f.parts[0]}, {});
    case Connective::kAnd:
      return With(left, right, {}, {f.parts[0]}) && With(left, right, {}, {f.parts[1]});
    case Connective::kOr:
      return With(left, right, {}, f.parts);
    case Connective::kImplies:
      return With(left, right, {f.parts[0]}, {f.parts[1]});
    default:
      return With(left, right, {f.parts[0]}, {f.parts[1]}) &&
             With(left, right, {f.parts[1]}, {f.parts[0]});
  }
}

}  // namespace

Formula RandomFormula(Rng& rng, int variables, int size) {
  if (size == 0) {
    Formula variable{Connective::kVariable, int(rng.Int(0, variables - 1)), {}};
    return rng.Chance(0.35) ? Negated(std::move(variable)) : variable;
  }
  static const std::vector<Connective> kBinary = {Connective::kAnd, Connective::kOr,
                                                  Connective::kImplies, Connective::kImplies,
                                                  Connective::kIff};
  const int first = int(rng.Int(0, size - 1));
  Formula formula{rng.Pick(kBinary), 0, {}};
  formula.parts.push_back(RandomFormula(rng, variables, first));
  formula.parts.push_back(RandomFormula(rng, variables, size - 1 - first));
  if (size == 1) {  // "P or not P" says nothing
    int& left = Variable(formula.parts[0]);
    int& right = Variable(formula.parts[1]);
    if (left == right) right = (left + int(rng.Int(1, variables - 1))) % variables;
  }
  return formula;
}

bool Holds(const Formula& formula, unsigned assignment) {
  const auto part = [&](std::size_t i) { return Holds(formula.parts[i], assignment); };
  switch (formula.connective) {
    case Connective::kVariable:
      return (assignment >> formula.variable & 1U) != 0;
    case Connective::kNot:
      return !part(0);
    case Connective::kAnd:
      return part(0) && part(1);
    case Connective::kOr:
      return part(0) || part(1);
    case Connective::kImplies:
      return !part(0) || part(1);
    case Connective::kIff:
      return part(0) == part(1);
  }
  return false;
}

std::string FormulaText(const Formula& formula, const std::vector<std::string>& names) {
  if (formula.connective == Connective::kVariable) return names[formula.variable];
  const auto part = [&](std::size_t i) {
    const Formula& inner = formula.parts[i];
    const bool bare = inner.parts.size() < 2;
    return bare ? FormulaText(inner, names) : "(" + FormulaText(inner, names) + ")";
  };
  const char* shown = kShown[int(formula.connective)];
  return formula.connective == Connective::kNot ? shown + part(0) : part(0) + shown + part(1);
}

Json FormulaJson(const Formula& formula) {
  if (formula.connective == Connective::kVariable) return formula.variable;
  Json json = Json::array({kWords[int(formula.connective)]});
  for (const Formula& part : formula.parts) json.push_back(FormulaJson(part));
  return json;
}

Formula FormulaFrom(const Json& json) {
  if (json.is_number_integer()) return {Connective::kVariable, json.get<int>(), {}};
  const auto word = json[0].get<std::string>();
  Formula formula;
  for (int i = 1; i <= int(Connective::kIff); ++i) {
    if (word == kWords[i]) formula.connective = Connective(i);
  }
  for (std::size_t i = 1; i < json.size(); ++i) formula.parts.push_back(FormulaFrom(json[i]));
  return formula;
}

bool Provable(std::vector<Formula> left, std::vector<Formula> right) {
  Formula formula;
  if (TakeCompound(left, formula)) return FromLeft(formula, left, right);
  if (TakeCompound(right, formula)) return FromRight(formula, left, right);
  return SameVariable(left, right);
}

}  // namespace assay
