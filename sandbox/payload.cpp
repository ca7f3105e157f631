#include "sandbox/payload.h"

#include <cstdint>

#include "sandbox/wire.h"

namespace assay::sandbox {
namespace {

template <class T>
void Append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void AppendText(std::string& bytes, std::string_view text) {
  bytes += text.substr(0, text.find('\0'));
  bytes += '\0';
}

void AppendFile(std::string& bytes, std::string_view name, std::string_view content) {
  AppendText(bytes, name);
  Append(bytes, static_cast<std::uint64_t>(content.size()));
  bytes += content;
}

std::string Header(const std::vector<std::string>& arguments, std::size_t files) {
  std::string bytes;
  Append(bytes,
         Payload{static_cast<std::uint32_t>(arguments.size()), static_cast<std::uint32_t>(files)});
  for (const std::string& argument : arguments) AppendText(bytes, argument);
  return bytes;
}

}  // namespace

std::string PackProgram(const std::vector<std::string>& arguments,
                        const std::vector<InputFile>& files) {
  std::string bytes = Header(arguments, files.size());
  for (const InputFile& file : files) AppendFile(bytes, file.name, file.bytes);
  return bytes;
}

std::string PackPython(std::string_view source, std::string_view data,
                       const std::vector<std::string>& arguments,
                       const std::vector<InputFile>& files) {
  std::string bytes = Header(arguments, files.size() + 2);
  AppendFile(bytes, "", source);
  AppendFile(bytes, "", data);
  for (const InputFile& file : files) AppendFile(bytes, file.name, file.bytes);
  return bytes;
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

}  // namespace assay::sandbox
