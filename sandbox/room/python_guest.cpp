#include "sandbox/room/python_guest.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace assay::sandbox {
namespace {

// Few modules keep the forks cheap; anything else of the standard library is imported by the run.
constexpr char kWarmUp[] =
    "import math, re, collections, itertools, functools, heapq, bisect, typing, random, string\n"
    "import copy, operator, io, os, time\n"
    "random.seed(0)\n"
    "import gc\n"
    "gc.collect()\n"
    "gc.freeze()\n";

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
  PyObject* threading = PyImport_GetModule(PyUnicode_FromString("threading"));
  if (threading != nullptr && PyObject_CallMethod(threading, "_shutdown", nullptr) == nullptr) {
    PyErr_Print();
  }
  PyErr_Clear();
  PyObject* atexit = PyImport_ImportModule("atexit");
  if (atexit != nullptr && PyObject_CallMethod(atexit, "_run_exitfuncs", nullptr) == nullptr) {
    PyErr_Print();
  }
  PyErr_Clear();
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
  for (const char* used :
       {"math", "re", "collections", "itertools", "functools", "heapq", "bisect", "typing",
        "random", "string", "copy", "operator", "io", "os", "time", "gc"}) {
    PyDict_DelItemString(globals_, used);
  }
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
  }
  const bool flushed = Flush("stdout") && Flush("stderr");
  _exit(flushed || status != 0 ? status : 120);
}

}  // namespace assay::sandbox
