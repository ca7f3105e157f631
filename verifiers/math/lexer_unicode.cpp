// Characters beyond ASCII.
#include <algorithm>
#include <array>

#include "verifiers/math/expr.h"
#include "verifiers/math/lexer.h"

namespace assay::math {
namespace {

// What a Unicode character stands for: an ASCII or LaTeX spelling that is tokenized in its place.
struct Glyph {
  std::string_view bytes;
  Tok tok;
  std::int16_t aux;
  std::string_view text;
};

constexpr std::int16_t R(Relation r) { return static_cast<std::int16_t>(r); }
constexpr std::int16_t C(Constant c) { return static_cast<std::int16_t>(c); }

constexpr std::array kGlyphs = {
    Glyph{"×", Tok::kTimes, 0, ""},
    Glyph{"·", Tok::kTimes, 0, ""},
    Glyph{"⋅", Tok::kTimes, 0, ""},
    Glyph{"∙", Tok::kTimes, 0, ""},
    Glyph{"•", Tok::kTimes, 0, ""},
    Glyph{"∗", Tok::kTimes, 0, ""},
    Glyph{"÷", Tok::kDivide, 0, ""},
    Glyph{"∕", Tok::kDivide, 0, ""},
    Glyph{"⁄", Tok::kDivide, 0, ""},
    Glyph{"−", Tok::kMinus, 0, ""},
    Glyph{"–", Tok::kMinus, 0, ""},
    Glyph{"—", Tok::kMinus, 0, ""},
    Glyph{"‐", Tok::kMinus, 0, ""},
    Glyph{"‑", Tok::kMinus, 0, ""},
    Glyph{"－", Tok::kMinus, 0, ""},
    Glyph{"＋", Tok::kPlus, 0, ""},
    Glyph{"±", Tok::kPlusMinus, 0, ""},
    Glyph{"∓", Tok::kMinusPlus, 0, ""},
    Glyph{"√", Tok::kRoot, 1, ""},
    Glyph{"∛", Tok::kCubeRoot, 1, ""},
    Glyph{"π", Tok::kConstant, C(Constant::kPi), ""},
    Glyph{"∞", Tok::kConstant, C(Constant::kInfinity), ""},
    Glyph{"≤", Tok::kRelation, R(Relation::kLessEqual), ""},
    Glyph{"≦", Tok::kRelation, R(Relation::kLessEqual), ""},
    Glyph{"⩽", Tok::kRelation, R(Relation::kLessEqual), ""},
    Glyph{"≥", Tok::kRelation, R(Relation::kGreaterEqual), ""},
    Glyph{"≧", Tok::kRelation, R(Relation::kGreaterEqual), ""},
    Glyph{"⩾", Tok::kRelation, R(Relation::kGreaterEqual), ""},
    Glyph{"≠", Tok::kRelation, R(Relation::kNotEqual), ""},
    Glyph{"≈", Tok::kRelation, R(Relation::kApprox), ""},
    Glyph{"≃", Tok::kRelation, R(Relation::kApprox), ""},
    Glyph{"≅", Tok::kRelation, R(Relation::kApprox), ""},
    Glyph{"≡", Tok::kRelation, R(Relation::kCongruent), ""},
    Glyph{"＝", Tok::kRelation, R(Relation::kEqual), ""},
    Glyph{"＜", Tok::kRelation, R(Relation::kLess), ""},
    Glyph{"＞", Tok::kRelation, R(Relation::kGreater), ""},
    Glyph{"∈", Tok::kRelation, R(Relation::kIn), ""},
    Glyph{"∉", Tok::kRelation, R(Relation::kNotIn), ""},
    Glyph{"⊂", Tok::kRelation, R(Relation::kSubset), ""},
    Glyph{"⊆", Tok::kRelation, R(Relation::kSubset), ""},
    Glyph{"∪", Tok::kUnion, 0, ""},
    Glyph{"⋃", Tok::kUnion, 0, ""},
    Glyph{"∩", Tok::kIntersect, 0, ""},
    Glyph{"∖", Tok::kSetMinus, 0, ""},
    Glyph{"∅", Tok::kEmptySet, 0, ""},
    Glyph{"°", Tok::kDegree, 0, ""},
    Glyph{"º", Tok::kDegree, 0, ""},
    Glyph{"˚", Tok::kDegree, 0, ""},
    Glyph{"′", Tok::kPrime, 0, ""},
    Glyph{"’", Tok::kPrime, 0, ""},
    Glyph{"ℝ", Tok::kNumberSet, 'R', ""},
    Glyph{"ℤ", Tok::kNumberSet, 'Z', ""},
    Glyph{"ℚ", Tok::kNumberSet, 'Q', ""},
    Glyph{"ℕ", Tok::kNumberSet, 'N', ""},
    Glyph{"ℂ", Tok::kNumberSet, 'C', ""},
    Glyph{"⌊", Tok::kOpen, 'f', ""},
    Glyph{"⌋", Tok::kClose, 'f', ""},
    Glyph{"⌈", Tok::kOpen, 'c', ""},
    Glyph{"⌉", Tok::kClose, 'c', ""},
    Glyph{"⟨", Tok::kOpen, '<', ""},
    Glyph{"⟩", Tok::kClose, '<', ""},
    Glyph{"〈", Tok::kOpen, '<', ""},
    Glyph{"〉", Tok::kClose, '<', ""},
    Glyph{"（", Tok::kOpen, '(', ""},
    Glyph{"）", Tok::kClose, '(', ""},
    Glyph{"［", Tok::kOpen, '[', ""},
    Glyph{"］", Tok::kClose, '[', ""},
    Glyph{"，", Tok::kComma, 0, ""},
    Glyph{"、", Tok::kComma, 0, ""},
    Glyph{"；", Tok::kSemicolon, 0, ""},
    Glyph{"：", Tok::kColon, 0, ""},
    Glyph{"∶", Tok::kColon, 0, ""},
    Glyph{"％", Tok::kPercent, 0, ""},
    Glyph{"…", Tok::kDots, 0, ""},
    Glyph{"⋯", Tok::kDots, 0, ""},
    Glyph{"→", Tok::kTo, 0, ""},
    Glyph{"⇒", Tok::kImplies, 0, ""},
    Glyph{"⇔", Tok::kImplies, 0, ""},
    Glyph{"∧", Tok::kAnd, 0, ""},
    Glyph{"∨", Tok::kOr, 0, ""},
    Glyph{"∑", Tok::kSum, 0, ""},
    Glyph{"∏", Tok::kProduct, 0, ""},
    Glyph{"∫", Tok::kIntegral, 0, ""},
    Glyph{"∣", Tok::kMiddle, 0, ""},
    Glyph{"¬", Tok::kNot, 0, ""},
    Glyph{"€", Tok::kDollar, 0, "€"},
    Glyph{"£", Tok::kDollar, 0, "£"},
    Glyph{"¥", Tok::kDollar, 0, "¥"},
    Glyph{"₹", Tok::kDollar, 0, "₹"},
    Glyph{"α", Tok::kSymbol, 0, "alpha"},
    Glyph{"β", Tok::kSymbol, 0, "beta"},
    Glyph{"γ", Tok::kSymbol, 0, "gamma"},
    Glyph{"δ", Tok::kSymbol, 0, "delta"},
    Glyph{"ε", Tok::kSymbol, 0, "epsilon"},
    Glyph{"θ", Tok::kSymbol, 0, "theta"},
    Glyph{"λ", Tok::kSymbol, 0, "lambda"},
    Glyph{"μ", Tok::kSymbol, 0, "mu"},
    Glyph{"ρ", Tok::kSymbol, 0, "rho"},
    Glyph{"σ", Tok::kSymbol, 0, "sigma"},
    Glyph{"τ", Tok::kSymbol, 0, "tau"},
    Glyph{"φ", Tok::kSymbol, 0, "phi"},
    Glyph{"ϕ", Tok::kSymbol, 0, "phi"},
    Glyph{"ω", Tok::kSymbol, 0, "omega"},
    Glyph{"Δ", Tok::kSymbol, 0, "Delta"},
    Glyph{"△", Tok::kSymbol, 0, "triangle"},
    Glyph{"∠", Tok::kSymbol, 0, "angle"},
    Glyph{"Ω", Tok::kSymbol, 0, "Omega"},
    Glyph{"ℓ", Tok::kSymbol, 0, "ell"},
    Glyph{"“", Tok::kIgnore, 0, ""},
    Glyph{"”", Tok::kIgnore, 0, ""},
    Glyph{"‘", Tok::kIgnore, 0, ""},
    Glyph{"\xC2\xA0", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x89", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\xAF", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x82", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x83", Tok::kSpace, 0, ""},
    Glyph{"\xE3\x80\x80", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x80\x8B", Tok::kSpace, 0, ""},
    Glyph{"\xEF\xBB\xBF", Tok::kSpace, 0, ""},
    Glyph{"\xE2\x81\xA0", Tok::kSpace, 0, ""},
    Glyph{"。", Tok::kIgnore, 0, ""},
    Glyph{"\xE2\x81\xA1", Tok::kIgnore, 0, ""},
    Glyph{"\xE2\x81\xA2", Tok::kTimes, 0, ""},
};

constexpr std::array<std::string_view, 12> kSuperscripts = {"⁰", "¹", "²", "³", "⁴", "⁵",
                                                            "⁶", "⁷", "⁸", "⁹", "⁻", "ⁿ"};
constexpr std::array<std::string_view, 10> kSubscripts = {"₀", "₁", "₂", "₃", "₄",
                                                          "₅", "₆", "₇", "₈", "₉"};
struct Vulgar {
  std::string_view bytes;
  int numerator;
  int denominator;
};
constexpr std::array kVulgar = {
    Vulgar{"½", 1, 2}, Vulgar{"⅓", 1, 3}, Vulgar{"⅔", 2, 3}, Vulgar{"¼", 1, 4}, Vulgar{"¾", 3, 4},
    Vulgar{"⅕", 1, 5}, Vulgar{"⅖", 2, 5}, Vulgar{"⅗", 3, 5}, Vulgar{"⅘", 4, 5}, Vulgar{"⅙", 1, 6},
    Vulgar{"⅚", 5, 6}, Vulgar{"⅛", 1, 8}, Vulgar{"⅜", 3, 8}, Vulgar{"⅝", 5, 8}, Vulgar{"⅞", 7, 8}};

}  // namespace

void Lexer::Unicode() {
  const std::string_view rest = text_.substr(at_);
  for (const Glyph& glyph : kGlyphs) {
    if (!rest.starts_with(glyph.bytes)) continue;
    const std::size_t n = glyph.bytes.size();
    if (glyph.tok == Tok::kSpace || glyph.tok == Tok::kIgnore) {
      at_ += n;
      space_ = true;
      return;
    }
    if (glyph.tok == Tok::kOpen) ++depth_;
    if (glyph.tok == Tok::kClose) --depth_;
    Put(glyph.tok, at_, at_ + n, glyph.aux, glyph.text);
    at_ += n;
    return;
  }
  if (Superscript() || Subscript() || VulgarFraction() || FullWidth()) return;
  // One character, or one bad byte.
  std::size_t n = 1;
  while (at_ + n < text_.size() && (static_cast<unsigned char>(text_[at_ + n]) & 0xC0) == 0x80) ++n;
  Put(Tok::kUnknown, at_, at_ + n, 0, text_.substr(at_, n));
  at_ += n;
}

// A run of superscript digits: a power of one group.
bool Lexer::Superscript() {
  const std::size_t begin = at_;
  const std::size_t pool = out_.pool.size();
  bool negative = false;
  bool letter = false;
  while (true) {
    const auto it = std::find_if(kSuperscripts.begin(), kSuperscripts.end(),
                                 [&](std::string_view s) { return Here(s); });
    if (it == kSuperscripts.end()) break;
    const auto d = it - kSuperscripts.begin();
    if (d == 10) negative = true;
    if (d == 11) letter = true;
    if (d < 10) out_.pool.push_back(static_cast<char>('0' + d));
    at_ += it->size();
  }
  if (at_ == begin) return false;
  Put(Tok::kPower, begin, begin);
  Put(Tok::kOpenGroup, begin, begin);
  if (negative) Put(Tok::kMinus, begin, begin);
  if (out_.pool.size() > pool) {
    Put(Tok::kNumber, begin, at_).text = std::string_view(out_.pool).substr(pool);
  }
  if (letter) Put(Tok::kSymbol, begin, at_, 0, "n");
  Put(Tok::kCloseGroup, at_, at_);
  return true;
}

bool Lexer::Subscript() {
  const std::size_t begin = at_;
  const std::size_t pool = out_.pool.size();
  while (true) {
    const auto it = std::find_if(kSubscripts.begin(), kSubscripts.end(),
                                 [&](std::string_view s) { return Here(s); });
    if (it == kSubscripts.end()) break;
    out_.pool.push_back(static_cast<char>('0' + (it - kSubscripts.begin())));
    at_ += it->size();
  }
  if (at_ == begin) return false;
  Put(Tok::kSubscript, begin, begin);
  Put(Tok::kOpenGroup, begin, begin);
  Put(Tok::kNumber, begin, at_).text = std::string_view(out_.pool).substr(pool);
  Put(Tok::kCloseGroup, at_, at_);
  return true;
}

bool Lexer::VulgarFraction() {
  for (const Vulgar& v : kVulgar) {
    if (!Here(v.bytes)) continue;
    const std::size_t pool = out_.pool.size();
    out_.pool.push_back(static_cast<char>('0' + v.numerator));
    out_.pool.push_back(static_cast<char>('0' + v.denominator));
    const std::size_t end = at_ + v.bytes.size();
    Put(Tok::kFraction, at_, end);
    Put(Tok::kNumber, at_, end).text = std::string_view(out_.pool).substr(pool, 1);
    Put(Tok::kNumber, at_, end).text = std::string_view(out_.pool).substr(pool + 1, 1);
    at_ = end;
    return true;
  }
  return false;
}

// Full-width digits are read as digits.
bool Lexer::FullWidth() {
  const std::size_t begin = at_;
  const std::size_t pool = out_.pool.size();
  while (Here("\xEF\xBC") && static_cast<unsigned char>(At(at_ + 2)) >= 0x90 &&
         static_cast<unsigned char>(At(at_ + 2)) <= 0x99) {
    out_.pool.push_back(static_cast<char>('0' + (static_cast<unsigned char>(At(at_ + 2)) - 0x90)));
    at_ += 3;
  }
  if (at_ == begin) return false;
  Put(Tok::kNumber, begin, at_).text = std::string_view(out_.pool).substr(pool);
  return true;
}

}  // namespace assay::math
