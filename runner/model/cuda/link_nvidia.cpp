#include "base/nccl.h"
#include "runner/model/cuda/link.h"

namespace assay::cuda {
namespace {

NcclType TypeOf(Number number) {
  switch (number) {
    case Number::kBf16:
      return NcclType::kBf16;
    case Number::kHalf:
      return NcclType::kHalf;
    case Number::kFloat:
      break;
  }
  return NcclType::kFloat;
}

class NcclLink : public Link {
 public:
  NcclLink(const Nccl& nccl, NcclCommunicator communicator)
      : nccl_(nccl), communicator_(communicator) {}
  // The others may be gone already: leaving together would wait for them.
  ~NcclLink() override { NcclLink::Abort(); }

  void Sum(Stream& stream, Number type, void* data, std::int64_t count) override {
    Note(nccl_.AllReduce(data, data, static_cast<std::size_t>(count), TypeOf(type),
                         NcclOperation::kSum, communicator_, stream.handle()));
  }
  void Gather(Stream& stream, Number type, const void* own, void* all,
              std::int64_t count) override {
    Note(nccl_.AllGather(own, all, static_cast<std::size_t>(count), TypeOf(type), communicator_,
                         stream.handle()));
  }
  Result<void> Check() override {
    int later = 0;
    Note(nccl_.CommGetAsyncError(communicator_, &later));
    Note(later);
    return nccl_.Check(first_, "the GPUs of one model");
  }
  void Abort() override {
    if (communicator_ != nullptr) nccl_.CommAbort(communicator_);
    communicator_ = nullptr;
  }

 private:
  void Note(int code) {
    if (first_ == 0) first_ = code;
  }
  const Nccl& nccl_;
  NcclCommunicator communicator_;
  int first_ = 0;
};

}  // namespace

Result<std::vector<std::unique_ptr<Link>>> Connect(std::span<const int> devices) {
  const auto nccl = Nccl::Load();
  if (!nccl) return Pass(nccl.error());
  std::vector<NcclCommunicator> made(devices.size());
  const int code =
      (*nccl)->CommInitAll(made.data(), static_cast<int>(devices.size()), devices.data());
  if (auto fine = (*nccl)->Check(code, "the GPUs of one model"); !fine) return Pass(fine.error());
  std::vector<std::unique_ptr<Link>> links;
  for (NcclCommunicator communicator : made)
    links.push_back(std::make_unique<NcclLink>(**nccl, communicator));
  return links;
}

}  // namespace assay::cuda
