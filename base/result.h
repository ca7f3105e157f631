// base/result.h -- What a caller can act on: a value, or a short code with one sentence.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace assay {

enum class ErrorCode {
  kUsage,        // the user asked for something that does not exist or cannot be combined
  kInput,        // a file, line or key of the user's is malformed
  kNotFound,     // a named file, suite, model … is not there
  kUnavailable,  // a disk, server, device or kernel feature cannot be used now
  kInternal,     // our fault
};

// The exit status that a command ends with when this error stops it (see DESIGN: 2 usage or input,
// 4 ours).
constexpr int ExitStatus(ErrorCode code) { return code == ErrorCode::kInternal ? 4 : 2; }

// `message` is one sentence for people: it names the file, line, key or flag and what was expected
// there.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

// `return Fail(ErrorCode::kInput, "{}: line {}: …", path, line);` in any function that returns
// Result<T>.
template <class... Args>
tl::unexpected<Error> Fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

// Passes an error on, with the place it happened put in front: `return Within("pack.json",
// r.error());`
inline tl::unexpected<Error> Within(std::string_view place, const Error& error) {
  return tl::unexpected<Error>(Error{error.code, fmt::format("{}: {}", place, error.message)});
}

// Passes an error on unchanged.
inline tl::unexpected<Error> Pass(const Error& error) { return tl::unexpected<Error>(error); }

}  // namespace assay
