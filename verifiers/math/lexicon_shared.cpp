// Names that mean the same as a command and as a word.
#include <algorithm>

#include "verifiers/math/lexicon_tables.h"

namespace assay::math {

std::vector<Word> SortedWithShared(std::vector<Word> own) {
  const std::vector<Word> shared = {
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
      {"sinh", Tok::kFunction, F(Function::kSinh)},
      {"cosh", Tok::kFunction, F(Function::kCosh)},
      {"tanh", Tok::kFunction, F(Function::kTanh)},
      {"coth", Tok::kFunction, F(Function::kCoth)},
      {"log", Tok::kFunction, F(Function::kLog)},
      {"ln", Tok::kFunction, F(Function::kLn)},
      {"exp", Tok::kFunction, F(Function::kExp)},
      {"gcd", Tok::kFunction, F(Function::kGcd)},
      {"max", Tok::kFunction, F(Function::kMax)},
      {"det", Tok::kFunction, F(Function::kDet)},
      {"Re", Tok::kFunction, F(Function::kRe)},
      {"Im", Tok::kFunction, F(Function::kIm)},
      {"arg", Tok::kFunction, F(Function::kArg)},
      {"sqrt", Tok::kRoot},
      {"cbrt", Tok::kCubeRoot},
      {"frac", Tok::kFraction},
      {"pi", Tok::kConstant, C(Constant::kPi)},
      {"inf", Tok::kConstant, C(Constant::kInfinity)},
      {"infty", Tok::kConstant, C(Constant::kInfinity)},
      {"infinity", Tok::kConstant, C(Constant::kInfinity)},
      {"cup", Tok::kUnion},
      {"mod", Tok::kPmod},
      {"percent", Tok::kPercent},
      {"degrees", Tok::kDegree},
      {"degree", Tok::kDegree},
      {"in", Tok::kRelation, R(Relation::kIn)},
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
      {"times", Tok::kTimes},
  };
  own.insert(own.end(), shared.begin(), shared.end());
  std::sort(own.begin(), own.end(), [](const Word& a, const Word& b) { return a.name < b.name; });
  return own;
}

}  // namespace assay::math
