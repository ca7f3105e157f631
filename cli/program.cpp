#include "cli/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>

#include "base/suggest.h"

namespace assay::cli {
namespace {

std::map<const CLI::App*, Action>& Actions() {
  static std::map<const CLI::App*, Action> actions;
  return actions;
}

const CLI::App* Chosen(const CLI::App* app) {
  for (const CLI::App* sub : app->get_subcommands()) return Chosen(sub);
  return app;
}

std::vector<std::string> FlagsAndCommands(const CLI::App* app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const CLI::App* sub : app->get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
  }
  return known;
}

int ReportUsage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0)
    return app.exit(error) == 0 ? kDone : kOurFault;  // --help, --version
  const CLI::App* chosen = Chosen(&app);
  std::string suggestion;
  const auto known = FlagsAndCommands(chosen);
  if (chosen == &app && argc > 1 && argv[1][0] != '-') {
    fmt::print(stderr, "assay: unknown command \"{}\"{}\nRun \"assay --help\" for the commands.\n",
               argv[1], DidYouMean(argv[1], known));
    return kBadInput;
  }
  for (int i = 1; i < argc && suggestion.empty(); ++i) {
    const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    const bool is_known = std::find(known.begin(), known.end(), word) != known.end();
    if (!is_known && (word.rfind("--", 0) == 0 || chosen == &app))
      suggestion = DidYouMean(word, known);
  }
  fmt::print(stderr, "assay: {}{}\nRun \"assay{}{} --help\" for the flags.\n", error.what(),
             suggestion, chosen == &app ? "" : " ", chosen == &app ? "" : chosen->get_name());
  return kBadInput;
}

std::filesystem::path Beside(const std::string& name) {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name;
}

}  // namespace

int RunProgram(int argc, char** argv, void (*add)(CLI::App& app)) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Verifiable-reward benchmark, evaluation harness and RL trainer", "assay");
  app.set_version_flag("--version", ASSAY_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportUsage(app, error, argc, argv);
  }
  return Actions().at(Chosen(&app))();
}

bool HasProgram(const std::string& name) { return access(Beside(name).c_str(), X_OK) == 0; }

Error BecomeProgram(const std::string& name, const std::vector<std::string>& words) {
  const std::string path = Beside(name).string();
  std::vector<char*> argv = {const_cast<char*>(name.c_str())};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  return Error{ErrorCode::kNotFound, fmt::format("{} is not there or does not start", path)};
}

void OnRun(CLI::App* command, Action action) { Actions()[command] = std::move(action); }

int Report(const Error& error) {
  fmt::print(stderr, "assay: {}\n", error.message);
  return ExitStatus(error.code);
}

}  // namespace assay::cli
