#include "verifiers/stream.h"

#include <deque>
#include <future>
#include <memory>
#include <utility>

#include "base/thread_pool.h"
#include "verifiers/line_judge.h"

namespace assay {
namespace {

// One line of at most `max_bytes`; a longer one is read to its end and `too_long` set. False at the
// end of the input.
bool GetLine(std::istream& in, std::size_t max_bytes, std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  std::streambuf& buffer = *in.rdbuf();
  for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    if (c == '\n') return true;
    too_long |= line.size() >= max_bytes;
    if (!too_long) line += static_cast<char>(c);
  }
  return too_long || !line.empty();
}

class Stream {
 public:
  Stream(const StreamOptions& options, const std::function<bool(std::string_view)>& write)
      : options_(options), write_(write), judge_(options), pool_(options.threads) {}

  StreamSummary Run(std::istream& in) {
    std::string text;
    bool too_long = false;
    for (std::size_t number = 1; GetLine(in, options_.max_line_bytes, text, too_long); ++number) {
      if (text.find_first_not_of(" \t\r") == std::string::npos && !too_long) continue;
      Start(number, std::move(text), too_long);
      // Whoever waits for an answer before the next question gets it at once.
      const bool quiet = in.rdbuf()->in_avail() <= 0;
      if (!Drain(quiet ? 0 : kWindowPerThread * pool_.threads())) return summary_;
    }
    Drain(0);
    return summary_;
  }

 private:
  static constexpr std::size_t kWindowPerThread = 16;
  static constexpr std::size_t kWindowBytes = std::size_t{64} << 20;

  void Start(std::size_t number, std::string text, bool too_long) {
    ++summary_.lines;
    const std::size_t bytes = text.size();
    // One byte more stands for all that was not kept: the judge refuses the line by its length.
    if (too_long) text += ' ';
    auto task = std::make_shared<std::packaged_task<JudgedLine()>>(
        [this, number, text = std::move(text)] { return judge_.Judge(number, text); });
    waiting_.push_back({task->get_future(), bytes});
    waiting_bytes_ += bytes;
    pool_.Submit([task] { (*task)(); });
  }

  // Writes what is at the front until at most `most` lines wait. False when nobody reads.
  bool Drain(std::size_t most) {
    while (!waiting_.empty() && (waiting_.size() > most || waiting_bytes_ > kWindowBytes)) {
      const JudgedLine output = waiting_.front().output.get();
      waiting_bytes_ -= waiting_.front().bytes;
      waiting_.pop_front();
      summary_.correct += output.outcome == Outcome::kCorrect ? 1 : 0;
      summary_.failed += output.outcome == Outcome::kError ? 1 : 0;
      if (!write_(output.text)) return false;
    }
    return true;
  }

  struct Waiting {
    std::future<JudgedLine> output;
    std::size_t bytes;
  };
  const StreamOptions& options_;
  const std::function<bool(std::string_view)>& write_;
  LineJudge judge_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  StreamSummary summary_;
  ThreadPool pool_;  // last: its jobs end before the rest goes
};

}  // namespace

StreamSummary VerifyStream(std::istream& in, const StreamOptions& options,
                           const std::function<bool(std::string_view)>& write) {
  return Stream(options, write).Run(in);
}

}  // namespace assay
