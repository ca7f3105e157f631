// cli/serve/hub.h -- What the sessions of one server share. Used by its input and output thread
// only.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/json.h"
#include "cli/serve/fair_queue.h"
#include "cli/serve/server.h"

namespace assay::serve {

class Session;

struct RequestCounts {
  std::size_t accepted = 0;  // connections
  std::size_t requests = 0;  // with a head that could be read
  std::size_t refused = 0;   // answered with a status of 400 or more
  std::size_t gone = 0;      // whose client left before the answer
};

struct Hub {
  ServerOptions options;
  Json about;
  std::optional<Digest> token;  // of the token asked for
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  RequestCounts counts;
  std::size_t held_bytes = 0;
  bool stopping = false;
  boost::asio::io_context io{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
  boost::asio::steady_timer grace{io};
  std::set<std::shared_ptr<Session>> sessions;
  std::unique_ptr<FairQueue> queue;  // last: its threads post to `io`

  // Lets `io` run out once nothing is left to serve.
  void EndIfDone() {
    if (!stopping || !sessions.empty()) return;
    grace.cancel();
    work.reset();
  }
};

// What GET /v1/health shows: all of it, or to strangers the status alone.
Json Health(const Hub& hub, bool trusted);

}  // namespace assay::serve
