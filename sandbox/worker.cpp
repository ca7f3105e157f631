#include "sandbox/worker.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sandbox/send_descriptors.h"

namespace assay::sandbox {
namespace {

constexpr int kHelloTimeoutMs = 20'000;

// Descriptors for the child must not lie where posix_spawn's dup2 calls put others.
UniqueFd Above(int fd) { return UniqueFd(fcntl(fd, F_DUPFD_CLOEXEC, 64)); }

// Both sources, the first to its NUL.
UniqueFd PreloadFile(const std::string& source, const std::string& rehearsal) {
  const std::string preload = source + '\0' + rehearsal;
  UniqueFd fd(memfd_create("assay-preload", MFD_CLOEXEC));
  std::size_t put = 0;
  while (put < preload.size()) {
    const ssize_t wrote = write(fd.get(), preload.data() + put, preload.size() - put);
    if (wrote <= 0) return UniqueFd();
    put += static_cast<std::size_t>(wrote);
  }
  lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void Close(int place) { posix_spawn_file_actions_addclose(&actions_, place); }
  void Place(int fd, int place) {
    kept_.push_back(Above(fd));
    posix_spawn_file_actions_adddup2(&actions_, kept_.back().get(), place);
  }
  pid_t Run(const std::filesystem::path& program, std::vector<std::string> arguments) {
    posix_spawn_file_actions_addclosefrom_np(&actions_, kFirstFreeFd);
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    char locale[] = "LC_ALL=C.UTF-8";
    // Whatever is bound now is bound once, not again by every fork.
    char binding[] = "LD_BIND_NOW=1";
    char* environment[] = {locale, binding, nullptr};
    pid_t child = -1;
    errno = posix_spawn(&child, program.c_str(), &actions_, &attributes_, argv.data(), environment);
    return errno == 0 ? child : -1;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  std::vector<UniqueFd> kept_;
};

}  // namespace

Result<std::unique_ptr<Worker>> Worker::Start(const WorkerSpec& spec) {
  std::unique_ptr<Worker> worker(new Worker(spec));
  if (auto spawned = worker->Spawn(); !spawned) return Pass(spawned.error());
  if (auto ready = worker->TakeHello(); !ready) return Pass(ready.error());
  return worker;
}

Result<void> Worker::Spawn() {
  if (spec_.use_cgroup) {
    cgroup_owner_ = std::make_unique<WorkerCgroup>(WorkerCgroup::Make(spec_.index));
  }
  std::vector<std::string> arguments = {"assay-room",
                                        std::to_string(static_cast<int>(spec_.role)),
                                        std::to_string(static_cast<int>(spec_.mode)),
                                        std::to_string(spec_.hash_seed),
                                        std::to_string(spec_.index),
                                        spec_.shown_folder.string()};
  if (spec_.mode == Mode::kNoNamespaces || spec_.mode == Mode::kSeccompOnly) {
    std::string folder = (std::filesystem::temp_directory_path() / "assay-room-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
      return Fail(ErrorCode::kUnavailable, "{}: {}", folder, std::strerror(errno));
    }
    scratch_base_ = folder;
    // Runs have a user id of their own where we may choose one: they must be able to pass through.
    std::filesystem::permissions(folder, std::filesystem::perms(0711));
    arguments.push_back(folder);
  }
  int control[2], leash[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) != 0) {
    return Fail(ErrorCode::kUnavailable, "socketpair: {}", std::strerror(errno));
  }
  control_.Reset(control[0]);
  const UniqueFd their_control(control[1]);
  if (pipe2(leash, O_CLOEXEC) != 0) {
    return Fail(ErrorCode::kUnavailable, "pipe: {}", std::strerror(errno));
  }
  const UniqueFd their_leash(leash[0]);
  leash_.Reset(leash[1]);
  const UniqueFd preload = PreloadFile(spec_.preload, spec_.rehearsal);
  const UniqueFd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!preload.valid() || !nothing.valid()) {
    return Fail(ErrorCode::kUnavailable, "opening descriptors for a room: {}",
                std::strerror(errno));
  }
  SpawnPlan plan;
  for (int stream = 0; stream < 2; ++stream) plan.Place(nothing.get(), stream);
  const bool loud = std::getenv("ASSAY_ROOM_DEBUG") != nullptr;
  plan.Place(loud ? 2 : nothing.get(), 2);
  plan.Place(their_control.get(), kControlFd);
  plan.Place(their_leash.get(), kLeashFd);
  plan.Place(preload.get(), kPreloadFd);
  std::vector<int> absent = {kMemoryProcsFd,  kMemoryLimitFd, kMemoryPeakFd,
                             kMemoryEventsFd, kPidsProcsFd,   kPidsLimitFd};
  if (cgroup_owner_) {
    for (const auto& [fd, place] : cgroup_owner_->descriptors()) {
      plan.Place(fd.get(), place);
      std::erase(absent, place);
    }
  }
  for (const int place : absent) {  // closing what may not be open is an error for posix_spawn
    plan.Place(nothing.get(), place);
    plan.Close(place);
  }
  keeper_ = plan.Run(spec_.room_program, arguments);
  if (keeper_ < 0) {
    return Fail(ErrorCode::kUnavailable, "{}: {}", spec_.room_program.string(),
                std::strerror(errno));
  }
  return {};
}

Result<void> Worker::TakeHello() {
  pollfd watched{control_.get(), POLLIN, 0};
  while (true) {
    const int ready = poll(&watched, 1, kHelloTimeoutMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0)
      return Fail(ErrorCode::kUnavailable, "a sandbox room did not get ready in time");
    break;
  }
  Hello hello;
  const ssize_t got = recv(control_.get(), &hello, sizeof hello, 0);
  if (got != sizeof hello) {
    return Fail(ErrorCode::kUnavailable, "a sandbox room ended while it was set up");
  }
  hello.message[sizeof hello.message - 1] = 0;
  if (hello.failed != 0) return Fail(ErrorCode::kUnavailable, "{}", hello.message);
  layers_ = hello.layers;
  return {};
}

Worker::~Worker() {
  control_.Reset();
  leash_.Reset();
  if (keeper_ > 0) {
    while (waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  cgroup_owner_.reset();
  if (!scratch_base_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(scratch_base_, ignored);
  }
}

bool Worker::Waits() const {
  pollfd control{control_.get(), POLLIN, 0};
  return poll(&control, 1, 0) == 0;
}

bool Worker::Send(Request& request, const std::vector<int>& fds) {
  request.run = ++run_;
  request.fd_count = static_cast<std::int32_t>(fds.size());
  return SendWithDescriptors(control_.get(), request, fds.data(), fds.size());
}

void Worker::SendKill() {
  const KillOrder order{run_};
  send(control_.get(), &order, sizeof order, MSG_NOSIGNAL);
}

bool Worker::Receive(Reply& reply, UniqueFd& output) {
  iovec piece{&reply, sizeof reply};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = -1;
  do {
    got = recvmsg(control_.get(), &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  const cmsghdr* header = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    output.Reset(fd);
  }
  reply.message[sizeof reply.message - 1] = 0;
  return got == sizeof reply && reply.run == run_;
}

Result<std::filesystem::path> FindRoomProgram(const std::filesystem::path& named) {
  std::vector<std::filesystem::path> places;
  if (!named.empty()) {
    places.push_back(named);
  } else {
    if (const char* environment = std::getenv("ASSAY_ROOM")) places.emplace_back(environment);
    Dl_info library{};
    if (dladdr(reinterpret_cast<void*>(&FindRoomProgram), &library) != 0 && library.dli_fname) {
      places.push_back(std::filesystem::path(library.dli_fname).parent_path() / "assay-room");
    }
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) places.push_back(program.parent_path() / "assay-room");
    places.emplace_back(ASSAY_ROOM_BUILT);
  }
  for (const auto& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  return Fail(ErrorCode::kNotFound, "the program assay-room is not at {} (set ASSAY_ROOM)",
              places.back().string());
}

}  // namespace assay::sandbox
