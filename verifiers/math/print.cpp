// One spelling for every construct, fully bracketed where precedence could matter.
#include <array>

#include "verifiers/math/expr.h"
#include "verifiers/math/lexicon.h"

namespace assay::math {
namespace {

class Printer {
 public:
  explicit Printer(const Tree& tree) : tree_(tree) {}

  std::string Of(NodeId id) {
    const Node& node = tree_[id];
    switch (node.op) {
      case Op::kNumber:
        return Number(id);
      case Op::kSymbol:
        return Name(tree_.name(id));
      case Op::kConstant:
        return ConstantName(node.aux);
      case Op::kAdd:
        return Sum(id);
      case Op::kMul:
        return Join(id, " \\cdot ", true);
      case Op::kDiv:
        return "\\frac{" + Kid(id, 0) + "}{" + Kid(id, 1) + "}";
      case Op::kNeg:
        return "-" + Atom(tree_.kid(id, 0));
      case Op::kPow:
        return Atom(tree_.kid(id, 0)) + "^{" + Kid(id, 1) + "}";
      case Op::kRoot:
        return "\\sqrt[" + Kid(id, 1) + "]{" + Kid(id, 0) + "}";
      case Op::kCall:
        return Call(id);
      case Op::kApply:
        return Name(tree_.name(id)) + "(" + Join(id, ", ", false) + ")";
      case Op::kFactorial:
        return Atom(tree_.kid(id, 0)) + "!";
      case Op::kAbs:
        return "\\left|" + Kid(id, 0) + "\\right|";
      case Op::kPlusMinus:
        return (node.kid_count == 2 ? Atom(tree_.kid(id, 0)) : std::string()) +
               (node.aux == 1 ? " \\mp " : " \\pm ") + Atom(tree_.kid(id, node.kid_count - 1));
      case Op::kDegrees:
        return Atom(tree_.kid(id, 0)) + "^{\\circ}";
      case Op::kPercent:
        return Atom(tree_.kid(id, 0)) + "\\%";
      case Op::kQuantity:
        return Quantity(id);
      default:
        return Compound(id);
    }
  }

 private:
  std::string Kid(NodeId id, std::size_t i) { return Of(tree_.kid(id, i)); }

  std::string Number(NodeId id) {
    const Rational& r = tree_.number(id);
    const int decimals = tree_[id].decimals;
    if (decimals > 0) {
      std::string digits = (r * PowerOfTen(decimals)).Floor().ToString();
      while (static_cast<int>(digits.size()) <= decimals) digits.insert(0, "0");
      digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
      return digits;
    }
    if (r.IsInteger()) return r.ToString();
    const std::string text = r.ToString();
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return text;
    return "\\frac{" + text.substr(0, slash) + "}{" + text.substr(slash + 1) + "}";
  }

  static std::string Name(std::string_view name) {
    const std::size_t cut = std::min(name.find('_'), name.find('\''));
    const std::string_view head = name.substr(0, cut);
    std::string out;
    if (head.starts_with("overline") && head.size() > 8) {
      out = "\\overline{" + std::string(head.substr(8)) + "}";
    } else if (head.starts_with("vec") && head.size() > 3) {
      out = "\\vec{" + std::string(head.substr(3)) + "}";
    } else if (head.starts_with("angle ") || head.starts_with("triangle ")) {
      out = "\\" + std::string(head);
    } else if (const Word* word = FindCommand(head); word != nullptr && head.size() > 1) {
      out = "\\" + std::string(head) + " ";
    } else {
      out = std::string(head);
    }
    if (cut == std::string_view::npos) return out;
    std::string rest(name.substr(cut));
    if (rest[0] != '_') return out + rest;
    const std::size_t prime = rest.find('\'');
    const std::string primes = prime == std::string::npos ? "" : rest.substr(prime);
    return out + "_{" + rest.substr(1, prime == std::string::npos ? prime : prime - 1) + "}" +
           primes;
  }

  static std::string ConstantName(int aux) {
    switch (static_cast<Constant>(aux)) {
      case Constant::kPi:
        return "\\pi ";
      case Constant::kE:
        return "e";
      case Constant::kI:
        return "i";
      case Constant::kInfinity:
        return "\\infty ";
      default:
        return "\\phi ";
    }
  }

  // Brackets around everything that is not one token.
  std::string Atom(NodeId id) {
    const Node& node = tree_[id];
    const bool single =
        node.op == Op::kSymbol || node.op == Op::kConstant || node.op == Op::kParens ||
        node.op == Op::kApply || node.op == Op::kBraces || node.op == Op::kMatrix ||
        (node.op == Op::kNumber && (tree_.number(id).IsInteger() || node.decimals > 0));
    if (single) return Of(id);
    return "\\left(" + Of(id) + "\\right)";
  }

  std::string Join(NodeId id, const char* between, bool atoms) {
    std::string out;
    for (std::size_t i = 0; i < tree_[id].kid_count; ++i) {
      if (i > 0) out += between;
      out += atoms ? Atom(tree_.kid(id, i)) : Kid(id, i);
    }
    return out;
  }

  std::string Sum(NodeId id) {
    std::string out;
    for (std::size_t i = 0; i < tree_[id].kid_count; ++i) {
      const NodeId kid = tree_.kid(id, i);
      const bool negative = tree_[kid].op == Op::kNeg && i > 0;
      if (i > 0) out += negative ? " - " : " + ";
      out += Atom(negative ? tree_.kid(kid, 0) : kid);
    }
    return out;
  }

  std::string Call(NodeId id) {
    static constexpr std::array<const char*, 40> kNames = {"\\sin",
                                                           "\\cos",
                                                           "\\tan",
                                                           "\\cot",
                                                           "\\sec",
                                                           "\\csc",
                                                           "\\arcsin",
                                                           "\\arccos",
                                                           "\\arctan",
                                                           "\\arccot",
                                                           "\\operatorname{arcsec}",
                                                           "\\operatorname{arccsc}",
                                                           "\\sinh",
                                                           "\\cosh",
                                                           "\\tanh",
                                                           "\\coth",
                                                           "\\operatorname{sech}",
                                                           "\\operatorname{csch}",
                                                           "\\operatorname{arsinh}",
                                                           "\\operatorname{arcosh}",
                                                           "\\operatorname{artanh}",
                                                           "\\log",
                                                           "\\ln",
                                                           "\\exp",
                                                           "floor",
                                                           "ceil",
                                                           "binom",
                                                           "\\gcd",
                                                           "\\operatorname{lcm}",
                                                           "\\max",
                                                           "\\min",
                                                           "\\det",
                                                           "\\Re",
                                                           "\\Im",
                                                           "conj",
                                                           "\\arg",
                                                           "\\operatorname{sgn}",
                                                           "\\operatorname{tr}",
                                                           "\\Gamma",
                                                           "\\zeta"};
    const auto f = static_cast<Function>(tree_[id].aux);
    if (f == Function::kFloor) return "\\lfloor " + Kid(id, 0) + "\\rfloor ";
    if (f == Function::kCeil) return "\\lceil " + Kid(id, 0) + "\\rceil ";
    if (f == Function::kBinomial && tree_[id].kid_count == 2) {
      return "\\binom{" + Kid(id, 0) + "}{" + Kid(id, 1) + "}";
    }
    if (f == Function::kLog && tree_[id].kid_count == 2) {
      return "\\log_{" + Kid(id, 1) + "}(" + Kid(id, 0) + ")";
    }
    return std::string(kNames[static_cast<std::size_t>(tree_[id].aux)]) + "(" +
           Join(id, ", ", false) + ")";
  }

  std::string Quantity(NodeId id) {
    const std::string unit(tree_.name(id));
    if (unit == "$") return "\\$" + Atom(tree_.kid(id, 0));
    return Atom(tree_.kid(id, 0)) + "\\text{ " + unit + "}";
  }

  std::string Compound(NodeId id) {
    const Node& node = tree_[id];
    switch (node.op) {
      case Op::kParens:
        return "(" + Join(id, ", ", false) + ")";
      case Op::kBrackets:
        return "[" + Join(id, ", ", false) + "]";
      case Op::kHalfOpen:
        return (node.aux == 1 ? "(" : "[") + Join(id, ", ", false) + (node.aux == 1 ? "]" : ")");
      case Op::kBraces:
        return "\\{" + Join(id, ", ", false) + "\\}";
      case Op::kAngles:
        return "\\langle " + Join(id, ", ", false) + "\\rangle ";
      case Op::kList:
        return Join(id,
                    node.aux == 1 ? " \\text{ or } " : (node.aux == 2 ? " \\text{ and } " : ", "),
                    false);
      case Op::kMatrix:
        return Matrix(id);
      case Op::kUnion:
        return Join(id, " \\cup ", false);
      case Op::kIntersect:
        return Join(id, " \\cap ", false);
      case Op::kSetMinus:
        return Join(id, " \\setminus ", false);
      case Op::kSuchThat: {
        std::string out = "\\{" + Kid(id, 0) + " \\mid ";
        for (std::size_t i = 1; i < node.kid_count; ++i) out += (i > 1 ? ", " : "") + Kid(id, i);
        return out + "\\}";
      }
      case Op::kNumberSet:
        return std::string("\\mathbb{") + static_cast<char>(node.aux) + "}";
      case Op::kRelation:
        return Chain(id);
      case Op::kText:
        return "\\text{" + std::string(tree_.name(id)) + "}";
      case Op::kRatio:
        return Join(id, " : ", true);
      case Op::kTime:
        return Join(id, ":", true) +
               (node.aux == 0 ? "" : (node.aux == 1 ? "\\text{ a.m.}" : "\\text{ p.m.}"));
      case Op::kSum:
      case Op::kProduct:
        return std::string(node.op == Op::kSum ? "\\sum" : "\\prod") + "_{" + Kid(id, 1) + " = " +
               Kid(id, 2) + "}^{" + Kid(id, 3) + "}" + Atom(tree_.kid(id, 0));
      case Op::kIntegral: {
        const std::string bounds =
            node.kid_count == 4 ? "_{" + Kid(id, 2) + "}^{" + Kid(id, 3) + "}" : std::string();
        return "\\int" + bounds + " " + Atom(tree_.kid(id, 0)) + " d" + Kid(id, 1);
      }
      case Op::kLimit:
        return "\\lim_{" + Kid(id, 1) + " \\to " + Kid(id, 2) +
               (node.aux == 0 ? "" : (node.aux > 0 ? "^{+}" : "^{-}")) + "}" +
               Atom(tree_.kid(id, 0));
      case Op::kMod:
        return Atom(tree_.kid(id, 0)) + (node.aux == 1 ? " \\bmod " + Atom(tree_.kid(id, 1))
                                                       : " \\pmod{" + Kid(id, 1) + "}");
      case Op::kTranspose:
        return Atom(tree_.kid(id, 0)) + "^\\top ";
      default:
        return "\\dots ";
    }
  }

  std::string Matrix(NodeId id) {
    std::string out = "\\begin{pmatrix}";
    const std::size_t columns = static_cast<std::size_t>(tree_[id].aux);
    for (std::size_t i = 0; i < tree_[id].kid_count; ++i) {
      if (i > 0) out += i % columns == 0 ? " \\\\ " : " & ";
      out += Kid(id, i);
    }
    return out + "\\end{pmatrix}";
  }

  std::string Chain(NodeId id) {
    static constexpr std::array<const char*, 11> kSigns = {
        " = ",        " \\neq ", " < ",       " \\leq ",   " > ",       " \\geq ",
        " \\approx ", " \\in ",  " \\notin ", " \\equiv ", " \\subset "};
    std::string out = Kid(id, 0);
    for (std::size_t i = 1; i < tree_[id].kid_count; ++i) {
      out += kSigns[static_cast<std::size_t>(tree_.relation(id, i - 1))] + Kid(id, i);
    }
    return out;
  }

  const Tree& tree_;
};

}  // namespace

std::string Print(const Tree& tree, NodeId id) { return Printer(tree).Of(id); }

}  // namespace assay::math
