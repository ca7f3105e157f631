// runner/open_model.h -- From what the user typed as MODEL to a model that can be asked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/json.h"
#include "runner/model/local_flags.h"
#include "runner/model/model.h"

namespace assay {

// What only some kinds of model take; naming one that the kind does not know is kUsage.
struct ModelOptions {
  std::size_t concurrency = 0;  // requests in flight; 0: the model chooses
  LocalFlags local;             // local models only
  // Endpoints only.
  std::string api_key_env;   // the environment variable that holds the key; "": ASSAY_API_KEY
  std::string api_key_file;  // or the file, its first line
  std::string extra;         // JSON object: over every request's body
  double time_out_seconds = 600;
  int attempts = 5;
  int samples_per_request = 1;
  bool stream = false;
};

// A checkpoint folder, a .gguf file, the name of the default model, `http://host:port/v1#name`, or
// `replay:FILE.jsonl`.
Result<std::unique_ptr<Model>> OpenModel(const std::string& name, const ModelOptions& options);

// A short name for folders: "smollm2-135m", "replies", "name".
std::string ShortModelName(const std::string& name);

}  // namespace assay
