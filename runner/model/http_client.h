// runner/model/http_client.h -- Many POST requests at once on one thread (libcurl's multi
// interface).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay {

struct HttpPost {
  std::string url;
  std::string body;                       // JSON
  std::chrono::milliseconds time_out{0};  // for the whole exchange, or
  bool only_silence = false;              // for the longest time without a byte
};

struct HttpReply {
  long status = 0;          // 0: no reply came
  std::string body;         // at most HttpClient::kMostBodyBytes
  std::string retry_after;  // the header's value
  std::string failure;      // why no reply came
  bool timed_out = false;
};

// One thread at a time. Redirects are not followed, so that a key never goes to another host.
class HttpClient {
 public:
  static constexpr std::size_t kMostBodyBytes = std::size_t{64} << 20;
  using OnReply = std::function<void(std::uint64_t ticket, HttpReply reply)>;

  // `bearer`: the API key for every request, "" for none. Kept in memory only.
  explicit HttpClient(const std::string& bearer);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void Start(std::uint64_t ticket, const HttpPost& post);
  // Moves data for up to `wait`, handing over replies that are complete.
  void Work(std::chrono::milliseconds wait, const OnReply& on_reply);
  std::size_t in_flight() const;
  // Drops everything in flight; nothing of it is handed over.
  void Abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay
