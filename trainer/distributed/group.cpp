#include "trainer/distributed/group.h"

#include <algorithm>
#include <cstring>

namespace assay {
namespace {

class Single : public ProcessGroup {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  Result<void> Exchange(const std::string&, std::span<const std::byte> send,
                        std::span<std::byte> receive) override {
    std::copy(send.begin(), send.end(), receive.begin());
    return {};
  }
  Result<void> Gather(const std::string&, std::span<const std::byte> own,
                      std::span<std::byte> all) override {
    std::copy(own.begin(), own.end(), all.begin());
    return {};
  }
  Result<bool> LookAfterOthers(const std::string&) override { return true; }
  std::chrono::milliseconds deadline() const override { return std::chrono::milliseconds(0); }
};

template <class Combine>
Result<void> Reduce(ProcessGroup& group, const std::string& what, std::span<double> values,
                    const Combine& combine) {
  if (group.size() == 1 || values.empty()) return {};
  std::vector<double> all(values.size() * static_cast<std::size_t>(group.size()));
  if (auto done = group.Gather(what, std::as_bytes(values), std::as_writable_bytes(std::span(all)));
      !done) {
    return done;
  }
  std::copy_n(all.begin(), values.size(), values.begin());
  for (std::size_t i = values.size(); i < all.size(); ++i) {
    double& to = values[i % values.size()];
    to = combine(to, all[i]);
  }
  return {};
}

}  // namespace

std::unique_ptr<ProcessGroup> Alone() { return std::make_unique<Single>(); }

Result<std::vector<std::string>> ProcessGroup::GatherStrings(const std::string& what,
                                                             const std::string& own) {
  if (size() == 1) return std::vector<std::string>{own};
  const auto processes = static_cast<std::size_t>(size());
  std::uint64_t length = own.size();
  std::vector<std::uint64_t> lengths(processes);
  if (auto done = Gather(what, std::as_bytes(std::span(&length, 1)),
                         std::as_writable_bytes(std::span(lengths)));
      !done) {
    return Pass(done.error());
  }
  const std::size_t widest = *std::max_element(lengths.begin(), lengths.end());
  std::vector<std::string> strings(processes);
  if (widest == 0) return strings;
  std::string padded = own;
  padded.resize(widest);
  std::string all(widest * processes, '\0');
  if (auto done =
          Gather(what, std::as_bytes(std::span(padded)), std::as_writable_bytes(std::span(all)));
      !done) {
    return Pass(done.error());
  }
  for (std::size_t i = 0; i < processes; ++i) strings[i] = all.substr(i * widest, lengths[i]);
  return strings;
}

Result<void> ProcessGroup::Sum(const std::string& what, std::span<double> values) {
  return Reduce(*this, what, values, [](double a, double b) { return a + b; });
}

Result<void> ProcessGroup::Max(const std::string& what, std::span<double> values) {
  return Reduce(*this, what, values, [](double a, double b) { return std::max(a, b); });
}

Result<void> ProcessGroup::Agree(const std::string& what, const Result<void>& own) {
  if (size() == 1) return own;
  std::string message;
  if (!own) message = std::string(1, static_cast<char>(own.error().code)) + own.error().message;
  auto all = GatherStrings(what, message);
  if (!all) return Pass(all.error());
  for (std::size_t i = 0; i < all->size(); ++i) {
    const std::string& text = (*all)[i];
    if (text.empty()) continue;
    Silence(0);
    const Error error{static_cast<ErrorCode>(text[0]), text.substr(1)};
    return i == 0 ? Pass(error) : Within("process " + std::to_string(i), error);
  }
  return {};
}

}  // namespace assay
