// cli/serve/session.h -- One connection: its requests, one after the other.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "cli/serve/hub.h"
#include "cli/serve/request.h"

namespace assay::serve {

// The hub holds it until it is closed, and must outlive it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::ip::tcp::socket socket, Hub& hub);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Start();
  // Closes the connection if it is between requests; else it is closed after the answer.
  void Stop();
  // Closes the connection now. What nobody has begun to judge is dropped. True where a request was
  // cut off by that.
  bool Close();

 private:
  using Failure = boost::beast::error_code;
  enum class State { kIdle, kReading, kJudging, kWriting, kLingering, kClosed };

  void AwaitRequest();
  void ReadHead();
  void OnHead(Failure failure);
  void OnGoodHead();
  void Continue();
  void ReadBody();
  void OnBodyPiece(Failure failure);
  void OnBody();
  void Judge(Items items);
  void Watch();
  void OnReadable();
  void OnJudged(const Batch* batch);
  void Refuse(const Refusal& refusal);
  void Answer(unsigned status, const char* content_type, std::string body);
  void OnWritten(Failure failure);
  void Linger();
  void LingerOn(std::size_t read_bytes);
  bool Hold(std::size_t bytes);
  void Release();

  Hub& hub_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  State state_ = State::kIdle;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::optional<boost::beast::http::response<boost::beast::http::string_body>> response_;
  std::chrono::steady_clock::time_point body_began_;
  std::size_t held_bytes_ = 0;  // of the hub's, for the request under way
  Form form_ = Form::kOne;
  bool lines_ = false;  // the request's body is JSON lines
  bool close_after_ = false;
  std::shared_ptr<Batch> batch_;
};

}  // namespace assay::serve
