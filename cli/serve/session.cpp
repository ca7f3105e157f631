#include "cli/serve/session.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>
#include <string_view>
#include <utility>

namespace assay::serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kHeadBytes = std::size_t{16} << 10;
constexpr std::size_t kBufferBytes = std::size_t{128} << 10;
constexpr std::size_t kPieceBytes = 4096;
constexpr seconds kIdle{75};
constexpr seconds kHeadTime{10};
constexpr seconds kLinger{2};
constexpr std::size_t kLingerBytes = std::size_t{16} << 20;
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

// How long moving `bytes` may take: slower than 64 KiB a second is not served.
milliseconds Patience(std::size_t bytes) { return seconds{10} + milliseconds{bytes / 65}; }

Refusal Overloaded(const char* what) { return {503, fmt::format("{}: try again soon", what), ""}; }

Refusal RefusalOf(beast::error_code failure, const ServerOptions& options) {
  if (failure == http::error::body_limit)
    return {413, fmt::format("body: longer than {} bytes (--max-body-mb)", options.most_body_bytes),
            ""};
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow)
    return {431, fmt::format("head: longer than {} bytes", kHeadBytes), ""};
  return {400, "not HTTP: " + failure.message(), ""};
}

bool IsHttpError(beast::error_code failure) {
  static const auto& category = http::make_error_code(http::error::bad_method).category();
  return failure.category() == category && failure != http::error::end_of_stream &&
         failure != http::error::partial_message;
}

std::string BodyOf(Form form, const std::vector<std::string>& answers) {
  const std::string_view end = form == Form::kArray ? ",\n" : "\n";
  std::size_t bytes = 4;
  for (const std::string& answer : answers) bytes += answer.size() + end.size();
  std::string body;
  body.reserve(bytes);
  if (form == Form::kArray) body += '[';
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (form == Form::kArray && i > 0) body += end;
    body += answers[i];
    if (form != Form::kArray) body += end;
  }
  if (form == Form::kArray) body += "]\n";
  return body;
}

}  // namespace

Session::Session(tcp::socket socket, Hub& hub)
    : hub_(hub), stream_(std::move(socket)), buffer_(kBufferBytes) {}

void Session::Start() { AwaitRequest(); }

void Session::Stop() {
  if (state_ == State::kIdle) Close();
}

bool Session::Close() {
  if (state_ == State::kClosed) return false;
  const bool cut = state_ != State::kIdle && state_ != State::kLingering;
  state_ = State::kClosed;
  if (batch_) hub_.queue->Cancel(batch_);
  batch_.reset();
  Release();
  stream_.close();
  hub_.sessions.erase(shared_from_this());
  hub_.EndIfDone();
  return cut;
}

void Session::AwaitRequest() {
  state_ = State::kIdle;
  parser_.reset();
  response_.reset();
  if (hub_.stopping) {
    Close();
    return;
  }
  if (buffer_.size() > 0) return ReadHead();
  buffer_.shrink_to_fit();
  stream_.expires_after(kIdle);
  stream_.async_read_some(buffer_.prepare(kPieceBytes),
                          [self = shared_from_this()](Failure failure, std::size_t bytes) {
                            if (failure || self->state_ != State::kIdle) {
                              self->Close();
                              return;
                            }
                            self->buffer_.commit(bytes);
                            self->ReadHead();
                          });
}

void Session::ReadHead() {
  state_ = State::kReading;
  close_after_ = false;
  parser_.emplace();
  parser_->header_limit(kHeadBytes);
  parser_->body_limit(hub_.options.most_body_bytes);
  stream_.expires_after(kHeadTime);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Failure failure, std::size_t) { self->OnHead(failure); });
}

void Session::OnHead(Failure failure) {
  if (state_ == State::kClosed) return;
  if (!failure) return OnGoodHead();
  if (!IsHttpError(failure)) {
    Close();
    return;
  }
  ++hub_.counts.requests;
  Refuse(RefusalOf(failure, hub_.options));
}

void Session::OnGoodHead() {
  ++hub_.counts.requests;
  const auto& head = parser_->get();
  const Route route = RouteOf(head, hub_.token);
  // What is not read of a body would be taken for the next request.
  close_after_ = !head.keep_alive() || !parser_->is_done();
  if (route.refusal) return Refuse(*route.refusal);
  if (route.to == Route::To::kHealth) {
    return Answer(hub_.stopping ? 503 : 200, "application/json",
                  DumpJson(Health(hub_, route.trusted)) + "\n");
  }
  lines_ = route.lines;
  if (hub_.stopping) return Refuse(Overloaded("this server is stopping"));
  if (hub_.queue->Counts().waiting >= hub_.options.most_waiting)
    return Refuse(Overloaded("too many items wait"));
  parser_->eager(true);
  body_began_ = std::chrono::steady_clock::now();
  if (!parser_->is_done() && beast::iequals(head[http::field::expect], "100-continue"))
    return Continue();
  ReadBody();
}

void Session::Continue() {
  stream_.expires_after(kHeadTime);
  asio::async_write(stream_, asio::buffer(kContinue, sizeof kContinue - 1),
                    [self = shared_from_this()](Failure failure, std::size_t) {
                      if (failure) {
                        self->Close();
                      } else {
                        self->ReadBody();
                      }
                    });
}

void Session::ReadBody() {
  if (state_ == State::kClosed) return;
  if (parser_->is_done()) return OnBody();
  stream_.expires_at(body_began_ + Patience(parser_->get().body().size()));
  http::async_read_some(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Failure failure, std::size_t) { self->OnBodyPiece(failure); });
}

void Session::OnBodyPiece(Failure failure) {
  if (state_ == State::kClosed) return;
  if (failure == http::error::need_buffer) failure = {};
  if (failure && !IsHttpError(failure)) {
    Close();
    return;
  }
  if (failure) return Refuse(RefusalOf(failure, hub_.options));
  if (!Hold(parser_->get().body().size() - held_bytes_))
    return Refuse(Overloaded("too many bytes wait"));
  ReadBody();
}

void Session::OnBody() {
  close_after_ = !parser_->get().keep_alive();
  if (hub_.stopping) return Refuse(Overloaded("this server is stopping"));
  batch_ = std::make_shared<Batch>();
  batch_->body = std::move(parser_->get().body());
  auto items = lines_ ? SplitLines(batch_->body, hub_.options.most_items)
                      : SplitJson(batch_->body, hub_.options.most_items);
  if (items) return Judge(std::move(*items));
  batch_.reset();
  const bool too_many = items.error().code == ErrorCode::kUsage;
  Refuse({too_many ? 413U : 400U, items.error().message, ""});
}

void Session::Judge(Items items) {
  form_ = items.form;
  if (items.items.empty()) return OnJudged(batch_.get());
  batch_->items = std::move(items.items);
  // Of the session the batch knows no more than where to find it: a batch may end last, elsewhere.
  batch_->done = [&io = hub_.io, weak = weak_from_this(), batch = batch_.get()] {
    asio::post(io, [weak, batch] {
      if (const auto self = weak.lock()) self->OnJudged(batch);
    });
  };
  if (!hub_.queue->Add(batch_)) {
    batch_.reset();
    return Refuse(Overloaded("too many items wait"));
  }
  state_ = State::kJudging;
  Watch();
}

// A client that closes its side has left. One that has sent its next request meanwhile is not
// watched.
void Session::Watch() {
  stream_.expires_never();
  if (buffer_.size() > 0) return;
  stream_.socket().async_wait(
      tcp::socket::wait_read, [self = shared_from_this(), batch = batch_.get()](Failure failure) {
        if (!failure && self->state_ == State::kJudging && self->batch_.get() == batch)
          self->OnReadable();
      });
}

void Session::OnReadable() {
  char byte = 0;
  const auto got = ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got > 0) return;
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Watch();
  ++hub_.counts.gone;
  Close();
}

void Session::OnJudged(const Batch* batch) {
  if (state_ == State::kClosed || batch_.get() != batch) return;
  Failure ignored;
  stream_.socket().cancel(ignored);
  std::string body = BodyOf(form_, batch_->answers);
  batch_.reset();
  Answer(200, form_ == Form::kLines ? "application/x-ndjson" : "application/json", std::move(body));
}

void Session::Refuse(const Refusal& refusal) {
  ++hub_.counts.refused;
  response_.emplace();
  if (refusal.status == 401) response_->set(http::field::www_authenticate, "Bearer");
  if (refusal.status == 503) response_->set(http::field::retry_after, "1");
  if (!refusal.allow.empty()) response_->set(http::field::allow, refusal.allow);
  if (!parser_->is_done()) close_after_ = true;
  Answer(refusal.status, "application/json", DumpJson({{"error", refusal.message}}) + "\n");
}

void Session::Answer(unsigned status, const char* content_type, std::string body) {
  state_ = State::kWriting;
  if (hub_.stopping) close_after_ = true;
  if (!response_) response_.emplace();
  response_->version(parser_->is_header_done() ? parser_->get().version() : 11);
  response_->result(status);
  response_->set(http::field::content_type, content_type);
  response_->keep_alive(!close_after_);
  response_->body() = std::move(body);
  response_->prepare_payload();
  stream_.expires_after(Patience(response_->body().size()));
  http::async_write(stream_, *response_, [self = shared_from_this()](Failure failure, std::size_t) {
    self->OnWritten(failure);
  });
}

void Session::OnWritten(Failure failure) {
  if (state_ == State::kClosed) return;
  Release();
  if (failure) {
    Close();
  } else if (close_after_) {
    Linger();
  } else {
    AwaitRequest();
  }
}

// Closing with bytes unread resets the connection, and the client may lose the answer: so they are
// read for a while.
void Session::Linger() {
  state_ = State::kLingering;
  Failure ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  response_.reset();
  parser_.reset();
  stream_.expires_after(kLinger);
  LingerOn(0);
}

void Session::LingerOn(std::size_t read_bytes) {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kPieceBytes), [self = shared_from_this(), read_bytes](
                                                            Failure failure, std::size_t bytes) {
    if (failure || read_bytes + bytes > kLingerBytes) {
      self->Close();
    } else {
      self->LingerOn(read_bytes + bytes);
    }
  });
}

bool Session::Hold(std::size_t bytes) {
  if (bytes >
      hub_.options.most_held_bytes - std::min(hub_.options.most_held_bytes, hub_.held_bytes))
    return false;
  hub_.held_bytes += bytes;
  held_bytes_ += bytes;
  return true;
}

void Session::Release() { hub_.held_bytes -= std::exchange(held_bytes_, 0); }

}  // namespace assay::serve
