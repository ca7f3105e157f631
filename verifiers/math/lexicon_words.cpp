#include "verifiers/math/lexicon_tables.h"

namespace assay::math {

const std::vector<Word>& WordTable() {
  static const std::vector<Word> words = SortedWithShared({
      {"arcsec", Tok::kFunction, F(Function::kArcsec)},
      {"arccsc", Tok::kFunction, F(Function::kArccsc)},
      {"asin", Tok::kFunction, F(Function::kArcsin)},
      {"acos", Tok::kFunction, F(Function::kArccos)},
      {"atan", Tok::kFunction, F(Function::kArctan)},
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
      {"lcm", Tok::kFunction, F(Function::kLcm)},
      {"floor", Tok::kFunction, F(Function::kFloor)},
      {"ceil", Tok::kFunction, F(Function::kCeil)},
      {"ceiling", Tok::kFunction, F(Function::kCeil)},
      {"abs", Tok::kFunction, -1},
      {"binom", Tok::kFunction, F(Function::kBinomial)},
      {"sgn", Tok::kFunction, F(Function::kSign)},
      {"sign", Tok::kFunction, F(Function::kSign)},
      {"tr", Tok::kFunction, F(Function::kTrace)},
      {"Arg", Tok::kFunction, F(Function::kArg)},
      {"cis", Tok::kFunction, -2},
      {"Pi", Tok::kConstant, C(Constant::kPi)},
      {"oo", Tok::kConstant, C(Constant::kInfinity)},
      {"Infinity", Tok::kConstant, C(Constant::kInfinity)},
      {"and", Tok::kAnd},
      {"or", Tok::kOr},
      {"union", Tok::kUnion},
      {"intersection", Tok::kIntersect},
      {"percentage", Tok::kPercent},
      {"pct", Tok::kPercent},
      {"percents", Tok::kPercent},
      {"deg", Tok::kDegree},
      {"base", Tok::kBase},
      {"over", Tok::kDivide},
      {"factorial", Tok::kFactorialWord},
  });
  return words;
}

}  // namespace assay::math
