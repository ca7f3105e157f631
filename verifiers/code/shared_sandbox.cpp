#include "verifiers/code/shared_sandbox.h"

#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "verifiers/code/runtime.h"

namespace assay {

struct JudgeShelf::State {
  std::mutex mutex;
  std::deque<std::pair<std::uint64_t, std::unique_ptr<sandbox::Judge>>> waiting;  // oldest first
};

// The judges end before their sandbox.
struct SharedState {
  std::mutex mutex;
  sandbox::SandboxOptions options;
  std::optional<Result<std::unique_ptr<sandbox::Sandbox>>> sandbox;
  JudgeShelf shelf;

  static SharedState& Get() {
    static SharedState state;
    return state;
  }
};

bool ConfigureSharedSandbox(const sandbox::SandboxOptions& options) {
  SharedState& shared = SharedState::Get();
  const std::lock_guard lock(shared.mutex);
  if (shared.sandbox) return false;
  shared.options = options;
  return true;
}

Result<sandbox::Sandbox*> SharedSandbox() {
  SharedState& shared = SharedState::Get();
  const std::lock_guard lock(shared.mutex);
  if (!shared.sandbox) {
    for (const std::string_view part : runtime::kPreload)
      shared.options.python_preload += std::string(part) + "\n";
    shared.options.python_rehearsal = runtime::kRehearsal;
    shared.options.judge_rehearsal = runtime::kJudgeRehearsal;
    shared.sandbox = sandbox::Sandbox::Open(shared.options);
  }
  if (!*shared.sandbox) return Pass(shared.sandbox->error());
  return (*shared.sandbox)->get();
}

JudgeShelf::JudgeShelf() : state_(std::make_unique<State>()) {}
JudgeShelf::~JudgeShelf() = default;

JudgeShelf& JudgeShelf::Shared() { return SharedState::Get().shelf; }

std::unique_ptr<sandbox::Judge> JudgeShelf::Take(std::uint64_t owner) {
  const std::lock_guard lock(state_->mutex);
  for (auto it = state_->waiting.begin(); it != state_->waiting.end(); ++it) {
    if (it->first != owner) continue;
    auto judge = std::move(it->second);
    state_->waiting.erase(it);
    return judge;
  }
  return nullptr;
}

void JudgeShelf::Put(std::uint64_t owner, std::unique_ptr<sandbox::Judge> judge) {
  constexpr std::size_t kWaiting = 8;
  if (judge->channels_left() == 0) return;
  std::unique_ptr<sandbox::Judge> ended;  // goes after the lock: ending a process takes time
  const std::lock_guard lock(state_->mutex);
  state_->waiting.emplace_back(owner, std::move(judge));
  if (state_->waiting.size() <= kWaiting) return;
  ended = std::move(state_->waiting.front().second);
  state_->waiting.pop_front();
}

void JudgeShelf::Clear(std::uint64_t owner) {
  while (Take(owner)) {
  }
}

}  // namespace assay
