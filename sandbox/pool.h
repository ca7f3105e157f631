// sandbox/pool.h -- Warm workers of each kind, lent to one run at a time.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "sandbox/active_run.h"
#include "sandbox/sandbox.h"
#include "sandbox/worker.h"

namespace assay::sandbox {

// Judges and candidates never share a server, not even one after the other.
enum class Purpose { kRun, kJudge, kCompile };

struct WorkerKind {
  Role role = Role::kPython;
  Purpose purpose = Purpose::kRun;
  int hash_seed = 0;
  auto operator<=>(const WorkerKind&) const =
      default;  // NOLINT(modernize-use-nullptr): there is none
};

// Thread-safe.
class Pool {
 public:
  // Tries modes until one works (or the named one); see Sandbox::Open.
  static Result<std::unique_ptr<Pool>> Open(const SandboxOptions& options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Gives its worker back (or ends it when in doubt or worn out) when it goes.
  class Lease {
   public:
    Lease(Pool& pool, const WorkerKind& kind, std::unique_ptr<Worker> worker)
        : pool_(&pool), kind_(kind), worker_(std::move(worker)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (worker_) pool_->GiveBack(kind_, std::move(worker_));
    }
    Worker& operator*() { return *worker_; }
    Worker* operator->() { return worker_.get(); }

   private:
    Pool* pool_;
    WorkerKind kind_;
    std::unique_ptr<Worker> worker_;
  };

  // Blocks while as many runs as there are workers go on (judges are not counted: each waits for a
  // run). `fresh`: a worker started now.
  Result<Lease> Borrow(const WorkerKind& kind, bool fresh = false);

  // Runs `order` to its end on a worker of `kind`; a failure of ours is tried once more on a fresh
  // one. The streams' text is moved into `result`; `output` takes the scratch file "out" if asked
  // for.
  RunResult RunToEnd(const WorkerKind& kind, const RunOrder& order, UniqueFd* output = nullptr);

  // From now on workers of Purpose::kCompile can read `folder`. Before the first run only.
  void ShowToCompilers(const std::filesystem::path& folder) { shown_to_compilers_ = folder; }

  Mode mode() const { return mode_; }
  std::uint32_t layers() const { return layers_; }
  const SandboxOptions& options() const { return options_; }

 private:
  Pool(const SandboxOptions& options, Mode mode, std::filesystem::path room_program);
  Result<std::unique_ptr<Worker>> StartWorker(const WorkerKind& kind);
  std::unique_ptr<Worker> TakeIdle(const WorkerKind& kind);
  void GiveBack(const WorkerKind& kind, std::unique_ptr<Worker> worker);

  const SandboxOptions options_;
  const Mode mode_;
  const std::filesystem::path room_program_;
  std::uint32_t layers_ = 0;
  std::filesystem::path shown_to_compilers_;

  std::mutex mutex_;
  std::condition_variable slot_free_;
  int slots_ = 1;
  std::map<WorkerKind, std::vector<std::unique_ptr<Worker>>> idle_;
};

// Tries one mode: the layers it gives, or why it does not work here. For Pool::Open and doctor.
Result<std::uint32_t> TryMode(Mode mode, const std::filesystem::path& room_program);

}  // namespace assay::sandbox
