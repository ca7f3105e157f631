// trainer/distributed/nccl_group.h -- What a job's bulk goes over: NCCL where learners compute on
// GPUs, else Gloo. Free of LibTorch's headers.
//
// Theory of operation. The group over NCCL stands before the one over Gloo. Parts of a few
// kilobytes go to Gloo as before; larger ones go through the device's memory and over NCCL. Only
// bytes move: sums are formed by this process, in rank order, so both ways give the same bits.
// Before each transfer all say over Gloo that they are there, so that one that is missing is named
// as ever and nobody waits for it in NCCL; after it they agree over Gloo on how it went. Who fails
// in between raises the alarm, which those who still wait in NCCL look for.
#pragma once

#include <memory>
#include <string>

#include "trainer/distributed/group.h"
#include "trainer/distributed/nccl_link.h"

namespace assay {

struct Bulk {
  std::unique_ptr<ProcessGroup> over_nccl;  // null: the group that was there
  std::string told;                         // one line for the log; empty where all is as ever
};

// "auto", "nccl" or "gloo", as a configuration says. kInput for anything else, and for NCCL with a
// learner that computes on the CPU.
Result<void> CheckExchange(const std::string& exchange, const std::string& device);

// All processes of `gloo`, which must outlive what is made, call this together. "auto" takes NCCL
// for learners on GPUs if all processes can load it and no two share a GPU, else Gloo with the
// reason in `told`; "nccl" fails there instead. kUnavailable, too, when NCCL does not start.
Result<Bulk> OpenBulk(ProcessGroup& gloo, const std::string& exchange, const NcclOptions& options);

}  // namespace assay
