// cli/serve/request.h -- Decides by a request's head what becomes of it.
#pragma once

#include <boost/beast/http/message.hpp>
#include <optional>
#include <string>

#include "base/hash.h"

namespace assay::serve {

struct Refusal {
  unsigned status = 400;
  std::string message;  // names what was wrong and what was expected
  std::string allow;    // for 405: the method that is
};

struct Route {
  enum class To { kHealth, kVerify } to = To::kHealth;
  bool lines = false;    // kVerify: the body is JSON lines
  bool trusted = false;  // the token was right, or none is asked for
  std::optional<Refusal> refusal;
};

// `token`: the digest of the token that is asked for. It is compared in a time that does not depend
// on what was given.
Route RouteOf(const boost::beast::http::request_header<>& head, const std::optional<Digest>& token);

}  // namespace assay::serve
