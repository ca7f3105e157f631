"""clang-tidy with our .clang-tidy finds nothing in our sources, and finds the planted faults of must_fail.cpp.

Usage: tidy_test.py BUILD_FOLDER [--all] [FILE...]. Given files, only those are read. BUILD_FOLDER is the one
with compile_commands.json. A file whose text, headers and rules have not changed since it passed is not read
again (stamps lie in BUILD_FOLDER/tidy). Without --all only the rules of QUICK are asked, which cost a fifth of
all of them, and the trainer is left out: LibTorch's headers cost a minute a file.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OURS = ("base", "sandbox", "verifiers", "tasks", "runner", "reports", "cli")
QUICK = ("-*,readability-identifier-naming,google-explicit-constructor,cppcoreguidelines-slicing,"
         "cppcoreguidelines-pro-type-member-init,performance-for-range-copy,performance-unnecessary-value-param,"
         "bugprone-use-after-move,modernize-use-override,readability-inconsistent-declaration-parameter-name")
PLANTED = ["readability-identifier-naming", "google-explicit-constructor", "bugprone-use-after-move",
           "cppcoreguidelines-pro-type-member-init", "clang-analyzer-core", "performance-for-range-copy"]


def headers_hash():
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.h")):
            digest.update(path.read_bytes())
    return digest.digest()


def sources(build, everything):
    folders = OURS + (("trainer",) if everything else ())
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"]).resolve()
        if path.suffix == ".cpp" and path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in folders:
            yield path


def without_precompiled_headers(build, stamps):
    """Writes the compile commands without GCC's precompiled headers, which clang cannot read."""
    entries = json.loads((build / "compile_commands.json").read_text())
    for entry in entries:
        entry["command"] = re.sub(r"-Winvalid-pch|-include \S*/cmake_pch\.hxx", "", entry["command"])
    (stamps / "compile_commands.json").write_text(json.dumps(entries))


def tidy(commands, path, everything):
    command = ["clang-tidy", "--quiet", "-p", str(commands), str(path), "--extra-arg=-Wno-everything"]
    if not everything:
        command.append("--checks=" + QUICK)
    return subprocess.run(command, capture_output=True, text=True)


def planted_faults_are_found():
    command = ["clang-tidy", "--quiet", str(HERE / "must_fail.cpp"), "--", "-std=c++20"]
    output = subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout
    dead = [rule for rule in PLANTED if rule not in output]
    if dead:
        print("these rules no longer find their planted fault:", ", ".join(dead))
    return not dead


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    everything = "--all" in sys.argv
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    without_precompiled_headers(build, stamps)
    headers = headers_hash()

    def check(path):
        stamp = stamps / hashlib.sha256(headers + str((path, everything)).encode() + path.read_bytes()).hexdigest()
        if stamp.exists():
            return None
        result = tidy(stamps, path, everything)
        if result.returncode == 0:
            stamp.touch()
            return None
        print(result.stdout + result.stderr, flush=True)
        return path

    named = {pathlib.Path(name).resolve() for name in sys.argv[2:] if not name.startswith("--")}
    paths = sorted(path for path in set(sources(build, everything)) if not named or path in named)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = [path for path in pool.map(check, paths) if path]
    print(f"tidy: {len(paths)} files, {len(complaints)} with complaints")
    return 0 if paths and not complaints and planted_faults_are_found() else 1


if __name__ == "__main__":
    sys.exit(main())
