// Only what can be told without the library: it is loaded once a process, so each try is a child.
#include "base/nccl.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/support/catch.h"

namespace assay {
namespace {

// What a process says that is to load `library`.
std::string Told(const char* library) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("ASSAY_NCCL", library, 1);
    const auto first = Nccl::Load();
    ::setenv("ASSAY_NCCL", "another", 1);
    const auto second = Nccl::Load();
    std::string text = first ? "loaded" : first.error().message;
    if (!second && !first && second.error().message != text) text += " and something else";
    const bool whole =
        ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(whole && !first && first.error().code == ErrorCode::kUnavailable ? 0 : 1);
  }
  REQUIRE(child > 0);
  ::close(ends[1]);
  std::string text;
  char buffer[1024];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  return text;
}

TEST_CASE("a library that is not NCCL is refused by its name") {
  CHECK(Told("/no/such/libnccl.so.2")
            .starts_with("/no/such/libnccl.so.2 cannot be loaded: name the file of NCCL 2 in "
                         "ASSAY_NCCL (/no/such/libnccl.so.2: cannot open shared object file"));
  CHECK(Told(ASSAY_SOURCE_DIR "/README.md").find("README.md cannot be loaded: ") !=
        std::string::npos);
  CHECK(Told("libm.so.6").starts_with("libm.so.6 is no NCCL 2 that can be used: it has no nccl"));
}

TEST_CASE("NCCL's codes become sentences") {
  Nccl nccl{};
  nccl.GetErrorString = [](int code) { return code == 2 ? "unhandled system error" : "?"; };
  CHECK(nccl.Check(0, "the gradients").has_value());
  const auto failed = nccl.Check(2, "the gradients");
  REQUIRE(!failed.has_value());
  CHECK(failed.error().code == ErrorCode::kUnavailable);
  CHECK(failed.error().message == "the gradients: NCCL: unhandled system error");
}

}  // namespace
}  // namespace assay
