#include "runner/preflight.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/thread_pool.h"
#include "base/utf8.h"

namespace assay {
namespace {

constexpr std::size_t kShownIds = 48;
constexpr std::size_t kShownBytes = 400;

std::int64_t LeadingBos(const PreparedPrompt& prepared) {
  std::int64_t count = 0;
  for (const TokenId id : prepared.ids) {
    if (id != prepared.bos) break;
    ++count;
  }
  return count;
}

Result<void> CheckOne(const PlannedQuestion& planned, const PreparedPrompt& prepared) {
  const std::string name = FullProblemId(planned.suite->name, planned.question->problem.id);
  if (const auto bos = LeadingBos(prepared); bos > 1) {
    const bool chat = !prepared.template_sha256.empty();
    return Fail(ErrorCode::kInput, "{}: the prompt starts with {} BOS tokens (id {}): {}", name,
                bos, *prepared.bos,
                chat ? "the chat template writes more than one; take one out of it"
                     : "the tokenizer adds one itself; take it out of the text (--template, "
                       "--system)");
  }
  const auto length = static_cast<std::int64_t>(prepared.ids.size());
  if (prepared.context && length >= *prepared.context) {
    return Fail(ErrorCode::kInput,
                "{}: the prompt has {} tokens and the model's context {}: show fewer examples, or "
                "choose another model",
                name, length, *prepared.context);
  }
  return {};
}

// Gathers what the threads find, the first error in the order of the plan.
class Findings {
 public:
  explicit Findings(const std::vector<PlannedQuestion>& plan) {
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const QuestionSet& suite = *plan[i].suite;
      const auto [found, fresh] = place_.try_emplace(suite.name, suites.size());
      if (fresh) {
        SuitePreflight one;
        one.suite = suite.name;
        one.problem = FullProblemId(suite.name, plan[i].question->problem.id);
        one.prompt = plan[i].question->prompt;
        one.sampling = suite.sampling;
        first_.push_back(i);
        suites.push_back(std::move(one));
      }
      ++suites[found->second].problems;
    }
  }

  void Add(std::size_t i, const PlannedQuestion& planned,
           Result<std::optional<PreparedPrompt>> prepared) {
    const std::string name = FullProblemId(planned.suite->name, planned.question->problem.id);
    Result<void> fine;
    if (!prepared) {
      const bool chat = std::holds_alternative<std::vector<Message>>(planned.question->prompt);
      fine = Fail(prepared.error().code, "{}: {}{}", name, prepared.error().message,
                  chat ? " (--style completion asks without a chat template)" : "");
    } else if (*prepared) {
      fine = CheckOne(planned, **prepared);
    }
    const std::lock_guard lock(mutex_);
    if (!fine) {
      if (i < first_bad_) {
        first_bad_ = i;
        problem = fine.error();
      }
      return;
    }
    if (!*prepared) return;
    SuitePreflight& suite = suites[place_.at(planned.suite->name)];
    const auto length = static_cast<std::int64_t>((*prepared)->ids.size());
    suite.longest_prompt = std::max(suite.longest_prompt, length);
    const auto context = (*prepared)->context;
    if (context && length + suite.sampling.max_tokens > *context) ++suite.cut_short;
    if (first_[place_.at(planned.suite->name)] != i) return;
    suite.bos = LeadingBos(**prepared);
    suite.prepared = std::move(*prepared);
  }

  std::vector<SuitePreflight> suites;
  std::optional<Error> problem;

 private:
  std::map<std::string, std::size_t> place_;
  std::vector<std::size_t> first_;
  std::size_t first_bad_ = static_cast<std::size_t>(-1);
  std::mutex mutex_;
};

std::string Quoted(const std::string& text) {
  return DumpJson(Json(Abbreviate(SanitizeUtf8(text), kShownBytes)));
}

std::string StopWords(const SuitePreflight& suite) {
  std::string text;
  for (const std::string& word : suite.sampling.stop) {
    text += (text.empty() ? "" : ", ") + Quoted(word);
  }
  if (!suite.prepared) return text.empty() ? "as the server decides" : text;
  for (const TokenId id : suite.prepared->end_ids) {
    text += fmt::format("{}id {}", text.empty() ? "" : ", ", id);
  }
  return text.empty() ? "none" : text;
}

std::string Ids(const std::vector<TokenId>& ids) {
  const auto shown = std::min(ids.size(), kShownIds);
  std::string text = fmt::format("{}", fmt::join(ids.begin(), ids.begin() + shown, " "));
  if (shown < ids.size()) text += fmt::format(" … ({} more; --json has all)", ids.size() - shown);
  return text;
}

std::string Paragraph(const SuitePreflight& suite) {
  std::string text =
      fmt::format("{}: {} problems; first {}\n", suite.suite, suite.problems, suite.problem);
  if (suite.prepared) {
    const PreparedPrompt& prepared = *suite.prepared;
    text += fmt::format("  template  {}\n", prepared.template_sha256.empty()
                                                ? "none: a text to continue"
                                                : "sha256 " + prepared.template_sha256);
    text += fmt::format("  prompt    {}\n", Quoted(prepared.text));
    text += fmt::format("  ids       {}: {}\n", prepared.ids.size(), Ids(prepared.ids));
    text += prepared.bos
                ? fmt::format("  BOS       {} at the start (id {})\n", suite.bos, *prepared.bos)
                : "  BOS       this model has none\n";
  } else {
    text += fmt::format("  prompt    {}\n", Quoted(TextOf(suite.prompt)));
    text += "  ids       not known here\n";
  }
  text += fmt::format("  stop      {}\n", StopWords(suite));
  text += fmt::format("  budget    {} new tokens", suite.sampling.max_tokens);
  if (suite.prepared) {
    text += fmt::format("; longest prompt {}", suite.longest_prompt);
    if (suite.prepared->context) text += fmt::format(", context {}", *suite.prepared->context);
  }
  text += "\n";
  if (suite.cut_short > 0) {
    text += fmt::format("  warning   {} prompt(s) leave less than the budget of the context\n",
                        suite.cut_short);
  }
  return text;
}

}  // namespace

Result<std::vector<SuitePreflight>> Preflight(const Model& model,
                                              const std::vector<PlannedQuestion>& plan,
                                              std::size_t threads) {
  Findings findings(plan);
  ParallelFor(plan.size(), threads, [&](std::size_t i) {
    findings.Add(i, plan[i], model.Prepare(RequestFor(plan[i], 0, 0)));
  });
  if (findings.problem) return Pass(*findings.problem);
  return std::move(findings.suites);
}

std::string RenderPreflight(const std::vector<SuitePreflight>& suites) {
  std::string text;
  for (const SuitePreflight& suite : suites) text += Paragraph(suite);
  return text;
}

Json ToJson(const std::vector<SuitePreflight>& suites) {
  Json all = Json::array();
  for (const SuitePreflight& suite : suites) {
    Json one = {{"suite", suite.suite},        {"problem", suite.problem},
                {"problems", suite.problems},  {"prompt", ToJson(suite.prompt)},
                {"stop", suite.sampling.stop}, {"max_tokens", suite.sampling.max_tokens}};
    if (suite.prepared) {
      one["text"] = SanitizeUtf8(suite.prepared->text);
      one["ids"] = suite.prepared->ids;
      one["bos"] = suite.bos;
      one["template_sha256"] = suite.prepared->template_sha256;
      one["end_ids"] = suite.prepared->end_ids;
      one["longest_prompt"] = suite.longest_prompt;
      one["cut_short"] = suite.cut_short;
      if (suite.prepared->context) one["context"] = *suite.prepared->context;
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace assay
