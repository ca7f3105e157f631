#include "runner/model/http_client.h"

#include <curl/curl.h>

#include <cctype>
#include <map>
#include <mutex>
#include <string_view>

#include "base/check.h"

namespace assay {
namespace {

struct Transfer {
  std::uint64_t ticket = 0;
  std::string body;
  HttpReply reply;
  bool too_long = false;
};

std::size_t OnBody(char* data, std::size_t one, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.reply.body.size() + one * size > HttpClient::kMostBodyBytes) {
    transfer.too_long = true;
    return 0;  // ends the transfer
  }
  transfer.reply.body.append(data, one * size);
  return one * size;
}

std::size_t OnHeader(char* data, std::size_t one, std::size_t size, void* user) {
  constexpr std::string_view kName = "retry-after:";
  const std::string_view line(data, one * size);
  bool matches = line.size() > kName.size();
  for (std::size_t i = 0; matches && i < kName.size(); ++i) {
    matches = std::tolower(static_cast<unsigned char>(line[i])) == kName[i];
  }
  if (matches) {
    std::string_view value = line.substr(kName.size());
    while (!value.empty() && std::isspace(static_cast<unsigned char>(value.front())) != 0) {
      value.remove_prefix(1);
    }
    while (!value.empty() && std::isspace(static_cast<unsigned char>(value.back())) != 0) {
      value.remove_suffix(1);
    }
    static_cast<Transfer*>(user)->reply.retry_after = value;
  }
  return one * size;
}

}  // namespace

struct HttpClient::Impl {
  CURLM* multi = nullptr;
  curl_slist* headers = nullptr;
  std::map<CURL*, std::unique_ptr<Transfer>> transfers;
  std::vector<CURL*> spare;  // handles to use again: they keep their settings cheap to redo

  void Finish(CURL* handle, CURLcode code, const OnReply& on_reply) {
    const auto found = transfers.find(handle);
    ASSAY_CHECK(found != transfers.end(), "a transfer that was never started");
    const std::unique_ptr<Transfer> transfer = std::move(found->second);
    transfers.erase(found);
    HttpReply& reply = transfer->reply;
    if (code == CURLE_OK) {
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply.status);
    } else {
      reply.timed_out = code == CURLE_OPERATION_TIMEDOUT;
      reply.failure = transfer->too_long ? "the reply is longer than allowed"
                                         : std::string(curl_easy_strerror(code));
      reply.body.clear();
    }
    curl_multi_remove_handle(multi, handle);
    curl_easy_reset(handle);
    spare.push_back(handle);
    on_reply(transfer->ticket, std::move(reply));
  }
};

HttpClient::HttpClient(const std::string& bearer) : impl_(std::make_unique<Impl>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  impl_->multi = curl_multi_init();
  ASSAY_CHECK(impl_->multi != nullptr, "curl_multi_init");
  impl_->headers = curl_slist_append(impl_->headers, "Content-Type: application/json");
  impl_->headers = curl_slist_append(impl_->headers, "Expect:");
  if (!bearer.empty()) {
    impl_->headers = curl_slist_append(impl_->headers, ("Authorization: Bearer " + bearer).c_str());
  }
}

HttpClient::~HttpClient() {
  Abort();
  for (CURL* handle : impl_->spare) curl_easy_cleanup(handle);
  curl_multi_cleanup(impl_->multi);
  curl_slist_free_all(impl_->headers);
}

std::size_t HttpClient::in_flight() const { return impl_->transfers.size(); }

void HttpClient::Start(std::uint64_t ticket, const HttpPost& post) {
  CURL* handle = nullptr;
  if (impl_->spare.empty()) {
    handle = curl_easy_init();
  } else {
    handle = impl_->spare.back();
    impl_->spare.pop_back();
  }
  ASSAY_CHECK(handle != nullptr, "curl_easy_init");
  auto transfer = std::make_unique<Transfer>();
  transfer->ticket = ticket;
  transfer->body = post.body;
  curl_easy_setopt(handle, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, impl_->headers);
  curl_easy_setopt(handle, CURLOPT_POST, 1L);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(transfer->body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer->body.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer.get());
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer.get());
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
  if (post.only_silence) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(post.time_out).count();
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(seconds));
  } else {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(post.time_out.count()));
  }
  curl_multi_add_handle(impl_->multi, handle);
  impl_->transfers[handle] = std::move(transfer);
}

void HttpClient::Work(std::chrono::milliseconds wait, const OnReply& on_reply) {
  int running = 0;
  curl_multi_perform(impl_->multi, &running);
  int left = 0;
  bool any = false;
  while (const CURLMsg* message = curl_multi_info_read(impl_->multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    any = true;
    impl_->Finish(message->easy_handle, message->data.result, on_reply);
  }
  if (!any) curl_multi_poll(impl_->multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
}

void HttpClient::Abort() {
  for (const auto& [handle, transfer] : impl_->transfers) {
    curl_multi_remove_handle(impl_->multi, handle);
    curl_easy_cleanup(handle);
  }
  impl_->transfers.clear();
}

}  // namespace assay
