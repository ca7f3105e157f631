#include "trainer/distributed/nccl_group.h"

#include <unistd.h>

#include <array>
#include <map>

#include "base/files.h"

namespace assay {
namespace {

class NcclGroup : public ProcessGroup {
 public:
  NcclGroup(ProcessGroup& gloo, const Nccl& nccl, const NcclOptions& options)
      : gloo_(gloo), nccl_(nccl), smallest_bytes_(options.smallest_bytes) {
    link_ = std::make_unique<NcclLink>(
        nccl, gloo.rank(), gloo.size(), options, gloo.deadline(),
        [&gloo](const std::string& what) { return gloo.LookAfterOthers(what); });
  }

  Result<void> Start() {
    const std::string what = "the start of NCCL";
    NcclId id{};
    const auto own = first() ? nccl_.Check(nccl_.GetUniqueId(&id), what) : Result<void>();
    if (auto agreed = gloo_.Agree(what, own); !agreed) return agreed;
    std::vector<NcclId> ids(static_cast<std::size_t>(size()));
    auto gathered = gloo_.Gather(what, std::as_bytes(std::span(&id, 1)),
                                 std::as_writable_bytes(std::span(ids)));
    if (!gathered) return gathered;
    return Settle(what, link_->Start(ids[0]));
  }

  int rank() const override { return gloo_.rank(); }
  int size() const override { return gloo_.size(); }
  std::chrono::milliseconds deadline() const override { return gloo_.deadline(); }
  bool quiet() const override { return gloo_.quiet(); }
  void Silence(int speaker) override { gloo_.Silence(speaker); }
  void RaiseAlarm() override { gloo_.RaiseAlarm(); }
  Result<bool> LookAfterOthers(const std::string& what) override {
    return gloo_.LookAfterOthers(what);
  }

  Result<void> Exchange(const std::string& what, std::span<const std::byte> send,
                        std::span<std::byte> receive) override {
    if (send.size() / static_cast<std::size_t>(size()) < smallest_bytes_) {
      return gloo_.Exchange(what, send, receive);
    }
    if (auto here = Meet(what); !here) return here;
    return Settle(what, link_->Exchange(what, send, receive));
  }

  Result<void> Gather(const std::string& what, std::span<const std::byte> own,
                      std::span<std::byte> all) override {
    if (own.size() < smallest_bytes_) return gloo_.Gather(what, own, all);
    if (auto here = Meet(what); !here) return here;
    return Settle(what, link_->Gather(what, own, all));
  }

 private:
  Result<void> Meet(const std::string& what) {
    if (!link_) return Fail(ErrorCode::kUnavailable, "{}: NCCL has failed before", what);
    const std::byte here{1};
    std::vector<std::byte> all(static_cast<std::size_t>(size()));
    return gloo_.Gather(what, std::span(&here, 1), all);
  }

  // All processes know what has failed in any of them.
  Result<void> Settle(const std::string& what, const NcclOutcome& outcome) {
    if (outcome.ending != NcclEnding::kDone) {
      gloo_.RaiseAlarm();
      GiveUp();
    }
    if (outcome.ending == NcclEnding::kGone) return Pass(outcome.error);
    // Who was stopped by another one's alarm has no failure of its own to tell.
    const auto own =
        outcome.ending == NcclEnding::kFailed ? Result<void>(Pass(outcome.error)) : Result<void>();
    if (auto agreed = gloo_.Agree(what, own); !agreed) {
      GiveUp();
      return agreed;
    }
    if (outcome.ending == NcclEnding::kDone) return {};
    return Fail(ErrorCode::kInternal, "{} was stopped, but no process has failed", what);
  }

  void GiveUp() {
    if (link_) link_->Abort();
    link_.reset();
  }

  ProcessGroup& gloo_;
  const Nccl& nccl_;
  std::size_t smallest_bytes_;
  std::unique_ptr<NcclLink> link_;  // null once it has failed
};

// The same text in two processes: the same GPU. Different texts may be one GPU nevertheless (other
// CUDA_VISIBLE_DEVICES, other containers): then NCCL refuses.
std::string GpuOf(const std::string& device) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const auto boot = ReadFile("/proc/sys/kernel/random/boot_id");
  return fmt::format("{} {} {} {}", host.data(), boot ? *boot : "",
                     ReadEnvironment("CUDA_VISIBLE_DEVICES").value_or(""), device);
}

// Why NCCL cannot be used, the same in all processes; empty if it can.
Result<std::string> Hindrance(ProcessGroup& gloo, const std::string& device) {
  const std::string what = "the choice of the exchange";
  const auto nccl = Nccl::Load();
  const auto failures = gloo.GatherStrings(what, nccl ? "" : nccl.error().message);
  if (!failures) return Pass(failures.error());
  for (std::size_t i = 0; i < failures->size(); ++i) {
    const std::string& failure = (*failures)[i];
    if (!failure.empty()) return i == 0 ? failure : fmt::format("process {}: {}", i, failure);
  }
  if (device == "cpu") return "";
  const auto gpus = gloo.GatherStrings(what, GpuOf(device));
  if (!gpus) return Pass(gpus.error());
  std::map<std::string, std::size_t> owners;
  for (std::size_t i = 0; i < gpus->size(); ++i) {
    const auto [other, alone] = owners.emplace((*gpus)[i], i);
    if (!alone) return fmt::format("processes {} and {} share one GPU", other->second, i);
  }
  return "";
}

}  // namespace

Result<void> CheckExchange(const std::string& exchange, const std::string& device) {
  if (exchange != "auto" && exchange != "nccl" && exchange != "gloo") {
    return Fail(ErrorCode::kInput, "exchange is \"{}\": expected auto, nccl or gloo", exchange);
  }
  if (exchange == "nccl" && device == "cpu") {
    return Fail(ErrorCode::kInput, "exchange is nccl, which is for GPUs, but device is cpu");
  }
  return {};
}

Result<Bulk> OpenBulk(ProcessGroup& gloo, const std::string& exchange, const NcclOptions& options) {
  if (gloo.size() == 1 || exchange == "gloo") return Bulk();
  if (exchange == "auto" && options.device == "cpu") return Bulk();
  const auto hindrance = Hindrance(gloo, options.device);
  if (!hindrance) return Pass(hindrance.error());
  if (!hindrance->empty()) {
    if (exchange == "auto") return Bulk{nullptr, "exchange over Gloo: " + *hindrance};
    gloo.Silence(0);
    return Fail(ErrorCode::kUnavailable, "exchange over NCCL: {}", *hindrance);
  }
  auto group = std::make_unique<NcclGroup>(gloo, **Nccl::Load(), options);
  if (auto started = group->Start(); !started) return Pass(started.error());
  return Bulk{std::move(group), "exchange over NCCL"};
}

}  // namespace assay
