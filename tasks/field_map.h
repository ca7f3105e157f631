// tasks/field_map.h -- Makes strings and verifier specs from the fields of a public record, as a
// manifest says. An expression is
//   "text with {field} and {index}"       each {name} is replaced by that field of the record;
//                                         "{field}" alone keeps the field's JSON type in a spec;
//                                         {field:lines} joins a list of texts by newlines,
//                                         {field:python} writes any value as Python source
//   {"from": "field", STEP: …}            one field and one step: "after_last": "####",
//                                         "last_boxed": true (of LaTeX text), "digits": true,
//                                         "join": "\n" (of a list)
//   {"lines": ["…", "…"]}                 such texts joined by newlines
// Text that is not {word} stays as it is, so LaTeX may be written plainly.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay {

// `index` counts records from 0. Errors name the field, not the file.
Result<Json> EvaluateField(const Json& expression, const Json& record, std::size_t index);
// The same for a result that must be a string; numbers are printed.
Result<std::string> EvaluateText(const Json& expression, const Json& record, std::size_t index);

}  // namespace assay
