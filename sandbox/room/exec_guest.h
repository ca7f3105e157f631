// sandbox/room/exec_guest.h -- A run that becomes another program: a compiled one, a compiler,
// node.
#pragma once

#include "sandbox/room/payload.h"
#include "sandbox/room/server.h"

namespace assay::sandbox {

class ExecGuest : public Guest {
 public:
  bool Load() override;
  [[noreturn]] void Run(Progress* progress) override;

 private:
  bool OpenProgram();

  IncomingProgram program_;
};

}  // namespace assay::sandbox
