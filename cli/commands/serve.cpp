// assay serve: verdicts over HTTP, the items and answers of `assay verify`.
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/files.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/interrupts.h"
#include "cli/judging.h"
#include "cli/serve/server.h"
#include "cli/serve/spec_limits.h"
#include "sandbox/ending.h"
#include "verifiers/code/shared_sandbox.h"
#include "verifiers/line_judge.h"
#include "verifiers/registry.h"

namespace assay::cli {
namespace {

struct Flags {
  std::string listen = "127.0.0.1:8090";
  std::string token_file;
  bool open = false;
  JudgingFlags judging;
  std::vector<std::string> packs;
  std::size_t max_body_mb = 64;
  std::size_t max_item_mb = 16;
  std::size_t max_held_mb = 512;
  std::int64_t max_memory_mb = serve::SpecLimits().memory_mb;
  int grace_s = 20;
  bool json = false;
  serve::ServerOptions server;
};

constexpr std::size_t Megabytes(std::size_t count) { return count << 20; }

Result<void> ReadListen(Flags& flags) {
  const std::string& text = flags.listen;
  const auto colon = text.rfind(':');
  const char* const end = text.data() + text.size();
  const char* const digits = text.data() + (colon == std::string::npos ? text.size() : colon + 1);
  const auto [stop, failure] = std::from_chars(digits, end, flags.server.port);
  std::string address = text.substr(0, colon);
  if (failure != std::errc() || stop != end || address.empty()) {
    return Fail(ErrorCode::kUsage,
                "--listen \"{}\": expected ADDRESS:PORT, as 127.0.0.1:8090 or [::1]:8090", text);
  }
  if (address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  flags.server.address = address == "localhost" ? "127.0.0.1" : address;
  return {};
}

// One token, without the white space around it.
Result<std::string> ReadToken(const std::string& file) {
  constexpr std::size_t kShortest = 16;
  constexpr std::size_t kLongest = 1024;
  auto text = ReadFile(file, kLongest);
  if (!text) return Within("--token-file", text.error());
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text->empty() && blank(text->back())) text->pop_back();
  while (!text->empty() && blank(text->front())) text->erase(0, 1);
  for (const char c : *text) {
    if (c < '!' || c > '~')
      return Fail(ErrorCode::kInput, "--token-file: {}: expected visible ASCII without spaces",
                  file);
  }
  if (text->size() < kShortest)
    return Fail(ErrorCode::kInput, "--token-file: {}: expected at least {} characters", file,
                kShortest);
  return std::move(*text);
}

Result<void> Prepare(Flags& flags) {
  if (auto read = ReadListen(flags); !read) return read;
  if (!flags.token_file.empty()) {
    auto token = ReadToken(flags.token_file);
    if (!token) return Pass(token.error());
    flags.server.token = std::move(*token);
  }
  if (flags.server.token.empty() && !flags.open && !serve::IsLoopback(flags.server.address)) {
    return Fail(ErrorCode::kUsage,
                "--listen {}: others can reach this address; give --token-file, or --open to serve "
                "anybody",
                flags.listen);
  }
  flags.server.most_body_bytes = Megabytes(flags.max_body_mb);
  flags.server.most_held_bytes = Megabytes(std::max(flags.max_held_mb, flags.max_body_mb));
  flags.server.most_waiting = std::max(flags.server.most_waiting, flags.server.most_items);
  flags.server.grace = std::chrono::seconds(flags.grace_s);
  return {};
}

Json About() {
  Json about = {{"version", ASSAY_VERSION}, {"verifiers", Json::object()}};
  for (const std::string& kind : VerifierKinds()) about["verifiers"][kind] = VerifierVersion(kind);
  // Opened now and not by the first request: its processes should inherit no connection.
  const auto box = SharedSandbox();
  if (box) {
    about["sandbox"] = {{"mode", sandbox::Name((*box)->mode())},
                        {"layers", sandbox::LayerNames((*box)->layers())}};
  } else {
    about["sandbox"] = {{"mode", nullptr}, {"why", box.error().message}};
    fmt::print(stderr, "assay: items that need the sandbox will be errors: {}\n",
               box.error().message);
  }
  return about;
}

StreamOptions ItemOptions(const Flags& flags, const Json& spec) {
  StreamOptions stream = MakeStreamOptions(flags.judging, spec, {false, flags.packs});
  stream.max_line_bytes = Megabytes(flags.max_item_mb);
  serve::SpecLimits limits;
  limits.memory_mb = flags.max_memory_mb;
  stream.check_spec = [limits](const Json& asked) { return serve::CheckSpec(asked, limits); };
  return stream;
}

void Announce(const Flags& flags, const std::string& url) {
  if (flags.json) {
    fmt::print("{}\n", DumpJson({{"listening", url}}));
  } else {
    fmt::print("listening on {}\n", url);
  }
  std::fflush(stdout);
}

int Run(Flags& flags) {
  if (auto ready = Prepare(flags); !ready) return Report(ready.error());
  const auto spec = DefaultSpec(flags.judging);
  if (!spec) return Report(spec.error());
  const Interrupts interrupts("stopping: what was accepted is answered first");
  const StreamOptions stream = ItemOptions(flags, *spec);
  LineJudge judge(stream);
  flags.server.threads = stream.threads;
  auto server = serve::Server::Open(
      flags.server,
      [&judge](std::size_t number, std::string_view item) { return judge.Judge(number, item); },
      About());
  if (!server) return Report(server.error());
  const std::stop_callback stop(interrupts.token(), [&] { (*server)->Stop(); });
  Announce(flags, (*server)->url());
  const std::size_t cut = (*server)->Run();
  if (cut == 0) return kDone;
  fmt::print(stderr, "assay: {} requests were cut off\n", cut);
  // What is still being judged answers nobody: it is not waited for.
  if ((*server)->Running() > 0) ::_exit(kSomeFailed);
  return kSomeFailed;
}

void AddLimits(CLI::App* command, Flags& flags) {
  const auto count = [&](const char* name, auto& value, const char* text, int most) {
    command->add_option(name, value, text)->capture_default_str()->check(CLI::Range(1, most));
  };
  constexpr int kMost = 1 << 20;
  count("--max-body-mb", flags.max_body_mb, "Longest body of a request, in MB", 4096);
  count("--max-item-mb", flags.max_item_mb, "Longest item, in MB; a longer one is an error", 4096);
  count("--max-items", flags.server.most_items, "Items of one request", kMost);
  count("--max-waiting", flags.server.most_waiting, "Items of all requests that wait", kMost);
  count("--max-held-mb", flags.max_held_mb, "Bodies of all requests together, in MB", kMost);
  count("--max-connections", flags.server.most_connections, "Connections at once", 65536);
  count("--max-memory-mb", flags.max_memory_mb, "Memory that an item's spec may ask for, in MB",
        kMost);
  count("--grace-s", flags.grace_s, "Time for what was accepted before a stop, in s", 86'400);
}

}  // namespace

void AddServe(CLI::App& app) {
  CLI::App* command = app.add_subcommand("serve", "Judge responses over HTTP");
  auto flags = std::make_shared<Flags>();
  command->add_option("--listen", flags->listen, "Address and port; port 0: one that is free")
      ->capture_default_str();
  command->add_option("--token-file", flags->token_file,
                      "File with the token that requests must carry");
  command->add_flag("--open", flags->open, "Serve other machines without a token");
  AddJudgingFlags(command, flags->judging);
  command->add_option("--pack", flags->packs, "Folders of packs that items may name");
  AddLimits(command, *flags);
  command->add_flag("--json", flags->json, "The line that says the address as JSON");
  OnRun(command, [flags] { return Run(*flags); });
}

}  // namespace assay::cli
