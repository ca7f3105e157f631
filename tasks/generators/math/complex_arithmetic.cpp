// Products, quotients and powers of complex numbers.
#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Complex {
  Ratio re;
  Ratio im;
};
Complex Mul(const Complex& a, const Complex& b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

std::string Show(const Complex& z) {
  if (z.im == Ratio(0)) return Tex(z.re);
  const std::string size =
      z.im == Ratio(1) || z.im == Ratio(-1) ? "" : Tex(z.im.top < 0 ? Ratio() - z.im : z.im);
  const std::string part = (z.im.top < 0 ? "-" : "") + size + "i";
  if (z.re == Ratio(0)) return part;
  return Tex(z.re) + (z.im.top < 0 ? " - " : " + ") + size + "i";
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::int64_t size = ByLevel(level, 3, 9);
  const Complex a{rng.Int(-size, size), rng.Int(-size, size)};
  const Complex b{rng.Int(-size, size), rng.Int(-size, size)};
  if (a.im.top == 0 || b.im.top == 0 || a.re.top == 0 || b.re.top == 0) return std::nullopt;
  const int kind = level < 4 ? 0 : static_cast<int>(rng.Int(1, 2));  // product, quotient, power
  const int n = ByLevel(level, 2, 6);
  Complex value = Mul(a, b);
  std::string formula = "(" + Show(a) + ")(" + Show(b) + ")";
  if (kind == 1) {
    const Ratio norm = b.re * b.re + b.im * b.im;
    value = Mul(a, {b.re / norm, Ratio() - b.im / norm});
    formula = "\\frac{" + Show(a) + "}{" + Show(b) + "}";
  } else if (kind == 2) {
    value = a;
    for (int i = 1; i < n; ++i) value = Mul(value, a);
    formula = "(" + Show(a) + ")^{" + std::to_string(n) + "}";
  }
  if (value.im.top == 0 || value.re.top == 0) return std::nullopt;
  return MathDraft(
      rng, {{"Compute \\({f}\\) in the form \\(a + bi\\).",
             "Write \\({f}\\) as \\(a + bi\\) with real a and b."},
            {{"f", formula}},
            Show(value),
            "complex numbers",
            formula,
            {Show({value.re, Ratio() - value.im}), Show({value.re + 1, value.im}),
             Show({value.im, value.re + (value.re == value.im ? 1 : 0)})},
            {{"a", {a.re.top, a.im.top}}, {"b", {b.re.top, b.im.top}}, {"kind", kind}, {"n", n}}});
}

// Turning and stretching as a 2 x 2 matrix; for a quotient, its inverse.
std::optional<std::string> Prove(const Draft& draft) {
  const auto a = draft.params["a"].get<std::vector<std::int64_t>>();
  const auto b = draft.params["b"].get<std::vector<std::int64_t>>();
  const int kind = draft.params["kind"].get<int>();
  Ratio x = a[0];
  Ratio y = a[1];
  if (kind == 1) {  // solves (b0 -b1; b1 b0) (x y) = (a0 a1) by Cramer's rule
    const Ratio det = b[0] * b[0] + b[1] * b[1];
    const Ratio u = Ratio(a[0] * b[0] + a[1] * b[1]) / det;
    y = Ratio(b[0] * a[1] - b[1] * a[0]) / det;
    x = u;
  } else {
    const auto& by = kind == 0 ? b : a;
    for (int i = kind == 0 ? draft.params["n"].get<int>() - 1 : 1; i < draft.params["n"].get<int>();
         ++i) {
      const Ratio next = Ratio(by[0]) * x - Ratio(by[1]) * y;
      y = Ratio(by[1]) * x + Ratio(by[0]) * y;
      x = next;
    }
  }
  return Agree(draft, Show({x, y}), "rotation matrices");
}

}  // namespace

Family ComplexArithmetic() {
  return {
      "complex_arithmetic",         "math",   "Products, quotients and powers of complex numbers",
      "Bombelli, L'Algebra (1572)", Generate, Prove};
}

}  // namespace assay
