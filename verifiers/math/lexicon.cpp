#include "verifiers/math/lexicon.h"

#include <algorithm>
#include <array>
#include <vector>

#include "verifiers/math/expr.h"

namespace assay::math {
namespace {

constexpr std::int16_t F(Function f) { return static_cast<std::int16_t>(f); }
constexpr std::int16_t C(Constant c) { return static_cast<std::int16_t>(c); }
constexpr std::int16_t R(Relation r) { return static_cast<std::int16_t>(r); }

std::vector<Word> Sorted(std::vector<Word> words) {
  std::sort(words.begin(), words.end(),
            [](const Word& a, const Word& b) { return a.name < b.name; });
  return words;
}

const Word* Find(const std::vector<Word>& words, std::string_view name) {
  const auto it = std::lower_bound(words.begin(), words.end(), name,
                                   [](const Word& w, std::string_view n) { return w.name < n; });
  return it != words.end() && it->name == name ? &*it : nullptr;
}

const std::vector<Word>& Commands() {
  static const std::vector<Word> commands = Sorted({
      {"frac", Tok::kFraction},
      {"dfrac", Tok::kFraction},
      {"tfrac", Tok::kFraction},
      {"cfrac", Tok::kFraction},
      {"sfrac", Tok::kFraction},
      {"nicefrac", Tok::kFraction},
      {"binom", Tok::kBinomial},
      {"dbinom", Tok::kBinomial},
      {"tbinom", Tok::kBinomial},
      {"choose", Tok::kChoose},
      {"over", Tok::kOver},
      {"sqrt", Tok::kRoot},
      {"cbrt", Tok::kCubeRoot},
      {"text", Tok::kText},
      {"mbox", Tok::kText},
      {"textrm", Tok::kText},
      {"textbf", Tok::kText},
      {"textit", Tok::kText},
      {"textnormal", Tok::kText},
      {"hbox", Tok::kText},
      {"texttt", Tok::kText},
      {"textsf", Tok::kText},
      {"emph", Tok::kText},
      {"textsc", Tok::kText},
      {"unit", Tok::kText},
      {"mathrm", Tok::kOperatorName},
      {"rm", Tok::kIgnore},
      {"operatorname", Tok::kOperatorName},
      {"mathbf", Tok::kAccent},
      {"boldsymbol", Tok::kAccent},
      {"bm", Tok::kAccent},
      {"vec", Tok::kAccent, 'v'},
      {"hat", Tok::kAccent, 'h'},
      {"tilde", Tok::kAccent, 't'},
      {"widehat", Tok::kAccent, 'h'},
      {"overrightarrow", Tok::kAccent, 'v'},
      {"mathit", Tok::kAccent},
      {"mathsf", Tok::kAccent},
      {"mathtt", Tok::kAccent},
      {"mathcal", Tok::kAccent, 'c'},
      {"mathnormal", Tok::kAccent},
      {"mathbb", Tok::kAccent, 'b'},
      {"mathds", Tok::kAccent, 'b'},
      {"Bbb", Tok::kAccent, 'b'},
      {"underline", Tok::kAccent},
      {"cancel", Tok::kUnknown},
      {"color", Tok::kIgnoreArgument},
      {"textcolor", Tok::kIgnoreArgument},
      {"overline", Tok::kOverline},
      {"bar", Tok::kOverline},
      {"dot", Tok::kOverline, 1},
      {"widebar", Tok::kOverline},
      {"ddot", Tok::kOverline, 1},
      {"boxed", Tok::kBoxed},
      {"fbox", Tok::kBoxed},
      {"framebox", Tok::kBoxed},
      {"left", Tok::kIgnore},
      {"right", Tok::kIgnore},
      {"middle", Tok::kMiddle},
      {"big", Tok::kIgnore},
      {"Big", Tok::kIgnore},
      {"bigg", Tok::kIgnore},
      {"Bigg", Tok::kIgnore},
      {"bigl", Tok::kIgnore},
      {"bigr", Tok::kIgnore},
      {"Bigl", Tok::kIgnore},
      {"Bigr", Tok::kIgnore},
      {"biggl", Tok::kIgnore},
      {"biggr", Tok::kIgnore},
      {"Biggl", Tok::kIgnore},
      {"Biggr", Tok::kIgnore},
      {"bigm", Tok::kIgnore},
      {"Bigm", Tok::kIgnore},
      {"displaystyle", Tok::kIgnore},
      {"textstyle", Tok::kIgnore},
      {"scriptstyle", Tok::kIgnore},
      {"limits", Tok::kIgnore},
      {"nolimits", Tok::kIgnore},
      {"nonumber", Tok::kIgnore},
      {"notag", Tok::kIgnore},
      {"hline", Tok::kIgnore},
      {"noindent", Tok::kIgnore},
      {"strut", Tok::kIgnore},
      {"mathstrut", Tok::kIgnore},
      {"bf", Tok::kIgnore},
      {"it", Tok::kIgnore},
      {"centering", Tok::kIgnore},
      {"large", Tok::kIgnore},
      {"Large", Tok::kIgnore},
      {"phantom", Tok::kIgnoreArgument},
      {"hspace", Tok::kIgnoreArgument},
      {"vspace", Tok::kIgnoreArgument},
      {"label", Tok::kIgnoreArgument},
      {"tag", Tok::kIgnoreArgument},
      {"hphantom", Tok::kIgnoreArgument},
      {"vphantom", Tok::kIgnoreArgument},
      {"mspace", Tok::kIgnoreArgument},
      {"kern", Tok::kSpace},
      {"quad", Tok::kSpace},
      {"qquad", Tok::kSpace},
      {"space", Tok::kSpace},
      {"n", Tok::kSpace},
      {"thinspace", Tok::kSpace},
      {"enspace", Tok::kSpace},
      {"newline", Tok::kSpace},
      {"negthinspace", Tok::kSpace},
      {"hfill", Tok::kSpace},
      {"allowbreak", Tok::kSpace},
      {"cdot", Tok::kTimes},
      {"times", Tok::kTimes},
      {"ast", Tok::kTimes},
      {"bullet", Tok::kTimes},
      {"star", Tok::kTimes},
      {"cdotp", Tok::kTimes},
      {"div", Tok::kDivide},
      {"slash", Tok::kDivide},
      {"pm", Tok::kPlusMinus},
      {"mp", Tok::kMinusPlus},
      {"lbrace", Tok::kOpen, '{'},
      {"rbrace", Tok::kClose, '{'},
      {"lbrack", Tok::kOpen, '['},
      {"rbrack", Tok::kClose, '['},
      {"langle", Tok::kOpen, '<'},
      {"rangle", Tok::kClose, '<'},
      {"lfloor", Tok::kOpen, 'f'},
      {"rfloor", Tok::kClose, 'f'},
      {"lceil", Tok::kOpen, 'c'},
      {"rceil", Tok::kClose, 'c'},
      {"lvert", Tok::kBar},
      {"rvert", Tok::kBar},
      {"vert", Tok::kBar},
      {"mid", Tok::kMiddle},
      {"lparen", Tok::kOpen, '('},
      {"rparen", Tok::kClose, '('},
      {"Vert", Tok::kDoubleBar},
      {"lVert", Tok::kDoubleBar},
      {"rVert", Tok::kDoubleBar},
      {"parallel", Tok::kDoubleBar},
      {"eq", Tok::kRelation, R(Relation::kEqual)},
      {"ne", Tok::kRelation, R(Relation::kNotEqual)},
      {"neq", Tok::kRelation, R(Relation::kNotEqual)},
      {"lt", Tok::kRelation, R(Relation::kLess)},
      {"gt", Tok::kRelation, R(Relation::kGreater)},
      {"le", Tok::kRelation, R(Relation::kLessEqual)},
      {"leq", Tok::kRelation, R(Relation::kLessEqual)},
      {"leqslant", Tok::kRelation, R(Relation::kLessEqual)},
      {"leqq", Tok::kRelation, R(Relation::kLessEqual)},
      {"ge", Tok::kRelation, R(Relation::kGreaterEqual)},
      {"geq", Tok::kRelation, R(Relation::kGreaterEqual)},
      {"geqslant", Tok::kRelation, R(Relation::kGreaterEqual)},
      {"geqq", Tok::kRelation, R(Relation::kGreaterEqual)},
      {"approx", Tok::kRelation, R(Relation::kApprox)},
      {"approxeq", Tok::kRelation, R(Relation::kApprox)},
      {"simeq", Tok::kRelation, R(Relation::kApprox)},
      {"cong", Tok::kRelation, R(Relation::kApprox)},
      {"doteq", Tok::kRelation, R(Relation::kApprox)},
      {"in", Tok::kRelation, R(Relation::kIn)},
      {"notin", Tok::kRelation, R(Relation::kNotIn)},
      {"equiv", Tok::kRelation, R(Relation::kCongruent)},
      {"coloneqq", Tok::kRelation, R(Relation::kEqual)},
      {"subset", Tok::kRelation, R(Relation::kSubset)},
      {"subseteq", Tok::kRelation, R(Relation::kSubset)},
      {"not", Tok::kNot},
      {"cup", Tok::kUnion},
      {"bigcup", Tok::kUnion},
      {"cap", Tok::kIntersect},
      {"bigcap", Tok::kIntersect},
      {"setminus", Tok::kSetMinus},
      {"backslash", Tok::kSetMinus},
      {"smallsetminus", Tok::kSetMinus},
      {"implies", Tok::kImplies},
      {"Rightarrow", Tok::kImplies},
      {"Longrightarrow", Tok::kImplies},
      {"iff", Tok::kImplies},
      {"Leftrightarrow", Tok::kImplies},
      {"therefore", Tok::kImplies},
      {"longrightarrow", Tok::kImplies},
      {"Longleftrightarrow", Tok::kImplies},
      {"land", Tok::kAnd},
      {"wedge", Tok::kAnd},
      {"lor", Tok::kOr},
      {"vee", Tok::kOr},
      {"to", Tok::kTo},
      {"rightarrow", Tok::kTo},
      {"mapsto", Tok::kTo},
      {"sin", Tok::kFunction, F(Function::kSin)},
      {"cos", Tok::kFunction, F(Function::kCos)},
      {"tan", Tok::kFunction, F(Function::kTan)},
      {"cot", Tok::kFunction, F(Function::kCot)},
      {"tg", Tok::kFunction, F(Function::kTan)},
      {"ctg", Tok::kFunction, F(Function::kCot)},
      {"sec", Tok::kFunction, F(Function::kSec)},
      {"csc", Tok::kFunction, F(Function::kCsc)},
      {"arcsin", Tok::kFunction, F(Function::kArcsin)},
      {"arccos", Tok::kFunction, F(Function::kArccos)},
      {"arctan", Tok::kFunction, F(Function::kArctan)},
      {"arccot", Tok::kFunction, F(Function::kArccot)},
      {"arctg", Tok::kFunction, F(Function::kArctan)},
      {"sinh", Tok::kFunction, F(Function::kSinh)},
      {"cosh", Tok::kFunction, F(Function::kCosh)},
      {"tanh", Tok::kFunction, F(Function::kTanh)},
      {"coth", Tok::kFunction, F(Function::kCoth)},
      {"log", Tok::kFunction, F(Function::kLog)},
      {"ln", Tok::kFunction, F(Function::kLn)},
      {"lg", Tok::kFunction, F(Function::kLog)},
      {"exp", Tok::kFunction, F(Function::kExp)},
      {"gcd", Tok::kFunction, F(Function::kGcd)},
      {"max", Tok::kFunction, F(Function::kMax)},
      {"min", Tok::kFunction, F(Function::kMin)},
      {"det", Tok::kFunction, F(Function::kDet)},
      {"arg", Tok::kFunction, F(Function::kArg)},
      {"Re", Tok::kFunction, F(Function::kRe)},
      {"Im", Tok::kFunction, F(Function::kIm)},
      {"pi", Tok::kConstant, C(Constant::kPi)},
      {"infty", Tok::kConstant, C(Constant::kInfinity)},
      {"infinity", Tok::kConstant, C(Constant::kInfinity)},
      {"inf", Tok::kConstant, C(Constant::kInfinity)},
      {"e", Tok::kConstant, C(Constant::kE)},
      {"imath", Tok::kConstant, C(Constant::kI)},
      {"sum", Tok::kSum},
      {"prod", Tok::kProduct},
      {"int", Tok::kIntegral},
      {"lim", Tok::kLimit},
      {"iint", Tok::kUnknown},
      {"oint", Tok::kUnknown},
      {"begin", Tok::kBegin},
      {"end", Tok::kEndEnvironment},
      {"dots", Tok::kDots},
      {"ldots", Tok::kDots},
      {"cdots", Tok::kDots},
      {"dotsc", Tok::kDots},
      {"dotsb", Tok::kDots},
      {"vdots", Tok::kDots},
      {"ddots", Tok::kDots},
      {"dotsm", Tok::kDots},
      {"N", Tok::kNumberSet, 'N'},
      {"Z", Tok::kNumberSet, 'Z'},
      {"Q", Tok::kNumberSet, 'Q'},
      {"R", Tok::kNumberSet, 'R'},
      {"C", Tok::kNumberSet, 'C'},
      {"emptyset", Tok::kEmptySet},
      {"varnothing", Tok::kEmptySet},
      {"O", Tok::kEmptySet},
      {"circ", Tok::kDegree},
      {"degree", Tok::kDegree},
      {"degrees", Tok::kDegree},
      {"textdegree", Tok::kDegree},
      {"prime", Tok::kPrime},
      {"percent", Tok::kPercent},
      {"bmod", Tok::kMod},
      {"mod", Tok::kPmod},
      {"pmod", Tok::kPmod},
      {"dollar", Tok::kDollar},
      {"textdollar", Tok::kDollar},
      {"euro", Tok::kDollar},
      {"pounds", Tok::kDollar},
      {"ell", Tok::kSymbol},
      {"hbar", Tok::kSymbol},
      {"triangle", Tok::kSymbol},
      {"angle", Tok::kSymbol},
      {"square", Tok::kSymbol},
      {"Box", Tok::kSymbol},
      {"partial", Tok::kSymbol},
      {"nabla", Tok::kSymbol},
      {"perp", Tok::kSymbol},
      {"checkmark", Tok::kSymbol},
      {"clubsuit", Tok::kSymbol},
      {"heartsuit", Tok::kSymbol},
      {"diamondsuit", Tok::kSymbol},
      {"spadesuit", Tok::kSymbol},
      {"diamond", Tok::kSymbol},
      {"aleph", Tok::kSymbol},
      {"alpha", Tok::kSymbol},
      {"beta", Tok::kSymbol},
      {"gamma", Tok::kSymbol},
      {"delta", Tok::kSymbol},
      {"epsilon", Tok::kSymbol},
      {"varepsilon", Tok::kSymbol},
      {"zeta", Tok::kSymbol},
      {"eta", Tok::kSymbol},
      {"theta", Tok::kSymbol},
      {"vartheta", Tok::kSymbol},
      {"iota", Tok::kSymbol},
      {"kappa", Tok::kSymbol},
      {"lambda", Tok::kSymbol},
      {"mu", Tok::kSymbol},
      {"nu", Tok::kSymbol},
      {"xi", Tok::kSymbol},
      {"rho", Tok::kSymbol},
      {"varrho", Tok::kSymbol},
      {"sigma", Tok::kSymbol},
      {"tau", Tok::kSymbol},
      {"upsilon", Tok::kSymbol},
      {"phi", Tok::kSymbol},
      {"varphi", Tok::kSymbol},
      {"chi", Tok::kSymbol},
      {"psi", Tok::kSymbol},
      {"omega", Tok::kSymbol},
      {"Gamma", Tok::kSymbol},
      {"Delta", Tok::kSymbol},
      {"Theta", Tok::kSymbol},
      {"Lambda", Tok::kSymbol},
      {"Xi", Tok::kSymbol},
      {"Pi", Tok::kSymbol},
      {"Sigma", Tok::kSymbol},
      {"Phi", Tok::kSymbol},
      {"Psi", Tok::kSymbol},
      {"Omega", Tok::kSymbol},
      {"top", Tok::kSymbol},
      {"intercal", Tok::kSymbol},
      {"dag", Tok::kSymbol},
      {"dagger", Tok::kSymbol},
  });
  return commands;
}

const std::vector<Word>& Words() {
  static const std::vector<Word> words = Sorted({
      {"sin", Tok::kFunction, F(Function::kSin)},
      {"cos", Tok::kFunction, F(Function::kCos)},
      {"tan", Tok::kFunction, F(Function::kTan)},
      {"cot", Tok::kFunction, F(Function::kCot)},
      {"tg", Tok::kFunction, F(Function::kTan)},
      {"ctg", Tok::kFunction, F(Function::kCot)},
      {"sec", Tok::kFunction, F(Function::kSec)},
      {"csc", Tok::kFunction, F(Function::kCsc)},
      {"arcsin", Tok::kFunction, F(Function::kArcsin)},
      {"arccos", Tok::kFunction, F(Function::kArccos)},
      {"arctan", Tok::kFunction, F(Function::kArctan)},
      {"arccot", Tok::kFunction, F(Function::kArccot)},
      {"arcsec", Tok::kFunction, F(Function::kArcsec)},
      {"arccsc", Tok::kFunction, F(Function::kArccsc)},
      {"asin", Tok::kFunction, F(Function::kArcsin)},
      {"acos", Tok::kFunction, F(Function::kArccos)},
      {"atan", Tok::kFunction, F(Function::kArctan)},
      {"sinh", Tok::kFunction, F(Function::kSinh)},
      {"cosh", Tok::kFunction, F(Function::kCosh)},
      {"tanh", Tok::kFunction, F(Function::kTanh)},
      {"coth", Tok::kFunction, F(Function::kCoth)},
      {"sech", Tok::kFunction, F(Function::kSech)},
      {"csch", Tok::kFunction, F(Function::kCsch)},
      {"arcsinh", Tok::kFunction, F(Function::kArsinh)},
      {"arsinh", Tok::kFunction, F(Function::kArsinh)},
      {"asinh", Tok::kFunction, F(Function::kArsinh)},
      {"acosh", Tok::kFunction, F(Function::kArcosh)},
      {"arccosh", Tok::kFunction, F(Function::kArcosh)},
      {"arcosh", Tok::kFunction, F(Function::kArcosh)},
      {"arctanh", Tok::kFunction, F(Function::kArtanh)},
      {"artanh", Tok::kFunction, F(Function::kArtanh)},
      {"atanh", Tok::kFunction, F(Function::kArtanh)},
      {"log", Tok::kFunction, F(Function::kLog)},
      {"ln", Tok::kFunction, F(Function::kLn)},
      {"exp", Tok::kFunction, F(Function::kExp)},
      {"gcd", Tok::kFunction, F(Function::kGcd)},
      {"lcm", Tok::kFunction, F(Function::kLcm)},
      {"max", Tok::kFunction, F(Function::kMax)},
      {"floor", Tok::kFunction, F(Function::kFloor)},
      {"ceil", Tok::kFunction, F(Function::kCeil)},
      {"ceiling", Tok::kFunction, F(Function::kCeil)},
      {"abs", Tok::kFunction, -1},
      {"det", Tok::kFunction, F(Function::kDet)},
      {"binom", Tok::kFunction, F(Function::kBinomial)},
      {"sgn", Tok::kFunction, F(Function::kSign)},
      {"sign", Tok::kFunction, F(Function::kSign)},
      {"Re", Tok::kFunction, F(Function::kRe)},
      {"Im", Tok::kFunction, F(Function::kIm)},
      {"tr", Tok::kFunction, F(Function::kTrace)},
      {"arg", Tok::kFunction, F(Function::kArg)},
      {"Arg", Tok::kFunction, F(Function::kArg)},
      {"cis", Tok::kFunction, -2},
      {"sqrt", Tok::kRoot},
      {"cbrt", Tok::kCubeRoot},
      {"frac", Tok::kFraction},
      {"pi", Tok::kConstant, C(Constant::kPi)},
      {"Pi", Tok::kConstant, C(Constant::kPi)},
      {"inf", Tok::kConstant, C(Constant::kInfinity)},
      {"infty", Tok::kConstant, C(Constant::kInfinity)},
      {"oo", Tok::kConstant, C(Constant::kInfinity)},
      {"infinity", Tok::kConstant, C(Constant::kInfinity)},
      {"Infinity", Tok::kConstant, C(Constant::kInfinity)},
      {"and", Tok::kAnd},
      {"or", Tok::kOr},
      {"union", Tok::kUnion},
      {"cup", Tok::kUnion},
      {"intersection", Tok::kIntersect},
      {"mod", Tok::kPmod},
      {"percent", Tok::kPercent},
      {"percentage", Tok::kPercent},
      {"pct", Tok::kPercent},
      {"percents", Tok::kPercent},
      {"degrees", Tok::kDegree},
      {"degree", Tok::kDegree},
      {"deg", Tok::kDegree},
      {"base", Tok::kBase},
      {"in", Tok::kRelation, R(Relation::kIn)},
      {"over", Tok::kDivide},
      {"theta", Tok::kSymbol},
      {"alpha", Tok::kSymbol},
      {"beta", Tok::kSymbol},
      {"gamma", Tok::kSymbol},
      {"delta", Tok::kSymbol},
      {"lambda", Tok::kSymbol},
      {"omega", Tok::kSymbol},
      {"phi", Tok::kSymbol},
      {"sigma", Tok::kSymbol},
      {"mu", Tok::kSymbol},
      {"epsilon", Tok::kSymbol},
      {"rho", Tok::kSymbol},
      {"tau", Tok::kSymbol},
      {"factorial", Tok::kFactorialWord},
      {"times", Tok::kTimes},
  });
  return words;
}

constexpr std::int64_t kMicro = 1'000'000;

const std::vector<Unit>& Units() {
  static const std::vector<Unit> units = [] {
    struct Base {
      std::vector<std::string_view> names;
      std::string_view dimension;
      std::int64_t factor;
      std::int64_t divisor;
    };
    // Lengths in micrometres over 10, so that inches stay exact.
    const std::vector<Base> bases = {
        {{"mm", "millimeter", "millimetre"}, "length", 10, 1},
        {{"cm", "centimeter", "centimetre"}, "length", 100, 1},
        {{"dm", "decimeter", "decimetre"}, "length", 1000, 1},
        {{"m", "meter", "metre"}, "length", 10'000, 1},
        {{"km", "kilometer", "kilometre"}, "length", 10'000'000, 1},
        {{"in", "inch", "inche"}, "length", 254, 1},
        {{"ft", "foot", "feet"}, "length", 3048, 1},
        {{"yd", "yard"}, "length", 9144, 1},
        {{"mi", "mile"}, "length", 16'093'440, 1},
        {{"mg", "milligram"}, "mass", 1, 1000},
        {{"g", "gm", "gram"}, "mass", 1, 1},
        {{"kg", "kilogram", "kilo"}, "mass", 1000, 1},
        {{"ton", "tonne"}, "ton", 1, 1},
        {{"oz", "ounce"}, "avoirdupois", 1, 1},
        {{"lb", "lbs", "pound"}, "avoirdupois", 16, 1},
        {{"ms", "millisecond"}, "time", 1, 1000},
        {{"s", "sec", "second"}, "time", 1, 1},
        {{"min", "minute", "mins"}, "time", 60, 1},
        {{"h", "hr", "hrs", "hour"}, "time", 3600, 1},
        {{"day"}, "time", 86'400, 1},
        {{"week"}, "time", 604'800, 1},
        {{"month"}, "month", 1, 1},
        {{"year", "yr", "yrs"}, "month", 12, 1},
        {{"cent", "penny", "pennie"}, "dollar", 1, 100},
        {{"dollar", "usd", "buck", "$"}, "dollar", 1, 1},
        {{"euro", "eur", "€"}, "euro", 1, 1},
        {{"gbp", "£"}, "pound sterling", 1, 1},
        {{"yen", "¥"}, "yen", 1, 1},
        {{"rupee", "₹"}, "rupee", 1, 1},
        {{"ml", "milliliter", "millilitre"}, "litre", 1, 1000},
        {{"l", "liter", "litre"}, "litre", 1, 1},
        {{"gallon", "gal"}, "gallon", 4, 4},
        {{"quart", "qt"}, "gallon", 1, 4},
        {{"pint"}, "gallon", 1, 8},
        {{"cup"}, "gallon", 1, 16},
        {{"acre"}, "acre", 1, 1},
        {{"hectare"}, "hectare", 1, 1},
        {{"mph", "miles per hour", "mile per hour", "mi/h", "miles/hour"}, "mph", 1, 1},
        {{"km/h", "kph", "kmh", "kilometers per hour", "kilometres per hour"}, "m/s", 10, 36},
        {{"m/s", "meters per second", "metres per second"}, "m/s", 1, 1},
        {{"ft/s", "feet per second"}, "ft/s", 1, 1},
        {{"m/s^2", "meters per second squared"}, "m/s^2", 1, 1},
        {{"hz", "hertz"}, "hertz", 1, 1},
        {{"joule", "j"}, "joule", 1, 1},
        {{"kj"}, "joule", 1000, 1},
        {{"n", "newton"}, "newton", 1, 1},
        {{"w", "watt"}, "watt", 1, 1},
        {{"kw", "kilowatt"}, "watt", 1000, 1},
        {{"volt", "v"}, "volt", 1, 1},
        {{"ohm"}, "ohm", 1, 1},
        {{"pa", "pascal"}, "pascal", 1, 1},
        {{"radian", "rad"}, "radian", 1, 1},
        {{"°c", "celsius", "degree celsius", "degrees celsius"}, "celsius", 1, 1},
        {{"°f", "fahrenheit", "degree fahrenheit", "degrees fahrenheit"}, "fahrenheit", 1, 1},
    };
    static std::vector<std::string> storage;
    storage.reserve(4096);
    std::vector<Unit> all;
    const auto put = [&](std::string name, const Base& base, std::string_view dimension,
                         std::int64_t factor, std::int64_t divisor) {
      (void)base;
      storage.push_back(std::move(name));
      all.push_back({storage.back(), dimension, factor, divisor});
    };
    for (const Base& base : bases) {
      for (const std::string_view name : base.names) {
        const std::string n(name);
        put(n, base, base.dimension, base.factor, base.divisor);
        if (name.size() > 1) put(n + "s", base, base.dimension, base.factor, base.divisor);
        if (name.size() > 1) put(n + ".", base, base.dimension, base.factor, base.divisor);
        if (base.dimension != "length" || base.factor > kMicro * 100) continue;
        const std::int64_t area = base.factor * base.factor;
        const bool fits = base.factor < 1'000'000;
        const std::int64_t volume = fits ? area * base.factor : base.factor;
        const std::string_view volume_dimension = fits ? "volume" : "large volume";
        for (const char* prefix : {"square ", "sq ", "sq. "}) {
          put(prefix + n, base, "area", area, 1);
          put(prefix + n + "s", base, "area", area, 1);
        }
        for (const char* prefix : {"cubic ", "cu ", "cu. "}) {
          put(prefix + n, base, volume_dimension, volume, 1);
          put(prefix + n + "s", base, volume_dimension, volume, 1);
        }
        for (const char* suffix : {"^2", "2", "²", "^{2}", "s^2", " squared", "s squared"}) {
          put(n + suffix, base, "area", area, 1);
        }
        for (const char* suffix : {"^3", "3", "³", "^{3}", "s^3", " cubed", "s cubed"}) {
          put(n + suffix, base, volume_dimension, volume, 1);
        }
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Unit& a, const Unit& b) { return a.name < b.name; });
    return all;
  }();
  return units;
}

}  // namespace

const Word* FindCommand(std::string_view name) { return Find(Commands(), name); }

const Word* FindCommandPrefix(std::string_view name) {
  for (std::size_t n = name.size(); n >= 2; --n) {
    const Word* word = FindCommand(name.substr(0, n));
    if (word != nullptr) return word;
  }
  return nullptr;
}

const Word* FindWord(std::string_view name) { return Find(Words(), name); }

int FindUnit(std::string_view name) {
  const auto& units = Units();
  const auto it = std::lower_bound(units.begin(), units.end(), name,
                                   [](const Unit& u, std::string_view n) { return u.name < n; });
  if (it == units.end() || it->name != name) return -1;
  return static_cast<int>(it - units.begin());
}

const Unit& UnitAt(int index) { return Units()[static_cast<std::size_t>(index)]; }

std::optional<int> NumberWord(std::string_view name) {
  constexpr std::array<std::string_view, 20> kSmall = {
      "zero",     "one",     "two",     "three",     "four",     "five",    "six",
      "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
      "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  constexpr std::array<std::string_view, 8> kTens = {"twenty", "thirty",  "forty",  "fifty",
                                                     "sixty",  "seventy", "eighty", "ninety"};
  for (std::size_t i = 0; i < kSmall.size(); ++i) {
    if (name == kSmall[i]) return static_cast<int>(i);
  }
  for (std::size_t i = 0; i < kTens.size(); ++i) {
    const int tens = static_cast<int>(i + 2) * 10;
    if (name == kTens[i]) return tens;
    if (name.size() > kTens[i].size() + 1 && name.starts_with(kTens[i]) &&
        (name[kTens[i].size()] == '-' || name[kTens[i].size()] == ' ')) {
      const auto unit = NumberWord(name.substr(kTens[i].size() + 1));
      if (unit && *unit > 0 && *unit < 10) return tens + *unit;
    }
  }
  if (name == "hundred" || name == "one hundred") return 100;
  return std::nullopt;
}

}  // namespace assay::math
