// verifiers/code/code_spec.h -- What {"kind": "code", …} may say.
//
//   language     "python" (default), "c", "cpp", "javascript", … (sandbox/languages)
//   protocol     "function": tests call the program's function; "stdio": programs read and write;
//                "output": the answer is the Python literal that a program returns; "input": the
//                arguments of a call that returns a given value, any that do; "regex" and "sql": a
//                pattern or a query, judged by what it matches or finds
//   profile      how the program is found in a response: verifiers/code/code_extract.h
//   cpu_ms, wall_ms, memory_mb, output_kb   limits of one run (10000, 0: six times cpu_ms + 2 s,
//   1024,
//                1024); for "stdio" of each test
//   second_seed  what passes runs once more with another seed of str hashes, and is wrong where its
//                answer depends on the order of a set (Python; false)
//   partial      the reward is the share of tests passed (false: all or nothing)
//  function:
//   entry_point  the function that tests call
//   prompt       what the problem shows of the program: its imports and helpers are known to tests
//   test         Python that defines check(candidate), or plain assertions
//   tests        a list of pieces of Python, each a test of its own (MBPP)
//   setup        Python that runs before the tests
//   trust        "auto": tests that pass functions or compare objects run in one process with the
//                response, and the reason says "lower trust"; "isolated": they are an error;
//                "in-process": all do (default "auto")
//  stdio:
//   tests        [{"stdin": "…", "stdout": "…"}, …]
//   compare      "tokens" (default), "exact", "floats" with abs and rel (1e-6)
//   checker      {"language": "python", "source": "…"}: a program that reads the files input,
//   output
//                and expected, and ends with status 0 for right, 1 for wrong
//  output: the reference is the literal.
//  input:
//   program      the Python that is called
//   entry_point  its function
//   expected     a Python literal: what the call must return, of the same type
//  regex:
//   accept, reject   texts that the pattern must and must not match in full (Python's re.fullmatch)
//  sql:
//   databases    [{"setup": "CREATE …; INSERT …", "rows": [[…], …]}, …]: what the one query must
//                find in each (SQLite; numbers to six decimals)
//   ordered      whether the order of the rows counts (false)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "sandbox/limits.h"
#include "verifiers/code/code_extract.h"
#include "verifiers/code/output_compare.h"
#include "verifiers/registry.h"

namespace assay {

enum class CodeProtocol { kFunction, kStdio, kOutput, kInput, kRegex, kSql };
enum class CodeTrust { kAuto, kIsolated, kInProcess };

struct StdioTest {
  std::string input, output;
};

struct CodeChecker {
  std::string language, source;
};

struct CodeSpec {
  CodeQuestion question;
  CodeProtocol protocol = CodeProtocol::kFunction;
  std::string profile = "default";
  sandbox::Limits limits;
  bool partial = false;
  bool second_seed = false;
  CodeTrust trust = CodeTrust::kAuto;
  Json tests;  // of kFunction: what runtime/testing.py takes; of kInput, kRegex, kSql: answers.py
  std::vector<StdioTest> stdio;
  OutputComparison comparison;
  std::optional<CodeChecker> checker;
  std::string reference;  // of kOutput
};

// kInput, naming the key, when something is unknown, missing, empty or contradictory.
Result<CodeSpec> ParseCodeSpec(const Json& spec, const VerifierContext& context);

}  // namespace assay
