// cli/serve/server.h -- Verdicts over HTTP/1.1: what `assay serve` runs. docs/serving.md is for
// users.
//
// Theory of operation. One thread does all input and output (server.cpp accepts, session.cpp serves
// a connection: wait, read the head, check it, read the body, judge, write), and touches no
// verifier; the threads of a FairQueue judge and touch no socket. They meet in two calls: Add, and
// `done` posted back. So a session's state needs no lock, a slow client costs a descriptor and not
// a thread, and a slow item delays nobody's reading or writing.
//
// What a client can make us hold is bounded: connections, bytes of a head, bytes of a body, bytes
// of all bodies together, items of a request, items that wait, and the time that each step may
// take. It does not do TLS, HTTP/2 or compression: a proxy in front does.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/serve/fair_queue.h"

namespace assay::serve {

struct ServerOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6
  unsigned short port = 0;            // 0: one that is free
  std::string token;                  // "": none is asked for
  std::size_t threads = 1;
  std::size_t most_connections = 512;
  std::size_t most_body_bytes = std::size_t{64} << 20;
  std::size_t most_held_bytes = std::size_t{512} << 20;  // of all bodies, until they are answered
  std::size_t most_items = 10'000;                       // of a request
  std::size_t most_waiting = 100'000;                    // of all requests
  std::chrono::seconds grace{20};                        // for what was accepted before Stop
};

// Whether `address` can be reached from this machine alone. False for what is no IP address.
bool IsLoopback(const std::string& address);

class Server {
 public:
  // Listens at once and serves when Run is called. `about` is shown by /v1/health. kUnavailable,
  // naming the address, where it cannot be listened on.
  static Result<std::unique_ptr<Server>> Open(const ServerOptions& options,
                                              FairQueue::JudgeItem judge, Json about);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "http://127.0.0.1:8090", with the port that was found.
  std::string url() const;

  // Serves until Stop was called and every accepted request is answered, or the grace is over.
  // Returns the number of requests that were cut off.
  std::size_t Run();
  // Ends Run: nothing new is accepted, idle connections are closed. From any thread, any number of
  // times.
  void Stop();
  // Items that are still being judged; none unless Run cut requests off.
  std::size_t Running() const;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace assay::serve
