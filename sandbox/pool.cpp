#include "sandbox/pool.h"

#include <unistd.h>

#include <algorithm>

#include "base/thread_pool.h"
#include "sandbox/cgroup.h"

namespace assay::sandbox {
namespace {

// Numbers of live workers of this process: each stands for a pair of user ids and a cgroup name.
class Indices {
 public:
  int Take() {
    const std::lock_guard lock(mutex_);
    int index = 0;
    while (taken_.count(index) != 0) ++index;
    taken_.insert(index);
    return index;
  }
  void Return(int index) {
    const std::lock_guard lock(mutex_);
    taken_.erase(index);
  }

 private:
  std::mutex mutex_;
  std::set<int> taken_;
};

// Never destroyed: sandboxes with static lifetime end after it would.
Indices& AllIndices() {
  static auto* indices = new Indices;
  return *indices;
}

// Other processes of ours on this machine must not collide: 20,000 blocks of 4,096 pairs of ids.
int IndexBase() { return static_cast<int>(getpid() % 20'000) * 4'096; }

Result<std::unique_ptr<Worker>> StartNumbered(WorkerSpec spec) {
  const int index = AllIndices().Take();
  spec.index = IndexBase() + index;
  auto worker = Worker::Start(spec);
  if (!worker) AllIndices().Return(index);
  return worker;
}

void EndNumbered(std::unique_ptr<Worker> worker) {
  const int index = worker->spec().index - IndexBase();
  worker.reset();
  AllIndices().Return(index);
}

}  // namespace

Result<std::uint32_t> TryMode(Mode mode, const std::filesystem::path& room_program) {
  WorkerSpec spec;
  spec.mode = mode;
  spec.role = Role::kExec;
  spec.room_program = room_program;
  auto worker = StartNumbered(spec);
  if (!worker) return Pass(worker.error());
  const std::uint32_t layers = (*worker)->layers();
  EndNumbered(std::move(*worker));
  return layers;
}

Pool::Pool(const SandboxOptions& options, Mode mode, std::filesystem::path room_program)
    : options_(options),
      mode_(mode),
      room_program_(std::move(room_program)),
      slots_(options.workers > 0 ? options.workers : static_cast<int>(UsableThreads())) {}

Pool::~Pool() {
  for (auto& [kind, workers] : idle_) {
    for (auto& worker : workers) EndNumbered(std::move(worker));
  }
}

Result<std::unique_ptr<Pool>> Pool::Open(const SandboxOptions& options) {
  auto room_program = FindRoomProgram(options.room_program);
  if (!room_program) return Pass(room_program.error());
  WorkerCgroup::RemoveStale();
  std::vector<Mode> modes;
  if (options.mode) {
    modes.push_back(*options.mode);
  } else {
    if (geteuid() == 0) modes.push_back(Mode::kRoot);
    modes.push_back(Mode::kUser);
    modes.push_back(Mode::kNoNamespaces);
  }
  std::string reasons;
  for (const Mode mode : modes) {
    auto layers = TryMode(mode, *room_program);
    if (layers) {
      std::unique_ptr<Pool> pool(new Pool(options, mode, *room_program));
      pool->layers_ = *layers;
      return pool;
    }
    reasons +=
        (reasons.empty() ? "" : "; ") + std::string(Name(mode)) + ": " + layers.error().message;
  }
  return Fail(ErrorCode::kUnavailable, "no sandbox mode works here ({})", reasons);
}

Result<std::unique_ptr<Worker>> Pool::StartWorker(const WorkerKind& kind) {
  WorkerSpec spec;
  spec.mode = mode_;
  spec.role = kind.role;
  spec.hash_seed = kind.hash_seed;
  spec.room_program = room_program_;
  if (kind.role == Role::kPython) {
    spec.preload = options_.python_preload;
    spec.rehearsal =
        kind.purpose == Purpose::kJudge ? options_.judge_rehearsal : options_.python_rehearsal;
  }
  if (kind.purpose == Purpose::kCompile) spec.shown_folder = shown_to_compilers_;
  return StartNumbered(spec);
}

// One that still waits, or null; those that were killed meanwhile are ended.
std::unique_ptr<Worker> Pool::TakeIdle(const WorkerKind& kind) {
  while (true) {
    std::unique_ptr<Worker> worker;
    {
      const std::lock_guard lock(mutex_);
      auto& idle = idle_[kind];
      if (idle.empty()) return nullptr;
      worker = std::move(idle.back());
      idle.pop_back();
    }
    if (worker->Waits()) return worker;
    EndNumbered(std::move(worker));
  }
}

Result<Pool::Lease> Pool::Borrow(const WorkerKind& kind, bool fresh) {
  if (kind.purpose != Purpose::kJudge) {
    std::unique_lock lock(mutex_);
    slot_free_.wait(lock, [this] { return slots_ > 0; });
    --slots_;
  }
  std::unique_ptr<Worker> worker = fresh ? nullptr : TakeIdle(kind);
  if (!worker) {
    auto started = StartWorker(kind);
    if (!started) {
      GiveBack(kind, nullptr);
      return Pass(started.error());
    }
    worker = std::move(*started);
  }
  return Lease(*this, kind, std::move(worker));
}

void Pool::GiveBack(const WorkerKind& kind, std::unique_ptr<Worker> worker) {
  const bool fit = worker && !worker->doubtful && worker->runs() < options_.runs_per_worker;
  if (worker && !fit) EndNumbered(std::move(worker));
  {
    const std::lock_guard lock(mutex_);
    if (fit) idle_[kind].push_back(std::move(worker));
    if (kind.purpose != Purpose::kJudge) ++slots_;
  }
  slot_free_.notify_one();
}

RunResult Pool::RunToEnd(const WorkerKind& kind, const RunOrder& order, UniqueFd* output) {
  RunResult result;
  result.report.mode = mode_;
  for (const bool again : {false, true}) {
    auto lease = Borrow(kind, again);
    if (!lease) {
      result.report.message = lease.error().message;
      continue;
    }
    ActiveRun run(**lease, order);
    ActiveRun::WaitAll({&run});
    result.report = run.report();
    if (run.sandbox_failed()) continue;
    result.stdout_text = run.TakeStdout();
    result.stderr_text = run.TakeStderr();
    if (output != nullptr) *output = run.TakeOutput();
    return result;
  }
  return result;
}

}  // namespace assay::sandbox
