// verifiers/math/lexicon.h -- The words that answers are written with: LaTeX commands, function
// names, units, number words.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::math {

enum class Tok : std::uint8_t {
  kEnd,
  kNumber,
  kSymbol,
  kWord,  // kWord: letters that are no known word
  kOpen,
  kClose,  // ( ) [ ] < > ⟨ ⟩ ⌊ ⌋ ⌈ ⌉ and \{ \}: aux is the opening character
  kOpenGroup,
  kCloseGroup,  // the grouping { and }
  kBar,
  kDoubleBar,
  kPlus,
  kMinus,
  kTimes,
  kDivide,
  kPower,
  kSubscript,
  kFactorial,
  kPrime,
  kComma,
  kSemicolon,
  kColon,
  kRelation,
  kPlusMinus,
  kMinusPlus,
  kUnion,
  kIntersect,
  kSetMinus,
  kImplies,
  kAnd,
  kOr,
  kTo,
  kFunction,
  kConstant,
  kFraction,
  kChoose,
  kOver,
  kBinomial,
  kRoot,
  kCubeRoot,
  kText,
  kOverline,
  kAccent,
  kSum,
  kProduct,
  kIntegral,
  kLimit,
  kBegin,
  kEndEnvironment,
  kAmpersand,
  kRowBreak,
  kDots,
  kNumberSet,
  kEmptySet,
  kDegree,
  kPercent,
  kMod,
  kPmod,
  kUnit,
  kNumberWord,
  kIgnore,
  kIgnoreArgument,
  kSpace,
  kMiddle,
  kBoxed,
  kDollar,
  kDifferential,
  kBase,
  kHalfOfDay,
  kOperatorName,
  kFactorialWord,
  kNot,
  kUnknown,
};

struct Word {
  std::string_view name;
  Tok tok;
  std::int16_t aux = 0;
};

// A LaTeX command by its name without the backslash.
const Word* FindCommand(std::string_view name);
// The longest known command that `name` starts with ("quadx" -> "quad"), or null.
const Word* FindCommandPrefix(std::string_view name);
// A plain word ("sin", "and", "infinity"), lower or mixed case as written.
const Word* FindWord(std::string_view name);

struct Unit {
  std::string_view name;       // as written, lower case; may hold blanks
  std::string_view dimension;  // units of one dimension convert into each other
  std::int64_t factor;         // of the dimension's base unit: factor / divisor
  std::int64_t divisor;
};

// The index of a unit ("cm", "centimetres", "square inches") or -1.
int FindUnit(std::string_view name);
const Unit& UnitAt(int index);

// 0 to 100 and a few tens, in words.
std::optional<int> NumberWord(std::string_view name);

}  // namespace assay::math
