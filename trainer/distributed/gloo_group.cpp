// The group over c10d and Gloo: the one file that sees c10d, and the adapter that catches its
// exceptions.
#include <ATen/ops/from_blob.h>
#include <c10/util/Logging.h>
#include <fmt/format.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "trainer/distributed/group.h"

namespace assay {
namespace {

using std::chrono::milliseconds;
using Store = c10::intrusive_ptr<c10d::Store>;

// How long the process that serves the store waits for the others to be done with it.
constexpr milliseconds kFarewell{10000};

std::vector<std::uint8_t> Bytes(const std::string& text) { return {text.begin(), text.end()}; }

Store Connect(const Launch& launch, milliseconds deadline, bool serve) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(launch.port);
  options.isServer = serve;
  options.waitWorkers = false;
  options.timeout = deadline;
  auto store = c10::make_intrusive<c10d::TCPStore>(launch.address, options);
  return c10::make_intrusive<c10d::PrefixStore>("assay/" + launch.attempt, store);
}

// A second connection, used by its own thread: counts up as long as this process lives.
class Heart {
 public:
  Heart(Store store, int rank, milliseconds beat)
      : store_(std::move(store)), key_("beat/" + std::to_string(rank)), beat_(beat) {
    thread_ = std::thread([this] { Beat(); });
  }
  ~Heart() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

 private:
  void Beat() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
      lock.unlock();
      try {
        store_->add(key_, 1);
      } catch (const std::exception&) {
        // The store is late, or gone: whoever waits in a collective finds that out.
      }
      lock.lock();
      wake_.wait_for(lock, beat_, [this] { return stop_; });
    }
  }

  Store store_;
  std::string key_;
  milliseconds beat_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

std::string Ranks(const std::set<int>& ranks) {
  std::string text = ranks.size() == 1 ? "process " : "processes ";
  for (const int rank : ranks) {
    if (rank != *ranks.begin()) text += ", ";
    text += std::to_string(rank);
  }
  return text;
}

class GlooGroup : public ProcessGroup {
 public:
  GlooGroup(const Launch& launch, milliseconds deadline, const Heartbeat& heartbeat, Store store)
      : launch_(launch), deadline_(deadline), heartbeat_(heartbeat), store_(std::move(store)) {
    heart_ = std::make_unique<Heart>(Connect(launch, deadline, false), launch.rank, heartbeat.beat);
    auto options = c10d::ProcessGroupGloo::Options::create(deadline);
    const auto interface = ReadEnvironment("GLOO_SOCKET_IFNAME");
    options->devices.push_back(
        interface ? c10d::ProcessGroupGloo::createDeviceForInterface(*interface)
                  : c10d::ProcessGroupGloo::createDefaultDevice());
    group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, launch.rank, launch.size, options);
  }
  // Nobody may find the store gone who has not finished: the one that serves it leaves last.
  ~GlooGroup() override {
    try {
      store_->add("left", 1);
      const auto until = std::chrono::steady_clock::now() + kFarewell;
      const auto expected = launch_.size - static_cast<int>(gone_.size() + late_.size());
      while (launch_.rank == 0 && store_->add("left", 0) < expected &&
             std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(milliseconds(5));
      }
    } catch (const std::exception&) {
      // The store is gone already: there is nobody to wait for.
    }
  }

  int rank() const override { return launch_.rank; }
  int size() const override { return launch_.size; }
  milliseconds deadline() const override { return deadline_; }

  void RaiseAlarm() override {
    try {
      store_->set(Noticed(launch_.rank), Bytes("1"));
    } catch (const std::exception&) {
      // The store is gone: the others find that out by themselves.
    }
  }

  Result<bool> LookAfterOthers(const std::string& what) override {
    try {
      gone_ = Unheard();
      bool alarm = false;
      for (int i = 0; i < launch_.size; ++i) {
        alarm = alarm || (i != launch_.rank && store_->check({Noticed(i)}));
      }
      if (gone_.empty()) return !alarm;
    } catch (const std::exception&) {
      // Diagnose finds the store gone too.
    }
    return Pass(Diagnose(what, "the job's meeting point does not answer").error());
  }

  Result<void> Exchange(const std::string& what, std::span<const std::byte> send,
                        std::span<std::byte> receive) override {
    return Run(what, [&] {
      at::Tensor from = Wrap(send.data(), send.size());
      at::Tensor to = Wrap(receive.data(), receive.size());
      std::vector<std::int64_t> equal;
      return group_->alltoall_base(to, from, equal, equal, c10d::AllToAllOptions());
    });
  }

  Result<void> Gather(const std::string& what, std::span<const std::byte> own,
                      std::span<std::byte> all) override {
    return Run(what, [&] {
      std::vector<at::Tensor> input = {Wrap(own.data(), own.size())};
      std::vector<std::vector<at::Tensor>> output(1);
      for (int i = 0; i < launch_.size; ++i) {
        output[0].push_back(
            Wrap(all.data() + static_cast<std::size_t>(i) * own.size(), own.size()));
      }
      return group_->allgather(output, input, c10d::AllgatherOptions());
    });
  }

 private:
  static at::Tensor Wrap(const std::byte* data, std::size_t size) {
    return at::from_blob(const_cast<std::byte*>(data), {static_cast<std::int64_t>(size)},
                         at::kByte);
  }

  template <class Start>
  Result<void> Run(const std::string& what, const Start& start) {
    ++calls_;
    try {
      store_->set("at/" + std::to_string(launch_.rank), Bytes(std::to_string(calls_)));
      start()->wait(deadline_);
      return {};
    } catch (const std::exception& error) {
      return Diagnose(what, error.what());
    }
  }

  // Who is missing: those whose heart has stopped, else those who have not come this far. The first
  // process that finds out writes it down, so that all tell the same story.
  Result<void> Diagnose(const std::string& what, const std::string& detail) {
    try {
      store_->set(Noticed(launch_.rank), Bytes("1"));
      const std::string known = "failure";
      std::string story = Story(what);
      if (story.empty()) story = detail.substr(0, detail.find('\n'));
      const auto first = store_->compareSet(known, {}, Bytes(story));
      int speaker = 0;
      while (gone_.count(speaker) == 1) ++speaker;
      Silence(speaker);
      return Fail(ErrorCode::kUnavailable, "{}", std::string(first.begin(), first.end()));
    } catch (const std::exception&) {
      Silence(1);
      return Fail(ErrorCode::kUnavailable,
                  "process 0 is missing at {}: the job's meeting point {}:{} is gone", what,
                  launch_.address, launch_.port);
    }
  }

  std::string Story(const std::string& what) {
    if (gone_.empty()) gone_ = Unheard();
    for (int i = 0; i < launch_.size; ++i) {
      if (i != launch_.rank && gone_.count(i) == 0 && Progress(i) < calls_) late_.insert(i);
    }
    if (!gone_.empty()) {
      return fmt::format("{} of {} {} gone: missed at {}", Ranks(gone_), launch_.size,
                         gone_.size() == 1 ? "is" : "are", what);
    }
    if (late_.empty()) return "";
    return fmt::format("{} of {} did not come to {} within {} s", Ranks(late_), launch_.size, what,
                       std::chrono::duration<double>(deadline_).count());
  }

  // Who neither beats nor notices the failure for as long as may be. Returns as soon as all do.
  std::set<int> Unheard() {
    std::map<int, std::int64_t> before;
    for (int i = 0; i < launch_.size; ++i) {
      if (i != launch_.rank) before[i] = Pulse(i);
    }
    const auto until = std::chrono::steady_clock::now() + heartbeat_.silence;
    while (!before.empty() && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(heartbeat_.beat / 2);
      std::erase_if(before, [this](const auto& other) {
        return Pulse(other.first) != other.second || store_->check({Noticed(other.first)});
      });
    }
    std::set<int> unheard;
    for (const auto& [rank, pulse] : before) unheard.insert(rank);
    return unheard;
  }

  static std::string Noticed(int rank) { return "noticed/" + std::to_string(rank); }

  std::int64_t Pulse(int rank) { return store_->add("beat/" + std::to_string(rank), 0); }
  std::int64_t Progress(int rank) {
    const std::string key = "at/" + std::to_string(rank);
    if (!store_->check({key})) return 0;
    const auto bytes = store_->get(key);
    return std::stoll(std::string(bytes.begin(), bytes.end()));
  }

  Launch launch_;
  milliseconds deadline_;
  Heartbeat heartbeat_;
  Store store_;
  std::unique_ptr<Heart> heart_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
  std::int64_t calls_ = 0;
  std::set<int> gone_, late_;  // once something has failed
};

// Everybody says hello through the store, so that a process that never came can be named.
Result<void> Meet(const Launch& launch, milliseconds deadline, c10d::Store& store) {
  store.set("hello/" + std::to_string(launch.rank), Bytes("1"));
  const auto until = std::chrono::steady_clock::now() + deadline;
  std::set<int> missing;
  do {
    missing.clear();
    for (int i = 0; i < launch.size; ++i) {
      if (!store.check({"hello/" + std::to_string(i)})) missing.insert(i);
    }
    if (missing.empty()) return {};
    std::this_thread::sleep_for(milliseconds(20));
  } while (std::chrono::steady_clock::now() < until);
  return Fail(ErrorCode::kUnavailable, "{} of {} did not come to {}:{} within {} s", Ranks(missing),
              launch.size, launch.address, launch.port,
              std::chrono::duration<double>(deadline).count());
}

}  // namespace

Result<std::unique_ptr<ProcessGroup>> Join(const Launch& launch, milliseconds deadline,
                                           const Heartbeat& heartbeat) {
  if (launch.size == 1) return Alone();
  // c10d writes stack traces of what we catch and say in one sentence; TORCH_CPP_LOG_LEVEL shows
  // them.
  ::setenv("TORCH_CPP_LOG_LEVEL", "FATAL", /*overwrite=*/0);
  c10::initLogging();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const bool serve = launch.rank == 0 && !launch.store_is_served;
    const Store store = Connect(launch, deadline, serve);
    if (auto met = Meet(launch, deadline, *store); !met) return Pass(met.error());
    return std::unique_ptr<ProcessGroup>(new GlooGroup(launch, deadline, heartbeat, store));
  } catch (const std::exception& error) {
    const std::string text = error.what();
    return Fail(ErrorCode::kUnavailable, "process {} of {} finds nobody at {}:{} within {} s: {}",
                launch.rank, launch.size, launch.address, launch.port,
                std::chrono::duration<double>(deadline).count(), text.substr(0, text.find('\n')));
  }
}

}  // namespace assay
