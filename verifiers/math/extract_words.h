// verifiers/math/extract_words.h -- What the words around an expression in running text make of it.
#pragma once

#include <string_view>

namespace assay::math {

// Whether what stands between two answers joins them: ",", "and", "or", or a few words that end so.
bool IsConnector(std::string_view gap);

// Of the text before an expression:
bool Negated(std::string_view before);    // "… is not 7": it takes the expression back
bool IsOperand(std::string_view before);  // "twice 5": the expression is a part of one in words
bool IsBounded(std::string_view before);  // "at least 5": a bound, not a value

// Of the text behind an expression:
bool GoesOn(std::string_view behind);  // "5 squared", "5 if x > 0, otherwise 6": another value
bool Denied(std::string_view behind);  // "5 is not …", "5 is wrong"

}  // namespace assay::math
