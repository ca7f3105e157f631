// Waiting for a GPU whose work waits for others.
#include "runner/model/cuda/link.h"

#include "tests/support/catch.h"

namespace assay::cuda {
namespace {

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

// A stream whose mark is reached at the `looks`-th look, or which fails then.
class Waiting : public Stream {
 public:
  Waiting(int looks, bool fails) : left_(looks), fails_(fails) {}
  void Use() override {}
  void* handle() override { return nullptr; }
  void Upload(void*, const void*, std::size_t) override {}
  void Download(void*, const void*, std::size_t) override {}
  void Copy(void*, const void*, std::size_t) override {}
  void Zero(void*, std::size_t) override {}
  Result<void> Synchronize() override { return {}; }
  void Mark() override {}
  Result<bool> Reached() override {
    if (left_ == 0 && fails_) return Fail(ErrorCode::kInternal, "the GPU failed");
    return left_ == 0 || --left_ == 0;
  }
  Result<void> AwaitMark() override { return {}; }
  void BeginCapture() override {}
  Result<std::unique_ptr<Graph>> EndCapture() override { return std::make_unique<Graph>(); }
  void Run(Graph&) override {}
  Result<double> Now() override { return 0.0; }

 private:
  int left_;
  bool fails_;
};

class Told : public Link {
 public:
  explicit Told(bool fails) : fails_(fails) {}
  void Sum(Stream&, Number, void*, std::int64_t) override {}
  void Gather(Stream&, Number, const void*, void*, std::int64_t) override {}
  Result<void> Check() override {
    if (fails_) return Fail(ErrorCode::kUnavailable, "NCCL: remote error");
    return {};
  }
  void Abort() override { aborted = true; }
  bool aborted = false;

 private:
  bool fails_;
};

TEST_CASE("whoever waits for other GPUs is told of their failures, and does not wait for ever") {
  struct Case {
    int looks;
    bool stream_fails;
    bool link_fails;
    const char* message;  // "" where all is well
  };
  constexpr int kNever = 1 << 30;
  for (const Case& c :
       {Case{3, false, false, ""}, Case{0, true, false, "the GPU failed"},
        Case{kNever, false, true, "NCCL: remote error"},
        Case{kNever, false, false, "one has kept the others waiting for 1 seconds"}}) {
    Waiting stream(c.looks, c.stream_fails);
    Told link(c.link_fails);
    const auto start = std::chrono::steady_clock::now();
    const auto done = AwaitTogether(stream, link, 1s);
    CHECK(std::chrono::steady_clock::now() - start < 30s);
    CHECK(link.aborted == !done.has_value());
    CHECK_THAT(done ? "" : done.error().message, Contains(c.message));
    CHECK(done.has_value() == (*c.message == '\0'));
  }
}

}  // namespace
}  // namespace assay::cuda
