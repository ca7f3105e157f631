"""The `assay` program: where it is, and one run of it."""
import os
import shutil
import subprocess

from assay.errors import JudgeError


def find(program=None):
    """The program's path: `program`, ASSAY_BIN, or "assay" on the PATH."""
    found = program or os.environ.get("ASSAY_BIN") or shutil.which("assay")
    if not found:
        raise JudgeError("the program assay is not on the PATH: set ASSAY_BIN to it")
    return found


def run(words, program=None, ok=(0,)):
    """What the program prints; JudgeError with what it complains of unless it ends with a status of `ok`."""
    command = [find(program), *map(str, words)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    except OSError as failure:
        raise JudgeError(f"{command[0]}: does not start: {failure}") from failure
    if done.returncode not in ok:
        raise JudgeError(done.stderr.decode("utf-8", "replace").strip() or f"status {done.returncode}")
    return done.stdout
