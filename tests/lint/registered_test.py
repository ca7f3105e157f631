"""Every test file is part of some program: a test that is not built does not exist.

Usage: registered_test.py BUILD_FOLDER
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    build = pathlib.Path(sys.argv[1])
    entries = json.loads((build / "compile_commands.json").read_text())
    built = {pathlib.Path(entry["file"]).resolve() for entry in entries}
    without_torch = not any("/trainer/" in str(path) for path in built)
    missing = [path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob("*_test.cpp"))
               if path.resolve() not in built and not (without_torch and "trainer" in path.parts)]
    for path in missing:
        print(f"{path}: in no test program")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
