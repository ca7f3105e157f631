// Structural equality up to the order of sums and products.
#include <algorithm>

#include "verifiers/math/scalar.h"

namespace assay::math {
namespace {

bool Commutes(Op op) {
  return op == Op::kAdd || op == Op::kMul || op == Op::kUnion || op == Op::kIntersect;
}

bool HasName(Op op) {
  return op == Op::kSymbol || op == Op::kApply || op == Op::kText || op == Op::kQuantity;
}

bool Same(const Ref& a, const Ref& b, Budget& budget) {
  if (!budget.Spend(1)) return false;
  const Node& x = a.node();
  const Node& y = b.node();
  if (x.op != y.op || x.kid_count != y.kid_count || x.op == Op::kDots) return false;
  if (x.op == Op::kNumber) return a.number() == b.number();
  if (x.aux != y.aux) return false;
  if (HasName(x.op) && a.name() != b.name()) return false;
  if (x.op == Op::kPlusMinus && a.sign != b.sign) return false;
  if (x.op == Op::kRelation) {
    for (std::size_t i = 0; i + 1 < x.kid_count; ++i) {
      if (a.tree->relation(a.id, i) != b.tree->relation(b.id, i)) return false;
    }
  }
  // anything that may be undefined is left to evaluation
  if (x.op == Op::kDiv && b.kid(1).op() == Op::kNumber && b.kid(1).number().IsZero()) return false;
  bool in_order = true;
  for (std::size_t i = 0; in_order && i < x.kid_count; ++i)
    in_order = Same(a.kid(i), b.kid(i), budget);
  if (in_order) return true;
  if (!Commutes(x.op) || x.kid_count > 16) return false;
  std::vector<bool> used(x.kid_count, false);
  for (std::size_t i = 0; i < x.kid_count; ++i) {
    bool found = false;
    for (std::size_t j = 0; j < x.kid_count && !found; ++j) {
      if (used[j] || !Same(a.kid(i), b.kid(j), budget)) continue;
      used[j] = true;
      found = true;
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace

namespace {

std::string Joined(std::vector<std::string> parts, char between) {
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += between;
    out += part;
  }
  return out;
}

// Splits a product into sign, factors above and factors below the bar.
void Factors(const Ref& e, bool below, bool& negative, std::vector<std::string>& top,
             std::vector<std::string>& bottom) {
  switch (e.op()) {
    case Op::kNeg:
      negative = !negative;
      return Factors(e.kid(0), below, negative, top, bottom);
    case Op::kMul:
      for (std::size_t i = 0; i < e.kid_count(); ++i)
        Factors(e.kid(i), below, negative, top, bottom);
      return;
    case Op::kDiv:
      Factors(e.kid(0), below, negative, top, bottom);
      Factors(e.kid(1), !below, negative, top, bottom);
      return;
    default:
      break;
  }
  std::vector<std::string>& side = below ? bottom : top;
  if (e.op() == Op::kNumber) {
    Rational r = e.number();
    if (r.Sign() < 0) {
      negative = !negative;
      r = -r;
    }
    if (!r.IsOne()) side.push_back(e.node().decimals > 0 ? "d" + r.ToString() : r.ToString());
    return;
  }
  side.push_back(Form(e));
}

}  // namespace

std::string Form(const Ref& e) {
  switch (e.op()) {
    case Op::kNumber:
    case Op::kNeg:
    case Op::kMul:
    case Op::kDiv: {
      bool negative = false;
      std::vector<std::string> top;
      std::vector<std::string> bottom;
      Factors(e, false, negative, top, bottom);
      std::string out = negative ? "-" : "";
      out += top.empty() ? "1" : Joined(top, '*');
      if (!bottom.empty()) out += "/" + Joined(bottom, '*');
      return out;
    }
    case Op::kAdd: {
      std::vector<std::string> terms;
      for (std::size_t i = 0; i < e.kid_count(); ++i) terms.push_back(Form(e.kid(i)));
      return "(" + Joined(std::move(terms), '+') + ")";
    }
    default: {
      if (e.kid_count() == 0) return Print(*e.tree, e.id);
      std::string out =
          "[" + std::to_string(static_cast<int>(e.op())) + " " + std::to_string(e.node().aux);
      for (std::size_t i = 0; i < e.kid_count(); ++i) out += " " + Form(e.kid(i));
      return out + "]";
    }
  }
}

bool SameShape(const Ref& a, const Ref& b, Budget& budget) { return Same(a, b, budget); }

}  // namespace assay::math
