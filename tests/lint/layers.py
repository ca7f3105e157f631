#!/usr/bin/env python3
"""Includes point one way: base < sandbox < verifiers < tasks < runner < {trainer | reports} < {cli | python}.

Usage: layers.py ROOT. Prints each violation as file:line and exits 1 if there is one. Also kept here: LibTorch
is seen by the trainer only and Boost by the server only, includes of ours start at the repository root, and the
Python package imports itself and the standard library.
"""
import ast
import pathlib
import re
import sys

RANK = {"base": 0, "sandbox": 1, "verifiers": 2, "tasks": 3, "runner": 4, "trainer": 5, "reports": 5,
        "cli": 6, "python": 6}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TORCH = re.compile(r"^(torch|ATen|c10|c10d)/")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." if node.level else node.module


def python_violations(root):
    known = {"assay"} | set(getattr(sys, "stdlib_module_names", ()))
    if len(known) == 1:  # before Python 3.10 the list is not there
        return
    for path in sorted((root / "python").rglob("*.py")):
        for number, name in imported(path):
            if name.split(".")[0] not in known:
                yield f"{path.relative_to(root)}:{number}: neither the standard library nor this package: {name}"


def violations(root):
    for folder, rank in RANK.items():
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".h", ".cpp", ".cu", ".cuh", ".c"}:
                continue
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                bracket, name = match.groups()
                place = f"{path.relative_to(root)}:{number}"
                if TORCH.match(name) and folder != "trainer":
                    yield f"{place}: LibTorch is for trainer/ only: {name}"
                if name.startswith("boost/") and not str(path.relative_to(root)).startswith("cli/serve/"):
                    yield f"{place}: Boost is for cli/serve/ only: {name}"
                if bracket == "<":
                    continue
                first = name.split("/")[0]
                if first not in RANK:
                    yield f"{place}: not from the repository root: {name}"
                elif first != folder and RANK[first] >= rank:
                    yield f"{place}: {folder} must not include {first}: {name}"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = [*violations(root), *python_violations(root)]
    print("\n".join(found) if found else "layers: every include points the right way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
