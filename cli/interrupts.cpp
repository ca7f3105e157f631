#include "cli/interrupts.h"

#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace assay::cli {

Interrupts::Interrupts(const char* note) : note_(note) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  ::signal(SIGHUP, SIG_IGN);
  watcher_ = std::jthread([this](const std::stop_token& end) { Watch(end); });
}

Interrupts::~Interrupts() {
  watcher_.request_stop();
  watcher_.join();
  ::signal(SIGHUP, SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupts::Watch(const std::stop_token& end) {
  while (!end.stop_requested()) {
    const timespec wait{0, 50'000'000};
    if (sigtimedwait(&signals_, nullptr, &wait) < 0) continue;
    if (stop_.stop_requested()) ::_exit(130);
    std::fprintf(stderr, "\nassay: %s (once more: stop at once)\n", note_);
    stop_.request_stop();
  }
}

}  // namespace assay::cli
