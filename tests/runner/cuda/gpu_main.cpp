// Runs the tests on the GPU, or ends with status 77 (skipped) where there is none.
#define CATCH_CONFIG_RUNNER
#include <cstdio>

#include "runner/model/cuda/device.h"
#include "tests/support/catch.h"

int main(int argc, char** argv) {
  constexpr int kSkipped = 77;
  if (const auto device = assay::cuda::OpenDevice(); !device) {
    std::fprintf(stderr, "SKIPPED: %s\n", device.error().message.c_str());
    return kSkipped;
  }
  return Catch::Session().run(argc, argv);
}
