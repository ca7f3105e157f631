// base/shared_library.h -- Functions of a library that is loaded when it is first wanted, so that
// neither building nor running elsewhere needs it.
#pragma once

#include <string>
#include <type_traits>

#include "base/result.h"

namespace assay {

// Loaded for good: functions that were found stay.
class SharedLibrary {
 public:
  // The file that the environment variable `variable` names, else `file` where the system has it.
  // kUnavailable naming the file, `what` it should hold, and the variable.
  static Result<SharedLibrary> Open(const std::string& what, const std::string& variable,
                                    const std::string& file);

  template <class Function>
  SharedLibrary& Find(const char* name, Function& function) {
    static_assert(std::is_pointer_v<Function>);
    function = reinterpret_cast<Function>(Look(name));
    return *this;
  }
  // kUnavailable naming a function that was looked for and not found.
  Result<void> Complete() const;

 private:
  void* Look(const char* name);

  std::string what_;
  std::string file_;
  std::string missing_;
  void* library_ = nullptr;
};

}  // namespace assay
