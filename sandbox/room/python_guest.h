// sandbox/room/python_guest.h -- A warm interpreter whose forks run one script each.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string>

#include "sandbox/room/hot_pages.h"
#include "sandbox/room/payload.h"
#include "sandbox/room/server.h"

namespace assay::sandbox {

class PythonGuest : public Guest {
 public:
  // Before /proc goes away.
  void OpenMaps() { hot_pages_.Open(); }
  // Starts the interpreter, imports what most programs use and runs the first of the two texts in
  // `preload` (the other, after its NUL, is the rehearsal: what every run will do); once, inside
  // the room. Returns an empty text, or what failed. Never runs or sees anything untrusted in this
  // process.
  std::string WarmUp(int hash_seed, const std::string& preload);

  void Settle() override;
  void Warm() override;
  void Rehearse() override;
  bool Load() override;
  [[noreturn]] void Run(Progress* progress) override;

 private:
  void RunExitFunctions() const;

  PyObject* globals_ = nullptr;
  PyObject* run_exit_functions_ = nullptr;
  PyObject* rehearsal_ = nullptr;  // compiled
  HotPages hot_pages_;
  IncomingProgram program_;
};

}  // namespace assay::sandbox
