// assay tasks show: one suite's defaults, or one problem as the model and the verifier get it.
#include <fmt/format.h>

#include <map>

#include "cli/commands/tasks.h"

namespace assay::cli {
namespace {

std::map<std::string, std::size_t> CountBy(const Suite& suite,
                                           std::string (*key)(const Problem& problem)) {
  std::map<std::string, std::size_t> counts;
  for (const Problem& problem : suite.problems) ++counts[key(problem)];
  return counts;
}

std::string DomainOf(const Problem& problem) { return problem.domain; }
std::string LevelOf(const Problem& problem) {
  return problem.level ? fmt::format("{:2}", *problem.level) : "-";
}

std::string Listed(const std::map<std::string, std::size_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text;
}

Json SuiteJson(const Suite& suite) {
  return {{"name", suite.name},
          {"version", suite.version},
          {"licence", suite.licence},
          {"source", suite.source},
          {"description", suite.description},
          {"canary", suite.canary},
          {"sha256", suite.sha256},
          {"problems", suite.problems.size()},
          {"domains", CountBy(suite, DomainOf)},
          {"levels", CountBy(suite, LevelOf)},
          {"metrics", suite.metrics},
          {"verifier", suite.verifier},
          {"sampling",
           {{"max_tokens", suite.sampling.max_tokens},
            {"temperature", suite.sampling.temperature},
            {"top_p", suite.sampling.top_p},
            {"stop", suite.sampling.stop}}}};
}

void PrintSuite(const Suite& suite) {
  fmt::print("{} {}: {}\n\n", suite.name, suite.version, suite.description);
  fmt::print("problems  {}\n", suite.problems.size());
  fmt::print("domains   {}\n", Listed(CountBy(suite, DomainOf)));
  fmt::print("levels    {}\n", Listed(CountBy(suite, LevelOf)));
  fmt::print("licence   {}\nsource    {}\n", suite.licence, suite.source);
  fmt::print("verifier  {}\n", suite.verifier.is_null() ? "by problem" : DumpJson(suite.verifier));
  fmt::print("sampling  {} tokens, temperature {}, top-p {}\n", suite.sampling.max_tokens,
             suite.sampling.temperature, suite.sampling.top_p);
  fmt::print("sha256    {}\n\nfirst prompt ({}/{}):\n\n{}\n", suite.sha256, suite.name,
             suite.problems.front().id, TextOf(PromptOf(suite, suite.problems.front())));
}

Json ProblemJson(const Suite& suite, const Problem& problem) {
  Json json = ToJson(problem);
  json["suite"] = suite.name;
  json["verifier"] = VerifierSpecOf(suite, problem);
  const Prompt prompt = PromptOf(suite, problem);
  if (const auto* text = std::get_if<std::string>(&prompt)) {
    json["full_prompt"] = *text;
    return json;
  }
  json["full_prompt"] = Json::array();
  for (const Message& turn : std::get<std::vector<Message>>(prompt)) {
    json["full_prompt"].push_back({{"role", turn.role}, {"content", turn.content}});
  }
  return json;
}

void PrintProblem(const Suite& suite, const Problem& problem) {
  fmt::print("{}/{}  domain {}  level {}\n\n", suite.name, problem.id,
             problem.domain.empty() ? "-" : problem.domain, LevelOf(problem));
  fmt::print("--- prompt\n{}\n--- reference\n{}\n--- verifier\n{}\n",
             TextOf(PromptOf(suite, problem)), problem.reference,
             DumpJsonPretty(VerifierSpecOf(suite, problem)));
}

struct ShowFlags {
  std::string name;
  bool json = false;
  bool problems = false;
};

int Show(const ShowFlags& flags, const LibraryOptions& options) {
  const auto& [name, json, problems] = flags;
  auto suite = FindSuite(name, options);
  if (suite) {
    if (problems) {
      for (const Problem& problem : suite->problems)
        fmt::print("{}\n", DumpJson(ProblemJson(*suite, problem)));
    } else if (json) {
      fmt::print("{}\n", DumpJsonPretty(SuiteJson(*suite)));
    } else {
      PrintSuite(*suite);
    }
    return kDone;
  }
  const bool may_be_problem = name.find('/') != std::string::npos;
  if (!may_be_problem || problems) return Report(suite.error());
  const auto found = FindProblem(name, options);
  if (!found) return Report(found.error());
  if (json) {
    fmt::print("{}\n", DumpJsonPretty(ProblemJson(*found->suite, *found->problem)));
  } else {
    PrintProblem(*found->suite, *found->problem);
  }
  return kDone;
}

}  // namespace

void AddTasksShow(CLI::App& tasks) {
  CLI::App* command = tasks.add_subcommand("show", "Show a suite, or one problem (SUITE/ID)");
  auto options = AddDataFlag(*command);
  auto flags = std::make_shared<ShowFlags>();
  command->add_option("ID", flags->name, "Suite, SUITE/ID, or the folder of a pack")->required();
  command->add_flag("--json", flags->json, "One JSON object");
  command->add_flag("--problems", flags->problems,
                    "All problems of a suite, one JSON object a line");
  OnRun(command, [options, flags]() -> int { return Show(*flags, *options); });
}

}  // namespace assay::cli
