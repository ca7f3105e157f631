"""Untrusted programs in assay's sandbox."""
import json
import os
import tempfile
from typing import List, NamedTuple, Optional, Union

from assay import program as program_module
from assay.errors import JudgeError


class Ending(NamedTuple):
    """How a program ended.

    `ending` is "exited", "signaled", "cpu_limit", "wall_limit", "memory_limit", "output_limit" or "violation"; `layers`
    are the sandbox's that were on.
    """
    ending: str
    exit_code: Optional[int]  # where it exited
    stdout: str
    stderr: str
    compile_failed: bool
    cpu_ms: float
    wall_ms: float
    peak_kb: int
    mode: str
    layers: List[str]

    @property
    def succeeded(self):
        return self.ending == "exited" and self.exit_code == 0 and not self.compile_failed


def run(source: Union[str, bytes], language: str = "python", *, stdin: Union[str, bytes] = "",
        cpu_ms: Optional[int] = None, wall_ms: Optional[int] = None, memory_mb: Optional[int] = None,
        output_kb: Optional[int] = None, program: Optional[str] = None) -> Ending:
    """Runs one program to its ending. Raises JudgeError where the sandbox fails: that says nothing of the program.

    Opens a sandbox for each call (a few hundred milliseconds); a `code` verifier keeps one open.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = ["sandbox", "run", _write(folder, "program", source), "--language", language, "--json"]
        if stdin:
            words += ["--stdin", _write(folder, "stdin", stdin)]
        limits = {"--cpu-ms": cpu_ms, "--wall-ms": wall_ms, "--memory-mb": memory_mb, "--output-kb": output_kb}
        for flag, value in limits.items():
            words += [] if value is None else [flag, value]
        said = json.loads(program_module.run(words, program, ok=(0, 1)))
    if said["ending"] == "sandbox_failed":
        raise JudgeError("the sandbox failed: " + said.get("message", ""))
    return Ending(said["ending"], said.get("exit_code"), said["stdout"], said["stderr"], said["compile_failed"],
                  said["cpu_ms"], said["wall_ms"], said["peak_kb"], said["mode"], said["layers"])


def _write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    return path
