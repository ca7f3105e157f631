#include <barrier>
#include <cstring>

#include "runner/model/cuda/link.h"
#include "runner/model/cuda/platform/emulated_stream.h"
#include "runner/model/cuda/platform/numbers.h"

namespace assay::cuda {
namespace {

std::size_t BytesOf(Number type) { return type == Number::kFloat ? 4 : 2; }

// Where the threads that drive the GPUs meet: an imitated GPU works while its thread waits.
struct Meeting {
  explicit Meeting(std::size_t links)
      : gate(static_cast<std::ptrdiff_t>(links)), brought(links, nullptr) {}
  std::barrier<> gate;
  std::vector<const void*> brought;
};

template <class T>
void Add(const std::vector<const void*>& rows, std::int64_t count, std::vector<unsigned char>& to) {
  to.resize(static_cast<std::size_t>(count) * sizeof(T));
  auto* sums = reinterpret_cast<T*>(to.data());
  for (std::int64_t i = 0; i < count; ++i) {
    float sum = 0;
    for (const void* row : rows) sum += ToFloat(static_cast<const T*>(row)[i]);
    sums[i] = FromFloat<T>(sum);
  }
}

class EmulatedLink : public Link {
 public:
  EmulatedLink(std::shared_ptr<Meeting> meeting, std::size_t index)
      : meeting_(std::move(meeting)), index_(index) {}

  void Sum(Stream& stream, Number type, void* data, std::int64_t count) override {
    emulated::Put(stream.handle(), [this, type, data, count] {
      Bring(data);
      std::vector<unsigned char> sums;
      if (type == Number::kFloat) Add<float>(meeting_->brought, count, sums);
      if (type == Number::kBf16) Add<Bf16>(meeting_->brought, count, sums);
      if (type == Number::kHalf) Add<Half>(meeting_->brought, count, sums);
      meeting_->gate.arrive_and_wait();  // nobody reads any more
      std::memcpy(data, sums.data(), sums.size());
    });
  }
  void Gather(Stream& stream, Number type, const void* own, void* all,
              std::int64_t count) override {
    emulated::Put(stream.handle(), [this, type, own, all, count] {
      Bring(own);
      const std::size_t bytes = static_cast<std::size_t>(count) * BytesOf(type);
      for (std::size_t i = 0; i < meeting_->brought.size(); ++i) {
        std::memcpy(static_cast<char*>(all) + i * bytes, meeting_->brought[i], bytes);
      }
      meeting_->gate.arrive_and_wait();
    });
  }
  Result<void> Check() override { return {}; }
  void Abort() override {}

 private:
  void Bring(const void* data) {
    meeting_->brought[index_] = data;
    meeting_->gate.arrive_and_wait();
  }
  std::shared_ptr<Meeting> meeting_;
  std::size_t index_;
};

}  // namespace

Result<std::vector<std::unique_ptr<Link>>> Connect(std::span<const int> devices) {
  const auto meeting = std::make_shared<Meeting>(devices.size());
  std::vector<std::unique_ptr<Link>> links;
  for (std::size_t i = 0; i < devices.size(); ++i)
    links.push_back(std::make_unique<EmulatedLink>(meeting, i));
  return links;
}

}  // namespace assay::cuda
