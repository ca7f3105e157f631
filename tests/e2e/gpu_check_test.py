"""scripts/gpu-check without a GPU: what it would run, that it says so where there is no GPU, and its reports of programs
that only pretend: what they measure is kept, whatever becomes of them."""
import contextlib
import ctypes
import importlib.machinery
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

ROOT = os.environ["ASSAY_SOURCE_DIR"]
SCRIPT = os.path.join(ROOT, "scripts", "gpu-check")


def load():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("gpu_check", SCRIPT)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("gpu_check", loader))
    loader.exec_module(module)
    return module


MODULE = load()


def gpu_check(*words, **options):
    return subprocess.run([SCRIPT, *words], capture_output=True, text=True, timeout=120, **options)


HEAD = {"device": "card", "sm": "9.0", "shape": "qwen2.5-0.5b", "backend": "cuda card, cuBLASLt", "deterministic": False,
        "copy_gb_per_s": 3000, "matmul_tflops": 700.0, "matmul_by": "cuBLASLt", "own_matmul_tflops": 300.0,
        "load_seconds": 0.5, "planned_mb": 7000}
MEASURED = [{"what": "decode", "batch": 1, "prompt": 64, "tokens_per_s": 1234, "step_ms": 0.8, "of_bound": 0.625},
            {"what": "decode", "batch": 32, "prompt": 64, "tokens_per_s": 20000, "step_ms": 1.6, "of_bound": 0.4},
            {"what": "prefill", "batch": 4, "prompt": 512, "tokens_per_s": 90000, "step_ms": 20, "of_bound": 0.25},
            {"what": "memory", "device_mb": 6900, "host_mb": 900}]
PEER = [{"peer": "transformers 5", "shape": "qwen2.5-0.5b"},
        {"what": "decode", "batch": 32, "prompt": 64, "tokens_per_s": 2500, "step_ms": 12.8}]


def prints(*objects):
    return "\n".join(f"echo '{json.dumps(value)}'" for value in objects)


GOOD = prints(HEAD, *MEASURED)
DETERMINISTIC = prints(dict(HEAD, deterministic=True), dict(MEASURED[0], tokens_per_s=617))
KERNELS = prints(HEAD, {"what": "matvec", "shape": "1 x 896 x 4864", "us": 4.5, "gb_per_s": 1900, "of_bound": 0.6})
# Each of the benchmark's steps prints what it is asked for.
BENCH = f"""case "$*" in
*--deterministic*) {DETERMINISTIC} ;;
*--kernels*) {KERNELS} ;;
*) {GOOD} ;;
esac"""


def write_program(path, text):
    with open(path, "w") as file:
        file.write(f"#!/bin/sh\n{text}\n")
    os.chmod(path, 0o755)


class Ran:
    def __init__(self, status, data, table, printed):
        self.status, self.data, self.table, self.printed = status, data, table, printed

    def result(self, name):
        return next(result for result in self.data["results"] if result["name"] == name)


def run(tests="exit 0", bench=BENCH, flags=(), during=None, **settings):
    """Runs carried programs that only pretend, with gpu-check's limits changed by `settings`."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        write_program(os.path.join(folder, "assay_gpu_test"), tests)
        write_program(os.path.join(folder, "gpu_bench"), bench)
        out = os.path.join(folder, "out")
        stack.enter_context(mock.patch.object(MODULE.gpu_machine, "missing_gpu", lambda: None))
        stack.enter_context(mock.patch.object(MODULE.gpu_machine, "state", lambda: [{"name": "card"}]))
        stack.enter_context(mock.patch.object(sys, "argv", ["gpu-check", "--carried", "--dir", folder, "--out", out,
                                                            *flags]))
        for name, value in settings.items():
            stack.enter_context(mock.patch.object(MODULE, name, value))
        printed = io.StringIO()
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        before = signal.getsignal(signal.SIGTERM)
        stack.callback(lambda: signal.signal(signal.SIGTERM, before))
        if during is not None:
            during(folder)
        status = MODULE.main()
        unexpected = set(os.listdir(out)) - {"gpu-check.json", "gpu-check.md", "gpu-check.log"}
        assert not unexpected, unexpected
        with open(os.path.join(out, "gpu-check.json")) as file:
            data = json.load(file)
        with open(os.path.join(out, "gpu-check.md")) as file:
            return Ran(status, data, file.read(), printed.getvalue())


class Usage(unittest.TestCase):
    def test_dry_run_names_all_it_would_do(self):
        done = gpu_check("--dry-run", "--shape", "llama3.2-1b", "--sanitizer", "--peer")
        self.assertEqual(done.returncode, 0, done.stderr)
        for part in ("cmake --preset cuda", "assay_gpu_test", "compute-sanitizer", "racecheck", "gpu_bench llama3.2-1b",
                     "--deterministic", "--kernels", "gpu_peer.py", "gpu-check.json, .md and .log", "# GPU: "):
            self.assertIn(part, done.stdout)
        carried = gpu_check("--dry-run", "--carried", "--dir", "/there")
        self.assertIn("/there/assay_gpu_test: not there", carried.stdout)
        self.assertNotIn("cmake", carried.stdout)

    def test_folders_are_the_callers(self):
        with tempfile.TemporaryDirectory() as folder:
            done = gpu_check("--dry-run", "--carried", "--dir", "here", cwd=folder)
            self.assertIn(os.path.join(os.path.realpath(folder), "here", "gpu_bench"), done.stdout)

    def test_a_missing_gpu_is_said_plainly(self):
        if MODULE.gpu_machine.missing_gpu() is None:
            self.skipTest("there is a GPU here")
        done = gpu_check("--carried")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^gpu-check: there is no NVIDIA (driver|GPU) on this machine.*\n$")

    def test_wrong_usage(self):
        for words in (["--gpus"], ["--shape", "gpt-5"], ["--pack", "--carried"], ["--carr"], ["extra"]):
            self.assertEqual(gpu_check(*words).returncode, 2, words)

    def test_carried_programs_that_are_missing_are_named(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(MODULE.gpu_machine, "missing_gpu", lambda: None):
            errors = io.StringIO()
            with mock.patch.object(sys, "argv", ["gpu-check", "--carried", "--dir", folder]), \
                    contextlib.redirect_stderr(errors), self.assertRaises(SystemExit) as ended:
                MODULE.main()
            self.assertEqual(ended.exception.code, 2)
            self.assertIn(f"{folder}/assay_gpu_test is not there", errors.getvalue())


    def test_a_build_that_fails_says_what_else_can_be_done(self):
        for command, problem in ((["/bin/sh", "-c", "exit 3"], "status 3"), (["/nowhere"], "No such file")):
            errors = io.StringIO()
            with mock.patch.object(MODULE.gpu_machine, "missing_gpu", lambda: None), \
                    mock.patch.object(MODULE.gpu_machine, "tool", lambda _name: "/bin/true"), \
                    mock.patch.object(MODULE, "build_commands", lambda command=command: [command]), \
                    mock.patch.object(sys, "argv", ["gpu-check"]), \
                    contextlib.redirect_stderr(errors), self.assertRaises(SystemExit) as ended:
                MODULE.main()
            self.assertEqual(ended.exception.code, 2)
            self.assertIn(f"this failed ({problem}", errors.getvalue())
            self.assertIn("--carried", errors.getvalue())


class FakeDriver:
    """The driver's functions, answering as told."""

    def __init__(self, init=0, count=1, version=13000, major=9):
        self.init, self.count, self.version, self.major = init, count, version, major

    def cuInit(self, _flags):
        return self.init

    def _put(self, to, value):
        ctypes.cast(to, ctypes.POINTER(ctypes.c_int))[0] = value
        return 0

    def cuDeviceGetCount(self, to):
        return self._put(to, self.count)

    def cuDriverGetVersion(self, to):
        return self._put(to, self.version)

    def cuDeviceGet(self, to, index):
        return self._put(to, index)

    def cuDeviceGetAttribute(self, to, _attribute, _device):
        return self._put(to, self.major)

    def cuGetErrorString(self, _code, to):
        ctypes.cast(to, ctypes.POINTER(ctypes.c_char_p))[0] = b"driver and library differ"
        return 0


class Machine(unittest.TestCase):
    def why_not(self, **driver):
        return MODULE.gpu_machine.missing_gpu(lambda _name: FakeDriver(**driver))

    def test_what_the_driver_says(self):
        self.assertIsNone(self.why_not())
        self.assertIn("there is no NVIDIA GPU", self.why_not(init=100))
        self.assertIn("there is no NVIDIA GPU", self.why_not(count=0))
        self.assertIn("does not start: driver and library differ (803)", self.why_not(init=803))
        self.assertIn("one for CUDA 12.8; CUDA 13 needs driver 580", self.why_not(version=12080))
        self.assertIn("compute capability 7.x", self.why_not(major=7))
        with mock.patch.dict(os.environ, CUDA_VISIBLE_DEVICES=""):
            self.assertIn('CUDA_VISIBLE_DEVICES is ""', self.why_not(init=100))

    def test_a_gpu_that_others_use(self):
        free = {"name": "card", "memory.used": "4", "utilization.gpu": "0"}
        self.assertIsNone(MODULE.gpu_machine.busy([free]))
        self.assertIsNone(MODULE.gpu_machine.busy([]))
        self.assertIsNone(MODULE.gpu_machine.busy([dict(free, **{"utilization.gpu": "[N/A]"})]))
        self.assertIn("70000 MB", MODULE.gpu_machine.busy([dict(free, **{"memory.used": "70000"})]))

    def test_libraries_in_a_python_environment_are_found(self):
        with tempfile.TemporaryDirectory() as root:
            folder = os.path.join(root, ".venv", "lib", "python3.12", "site-packages", "nvidia", "cu99", "lib")
            os.makedirs(folder)
            file = os.path.join(folder, "libsomething.so.99")
            with open(file, "w"):
                pass
            self.assertEqual(MODULE.gpu_machine.library("libsomething.so.99", "c*", root), file)
            self.assertEqual(MODULE.gpu_machine.library("libsomething.so.98", "c*", root), "")


class Reports(unittest.TestCase):
    def test_all_passes(self):
        ran = run()
        self.assertEqual(ran.status, 0, ran.printed)
        self.assertEqual([(result["name"], result["outcome"]) for result in ran.data["results"]],
                         [("tests", "passed"), ("bench qwen2.5-0.5b", "passed"),
                          ("bench qwen2.5-0.5b deterministic", "passed"), ("kernels qwen2.5-0.5b", "passed")])
        self.assertEqual(ran.result("bench qwen2.5-0.5b")["data"], dict(HEAD, measurements=MEASURED))
        for line in ("- tests: passed", "copy 3,000 GB/s", "| decode | 1 | 64 | 1,234 | 0.800 | 62 % |",
                     "Peak memory: 6,900 MB of the card", "| decode | 1 | 64 | 617 | 1,234 | 0.50 |",
                     "| matvec | 1 x 896 x 4864 | 4.5 | 1,900 | - | 60 % |",
                     "| decode, batch 1 | 60 % of the bound | 62 % | yes |",
                     "| prefill | 50 % of the bound | 25 % | **no** |"):
            self.assertIn(line, ran.table)

    def test_without_cublaslt_the_ceiling_is_called_none(self):
        ran = run(bench=prints(dict(HEAD, matmul_by="own kernel"), *MEASURED))
        self.assertIn("no ceiling of the card", ran.table)

    def test_a_test_that_fails_is_found_among_the_others(self):
        # Names as Catch2 takes them: commas and brackets are escaped.
        tests = r"""case "$1" in
-d) echo all; exit 1 ;;
--list-test-names-only) printf 'fine\non a, deterministic: [b]\ncrashes\nneeds two\nunknown\novertakes\n'; exit 6 ;;
overtakes) test "$ASSAY_CUDA_OVERLAP" = 0 ;;
fine) exit 0 ;;
'on a\, deterministic: \[b\]') echo 'x == y'; exit 42 ;;
crashes) kill -SEGV $$ ;;
'needs two') echo 'SKIPPED: needs two: needs 2 GPUs' >&2 ;;
unknown) echo No test cases matched this ;;
*) exit 99 ;;
esac"""
        ran = run(tests=tests)
        self.assertEqual(ran.status, 1)
        cases = {case["name"]: (case["outcome"], case["problem"]) for case in ran.result("tests")["cases"]}
        self.assertEqual(cases, {"fine": ("passed", ""), "on a, deterministic: [b]": ("failed", "status 42"),
                                 "crashes": ("failed", "ended by a signal: Segmentation fault"), "needs two": ("skipped", "needs 2 GPUs"),
                                 "unknown": ("failed", "no test of this name was run"),
                                 "overtakes": ("failed", "status 1; it passes with ASSAY_CUDA_OVERLAP=0")})
        self.assertIn("  - on a, deterministic: [b]: failed (status 42)", ran.table)
        self.assertEqual(ran.result("bench qwen2.5-0.5b")["outcome"], "passed")

    def test_no_tests_at_all_are_no_success(self):
        ran = run(tests="echo No tests ran")
        self.assertEqual((ran.status, ran.result("tests")["problem"]), (1, "no test was run"))

    def test_a_test_that_hangs_does_not_hold_the_others(self):
        tests = """case "$1" in
-d|hangs) sleep 600 & sleep 600 ;;
--list-test-names-only) printf 'hangs\nfine\n'; exit 2 ;;
esac"""
        begun = time.monotonic()
        ran = run(tests=tests, TESTS_S=10, CASE_S=1)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual([case["outcome"] for case in ran.result("tests")["cases"]], ["timed out", "passed"])
        self.assertEqual(ran.result("tests")["outcome"], "timed out")
        self.assertEqual(ran.result("bench qwen2.5-0.5b")["outcome"], "passed")

    def test_tests_that_need_more_gpus_are_skipped_and_said(self):
        ran = run(tests="echo 'SKIPPED: a model on two: needs 2 GPUs, here is 1' >&2")
        self.assertEqual(ran.status, 0)
        self.assertIn("a model on two: needs 2 GPUs, here is 1: skipped", ran.table)

    def test_output_that_is_no_json_is_a_failure_and_keeps_the_rest(self):
        for bad in ("echo oops", "printf '\\377\\376\\n'", "echo '[1]'", "echo '{\"what\":'"):
            ran = run(bench=f"{GOOD}\n{bad}")
            self.assertEqual(ran.status, 1)
            result = ran.result("bench qwen2.5-0.5b")
            self.assertEqual(result["outcome"], "failed")
            self.assertIn("is no JSON object", result["problem"])
            self.assertEqual(result["data"]["measurements"], MEASURED)
            self.assertIn("| decode | 1 | 64 | 1,234 |", ran.table)

    def test_a_benchmark_that_prints_nothing_has_failed(self):
        for silent in ("exit 0", prints(HEAD)):
            ran = run(bench=silent)
            self.assertEqual((ran.status, ran.result("bench qwen2.5-0.5b")["problem"]), (1, "it printed no measurements"))

    def test_measurements_before_a_failure_are_kept(self):
        ran = run(bench=f"{prints(HEAD, *MEASURED[:2])}\necho 'the GPU failed: boom' >&2; exit 3")
        result = ran.result("bench qwen2.5-0.5b")
        self.assertEqual((ran.status, result["outcome"], result["status"]), (1, "failed", 3))
        self.assertIn("boom", result["output"])
        self.assertEqual(result["data"]["measurements"], MEASURED[:2])

    def test_measurements_before_the_time_is_over_are_kept(self):
        slow = [MODULE.Step("bench", "slow", ["/bin/sh", "-c", f"{prints(HEAD, *MEASURED)}\nsleep 600"], 1),
                MODULE.Step("bench", "next", ["/bin/sh", "-c", GOOD], 10)]
        ran = run(steps=lambda _arguments: slow)
        self.assertEqual((ran.status, ran.result("slow")["outcome"]), (1, "timed out"))
        self.assertEqual(ran.result("slow")["problem"], "not done after 1 s")
        self.assertEqual(ran.result("slow")["data"]["measurements"], MEASURED)
        self.assertEqual(ran.result("next")["outcome"], "passed")

    def test_what_no_time_is_left_for_is_said(self):
        ran = run(tests="sleep 2", LIMIT_S=MODULE.LEAST_S + 1)
        self.assertEqual((ran.status, ran.result("tests")["outcome"]), (1, "passed"))
        self.assertEqual(ran.result("bench qwen2.5-0.5b")["problem"], "no time was left for it")

    def test_an_interrupted_run_keeps_what_it_has(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            def later(_folder, number=number):
                threading.Timer(2, lambda: os.kill(os.getpid(), number)).start()
            ran = run(bench=f"{prints(HEAD, *MEASURED)}\nsleep 600", during=later)
            self.assertEqual(ran.status, 130)
            self.assertEqual([result["outcome"] for result in ran.data["results"]], ["passed", "interrupted"])
            self.assertEqual(ran.result("bench qwen2.5-0.5b")["data"]["measurements"], MEASURED)

    def test_programs_that_lost_their_right_to_run_get_it_back(self):
        ran = run(during=lambda folder: os.chmod(os.path.join(folder, "gpu_bench"), 0o644))
        self.assertEqual(ran.status, 0, ran.printed)

    def test_a_program_that_cannot_start_is_named(self):
        ran = run(steps=lambda _arguments: [MODULE.Step("tests", "tests", ["/nowhere/program"], 10)])
        self.assertEqual((ran.status, ran.result("tests")["status"]), (1, 127))
        self.assertIn("/nowhere/program cannot be started", ran.result("tests")["problem"])

    def test_carried_libraries_are_for_carried_programs_alone(self):
        look = "echo '{\"libraries\": \"'$LD_LIBRARY_PATH'\"}'; echo '{\"what\": \"\"}'"
        steps = [MODULE.Step(kind, kind, ["/bin/sh", "-c", look], 10) for kind in ("bench", "peer")]
        with mock.patch.dict(os.environ):
            os.environ.pop("LD_LIBRARY_PATH", None)
            ran = run(steps=lambda _arguments: steps)
        self.assertRegex(ran.result("bench")["data"]["libraries"], r"^/.*/lib$")
        self.assertEqual(ran.result("peer")["data"]["libraries"], "")

    def test_the_peer_is_set_beside(self):
        steps = [MODULE.Step("bench", "bench", ["/bin/sh", "-c", GOOD], 10),
                 MODULE.Step("peer", "peer", ["/bin/sh", "-c", prints(*PEER)], 10)]
        ran = run(steps=lambda _arguments: steps)
        self.assertIn("| decode | 32 | 64 | 20,000 | 2,500 | 8.00 |", ran.table)
        self.assertIn("| decode, batch 32, prompt 64 | 5 × transformers | 8.0 × | yes |", ran.table)

    def test_what_is_missing_is_skipped_never_passed(self):
        with mock.patch.object(MODULE.gpu_machine, "tool", lambda _name: ""), \
                mock.patch.object(MODULE.gpu_machine, "python_with", lambda _modules, _root: ""):
            ran = run(flags=["--sanitizer", "--peer"])
        self.assertEqual(ran.status, 0)
        self.assertIn("- racecheck: skipped: compute-sanitizer is not installed", ran.table)
        self.assertEqual(ran.result("peer qwen2.5-0.5b")["outcome"], "skipped")
        gone = [MODULE.Step("peer", "peer", ["/bin/sh", "-c", "echo 'torch sees no GPU' >&2; exit 77"], 10)]
        ran = run(steps=lambda _arguments: gone)
        self.assertEqual((ran.status, ran.result("peer")["problem"]), (0, "torch sees no GPU"))


if __name__ == "__main__":
    unittest.main()
