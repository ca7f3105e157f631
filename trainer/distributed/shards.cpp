#include "trainer/distributed/shards.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace assay {
namespace {

// Bytes that lie in several places, as one row.
class Regions {
 public:
  void Add(void* data, std::size_t bytes) {
    if (bytes == 0) return;
    parts_.push_back({static_cast<std::byte*>(data), size_, bytes});
    size_ += bytes;
  }
  std::size_t size() const { return size_; }

  // Places beyond the end are left alone.
  void CopyOut(std::size_t begin, std::span<std::byte> to) const {
    Visit(begin, to.size(), [&](std::byte* part, std::size_t at, std::size_t bytes) {
      std::memcpy(to.data() + at, part, bytes);
    });
  }
  void CopyIn(std::size_t begin, std::span<const std::byte> from) const {
    Visit(begin, from.size(), [&](std::byte* part, std::size_t at, std::size_t bytes) {
      std::memcpy(part, from.data() + at, bytes);
    });
  }

 private:
  struct Part {
    std::byte* data;
    std::size_t begin, bytes;
  };

  template <class Copy>
  void Visit(std::size_t begin, std::size_t bytes, const Copy& copy) const {
    const std::size_t end = begin + bytes;
    for (const Part& part : parts_) {
      const std::size_t first = std::max(begin, part.begin);
      const std::size_t last = std::min(end, part.begin + part.bytes);
      if (first < last) copy(part.data + (first - part.begin), first - begin, last - first);
    }
  }

  std::vector<Part> parts_;
  std::size_t size_ = 0;
};

std::size_t WidthOf(std::span<const ParameterView> parameters) {
  return !parameters.empty() && parameters[0].is_double ? sizeof(double) : sizeof(float);
}

Regions RegionsOf(std::span<const ParameterView> parameters, bool gradients) {
  Regions regions;
  for (const ParameterView& view : parameters) {
    if (view.gradient == nullptr) continue;
    regions.Add(gradients ? view.gradient : view.value,
                static_cast<std::size_t>(view.size()) * WidthOf(parameters));
  }
  return regions;
}

// Bytes of one shard, but for the last ones.
std::size_t ShardBytes(const ProcessGroup& group, std::span<const ParameterView> parameters) {
  const auto processes = static_cast<std::size_t>(group.size());
  const auto numbers = static_cast<std::size_t>(TrainedNumbers(parameters));
  return (numbers + processes - 1) / processes * WidthOf(parameters);
}

std::size_t PieceBytes(const ProcessGroup& group) {
  constexpr std::size_t kBuffer = std::size_t{32} << 20;
  return std::max<std::size_t>(kBuffer / static_cast<std::size_t>(group.size()) / 64 * 64, 64);
}

template <class Real>
void SumRows(std::span<const std::byte> rows, std::size_t row_bytes, std::span<std::byte> sums) {
  const std::size_t numbers = row_bytes / sizeof(Real);
  const auto* from = reinterpret_cast<const Real*>(rows.data());
  auto* to = reinterpret_cast<Real*>(sums.data());
  for (std::size_t i = 0; i < numbers; ++i) {
    double sum = 0;
    for (std::size_t row = 0; row < rows.size() / row_bytes; ++row) {
      sum += static_cast<double>(from[row * numbers + i]);
    }
    to[i] = static_cast<Real>(sum);
  }
}

// Gathers `own` (this process' part of a row of bytes whose parts are `shard_bytes` long) piece by
// piece; `take` gets the place of a piece in the whole row.
template <class Take>
Result<void> GatherPieces(ProcessGroup& group, const std::string& what, const Regions& own,
                          std::size_t own_begin, std::size_t shard_bytes, std::size_t total,
                          const Take& take) {
  const auto processes = static_cast<std::size_t>(group.size());
  const std::size_t piece = std::min(PieceBytes(group), shard_bytes);
  std::vector<std::byte> mine(piece), all(piece * processes);
  for (std::size_t at = 0; at < shard_bytes; at += piece) {
    const std::size_t bytes = std::min(piece, shard_bytes - at);
    own.CopyOut(own_begin + at, std::span(mine).first(bytes));
    auto gathered =
        group.Gather(what, std::span(mine).first(bytes), std::span(all).first(bytes * processes));
    if (!gathered) return gathered;
    for (std::size_t i = 0; i < processes; ++i) {
      const std::size_t begin = i * shard_bytes + at;
      if (begin >= total) break;
      take(i, begin, std::span(all).subspan(i * bytes, std::min(bytes, total - begin)));
    }
  }
  return {};
}

Regions OwnMoments(AdamW& optimizer, int moment) {
  Regions regions;
  for (const std::span<char> both : optimizer.StateBytes()) {
    const std::size_t half = both.size() / 2;
    regions.Add(both.data() + static_cast<std::size_t>(moment) * half, half);
  }
  return regions;
}

Regions AllMoments(char* bytes, std::span<const ParameterView> parameters, int moment) {
  Regions regions;
  std::size_t at = 0;
  for (const ParameterView& view : parameters) {
    if (view.gradient == nullptr) continue;
    const std::size_t own = static_cast<std::size_t>(view.size()) * WidthOf(parameters);
    regions.Add(bytes + at + static_cast<std::size_t>(moment) * own, own);
    at += 2 * own;
  }
  return regions;
}

}  // namespace

Shard OwnShard(const ProcessGroup& group, std::span<const ParameterView> parameters) {
  if (group.size() == 1) return {};
  const auto part = static_cast<std::int64_t>(ShardBytes(group, parameters) / WidthOf(parameters));
  const std::int64_t total = TrainedNumbers(parameters);
  return {std::min(part * group.rank(), total), std::min(part * (group.rank() + 1), total)};
}

Result<void> SumGradients(ProcessGroup& group, std::span<const ParameterView> parameters) {
  if (group.size() == 1) return {};
  const Regions gradients = RegionsOf(parameters, true);
  const auto processes = static_cast<std::size_t>(group.size());
  const auto rank = static_cast<std::size_t>(group.rank());
  const std::size_t shard = ShardBytes(group, parameters);
  const std::size_t piece = std::min(PieceBytes(group), shard);
  std::vector<std::byte> send(piece * processes), receive(piece * processes), sums(piece);
  for (std::size_t at = 0; at < shard; at += piece) {
    const std::size_t bytes = std::min(piece, shard - at);
    std::fill(send.begin(), send.end(), std::byte{0});
    for (std::size_t i = 0; i < processes; ++i) {
      gradients.CopyOut(i * shard + at, std::span(send).subspan(i * bytes, bytes));
    }
    auto exchanged =
        group.Exchange("the sum of gradients", std::span(send).first(bytes * processes),
                       std::span(receive).first(bytes * processes));
    if (!exchanged) return exchanged;
    const auto rows = std::span(receive).first(bytes * processes);
    if (WidthOf(parameters) == sizeof(double)) {
      SumRows<double>(rows, bytes, sums);
    } else {
      SumRows<float>(rows, bytes, sums);
    }
    gradients.CopyIn(rank * shard + at, std::span(sums).first(bytes));
  }
  return {};
}

Result<double> SharedGradientNorm(ProcessGroup& group, std::span<const ParameterView> parameters) {
  if (group.size() == 1) return GradientNorm(parameters);
  const Regions gradients = RegionsOf(parameters, true);
  const Shard shard = OwnShard(group, parameters);
  const std::size_t width = WidthOf(parameters);
  std::vector<std::byte> bytes(static_cast<std::size_t>(shard.end - shard.begin) * width);
  gradients.CopyOut(static_cast<std::size_t>(shard.begin) * width, bytes);
  double sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += width) {
    double number = 0;
    if (width == sizeof(double)) {
      std::memcpy(&number, bytes.data() + i, sizeof number);
    } else {
      float single = 0;
      std::memcpy(&single, bytes.data() + i, sizeof single);
      number = static_cast<double>(single);
    }
    sum += number * number;
  }
  if (auto done = group.Sum("the gradient norm", std::span(&sum, 1)); !done) {
    return Pass(done.error());
  }
  return std::sqrt(sum);
}

Result<void> ShareParameters(ProcessGroup& group, std::span<const ParameterView> parameters) {
  if (group.size() == 1) return {};
  const Regions values = RegionsOf(parameters, false);
  const std::size_t shard = ShardBytes(group, parameters);
  const auto rank = static_cast<std::size_t>(group.rank());
  return GatherPieces(group, "the new parameters", values, rank * shard, shard, values.size(),
                      [&](std::size_t owner, std::size_t begin, std::span<const std::byte> bytes) {
                        if (owner != rank) values.CopyIn(begin, bytes);
                      });
}

Result<std::string> GatherMoments(ProcessGroup& group, std::span<const ParameterView> parameters,
                                  AdamW& optimizer) {
  std::string all;
  if (group.size() == 1) {
    std::size_t bytes = 0;
    for (const auto& both : optimizer.StateBytes()) bytes += both.size();
    all.reserve(bytes);
    for (const auto& both : optimizer.StateBytes()) all.append(both.data(), both.size());
    return all;
  }
  const std::size_t total =
      static_cast<std::size_t>(TrainedNumbers(parameters)) * WidthOf(parameters);
  if (group.first()) all.resize(2 * total);
  for (const int moment : {0, 1}) {
    const Regions own = OwnMoments(optimizer, moment);
    const Regions whole = group.first() ? AllMoments(all.data(), parameters, moment) : Regions();
    auto gathered =
        GatherPieces(group, "the optimizer's state", own, 0, ShardBytes(group, parameters), total,
                     [&](std::size_t, std::size_t begin, std::span<const std::byte> bytes) {
                       whole.CopyIn(begin, bytes);
                     });
    if (!gathered) return Pass(gathered.error());
  }
  return all;
}

bool TakeMoments(std::string_view all, std::span<const ParameterView> parameters,
                 AdamW& optimizer) {
  const std::size_t width = WidthOf(parameters);
  const std::size_t total = static_cast<std::size_t>(TrainedNumbers(parameters)) * width;
  if (all.size() != 2 * total) return false;
  for (const int moment : {0, 1}) {
    const Regions whole = AllMoments(const_cast<char*>(all.data()), parameters, moment);
    const Regions own = OwnMoments(optimizer, moment);
    std::vector<std::byte> bytes(own.size());
    whole.CopyOut(static_cast<std::size_t>(optimizer.shard().begin) * width, bytes);
    own.CopyIn(0, bytes);
  }
  return true;
}

}  // namespace assay
