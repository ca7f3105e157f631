// Many short requests: the memory of a long run stays flat.
#include <cstdio>

#include "runner/model/local_model.h"
#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

// Resident bytes of this process.
std::int64_t Resident() {
  long pages = 0;
  long resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  REQUIRE(file != nullptr);
  REQUIRE(std::fscanf(file, "%ld %ld", &pages, &resident) == 2);
  std::fclose(file);
  return std::int64_t{resident} * 4096;
}

TEST_CASE("100,000 short requests leave the memory flat", "[slow]") {
  constexpr std::size_t kAtOnce = 5000;
  constexpr std::size_t kRounds = 20;
  LocalModelOptions options;
  options.cache_bytes = 1 << 20;
  options.threads = 1;
  auto model = MakeLocalModel(ChainParts(ChainOf("abcd")), options);
  if (!model) FAIL(model.error().message);
  std::int64_t early = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    std::vector<Request> requests;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      Request request{std::string("a"), {}, Key("soak", round).With(i), -1, "", 0};
      request.sampling.max_tokens = static_cast<int>(1 + i % 4);
      // Groups of four with one prompt, and requests of their own.
      if (i % 2 == 0) request.group = static_cast<std::int64_t>(i / 8);
      requests.push_back(std::move(request));
    }
    std::size_t finished = 0;
    (*model)->Sample(requests,
                     [&](std::size_t, Result<Response> response) {
                       finished += response && !response->ids.empty() ? 1 : 0;
                     },
                     {});
    REQUIRE(finished == kAtOnce);
    if (round == 1) early = Resident();
  }
  CHECK(Resident() - early < std::int64_t{4} << 20);
}

}  // namespace
}  // namespace assay
