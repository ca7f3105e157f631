// sandbox/language.h -- A programming language as data: one JSON file each in sandbox/languages/.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/wire.h"

namespace assay::sandbox {

struct Language {
  std::string name;
  std::vector<std::string> aliases;
  std::vector<std::string> extensions;  // of files, without the dot
  std::string source_file;              // name under which compiler or interpreter find the source
  std::vector<std::string> compile;     // command that makes the program "out"; empty: none needed
  std::vector<std::string> run;         // command that runs the source; empty: run "out"
  // C++: makes a precompiled header from precompiled_source, found as
  // /precompiled/<precompiled_name>.
  std::vector<std::string> precompile;
  std::string precompiled_name;
  std::string precompiled_source;
  Policy policy = Policy::kNative;
  bool address_space_limited = true;  // false: data segment only (runtimes that reserve far more)
  std::string memory_marker;          // in the last line of errors: the program ran out of memory
};

// Built-in languages; later also those of *.json in `extra` (empty: none), which may replace them.
// kInput names the file and key that is wrong.
Result<std::vector<Language>> LoadLanguages(const std::filesystem::path& extra);
Result<Language> ParseLanguage(std::string_view json, const std::string& place);

// By name, alias or file extension; null when unknown.
const Language* FindLanguage(const std::vector<Language>& languages, std::string_view name);

// The tools it names that are not installed; empty: it can be used.
std::vector<std::string> MissingTools(const Language& language);

}  // namespace assay::sandbox
