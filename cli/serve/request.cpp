#include "cli/serve/request.h"

#include <boost/beast/core/string.hpp>
#include <string_view>

namespace assay::serve {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using Head = http::request_header<>;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

bool SameDigest(const Digest& a, const Digest& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= unsigned(a[i] ^ b[i]);
  return difference == 0;
}

bool HasToken(const Head& head, const Digest& token) {
  constexpr std::string_view kScheme = "bearer ";
  const auto given = head[http::field::authorization];
  if (given.size() < kScheme.size() ||
      !beast::iequals(given.substr(0, kScheme.size()), {kScheme.data(), kScheme.size()}))
    return false;
  return SameDigest(Sha256Of(View(given.substr(kScheme.size()))), token);
}

// "application/json; charset=utf-8" is "application/json".
std::string_view MediaType(const Head& head) {
  std::string_view type = View(head[http::field::content_type]);
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type;
}

std::optional<Refusal> CheckBody(const Head& head, bool& lines) {
  const std::string_view type = MediaType(head);
  const auto is = [&](beast::string_view name) {
    return beast::iequals({type.data(), type.size()}, name);
  };
  lines = is("application/x-ndjson") || is("application/ndjson") || is("application/jsonl") ||
          is("application/x-jsonlines");
  if (!lines && !is("application/json")) {
    return Refusal{415,
                   "Content-Type: expected application/json (an item or an array of them) or "
                   "application/x-ndjson (an item a line)",
                   ""};
  }
  const auto encoding = head[http::field::content_encoding];
  if (!encoding.empty() && !beast::iequals(encoding, "identity"))
    return Refusal{415, "Content-Encoding: expected none", ""};
  return std::nullopt;
}

}  // namespace

Route RouteOf(const Head& head, const std::optional<Digest>& token) {
  Route route;
  route.trusted = !token || HasToken(head, *token);
  const std::string_view asked = View(head.target());
  const std::string_view path = asked.substr(0, asked.find('?'));
  if (path == "/v1/health") {
    if (head.method() != http::verb::get)
      route.refusal = Refusal{405, "/v1/health: expected the method GET", "GET"};
    return route;
  }
  // Strangers learn nothing more: not even which paths there are.
  if (!route.trusted) {
    route.refusal = Refusal{401, "Authorization: expected \"Bearer \" and this server's token", ""};
  } else if (path != "/v1/verify") {
    route.refusal = Refusal{404, "unknown path: expected /v1/verify or /v1/health", ""};
  } else if (head.method() != http::verb::post) {
    route.refusal = Refusal{405, "/v1/verify: expected the method POST", "POST"};
  } else {
    route.to = Route::To::kVerify;
    route.refusal = CheckBody(head, route.lines);
  }
  return route;
}

}  // namespace assay::serve
