// Runs the tests on the GPU, or ends with status 77 (skipped) where there is none. What only lists
// or explains needs no GPU.
#define CATCH_CONFIG_RUNNER
#include <cstdio>
#include <string_view>

#include "runner/model/cuda/device.h"
#include "tests/support/catch.h"

int main(int argc, char** argv) {
  constexpr int kSkipped = 77;
  bool runs = true;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--list") || word == "-l" || word == "--help") runs = false;
  }
  if (const auto device = assay::cuda::OpenDevice(); runs && !device) {
    std::fprintf(stderr, "SKIPPED: %s\n", device.error().message.c_str());
    return kSkipped;
  }
  return Catch::Session().run(argc, argv);
}
