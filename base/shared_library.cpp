#include "base/shared_library.h"

#include <dlfcn.h>

#include <cstdlib>

namespace assay {

Result<SharedLibrary> SharedLibrary::Open(const std::string& what, const std::string& variable,
                                          const std::string& file) {
  const char* named = std::getenv(variable.c_str());
  SharedLibrary out;
  out.what_ = what;
  out.file_ = named == nullptr || *named == '\0' ? file : named;
  out.library_ = ::dlopen(out.file_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (out.library_ == nullptr) {
    return Fail(ErrorCode::kUnavailable, "{} cannot be loaded: name the file of {} in {} ({})",
                out.file_, what, variable, ::dlerror());
  }
  return out;
}

Result<void> SharedLibrary::Complete() const {
  if (missing_.empty()) return {};
  return Fail(ErrorCode::kUnavailable, "{} is no {} that can be used: it has no {}", file_, what_,
              missing_);
}

void* SharedLibrary::Look(const char* name) {
  void* found = ::dlsym(library_, name);
  if (found == nullptr) missing_ = name;
  return found;
}

}  // namespace assay
