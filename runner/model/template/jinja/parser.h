// runner/model/template/jinja/parser.h -- Tokens to tree.
#pragma once

#include <string_view>

#include "base/result.h"
#include "runner/model/template/jinja/ast.h"

namespace assay::jinja {

// kInput with the line: malformed, nested too deeply, or a tag that is not implemented.
Result<Body> ParseTemplate(std::string_view source);

}  // namespace assay::jinja
