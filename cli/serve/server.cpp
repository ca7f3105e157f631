#include "cli/serve/server.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/serve/hub.h"
#include "cli/serve/session.h"

namespace assay::serve {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
    "Connection: close\r\nContent-Length: 58\r\n\r\n"
    "{\"error\":\"too many connections are open: try again soon\"}\n";
static_assert(kFull.size() - kFull.find("\r\n\r\n") - 4 == 58);

}  // namespace

Json Health(const Hub& hub, bool trusted) {
  Json health = {{"status", hub.stopping ? "stopping" : "ok"}};
  if (!trusted) return health;
  health.update(hub.about);
  const ServerOptions& options = hub.options;
  const QueueCounts items = hub.queue->Counts();
  const std::chrono::duration<double> up = std::chrono::steady_clock::now() - hub.started;
  health["uptime_s"] = up.count();
  health["threads"] = options.threads;
  health["queue"] = {{"waiting", items.waiting},
                     {"running", items.running},
                     {"held_bytes", hub.held_bytes},
                     {"connections", hub.sessions.size()}};
  health["limits"] = {{"waiting", options.most_waiting},
                      {"held_bytes", options.most_held_bytes},
                      {"connections", options.most_connections},
                      {"body_bytes", options.most_body_bytes},
                      {"items", options.most_items}};
  health["counts"] = {{"connections", hub.counts.accepted},
                      {"requests", hub.counts.requests},
                      {"refused", hub.counts.refused},
                      {"gone", hub.counts.gone},
                      {"judged", items.judged},
                      {"errors", items.errors},
                      {"cancelled", items.cancelled}};
  return health;
}

bool IsLoopback(const std::string& address) {
  Failure failure;
  const auto parsed = asio::ip::make_address(address, failure);
  return !failure && parsed.is_loopback();
}

struct Server::Parts {
  explicit Parts(const ServerOptions& options) { hub.options = options; }

  Result<void> Listen();
  void Accept();
  bool AcceptOne();
  void Serve(int descriptor);
  void BeginStop();
  void CutOff();

  Hub hub;
  tcp::acceptor acceptor{hub.io};
  asio::steady_timer pause{hub.io};  // of accepting, where there are no descriptors
  tcp::endpoint endpoint;
  std::size_t cut = 0;
};

Result<void> Server::Parts::Listen() {
  Failure failure;
  const auto address = asio::ip::make_address(hub.options.address, failure);
  if (failure)
    return Fail(ErrorCode::kUsage, "\"{}\": expected an IP address", hub.options.address);
  endpoint = {address, hub.options.port};
  acceptor.open(endpoint.protocol(), failure);
  if (!failure && ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC) != 0)
    failure = {errno, boost::system::system_category()};
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (!failure) acceptor.native_non_blocking(true, failure);
  if (!failure) endpoint = acceptor.local_endpoint(failure);
  if (!failure) return {};
  return Fail(ErrorCode::kUnavailable, "{} port {}: cannot be listened on: {}", hub.options.address,
              hub.options.port, failure.message());
}

void Server::Parts::Accept() {
  acceptor.async_wait(tcp::acceptor::wait_read, [this](Failure failure) {
    if (failure || hub.stopping) return;
    while (AcceptOne()) {
    }
    if (errno == EAGAIN) return Accept();
    pause.expires_after(std::chrono::milliseconds{100});
    pause.async_wait([this](Failure ended) {
      if (!ended && !hub.stopping) Accept();
    });
  });
}

// False where none can be accepted now; errno says why. Not Asio's accept: programs that other
// threads start meanwhile must not inherit the descriptor.
bool Server::Parts::AcceptOne() {
  const int descriptor =
      ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor >= 0) {
    Serve(descriptor);
    return true;
  }
  return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
}

void Server::Parts::Serve(int descriptor) {
  ++hub.counts.accepted;
  if (hub.sessions.size() >= hub.options.most_connections) {
    (void)::send(descriptor, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(descriptor);
    return;
  }
  tcp::socket socket(hub.io);
  Failure failure;
  socket.assign(endpoint.protocol(), descriptor, failure);
  if (failure) {
    ::close(descriptor);
    return;
  }
  socket.set_option(tcp::no_delay(true), failure);
  const auto session = std::make_shared<Session>(std::move(socket), hub);
  hub.sessions.insert(session);
  session->Start();
}

void Server::Parts::BeginStop() {
  if (hub.stopping) return;
  hub.stopping = true;
  Failure ignored;
  acceptor.close(ignored);
  pause.cancel();
  const std::vector<std::shared_ptr<Session>> open(hub.sessions.begin(), hub.sessions.end());
  for (const auto& session : open) session->Stop();
  hub.grace.expires_after(hub.options.grace);
  hub.grace.async_wait([this](Failure ended) {
    if (!ended) CutOff();
  });
  hub.EndIfDone();
}

void Server::Parts::CutOff() {
  const std::vector<std::shared_ptr<Session>> open(hub.sessions.begin(), hub.sessions.end());
  for (const auto& session : open) cut += session->Close() ? 1 : 0;
}

Result<std::unique_ptr<Server>> Server::Open(const ServerOptions& options,
                                             FairQueue::JudgeItem judge, Json about) {
  auto parts = std::make_unique<Parts>(options);
  Hub& hub = parts->hub;
  if (auto listens = parts->Listen(); !listens) return Pass(listens.error());
  if (!options.token.empty()) hub.token = Sha256Of(options.token);
  hub.options.token.clear();
  hub.about = std::move(about);
  hub.work.emplace(hub.io.get_executor());
  hub.queue = std::make_unique<FairQueue>(options.threads, options.most_waiting, std::move(judge));
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

std::string Server::url() const {
  const auto& endpoint = parts_->endpoint;
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("http://[{}]:{}", address, endpoint.port())
                                    : fmt::format("http://{}:{}", address, endpoint.port());
}

std::size_t Server::Run() {
  parts_->Accept();
  parts_->hub.io.run();
  return parts_->cut;
}

void Server::Stop() {
  asio::post(parts_->hub.io, [parts = parts_.get()] { parts->BeginStop(); });
}

std::size_t Server::Running() const { return parts_->hub.queue->Counts().running; }

}  // namespace assay::serve
