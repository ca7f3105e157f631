"""scripts/gpu-check without a GPU: what it would run, that it says so where there is no GPU, and its reports."""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ["ASSAY_SOURCE_DIR"]
SCRIPT = os.path.join(ROOT, "scripts", "gpu-check")


def load():
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("gpu_check", SCRIPT)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("gpu_check", loader))
    loader.exec_module(module)
    return module


def gpu_check(*words):
    return subprocess.run([SCRIPT, *words], capture_output=True, text=True, timeout=60)


BENCH = {"device": "card", "sm": "9.0", "shape": "qwen2.5-0.5b", "backend": "cuda card", "copy_gb_per_s": 3000,
         "matmul_tflops": 700.0, "matmul_by": "cuBLASLt", "own_matmul_tflops": 300.0, "measurements": [
             {"what": "decode", "batch": 1, "context": 300, "tokens_per_s": 1234, "step_ms": 0.8, "of_bound": 0.625}]}


class GpuCheck(unittest.TestCase):
    def test_dry_run_names_all_it_would_do(self):
        done = gpu_check("--dry-run", "--shape", "llama3.2-1b", "--sanitizer", "--peer")
        self.assertEqual(done.returncode, 0, done.stderr)
        for part in ("cmake --preset cuda", "assay_gpu_test", "compute-sanitizer", "gpu_bench llama3.2-1b",
                     "--deterministic", "gpu_peer.py", "gpu-check.md", "# GPU: "):
            self.assertIn(part, done.stdout)
        carried = gpu_check("--dry-run", "--carried", "--dir", "/there")
        self.assertIn("/there/assay_gpu_test", carried.stdout)
        self.assertNotIn("cmake", carried.stdout)

    def test_a_missing_gpu_is_said_plainly(self):
        if load().missing_gpu() is None:
            self.skipTest("there is a GPU here")
        done = gpu_check("--carried")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^gpu-check: there is no NVIDIA (driver|GPU) on this machine.*\n$")

    def test_an_unknown_flag_is_wrong_usage(self):
        self.assertEqual(gpu_check("--gpus").returncode, 2)

    def check(self, bench_status):
        """Runs carried programs that only pretend; returns status, JSON and table."""
        module = load()
        module.missing_gpu = lambda: None
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("assay_gpu_test", "exit 0"),
                               ("gpu_bench", f"echo '{json.dumps(BENCH)}'; exit {bench_status}")):
                path = os.path.join(folder, name)
                with open(path, "w") as file:
                    file.write(f"#!/bin/sh\n{text}\n")
                os.chmod(path, 0o755)
            out = os.path.join(folder, "out")
            sys.argv = ["gpu-check", "--carried", "--dir", folder, "--out", out]
            here = os.getcwd()
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                status = module.main()
            os.chdir(here)
            with open(os.path.join(out, "gpu-check.json")) as file:
                data = json.load(file)
            with open(os.path.join(out, "gpu-check.md")) as file:
                return status, data, file.read()

    def test_reports_hold_the_measurements(self):
        status, data, text = self.check(0)
        self.assertEqual(status, 0)
        self.assertEqual([result["name"] for result in data["results"]],
                         ["tests", "bench qwen2.5-0.5b", "bench qwen2.5-0.5b deterministic"])
        self.assertEqual(data["results"][1]["data"], BENCH)
        self.assertIn("tests: passed", text)
        self.assertIn("copy 3000 GB/s", text)
        self.assertIn("| decode | 1 | 300 | 1,234 | 0.8 | 62 % |", text)

    def test_a_failed_measurement_is_the_exit_status(self):
        status, data, _ = self.check(3)
        self.assertEqual((status, data["results"][1]["status"]), (1, 3))


if __name__ == "__main__":
    unittest.main()
