#include "sandbox/room/python_guest.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace assay::sandbox {
namespace {

// Few modules keep the forks cheap; anything else of the standard library is imported by the run.
constexpr char kWarmUp[] =
    "import math, re, collections, itertools, functools, heapq, bisect, typing, random, string\n"
    "import copy, operator, io, os, time\n"
    "random.seed(0)\n";

// Each page that a fork writes to costs it a fault and a copy, and allocators hand out the holes
// that the warm-up left all over the heap. So fill the holes here, once: the forks then allocate
// from fresh, dense pages. What this leaks is what the holes amount to.
void FillObjectPools() {
  constexpr std::uintptr_t kPool = 16 * 1024, kLargest = 512;
  for (std::size_t size = 16; size <= kLargest; size += 16) {
    std::uintptr_t previous = 0;
    for (int in_order = 0, taken = 0; in_order < 8 && taken < 100'000; ++taken) {
      const auto block = reinterpret_cast<std::uintptr_t>(PyObject_Malloc(size));
      const bool next = block == previous + size && block / kPool == previous / kPool;
      in_order = next ? in_order + 1 : 0;
      previous = block;
    }
  }
}

void FillMallocHoles() {
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  malloc_trim(0);  // merges what lies in the fast bins: a fork's first large request would do it
  const auto end = reinterpret_cast<std::uintptr_t>(sbrk(0));
  const auto wilderness = end - mallinfo2().keepcost;
  for (std::size_t size = 64 * 1024; size >= 16;) {
    void* const block = std::malloc(size);
    if (block == nullptr) return;
    if (reinterpret_cast<std::uintptr_t>(block) < wilderness) continue;
    std::free(block);
    size -= size > 2048 ? 1024 : 16;
  }
}

// What the interpreter would do at the end of a program, without tearing it down: that would touch
// every page that the fork shares.
int ExitStatusOf(PyObject* result) {
  int status = 0;
  if (result == nullptr) {
    status = 1;
    if (PyErr_ExceptionMatches(PyExc_SystemExit)) {
      PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
      PyErr_Fetch(&type, &value, &trace);
      PyErr_NormalizeException(&type, &value, &trace);
      PyObject* code = value != nullptr ? PyObject_GetAttrString(value, "code") : nullptr;
      if (code == nullptr || code == Py_None) {
        status = code == nullptr ? 1 : 0;
      } else if (PyLong_Check(code)) {
        status = static_cast<int>(PyLong_AsLong(code)) & 0xff;
      } else {
        PySys_FormatStderr("%S\n", code);
      }
      PyErr_Clear();
    } else {
      PyErr_Print();
    }
  }
  return status;
}

bool Flush(const char* stream) {
  PyObject* file = PySys_GetObject(stream);
  if (file == nullptr || file == Py_None) return true;
  PyObject* done = PyObject_CallMethod(file, "flush", nullptr);
  if (done != nullptr) return true;
  PyErr_Clear();
  PyObject* closed = PyObject_GetAttrString(file, "closed");
  PyErr_Clear();
  return closed == Py_True;
}

}  // namespace

void PythonGuest::Settle() {
  // The interpreter adapts code that ran a few times, by writing into it: done here it is done for
  // all.
  for (int time = 0; time < 64; ++time) Rehearse();
  PyRun_SimpleString("import gc\ngc.collect()\ngc.freeze()\ndel gc\n");
  FillObjectPools();
  FillMallocHoles();
  hot_pages_.Learn([this] { Rehearse(); });
}

void PythonGuest::Warm() { hot_pages_.Populate(); }

void PythonGuest::Rehearse() {
  PyObject* space = PyDict_New();
  PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins());
  PyObject* code = Py_CompileString("pass", "main.py", Py_file_input);
  for (PyObject* part : {code, rehearsal_}) {
    if (part != nullptr) Py_XDECREF(PyEval_EvalCode(part, space, space));
  }
  Py_XDECREF(code);
  Py_DECREF(space);
  Py_XDECREF(PyObject_CallNoArgs(run_exit_functions_));
  PyErr_Clear();
  Flush("stdout");
}

// Threads that are no daemons and registered functions come before the end of the process.
void PythonGuest::RunExitFunctions() const {
  PyObject* threading = PyDict_GetItemString(PyImport_GetModuleDict(), "threading");
  if (threading != nullptr && PyObject_CallMethod(threading, "_shutdown", nullptr) == nullptr) {
    PyErr_Print();
  }
  PyErr_Clear();
  if (PyObject_CallNoArgs(run_exit_functions_) == nullptr) PyErr_Print();
  PyErr_Clear();
}

std::string PythonGuest::WarmUp(int hash_seed, const std::string& preload) {
  // The streams look at their descriptors once, now: pipes, as the runs will have.
  for (int stream = 0; stream < 3; ++stream) {
    int ends[2];
    if (pipe(ends) != 0) return "pipes for the interpreter's streams";
    const int end = stream == 0 ? ends[0] : ends[1];
    dup2(end, stream);
    close(end);
    if (stream == 0) {
      close(ends[1]);
    } else {
      // Kept open (and closed in runs): writing into a pipe nobody reads would be an error.
    }
  }
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.site_import = 0;
  config.use_hash_seed = 1;
  config.hash_seed = static_cast<unsigned long>(hash_seed);
  config.write_bytecode = 0;
  config.install_signal_handlers = 1;
  config.pathconfig_warnings = 0;
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  PyStatus status = Py_PreInitialize(&before);
  if (PyStatus_Exception(status) == 0) {
    status = PyConfig_SetString(&config, &config.program_name, L"/usr/bin/python3");
  }
  wchar_t name[] = L"main.py";
  wchar_t* arguments[] = {name};
  if (PyStatus_Exception(status) == 0) status = PyConfig_SetArgv(&config, 1, arguments);
  if (PyStatus_Exception(status) == 0) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  if (PyStatus_Exception(status) != 0) {
    return std::string("the interpreter does not start: ") +
           (status.err_msg != nullptr ? status.err_msg : "unknown");
  }
  if (!preload.empty()) {
    PyObject* space = PyDict_New();
    PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins());
    PyDict_SetItemString(space, "__name__", PyUnicode_FromString("preload"));
    if (PyRun_String(preload.c_str(), Py_file_input, space, space) == nullptr) {
      PyErr_Print();
      return "the preloaded source raised an exception";
    }
  }
  if (PyRun_SimpleString(kWarmUp) != 0) return "the standard library cannot be imported";
  globals_ = PyModule_GetDict(PyImport_AddModule("__main__"));
  for (const char* used : {"math", "re", "collections", "itertools", "functools", "heapq", "bisect",
                           "typing", "random", "string", "copy", "operator", "io", "os", "time"}) {
    PyDict_DelItemString(globals_, used);
  }
  if (const std::size_t nul = preload.find('\0'); nul != std::string::npos) {
    rehearsal_ = Py_CompileString(preload.c_str() + nul + 1, "rehearsal.py", Py_file_input);
    if (rehearsal_ == nullptr) return "the rehearsal does not compile";
  }
  PyObject* atexit = PyImport_ImportModule("atexit");
  run_exit_functions_ =
      atexit != nullptr ? PyObject_GetAttrString(atexit, "_run_exitfuncs") : nullptr;
  if (run_exit_functions_ == nullptr) return "the module atexit cannot be imported";
  return "";
}

// The first two files are the script and its __data__; the others belong into the scratch folder.
bool PythonGuest::Load() {
  return TakeIn(program_) && program_.files.size() >= 2 && WriteInputFiles(program_, 2);
}

void PythonGuest::Run(Progress* progress) {
  const std::string source(program_.files[0].second);
  const std::string_view data = program_.files[1].second;
  progress->started = 1;
  munmap(progress, sizeof *progress);
  int status = 1;
  if (program_.arguments.size() > 1) {
    PyObject* arguments = PyList_New(0);
    PyList_Append(arguments, PyUnicode_FromString("main.py"));
    for (std::size_t i = 0; i + 1 < program_.arguments.size(); ++i) {
      PyList_Append(arguments, PyUnicode_DecodeFSDefault(program_.arguments[i]));
    }
    PySys_SetObject("argv", arguments);
  }
  if (source.find('\0') != std::string::npos) {
    PySys_WriteStderr("SyntaxError: source code cannot contain null bytes\n");
  } else {
    PyDict_SetItemString(
        globals_, "__data__",
        PyBytes_FromStringAndSize(data.data(), static_cast<Py_ssize_t>(data.size())));
    PyObject* code = Py_CompileString(source.c_str(), "main.py", Py_file_input);
    PyObject* result = code != nullptr ? PyEval_EvalCode(code, globals_, globals_) : nullptr;
    status = ExitStatusOf(result);
    RunExitFunctions();
  }
  const bool flushed = Flush("stdout") && Flush("stderr");
  _exit(flushed || status != 0 ? status : 120);
}

}  // namespace assay::sandbox
