// tasks/suite_head.h -- The keys that pack.json and manifests share.
#pragma once

#include "base/json.h"
#include "tasks/suite.h"

namespace assay {

// Reads name, version, licence, source, description, canary, prompt, verifier, sampling and
// metrics. Problems are noted in `fields`, or returned where they stand inside a nested object.
Result<void> ReadSuiteHead(Fields& fields, const std::string& place, Suite& suite);

}  // namespace assay
