#include "runner/model/cuda/link.h"

#include <thread>

namespace assay::cuda {

Result<void> AwaitTogether(Stream& stream, Link& link, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto reached = stream.Reached();
    auto fine = link.Check();
    if (reached && *reached && fine) return {};
    if (fine && std::chrono::steady_clock::now() > until) {
      fine = Fail(ErrorCode::kUnavailable,
                  "the GPUs of one model: one has kept the others waiting for {} seconds",
                  std::chrono::duration_cast<std::chrono::seconds>(patience).count());
    }
    if (!reached || !fine) {
      link.Abort();
      return reached ? fine : Result<void>(Pass(reached.error()));
    }
    std::this_thread::yield();
  }
}

}  // namespace assay::cuda
