#include "sandbox/pair.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sandbox/payload.h"
#include "sandbox/pool.h"

namespace assay::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

// The server's wall clock must not end a judge between candidates: each answer is timed here.
constexpr std::int64_t kNeverMs = 7LL * 24 * 3600 * 1000;

}  // namespace

struct Judge::State {
  State(Sandbox& box, Pool::Lease&& judge_lease, const PairOptions& pair_options)
      : sandbox(box), lease(std::move(judge_lease)), options(pair_options) {}

  Sandbox& sandbox;
  Pool::Lease lease;
  PairOptions options;
  std::int64_t answer_ms = 0;
  std::vector<UniqueFd> channels;  // the candidates' ends, not used yet
  int next = 0;
  UniqueFd answers;
  std::string received;  // bytes of the frame that is coming in
  std::unique_ptr<ActiveRun> run;
  bool over = false;

  PairResult TryOnce(const PairScript& script);
  std::optional<std::string> WaitForAnswer(ActiveRun& candidate);
  bool TakeAnswerBytes();
  std::optional<std::string> TakeFrame();
  void EndJudge(Ending why, const std::string& message, PairResult& result);
};

// False at the end of the stream.
bool Judge::State::TakeAnswerBytes() {
  char piece[65536];
  while (true) {
    const ssize_t got = read(answers.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) return false;
    received.append(piece, static_cast<std::size_t>(got));
    if (received.size() > options.answer_bytes + sizeof(std::uint32_t)) return false;
  }
}

std::optional<std::string> Judge::State::TakeFrame() {
  std::uint32_t size = 0;
  if (received.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, received.data(), sizeof size);
  if (size > options.answer_bytes || received.size() < sizeof size + size) return std::nullopt;
  std::string frame = received.substr(sizeof size, size);
  received.erase(0, sizeof size + size);
  return frame;
}

// Nothing: the judge ended, broke the protocol or took too long (`over` is set).
std::optional<std::string> Judge::State::WaitForAnswer(ActiveRun& candidate) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(answer_ms);
  bool open = true;
  while (true) {
    if (auto frame = TakeFrame()) return frame;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (!open || run->done() || left <= 0) break;
    std::vector<ActiveRun*> running = {run.get()};
    if (!candidate.done()) running.push_back(&candidate);
    ActiveRun::WaitAll(running, answers.get(),
                       static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    open = TakeAnswerBytes();
  }
  over = true;
  return TakeFrame();
}

PairResult Judge::State::TryOnce(const PairScript& script) {
  PairResult result;
  result.judge.ending = Ending::kExited;
  auto candidate_lease = sandbox.pool().Borrow({Role::kPython, Purpose::kRun, options.hash_seed});
  if (!candidate_lease) {
    result.candidate.message = candidate_lease.error().message;
    return result;
  }
  const int channel = next++;
  RunOrder order;
  order.request.limits = script.limits;
  order.payload = PackPython(script.source, script.data);
  order.extra_fds.emplace_back(channels[static_cast<std::size_t>(channel)].get(), 3);
  ActiveRun candidate(**candidate_lease, order);
  channels[static_cast<std::size_t>(channel)].Reset();  // its end is now the candidate's alone
  run->FeedStdin(std::to_string(channel) + "\n");
  result.answer = WaitForAnswer(candidate);
  candidate.Kill();
  ActiveRun::WaitAll({&candidate});
  result.candidate = candidate.report();
  result.candidate_ended_first = !candidate.ended_by_host();
  result.candidate_stdout = candidate.TakeStdout();
  result.candidate_stderr = candidate.TakeStderr();
  if (over) {
    const bool ended_itself = run->done();
    run->Kill();
    ActiveRun::WaitAll({run.get()});
    result.judge = run->report();
    result.judge_stderr = run->TakeStderr();
    if (!ended_itself && run->ended_by_host()) {
      result.judge.ending = received.empty() ? Ending::kWallLimit : Ending::kOutputLimit;
      result.judge.message = received.empty()
                                 ? "gave no answer within " + std::to_string(answer_ms) + " ms"
                                 : "answered with a malformed or overlong frame";
    }
  }
  return result;
}

Judge::Judge(std::unique_ptr<State> state) : state_(std::move(state)) {}

Judge::~Judge() {
  if (state_->run && !state_->run->done()) {
    state_->run->Kill();
    ActiveRun::WaitAll({state_->run.get()});
  }
}

Result<std::unique_ptr<Judge>> Judge::Start(Sandbox& sandbox, const PairScript& script,
                                            const PairOptions& options) {
  ASSAY_CHECK(options.channels >= 1 && options.channels <= kMaxChannels, "channels out of range");
  auto lease = sandbox.pool().Borrow({Role::kPython, Purpose::kJudge, options.hash_seed});
  if (!lease) return Pass(lease.error());
  auto state = std::make_unique<State>(sandbox, std::move(*lease), options);
  state->answer_ms = WallMs(script.limits);
  RunOrder order;
  order.request.limits = script.limits;
  order.request.limits.wall_ms = kNeverMs;
  order.payload = PackPython(script.source, script.data);
  order.keep_stdin_open = true;
  std::vector<UniqueFd> judge_ends;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    return Fail(ErrorCode::kUnavailable, "pipe: {}", std::strerror(errno));
  }
  state->answers.Reset(ends[0]);
  judge_ends.emplace_back(ends[1]);
  order.extra_fds.emplace_back(ends[1], 3);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  for (int channel = 0; channel < options.channels; ++channel) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      return Fail(ErrorCode::kUnavailable, "socketpair: {}", std::strerror(errno));
    }
    judge_ends.emplace_back(ends[0]);
    state->channels.emplace_back(ends[1]);
    order.extra_fds.emplace_back(ends[0], kFirstChannel + channel);
  }
  state->run = std::make_unique<ActiveRun>(*state->lease, order);
  return std::unique_ptr<Judge>(new Judge(std::move(state)));
}

PairResult Judge::Try(const PairScript& candidate) {
  ASSAY_CHECK(channels_left() > 0, "this judge is over");
  PairResult result = state_->TryOnce(candidate);
  const bool ours = result.candidate.ending == Ending::kSandboxFailed;
  if (ours && channels_left() > 0) result = state_->TryOnce(candidate);
  return result;
}

int Judge::channels_left() const {
  return state_->over ? 0 : state_->options.channels - state_->next;
}

}  // namespace assay::sandbox
