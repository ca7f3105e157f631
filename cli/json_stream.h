// cli/json_stream.h -- Commands that turn one JSON line into another, in order.
#pragma once

#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace assay::cli {

// Reads `file` ("-": standard input) line by line; writes to standard output, for each non-blank
// line, {"id": …} with what `convert` adds, or {"id": …, "outcome": "error", "reward": null,
// "reason": "line 7: …"}. Returns the command's exit status: kSomeFailed where a line failed,
// kBadInput where `file` cannot be read.
//
// `convert` gets the line's object, whose "id" it need not ask for, and the line itself, for those
// to whom the order of keys matters.
using Convert =
    std::function<Result<void>(Fields& fields, const std::string& line, OrderedJson& out)>;
int StreamJsonLines(const std::string& file, const Convert& convert);

}  // namespace assay::cli
