// What one run costs, interleaved with its peers so that a busy machine is busy for both:
//   taskset -c 0 sandbox_bench [RUNS]       medians and 90th percentiles in ms
// Before each measurement a pause in which what the one before left to do is done, for all alike: a
// room readies the process of its next run then. "back to back" is without: what a run costs a
// core. empty: `pass` by the sandbox; bwrap: the same by bubblewrap and a fresh interpreter; c++:
// an empty compiled program, cached; fork+exec: /bin/true without any containment.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/python.h"

namespace assay::sandbox {
namespace {

double Milliseconds(const std::function<void()>& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

void Spawn(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  if (posix_spawn(&child, arguments[0], nullptr, nullptr, arguments.data(), environ) == 0) {
    waitpid(child, nullptr, 0);
  }
}

int Main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 200;
  auto box = Sandbox::Open({});
  if (!box) {
    fmt::print(stderr, "{}\n", box.error().message);
    return 1;
  }
  Program empty_cpp;
  empty_cpp.language = "cpp";
  empty_cpp.source = "int main() {}\n";
  const std::vector<std::string> bwrap = {"/usr/bin/bwrap",
                                          "--unshare-all",
                                          "--ro-bind",
                                          "/usr",
                                          "/usr",
                                          "--symlink",
                                          "usr/lib",
                                          "/lib",
                                          "--symlink",
                                          "usr/lib64",
                                          "/lib64",
                                          "/usr/bin/python3",
                                          "-I",
                                          "-S",
                                          "-E",
                                          "-c",
                                          "pass"};
  struct Contender {
    const char* name;
    std::function<void()> body;
    std::vector<double> times;
  };
  std::vector<Contender> contenders = {{"empty", [&] { RunScript(**box, "pass", "", {}); }, {}},
                                       {"c++", [&] { (void)(*box)->Run(empty_cpp); }, {}},
                                       {"bwrap", [&] { Spawn(bwrap); }, {}},
                                       {"fork+exec", [] { Spawn({"/bin/true"}); }, {}}};
  for (Contender& contender : contenders) contender.body();
  for (int run = 0; run < runs; ++run) {
    for (Contender& contender : contenders) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      contender.times.push_back(Milliseconds(contender.body));
    }
  }
  for (Contender& contender : contenders) {
    std::sort(contender.times.begin(), contender.times.end());
    const auto at = [&](double part) {
      return contender.times[static_cast<std::size_t>(part * static_cast<double>(runs - 1))];
    };
    fmt::print("{:<10} p10 {:7.2f}  median {:7.2f}  p90 {:7.2f} ms\n", contender.name, at(0.1),
               at(0.5), at(0.9));
  }
  for (Contender& contender : contenders) {
    const double total = Milliseconds([&] {
      for (int run = 0; run < runs; ++run) contender.body();
    });
    fmt::print("{:<10} back to back {:7.2f} ms each\n", contender.name, total / runs);
  }
  return 0;
}

}  // namespace
}  // namespace assay::sandbox

int main(int argc, char** argv) { return assay::sandbox::Main(argc, argv); }
