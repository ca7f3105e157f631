// runner/model/cuda/link.h -- What the GPUs of one model hand each other in a pass.
//
// Each GPU has a thread that drives it and a link of its own; all of them call the same methods in
// the same order, with equal counts. Real GPUs speak NCCL, which orders the work by streams.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runner/model/cuda/blas.h"
#include "runner/model/cuda/device.h"

namespace assay::cuda {

class Link {
 public:
  virtual ~Link() = default;

  // `count` numbers at `data` become their sums over the GPUs, added in an order that the library
  // chooses by the count, and rounded on the way.
  virtual void Sum(Stream& stream, Number type, void* data, std::int64_t count) = 0;
  // The `count` numbers at everybody's `own`, in the order of the GPUs, come to `all`.
  virtual void Gather(Stream& stream, Number type, const void* own, void* all,
                      std::int64_t count) = 0;
  // kUnavailable with the first failure of the two.
  virtual Result<void> Check() = 0;
  // Gives up: what still waits for the others ends, and nothing can be handed over any more.
  virtual void Abort() = 0;
};

// Stream::AwaitMark where the work before the mark waits for other GPUs: kUnavailable where one of
// them fails, or after `patience`, longer than any pass takes; the link is given up then.
constexpr std::chrono::milliseconds kPatience = std::chrono::minutes(1);
Result<void> AwaitTogether(Stream& stream, Link& link,
                           std::chrono::milliseconds patience = kPatience);

// One for each of `devices`, which are all different. kUnavailable where NCCL is missing or
// refuses.
Result<std::vector<std::unique_ptr<Link>>> Connect(std::span<const int> devices);

}  // namespace assay::cuda
