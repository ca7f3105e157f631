// The pre-tokenizers that GGUF files know by name only.
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "runner/model/tokenizer/pipeline.h"

namespace assay {
namespace {

struct Known {
  std::string_view name;
  std::string_view pattern;
  bool digits = false;  // each digit alone, before the pattern
  bool nfc = false;
  bool ignore_merges = false;
};

constexpr Known kKnown[] = {
    {.name = "gpt-2", .pattern = kGpt2Pattern},
    {.name = "smollm", .pattern = kGpt2Pattern, .digits = true},
    {.name = "refact", .pattern = kGpt2Pattern, .digits = true},
    {.name = "starcoder", .pattern = kGpt2Pattern, .digits = true},
    {.name = "command-r", .pattern = kGpt2Pattern, .digits = true, .nfc = true},
    {.name = "qwen2", .pattern = kQwen2Pattern, .nfc = true},
    {.name = "deepseek-r1-qwen", .pattern = kQwen2Pattern, .nfc = true},
    {.name = "llama-bpe", .pattern = kLlama3Pattern, .ignore_merges = true},
    {.name = "llama3", .pattern = kLlama3Pattern, .ignore_merges = true},
    {.name = "llama-v3", .pattern = kLlama3Pattern, .ignore_merges = true},
};

}  // namespace

Result<PreTokenizer::Step> SplitBy(std::string_view pattern) {
  auto regex = Regex::Compile(pattern);
  if (!regex) return Pass(regex.error());
  PreTokenizer::Step step;
  step.name = pattern;
  step.regex = std::move(*regex);
  return step;
}

Result<NamedPipeline> PipelineByName(const std::string& name) {
  std::vector<std::string> names;
  for (const Known& known : kKnown) {
    names.emplace_back(known.name);
    if (known.name != name) continue;
    NamedPipeline pipeline{.nfc = known.nfc, .ignore_merges = known.ignore_merges, .steps = {}};
    if (known.digits) {
      PreTokenizer::Step digits;
      digits.name = "digits";
      digits.digits = true;
      pipeline.steps.push_back(std::move(digits));
    }
    auto split = SplitBy(known.pattern);
    if (!split) return Pass(split.error());
    pipeline.steps.push_back(std::move(*split));
    return pipeline;
  }
  return Fail(ErrorCode::kInput, "the pre-tokenizer \"{}\" is not known{}; known: {}", name,
              DidYouMean(name, names), fmt::join(names, ", "));
}

}  // namespace assay
