// tasks/suite.h -- A named, versioned set of problems with its prompt, sampling and metric
// defaults.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "tasks/problem.h"
#include "verifiers/registry.h"

namespace assay {

// A solved example that is shown before the problem.
struct FewShot {
  std::string prompt;  // goes through the suite's template like a problem's prompt
  std::string response;
};

// How the suite asks to be sampled, unless the user says otherwise.
struct SamplingDefaults {
  int max_tokens = 512;           // new tokens; at least 1
  double temperature = 0.0;       // 0: greedy
  double top_p = 1.0;             // 1: off
  std::vector<std::string> stop;  // the text is cut before the first of these to appear
};

// How a prompt reaches the model.
enum class PromptStyle {
  kChat,        // messages: few-shot examples as turns, rendered by the model's chat template
  kCompletion,  // one string that the model continues
};

struct Suite {
  std::string name;     // "gsm8k", lower case letters, digits and '-'
  std::string version;  // semantic version of this set of problems
  std::string licence;  // SPDX expression, or a sentence
  std::string source;   // where the problems come from: a URL or a sentence
  std::string description;
  std::string canary;  // a string that shows up where a model has learnt the pack by heart
  PromptStyle style = PromptStyle::kChat;
  std::string system;           // system message; "" for none
  std::string prompt_template;  // holds "{prompt}" once
  std::vector<FewShot> few_shot;
  Json verifier;  // default spec, under which a problem's own keys win; null if there is none
  SamplingDefaults sampling;
  std::vector<std::string> metrics;  // "pass@k", "maj@k", …; never empty
  std::filesystem::path root;        // where the files that a verifier names lie; "" for none
  std::vector<Problem> problems;     // ids are unique
  // Content hash of everything above that decides a prompt or a verdict: part of a run's identity.
  std::string sha256;

  // The problem with this id, or null. Points into `problems`.
  const Problem* Find(std::string_view id) const;
};

// A prompt as a model takes it: messages for PromptStyle::kChat (or for a problem that is written
// as messages), else text.
using Prompt = std::variant<std::string, std::vector<Message>>;

// The whole prompt for one problem: template, system message and few-shot examples applied.
// `style` overrides the suite's; a problem written as messages stays messages.
Prompt PromptOf(const Suite& suite, const Problem& problem,
                std::optional<PromptStyle> style = std::nullopt);
// All of a prompt's text in one string, for searching and for people.
std::string TextOf(const Prompt& prompt);

// The spec that judges this problem: the suite's default with the problem's keys over it. A
// problem that names another kind than the default takes nothing from it.
Json VerifierSpecOf(const Suite& suite, const Problem& problem);
// Builds that verifier; the error starts with suite and problem.
Result<std::unique_ptr<const Verifier>> VerifierOf(const Suite& suite, const Problem& problem);

// The value of Suite::sha256 for this content.
std::string ContentHash(const Suite& suite);

}  // namespace assay
