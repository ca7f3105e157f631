"""assay's verifiers and sandbox for Python: verdicts on responses, and rewards for trainers.

    import assay
    assay.verify([{"reference": "1/2", "response": r"so \\boxed{0.5}"}])

An item is what `assay verify` and `assay serve` take: {"response": …} with {"problem": "suite/id"} or with
{"reference": …, "verifier": {"kind": "math"}}. Who judges is a child process (`assay verify`, found by ASSAY_BIN
or on the PATH) or, with ASSAY_URL, a server (`assay serve`; its token by ASSAY_TOKEN).

An outcome of "error" is our failure or the task author's: its reward is None, never 0.
"""
from assay import sandbox, tasks
from assay.errors import AssayError, JudgeError, ServerError, TimedOut, VerdictError
from assay.verifier import Verdict, Verifier, default_verifier, verify

__all__ = ["AssayError", "JudgeError", "ServerError", "TimedOut", "Verdict", "VerdictError", "Verifier",
           "default_verifier", "sandbox", "tasks", "verify"]
__version__ = "0.1.0"
