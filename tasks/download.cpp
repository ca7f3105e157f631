#include "tasks/download.h"

#include <curl/curl.h>

#include <cstdio>
#include <memory>

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 3;
constexpr long kConnectSeconds = 20;
constexpr long kStallSeconds = 30;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct Transfer {
  const Download* download = nullptr;
  CURL* curl = nullptr;
  std::unique_ptr<std::FILE, CloseFile> file;
  std::uint64_t begin = 0;  // bytes of the file that came before this transfer
  std::uint64_t done = 0;
  bool started = false;
  bool too_long = false;
};

long StatusOf(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

// A server that ignores the range sends the whole file again.
void StartOver(Transfer& transfer) {
  transfer.file.reset(std::fopen(transfer.download->part.c_str(), "wb"));
  transfer.begin = transfer.done = 0;
}

std::size_t Take(char* bytes, std::size_t, std::size_t count, void* to) {
  auto& transfer = *static_cast<Transfer*>(to);
  const long status = StatusOf(transfer.curl);
  if (status != 200 && status != 206) return count;  // an error page; the status says enough
  if (!transfer.started && status == 200) StartOver(transfer);
  transfer.started = true;
  transfer.done += count;
  transfer.too_long = transfer.done > transfer.download->most_bytes;
  if (transfer.too_long || !transfer.file) return 0;
  return std::fwrite(bytes, 1, count, transfer.file.get());
}

int ShowProgress(void* from, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
  const auto& transfer = *static_cast<Transfer*>(from);
  const auto whole = total > 0 ? std::uint64_t(total) + transfer.begin : 0;
  if (transfer.download->progress) transfer.download->progress(transfer.done, whole);
  return 0;
}

void Configure(CURL* curl, Transfer& transfer, char* error) {
  const Download& download = *transfer.download;
  curl_easy_setopt(curl, CURLOPT_URL, download.url.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ShowProgress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  const bool secure = download.url.rfind("https://", 0) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
                   secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

enum class Step { kDone, kAgain, kGiveUp };
struct Try {
  Step step;
  std::string why;
};

Try TryOnce(const Download& download) {
  Transfer transfer;
  transfer.download = &download;
  std::error_code none;
  const auto present = fs::file_size(download.part, none);
  transfer.begin = transfer.done = none ? 0 : present;
  transfer.file.reset(std::fopen(download.part.c_str(), "ab"));
  if (!transfer.file) return {Step::kGiveUp, download.part.string() + ": cannot be written"};

  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  char error[CURL_ERROR_SIZE] = "";
  transfer.curl = curl.get();
  Configure(curl.get(), transfer, error);
  const std::string range = std::to_string(transfer.begin) + "-";
  if (transfer.begin > 0) curl_easy_setopt(curl.get(), CURLOPT_RANGE, range.c_str());
  const CURLcode code = curl_easy_perform(curl.get());
  const long status = StatusOf(curl.get());
  transfer.file.reset();

  if (transfer.too_long) return {Step::kGiveUp, "is longer than a gigabyte"};
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT ||
      code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return {Step::kGiveUp, *error != '\0' ? error : curl_easy_strerror(code)};
  }
  if (code != CURLE_OK) return {Step::kAgain, *error != '\0' ? error : curl_easy_strerror(code)};
  if (status == 200 || status == 206) return {Step::kDone, ""};
  // Nothing is left to send: the part is whole, or too long, which its checksum will tell.
  if (status == 416 && transfer.begin > 0) return {Step::kDone, ""};
  return {status >= 500 ? Step::kAgain : Step::kGiveUp, fmt::format("HTTP status {}", status)};
}

}  // namespace

Result<void> Fetch(const Download& download) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global != CURLE_OK) return Fail(ErrorCode::kInternal, "libcurl cannot be started");
  Try last = {Step::kAgain, ""};
  for (int i = 0; i < kTries && last.step == Step::kAgain; ++i) last = TryOnce(download);
  if (last.step == Step::kDone) return {};
  return Fail(ErrorCode::kUnavailable, "{}: {}", download.url, last.why);
}

}  // namespace assay
