// runner/import.h -- Responses that other harnesses recorded, as a model: what was sampled there is
// judged here.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runner/model/model.h"
#include "runner/question.h"

namespace assay {

struct ImportedFile {
  std::unique_ptr<Model> model;
  std::string format;  // "lm-eval", "inspect", "evalplus", "plain"
  std::int64_t responses = 0;
  int samples = 0;                 // the most that one problem has
  std::set<std::string> problems;  // that have a response, as "suite/id"
};

// Reads lm-eval samples JSONL ("doc_id", "resps"; of its filters, which repeat the same responses,
// the first), inspect's .eval archives and JSON logs ("samples", "output"), evalplus JSONL
// ("task_id", "completion" or "solution") and results ("eval"), and plain JSONL ("problem" or "id",
// "response" or "text"); the format is told by the file's name and keys. Problems are found in
// `suite` by id, or by their number where the format counts (lm-eval from 0, inspect from 1).
// kInput names the line and what is wrong; a record whose problem the suite does not have is
// refused too.
Result<ImportedFile> ImportResponses(const std::filesystem::path& file, const QuestionSet& suite);

}  // namespace assay
