"""Every C++ and CUDA file is formatted as .clang-format says, and an unformatted file would be noticed."""
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SUFFIXES = (".h", ".cpp", ".cu", ".cuh")


def sources():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name.endswith(SUFFIXES)]
    # Programs that tests feed to the code under test are data, not our code.
    return [name for name in names if not name.startswith("tests/cases/") and (ROOT / name).exists()]


class Format(unittest.TestCase):
    def test_sources_are_formatted(self):
        result = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources()], cwd=ROOT,
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr[:4000])

    def test_a_fault_is_noticed(self):
        result = subprocess.run(["clang-format", "--dry-run", "-Werror", "--assume-filename=a.cpp"], cwd=ROOT,
                                input="int  main( ){return 0 ;}\n", capture_output=True, text=True)
        self.assertNotEqual(result.returncode, 0)


if __name__ == "__main__":
    if not sources():
        sys.exit("no sources found: not a git checkout?")
    unittest.main()
